"""Instants in requests: ISO 8601 with an offset, or a wall-clock time of the workspace's zone.

Theory of operation.  ``2026-03-02T09:00:00+08:00`` and ``…Z`` name an instant.  A time without an
offset is what a clock on the wall of the workspace's zone shows; daylight saving is decided by
``clarion.domain.local_time``.  Numbers and times of day alone are refused.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field

from clarion.domain.local_time import instant_of

__all__ = ["When", "in_zone"]

# Leaves room for any offset on both sides of what can be counted.
_FIRST_YEAR, _LAST_YEAR = 1900, 9000


def _only_text(value: Any) -> Any:
    if isinstance(value, str | datetime):
        return value
    raise ValueError("a time is written as text, for example 2026-03-02T09:00:00+08:00")


def _within_reach(value: datetime) -> datetime:
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        raise ValueError(f"the year must be {_FIRST_YEAR} to {_LAST_YEAR}")
    return value


When = Annotated[
    datetime,
    BeforeValidator(_only_text),
    AfterValidator(_within_reach),
    Field(
        description="ISO 8601. Without an offset it is a wall-clock time of the workspace's zone.",
        examples=["2026-03-02T09:00:00+08:00", "2026-03-02T09:00:00"],
    ),
]


def in_zone(at: datetime, zone: ZoneInfo) -> datetime:
    """The instant in UTC; a naive time is a wall-clock time of ``zone``."""
    return instant_of(at, zone) if at.tzinfo is None else at.astimezone(UTC)
