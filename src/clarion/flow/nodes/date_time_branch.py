"""Choose a way by the clock and the calendar: opening hours, weekends, holidays.

Theory of operation.  The instant becomes wall time in the branch's zone.  A range whose end is not
after its beginning passes midnight; the part behind midnight belongs to the day on which the range
began, so that a Friday night is still Friday's at two in the morning.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from clarion.domain.local_time import wall_of
from clarion.flow.nodes.config import Config
from clarion.flow.nodes.kind import Exit, Leave, Node, NodeKind, Result
from clarion.flow.nodes.times import ClockTime, Weekday, ZoneName, clock_time, weekday_of, zone_of
from clarion.flow.state import State

__all__ = ["KIND", "DateTimeBranchConfig", "TimeBranch", "TimeRange"]

_ELSE = Leave("else")
_MIDNIGHT = time(0, 0)
_DAY = timedelta(days=1)


class TimeRange(Config):
    """A stretch of time; everything that is given must fit."""

    from_time: Annotated[ClockTime | None, Field(description="The first minute, `HH:MM`.")] = None
    to_time: Annotated[
        ClockTime | None,
        Field(
            description="The minute after the last, `HH:MM`; one that is not after `from_time` "
            "lies on the next day."
        ),
    ] = None
    weekdays: Annotated[
        tuple[Weekday, ...],
        Field(max_length=7, description="Only on these days; without them on every day."),
    ] = ()
    from_date: Annotated[date | None, Field(description="The first day, `YYYY-MM-DD`.")] = None
    to_date: Annotated[date | None, Field(description="The last day, this one included.")] = None

    @model_validator(mode="after")
    def check_whole(self) -> Self:
        """Refuse a range that says nothing, one that is empty, and half a time of day."""
        if (self.from_time is None) != (self.to_time is None):
            raise PydanticCustomError("bad_range", "Both ends of the time of day are needed")
        if self.from_time is not None and self.from_time == self.to_time:
            raise PydanticCustomError("bad_range", "The time of day begins where it ends")
        if self.from_date and self.to_date and self.from_date > self.to_date:
            raise PydanticCustomError("bad_range", "The first day is after the last")
        if not any((self.from_time, self.weekdays, self.from_date, self.to_date)):
            raise PydanticCustomError("bad_range", "The range names neither time nor days")
        return self

    @cached_property
    def _times(self) -> tuple[time, time]:
        return clock_time(self.from_time or "00:00"), clock_time(self.to_time or "00:00")

    def holds(self, wall: datetime) -> bool:
        """Whether a (naive) wall time lies in the range."""
        begin, end = self._times
        now = wall.time()
        is_past_midnight = begin != _MIDNIGHT and end <= begin
        if now >= begin and (is_past_midnight or end == _MIDNIGHT or now < end):
            return self._has_day(wall.date())
        # What is left of a range that began yesterday; there is no day before the first.
        if is_past_midnight and now < end and wall.date() > date.min:
            return self._has_day(wall.date() - _DAY)
        return False

    def _has_day(self, day: date) -> bool:
        return (
            (not self.weekdays or weekday_of(day) in self.weekdays)
            and (self.from_date is None or day >= self.from_date)
            and (self.to_date is None or day <= self.to_date)
        )


class TimeBranch(Config):
    """A way out, and when it is taken."""

    exit: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9_ .:#-]{1,64}$", description="The name of the exit; not `else`."
        ),
    ]
    mode: Annotated[
        Literal["include", "exclude"],
        Field(description="Whether the branch is taken inside the ranges, or outside all of them."),
    ] = "include"
    ranges: Annotated[
        tuple[TimeRange, ...],
        Field(min_length=1, max_length=50, description="Any of them; they are joined by `or`."),
    ]

    def is_met(self, wall: datetime) -> bool:
        """Whether the branch is taken at a wall time."""
        return any(each.holds(wall) for each in self.ranges) is (self.mode == "include")


class DateTimeBranchConfig(Config):
    """The zone, and the branches, tried from the top; the first that fits is taken."""

    zone: ZoneName = "workspace"
    branches: Annotated[tuple[TimeBranch, ...], Field(min_length=1, max_length=50)]

    @model_validator(mode="after")
    def check_whole(self) -> Self:
        """Refuse exits of the same name."""
        names = [branch.exit for branch in self.branches]
        if len({*names, "else"}) != len(names) + 1:
            raise PydanticCustomError(
                "duplicate_exit", "Each branch needs an exit name of its own, and not `else`"
            )
        return self


def _run(node: Node[DateTimeBranchConfig], state: State) -> Result:
    wall = wall_of(state.context.now, zone_of(node.config.zone, state.context))
    for branch in node.config.branches:
        if branch.is_met(wall):
            return Leave(branch.exit)
    return _ELSE


KIND = NodeKind(
    name="date_time_branch",
    title="Branch by date and time",
    summary="Tries the branches from the top and leaves by the first that fits the clock and the "
    "calendar of the zone. A range that passes midnight belongs to the day on which it began.",
    config=DateTimeBranchConfig,
    run=_run,
    example={
        "id": "is_open",
        "kind": "date_time_branch",
        "config": {
            "zone": "Asia/Shanghai",
            "branches": [
                {
                    "exit": "holiday",
                    "ranges": [{"from_date": "2026-10-01", "to_date": "2026-10-07"}],
                },
                {
                    "exit": "open",
                    "ranges": [
                        {
                            "from_time": "09:00",
                            "to_time": "17:00",
                            "weekdays": ["monday", "tuesday", "wednesday", "thursday", "friday"],
                        },
                        {"from_time": "10:00", "to_time": "14:00", "weekdays": ["saturday"]},
                    ],
                },
            ],
        },
        "exits": {"holiday": "later", "open": "ask", "else": "later"},
    },
    exits=lambda config: (
        *(Exit(branch.exit) for branch in config.branches),
        Exit("else", is_required=False),
    ),
    exit_meanings={
        "<exit of a branch>": "The first branch that fits.",
        "else": "No branch fits.",
    },
)
