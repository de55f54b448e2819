"""Texts of the wire and our values: times of the workspace, ids, pages.

Theory of operation.  CAMS names no zone beside its times; they are the workspace's wall clock.  Ids
travel as texts; one that is no number of ours names nothing, which is for the service to say.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import orjson

from clarion.cams.call import Call
from clarion.cams.refusals import invalid, refuse_business
from clarion.domain.local_time import instant_of, wall_of
from clarion.services.scope import Scope
from clarion.services.workspaces import read_workspace
from clarion.store.pool import Connection

__all__ = [
    "NO_ID",
    "compact_json",
    "digits_of",
    "id_of",
    "page_of",
    "page_of_object",
    "parse_time",
    "time_text",
    "zone_of",
]

_TIME = "%Y-%m-%d %H:%M:%S"
_MOST_ENTRIES = 100
_LARGEST_PAGE = 1_000_000
_LARGEST_ID = 2**63 - 1
# No row has this id, so every service answers that there is no such thing.
NO_ID = 0


async def zone_of(connection: Connection, scope: Scope) -> ZoneInfo:
    """The zone of the caller's workspace."""
    return ZoneInfo((await read_workspace(connection, scope)).zone)


def parse_time(name: str, text: str, zone: ZoneInfo) -> datetime:
    """The instant of ``YYYY-MM-DD HH:mm:ss`` in a zone.  Raises ``InvalidParameter.<Name>``."""
    try:
        wall = datetime.strptime(text.strip(), _TIME)  # noqa: DTZ007 - a wall time of the zone
        return instant_of(wall, zone)
    except (ValueError, OverflowError) as error:
        raise invalid(
            name, f"written YYYY-MM-DD HH:mm:ss, in the workspace's zone ({zone.key})"
        ) from error


def time_text(at: datetime, zone: ZoneInfo) -> str:
    """``YYYY-MM-DD HH:mm:ss`` in a zone."""
    return wall_of(at, zone).strftime(_TIME)


def id_of(text: str) -> int:
    """The number of an id; ``NO_ID`` for a text that is no id of ours."""
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) <= 19 and int(text) <= _LARGEST_ID:
        return int(text)
    return NO_ID


def page_of(call: Call, index_name: str = "PageNo", size_name: str = "PageSize") -> tuple[int, int]:
    """How many entries come before the page, and how many are on it.

    Raises ``InvalidParameter.PageInvalid``.
    """
    return _checked_page(call.text(index_name) or "1", call.text(size_name) or "10")


def page_of_object(call: Call) -> tuple[int, int]:
    """The same from ``Page``, an object with ``Index`` and ``Size``."""
    page = call.values.get("Page") or {}
    return _checked_page(str(page.get("Index", 1)), str(page.get("Size", 10)))


def _checked_page(index_text: str, size_text: str) -> tuple[int, int]:
    index, size = id_of(index_text), id_of(size_text)
    if not 1 <= index <= _LARGEST_PAGE or not 1 <= size <= _MOST_ENTRIES:
        raise refuse_business("InvalidParameter.PageInvalid")
    return (index - 1) * size, size


def digits_of(text: str) -> str:
    """The digits of a phone number, however it is written."""
    return "".join(char for char in text if char.isascii() and char.isdigit())


def compact_json(value: object) -> str:
    """A value as JSON without blanks."""
    return orjson.dumps(value).decode()
