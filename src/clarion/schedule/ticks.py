"""From a plan to instants, and what to do about a tick that is due.

Theory of operation.  A tick is an instant in [start, end) at which a campaign is planned to fire.
Ticks are a pure function of (plan, period, zone): whoever asks, and after whatever restart, sees the
same ones, so (campaign, tick) is the key of an occurrence.  ``next_tick`` finds the one after an
instant without walking from the start.

Elapsed plans are arithmetic on instants.  Calendar plans are days that match times times of day,
walked in wall-clock order; ``instant_of`` never decreases along that walk, so a tick is new exactly
if it is later than the one before (in a gap several wall times share one instant: it fires once).
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from clarion.domain.campaign import Overlap
from clarion.domain.local_time import instant_of, instants_of, wall_of
from clarion.domain.plan import (
    LAST_DAY,
    WEEKDAYS,
    Cron,
    Daily,
    Every,
    EveryMinute,
    Hourly,
    Monthly,
    Once,
    Plan,
    Unit,
    Weekly,
)
from clarion.schedule.cron import CronProblem, read_cron

__all__ = [
    "Missed",
    "Period",
    "Queue",
    "Run",
    "Skip",
    "TickDecision",
    "decide_tick",
    "local_instants",
    "next_tick",
    "ticks",
]

_DAY = timedelta(days=1)
_STEPS = {Unit.MINUTES: timedelta(minutes=1), Unit.HOURS: timedelta(hours=1)}

local_instants = instants_of
"""A tick's wall time, taken as wall time in each contact's zone: zone → UTC instant."""


@dataclass(frozen=True, slots=True)
class Period:
    """The effective period [``start_at``, ``end_at``) of a campaign; both aware."""

    start_at: datetime
    end_at: datetime


def next_tick(
    plan: Plan, period: Period, after: datetime | None, zone: ZoneInfo
) -> datetime | None:
    """The first tick later than ``after`` (or the very first, for ``None``), in UTC.

    ``None`` when the plan has no further tick in the period.
    """
    return next(_walk(plan, period, after, zone), None)


def ticks(plan: Plan, period: Period, zone: ZoneInfo, limit: int) -> tuple[datetime, ...]:
    """The first ``limit`` ticks of the plan in the period, in order, in UTC."""
    return tuple(itertools.islice(_walk(plan, period, None, zone), limit))


@dataclass(frozen=True, slots=True)
class Run:
    """Fire the tick now."""


@dataclass(frozen=True, slots=True)
class Missed:
    """Too late: record it as missed.  ``reason`` is a code of ``REASONS``."""

    reason: str


@dataclass(frozen=True, slots=True)
class Skip:
    """Do not fire it: record it as skipped."""

    reason: str


@dataclass(frozen=True, slots=True)
class Queue:
    """Fire it when the occurrence before it is over."""

    reason: str


TickDecision = Run | Missed | Skip | Queue


def decide_tick(
    scheduled_at: datetime,
    now: datetime,
    grace: timedelta,
    is_previous_running: bool,  # noqa: FBT001 - a fact among facts, not a switch
    overlap: Overlap,
) -> TickDecision:
    """What to do about a tick that has come due.

    ``ValueError`` for a tick of the future: asking too early is a bug of the caller.
    """
    if scheduled_at > now:
        raise ValueError(f"The tick {scheduled_at.isoformat()} is not due at {now.isoformat()}")
    if now - scheduled_at > grace:
        return Missed("too_late")
    if not is_previous_running:
        return Run()
    return _WHEN_PREVIOUS_RUNS[overlap]


_WHEN_PREVIOUS_RUNS: dict[Overlap, TickDecision] = {
    Overlap.SKIP: Skip("previous_running"),
    Overlap.QUEUE: Queue("previous_running"),
    Overlap.PARALLEL: Run(),
}


def _walk(plan: Plan, period: Period, after: datetime | None, zone: ZoneInfo) -> Iterator[datetime]:
    """Every tick later than ``after``, lazily, in order."""
    start, end = period.start_at.astimezone(UTC), period.end_at.astimezone(UTC)
    if after is not None:
        after = after.astimezone(UTC)
        if after < start:
            after = None
    match plan:
        case Once():
            found = iter((start,) if after is None else ())
        case EveryMinute():
            found = _elapsed(timedelta(minutes=1), start, after)
        case Hourly():
            found = _elapsed(timedelta(hours=1), start, after)
        case Every(every, (Unit.MINUTES | Unit.HOURS) as unit):
            found = _elapsed(every * _STEPS[unit], start, after)
        case _:
            found = _calendar(_rule_of(plan, wall_of(start, zone)), start, end, after, zone)
    return itertools.takewhile(lambda tick: tick < end, found)


def _elapsed(step: timedelta, start: datetime, after: datetime | None) -> Iterator[datetime]:
    first = 0 if after is None else (after - start) // step + 1
    return (start + number * step for number in itertools.count(first))


@dataclass(frozen=True, slots=True)
class _Rule:
    """Days that match, sorted times of day; whether the start is a tick in its own right."""

    matches: Callable[[date], bool]
    times: tuple[time, ...]
    is_anchored: bool


def _rule_of(plan: Plan, start: datetime) -> _Rule:
    """The rule of a calendar plan whose start shows the wall time ``start``."""
    match plan:
        case Daily(at):
            return _rule(lambda _: True, at, start)
        case Every(every, _):
            first = start.toordinal()
            return _rule(lambda day: (day.toordinal() - first) % every == 0, None, start)
        case Weekly(weekdays, at):
            numbers = frozenset(WEEKDAYS.index(day) for day in weekdays)
            return _rule(lambda day: day.weekday() in numbers, at, start)
        case Monthly(days, at):
            wanted, has_last = frozenset(days), LAST_DAY in days
            return _rule(
                lambda day: day.day in wanted or (has_last and (day + _DAY).day == 1), at, start
            )
        case Cron(expression):
            rule = read_cron(expression)
            if isinstance(rule, CronProblem):
                raise ValueError(rule.message)
            return _Rule(rule.matches, rule.times, is_anchored=False)
        case _:
            raise TypeError(f"{plan!r} is not a calendar plan")


def _rule(matches: Callable[[date], bool], at: time | None, start: datetime) -> _Rule:
    return _Rule(matches, (start.time() if at is None else at,), is_anchored=at is None)


def _calendar(
    rule: _Rule, start: datetime, end: datetime, after: datetime | None, zone: ZoneInfo
) -> Iterator[datetime]:
    if after is None and rule.is_anchored and rule.matches(wall_of(start, zone).date()):
        # Said outright, because a start in the second of two equal hours is no "first" wall time.
        yield start
        after = start
    lowest = wall_of(after, zone) if after else wall_of(start, zone) - _gap_before(start, zone)
    last_day = wall_of(end, zone).date()
    day = lowest.date()
    times = rule.times[bisect_left(rule.times, lowest.time()) :]
    while day <= last_day:
        if rule.matches(day):
            for time_of_day in times:
                tick = instant_of(datetime.combine(day, time_of_day), zone)
                if tick >= start if after is None else tick > after:
                    yield tick
                    after = tick
        day += _DAY
        times = rule.times


def _gap_before(instant: datetime, zone: ZoneInfo) -> timedelta:
    """How far the clock jumped forward just at this instant; the skipped wall times mean it."""
    here = instant.astimezone(zone).utcoffset()
    before = (instant - timedelta(seconds=1)).astimezone(zone).utcoffset()
    if here is None or before is None:
        raise ValueError(f"{zone} gives no offset")
    return max(here - before, timedelta(0))
