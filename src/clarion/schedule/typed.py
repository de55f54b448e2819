"""A plan as a person types it at the shell: ``daily``, ``every 15 minutes``, ``cron:0 9 * * 1-5``.

Theory of operation.  A table of patterns, tried from the top; each turns what it caught into the
JSON form of ``clarion.schedule.plan``, which then checks it.  So whatever JSON can say wrong is
told in the same words here, and JSON itself is one of the forms.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from clarion.domain.errors import ClarionError, FieldError
from clarion.domain.plan import Plan
from clarion.schedule.plan import parse_plan

__all__ = ["FORMS", "parse_typed_plan"]

FORMS = (
    "once",
    "every minute",
    "hourly",
    "daily at 09:00",
    "every 15 minutes|hours|days",
    "weekly monday,friday at 09:00",
    "monthly 1,15,last at 09:00",
    "cron:0 9 * * 1-5",
    'JSON as {"kind": "daily"}',
)

_AT = r"(?:\s+(?:at\s+)?(?P<at>\d\d?:\d\d))?"
_LAST = {"last": -1, "-1": -1}


def _at(match: re.Match[str]) -> dict[str, Any]:
    at = match["at"]
    return {} if at is None else {"at": at.zfill(5)}


def _every(match: re.Match[str]) -> dict[str, Any]:
    unit = match["unit"].rstrip("s") + "s"
    return {"kind": "every", "every": int(match["every"] or 1), "unit": unit}


def _weekly(match: re.Match[str]) -> dict[str, Any]:
    days = [day.strip() for day in match["days"].split(",")]
    return {"kind": "weekly", "weekdays": days, **_at(match)}


def _monthly(match: re.Match[str]) -> dict[str, Any]:
    days = [day.strip() for day in match["days"].split(",")]
    return {"kind": "monthly", "days": [_LAST.get(day) or int(day) for day in days], **_at(match)}


def _json(match: re.Match[str]) -> Any:
    try:
        return json.loads(match[0])
    except (ValueError, RecursionError) as error:
        raise _not_understood(match[0]) from error


_PATTERNS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Any]], ...] = tuple(
    (re.compile(pattern, flags), read)
    for pattern, flags, read in (
        (r"\{.*", re.DOTALL, _json),
        (r"cron:\s*(?P<cron>.+)", re.I, lambda m: {"kind": "cron", "expression": m["cron"]}),
        (r"once", re.I, lambda _: {"kind": "once"}),
        (r"every[ _]minute", re.I, lambda _: {"kind": "every_minute"}),
        (r"hourly|every[ _]hour", re.I, lambda _: {"kind": "hourly"}),
        (rf"(?:daily|every[ _]day){_AT}", re.I, lambda m: {"kind": "daily", **_at(m)}),
        (r"every\s+(?P<every>\d{1,9})?\s*(?P<unit>minutes?|hours?|days?)", 0, _every),
        (rf"weekly\s+(?P<days>[a-z]+(?:\s*,\s*[a-z]+)*){_AT}", 0, _weekly),
        (
            r"monthly\s+(?P<days>(?:\d{1,3}|-1|last)(?:\s*,\s*(?:\d{1,3}|-1|last))*)" + _AT,
            0,
            _monthly,
        ),
    )
)


def parse_typed_plan(text: str) -> Plan:
    """The plan that a text means.

    Raises ``campaign.invalid``: it has none of the ``FORMS``, or its values are out of range.
    """
    typed = text.strip()
    for pattern, read in _PATTERNS:
        match = pattern.fullmatch(typed)
        if match is not None:
            return parse_plan(read(match))
    raise _not_understood(typed)


def _not_understood(typed: str) -> ClarionError:
    message = f"The plan {typed!r} is not understood; write for example {'; '.join(FORMS)}."
    return ClarionError(
        "campaign.invalid",
        message,
        field_errors=(FieldError("plan", "not_understood", message),),
    )
