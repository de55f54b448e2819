"""Moments at the shell: ``2026-03-02T09:00``, ``now``, ``+90s``, ``now+2h``.

Theory of operation.  A relative moment counts from an instant that the caller names; a time
without an offset is a wall-clock time of the workspace's zone, as everywhere in the API.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from clarion.domain.errors import ClarionError, FieldError
from clarion.web.times import in_zone

__all__ = ["MOMENT_HELP", "read_moment"]

MOMENT_HELP = "ISO 8601 (without an offset: the workspace's zone), now, or +90s, +5m, +2h, +1d"

_RELATIVE = re.compile(r"(?:now)?\s*\+\s*(?P<count>\d{1,9})\s*(?P<unit>[smhd])", re.IGNORECASE)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
# A campaign starts later than now: "now" at the shell is the nearest moment that is.
_NOW = timedelta(seconds=1)
_FIRST_YEAR, _LAST_YEAR = 1900, 9000


def read_moment(text: str, field: str, since: datetime, zone: ZoneInfo) -> datetime:
    """The instant that ``text`` means, in UTC; ``+…`` counts from ``since``.

    ``now`` is a second later than ``since``.  Raises ``campaign.invalid``, naming ``field``.
    """
    typed = text.strip()
    if typed.lower() == "now":
        return since + _NOW
    relative = _RELATIVE.fullmatch(typed)
    try:
        if relative is not None:
            seconds = int(relative["count"]) * _SECONDS[relative["unit"].lower()]
            return since + timedelta(seconds=seconds)
        at = datetime.fromisoformat(typed)
    except (ValueError, OverflowError) as error:
        raise _not_a_moment(field, text) from error
    if not _FIRST_YEAR <= at.year <= _LAST_YEAR:
        raise _not_a_moment(field, text)
    return in_zone(at, zone)


def _not_a_moment(field: str, text: str) -> ClarionError:
    message = f"{text!r} is not a moment; write {MOMENT_HELP}."
    return ClarionError(
        "campaign.invalid", message, field_errors=(FieldError(field, "not_a_moment", message),)
    )
