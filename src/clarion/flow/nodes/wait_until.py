"""Let time pass until a moment: a time of day, a day of the week, or a date that a variable holds.

Theory of operation.  ``wait`` measures, ``wait_until`` looks at the calendar: they are two nodes
because one of them always waits and has one way out, and the other may find that the moment is over.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from clarion.domain.local_time import instant_of, wall_of
from clarion.flow.nodes.config import Config, LongText
from clarion.flow.nodes.kind import NEXT, Exit, Leave, Node, NodeKind, Result, Resume, Stay
from clarion.flow.nodes.times import ClockTime, Weekday, ZoneName, clock_time, weekday_of, zone_of
from clarion.flow.session import Wait
from clarion.flow.state import NodeFailed, State

__all__ = ["KIND", "WaitUntilConfig", "next_moment"]

_PAST = Leave("past")
_UNREADABLE = Leave("unreadable")
_LONGEST_WAIT = timedelta(days=366)
_DAYS_TO_LOOK_AT = 9


class WaitUntilConfig(Config):
    """The moment: a time of day, perhaps of one weekday, or a date."""

    time: Annotated[
        ClockTime | None,
        Field(description="The next time that the clock shows this; with `date`, on that day."),
    ] = None
    weekday: Annotated[
        Weekday | None, Field(description="Only on this day of the week; needs `time`.")
    ] = None
    date: Annotated[
        LongText | None,
        Field(
            description="An ISO date such as `{{ appointment }}`, with or without a time; without "
            "one, at `time` or else at midnight."
        ),
    ] = None
    zone: ZoneName = "workspace"

    @model_validator(mode="after")
    def check_whole(self) -> Self:
        """Refuse what names no moment, or two."""
        if self.date is None and self.time is None:
            raise PydanticCustomError("moment_missing", "The node needs a `time` or a `date`")
        if self.date is not None and self.weekday is not None:
            raise PydanticCustomError("moment_twice", "A date has its own day of the week")
        return self


def next_moment(
    now: datetime, zone: ZoneInfo, time_of_day: str, weekday: Weekday | None
) -> datetime:
    """The first instant after ``now`` at which the zone's clock shows this time, on such a day.

    A time that the clock jumps over counts as the moment of the jump.
    """
    today = wall_of(now, zone).date()
    for day in (today + timedelta(days=number) for number in range(_DAYS_TO_LOOK_AT)):
        if weekday is not None and weekday_of(day) != weekday:
            continue
        instant = instant_of(datetime.combine(day, clock_time(time_of_day)), zone)
        if instant > now:
            return instant
    raise NodeFailed("moment_missing", f"No {weekday or 'day'} has the time {time_of_day}.")


def _instant(text: str, zone: ZoneInfo, time_of_day: str | None) -> datetime | None:
    """The instant that a text means, if it means one."""
    text = text.strip()
    try:
        moment = datetime.fromisoformat(text)
        if "T" not in text and " " not in text and time_of_day is not None:
            moment = datetime.combine(moment.date(), clock_time(time_of_day))
        return instant_of(moment, zone) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):  # overflow: the calendar's last day, moved over its edge
        return None


def _run(node: Node[WaitUntilConfig], state: State) -> Result:
    config, now = node.config, state.context.now
    zone = zone_of(config.zone, state.context)
    if config.date is None:
        moment = next_moment(now, zone, config.time or "00:00", config.weekday)
        return Stay(Wait("delay", node.id, moment))
    instant = _instant(state.render(config.date), zone, config.time)
    if instant is None:
        return _UNREADABLE
    if instant <= now:
        return _PAST
    if instant - now > _LONGEST_WAIT:
        raise NodeFailed("wait_too_long", "A session waits at most 366 days.")
    return Stay(Wait("delay", node.id, instant))


def _resume(node: Node[WaitUntilConfig], state: State, resume: Resume) -> Result:  # noqa: ARG001 - the contract's shape
    return NEXT


def _exits(config: WaitUntilConfig) -> tuple[Exit, ...]:
    if config.date is None:
        return (Exit("next"),)
    return Exit("next"), Exit("past", is_required=False), Exit("unreadable", is_required=False)


KIND = NodeKind(
    name="wait_until",
    title="Wait until a moment",
    summary="Lets time pass until the clock of the zone shows a time of day, until a day of the "
    "week and a time, or until a date that a variable holds, at most 366 days away. What the person "
    "writes meanwhile does not end the delay.",
    config=WaitUntilConfig,
    run=_run,
    resume=_resume,
    example={
        "id": "monday_morning",
        "kind": "wait_until",
        "config": {"time": "09:00", "weekday": "monday", "zone": "contact"},
        "exits": {"next": "done"},
    },
    exits=_exits,
    exit_meanings={
        "next": "When the moment has come.",
        "past": "Only with `date`: it was over already.",
        "unreadable": "Only with `date`: the text is no date.",
    },
    waits=True,
)
