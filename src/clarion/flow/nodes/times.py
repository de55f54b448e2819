"""The words for time in configs: a time of day, days of the week, a calendar date, a zone.

Theory of operation.  A flow speaks of wall time: what a clock on the wall shows in some zone.  The
zone is an IANA name, or ``contact`` or ``workspace``, which are looked up when the node runs; a
contact without a zone that we know lives in the workspace's.  How wall time becomes an instant is
decided once for all of Clarion, in ``clarion.domain.local_time``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from clarion.flow.context import Context

__all__ = ["WEEKDAYS", "ClockTime", "Weekday", "ZoneName", "clock_time", "weekday_of", "zone_of"]

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)

# "9:00" and seconds are refused, so that a time is written in one way only.
ClockTime = Annotated[
    str,
    Field(
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
        description="A time of day from `00:00` to `23:59`.",
    ),
]


@dataclass(frozen=True, slots=True)
class _ZoneMark:
    """Marks a string: an IANA zone, or whose zone counts."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(
            _zone_name, core_schema.str_schema(max_length=64)
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {
            "type": "string",
            "maxLength": 64,
            "description": "`workspace`, `contact` (the workspace's when the contact has none), or "
            "an IANA zone such as `Asia/Shanghai`.",
        }


def _zone_name(value: str) -> str:
    if value not in ("contact", "workspace") and _known(value) is None:
        raise PydanticCustomError(
            "bad_zone", "There is no time zone `{zone}`", {"zone": value[:64]}
        )
    return value


ZoneName = Annotated[str, _ZoneMark()]


def zone_of(name: str, context: Context) -> ZoneInfo:
    """The zone that a config means for this contact."""
    if name == "contact":
        own = context.contact.attributes.get("zone")
        zone = _known(own) if isinstance(own, str) else None
        return zone or ZoneInfo(context.workspace_zone)
    return ZoneInfo(context.workspace_zone if name == "workspace" else name)


def _known(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder of zones, or an odd path
        return None


def clock_time(text: str) -> time:
    """The time of day of a checked ``ClockTime``."""
    return time.fromisoformat(text)


def weekday_of(day: date) -> Weekday:
    """The day of the week of a date."""
    return WEEKDAYS[day.weekday()]
