from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.schedule.strategies import (
    calendar_plans,
    elapsed_plans,
    periods,
    plans,
    zones,
)

from clarion.domain.campaign import Overlap
from clarion.domain.local_time import wall_of
from clarion.domain.plan import Cron, Daily, Every, EveryMinute, Hourly, Monthly, Once, Unit, Weekly
from clarion.schedule.ticks import (
    Missed,
    Period,
    Queue,
    Run,
    Skip,
    decide_tick,
    next_tick,
    ticks,
)

BERLIN = ZoneInfo("Europe/Berlin")
SHANGHAI = ZoneInfo("Asia/Shanghai")
LIMIT = 60


def in_berlin(*moment: int, fold: int = 0) -> datetime:
    return datetime(*moment, tzinfo=BERLIN, fold=fold)


def walls(found: tuple[datetime, ...], zone: ZoneInfo = BERLIN) -> list[str]:
    return [tick.astimezone(zone).strftime("%d %H:%M %z") for tick in found]


# --- What holds for every plan -------------------------------------------------------------------


@given(plans, periods, zones)
def test_ticks_grow_and_lie_in_the_period(plan, period, zone):
    found = ticks(plan, period, zone, LIMIT)
    assert all(early < late for early, late in pairwise(found))
    assert all(period.start_at <= tick < period.end_at for tick in found)
    assert all(tick.tzinfo is UTC for tick in found)


@given(plans, periods, zones)
def test_a_scheduler_that_restarts_after_each_tick_sees_the_same_ticks(plan, period, zone):
    stepped, after = [], None
    while len(stepped) < LIMIT and (tick := next_tick(plan, period, after, zone)) is not None:
        stepped.append(tick)
        after = tick
    assert tuple(stepped) == ticks(plan, period, zone, LIMIT)


@given(plans, periods, zones, st.integers(-60, 90 * 24 * 60 + 60))
def test_the_tick_after_any_moment_is_the_first_later_one_of_the_whole_row(
    plan, period, zone, minutes
):
    after = period.start_at + timedelta(minutes=minutes, seconds=1)
    found = ticks(plan, period, zone, LIMIT)
    later = [tick for tick in found if tick > after]
    if later:
        assert next_tick(plan, period, after, zone) == later[0]
    elif len(found) < LIMIT:
        assert next_tick(plan, period, after, zone) is None


@given(elapsed_plans | st.just(Once()), periods, zones)
def test_an_elapsed_plan_fires_first_at_its_start(plan, period, zone):
    assert next_tick(plan, period, None, zone) == period.start_at


@given(elapsed_plans, periods, zones)
def test_an_elapsed_plan_never_notices_the_clock_change(plan, period, zone):
    assert ticks(plan, period, zone, LIMIT) == ticks(plan, period, ZoneInfo("UTC"), LIMIT)


@given(calendar_plans, periods, zones)
def test_no_wall_time_fires_twice(plan, period, zone):
    found = [wall_of(tick, zone) for tick in ticks(plan, period, zone, LIMIT)]
    assert len(set(found)) == len(found)


@given(st.builds(time, st.integers(0, 23), st.integers(0, 59)), periods, zones)
def test_a_daily_plan_fires_once_on_each_day_of_the_calendar(at, period, zone):
    """Judged without the code under test: day by day, minute by minute, by the clock of the zone."""
    period = Period(period.start_at, min(period.end_at, period.start_at + timedelta(days=4)))
    seen: set[date] = set()
    expected = []
    instant = period.start_at - timedelta(days=2)
    before = wall_of(instant - timedelta(minutes=1), zone)
    while instant < period.end_at:
        wall = wall_of(instant, zone)
        for day in {before.date(), wall.date(), before.date() + timedelta(days=1)}:
            due = datetime.combine(day, at)
            if day not in seen and before < due <= wall:
                seen.add(day)
                expected.append(instant)
        before = max(before, wall)
        instant += timedelta(minutes=1)
    # A day that the zone left out altogether ends at the same instant at which the next one begins.
    expected = sorted({tick for tick in expected if tick >= period.start_at})
    assert list(ticks(Daily(at), period, zone, LIMIT)) == expected


# --- Stories -------------------------------------------------------------------------------------


def test_daily_takes_the_time_of_day_from_the_start_and_keeps_it_through_the_clock_change():
    period = Period(in_berlin(2026, 10, 23, 9, 59), in_berlin(2026, 10, 27, 9, 59))
    assert walls(ticks(Daily(), period, BERLIN, 10)) == [
        "23 09:59 +0200",
        "24 09:59 +0200",
        "25 09:59 +0100",
        "26 09:59 +0100",
    ]


def test_a_time_that_the_clock_jumps_over_fires_at_the_jump():
    period = Period(in_berlin(2026, 3, 28), in_berlin(2026, 3, 31))
    assert walls(ticks(Daily(time(2, 30)), period, BERLIN, 10)) == [
        "28 02:30 +0100",
        "29 03:00 +0200",
        "30 02:30 +0200",
    ]


def test_a_jumped_over_time_still_fires_when_the_campaign_starts_at_the_jump():
    period = Period(in_berlin(2026, 3, 29, 3), in_berlin(2026, 3, 30))
    assert walls(ticks(Daily(time(2, 30)), period, BERLIN, 10)) == ["29 03:00 +0200"]


def test_a_time_that_comes_twice_fires_the_first_time_only():
    period = Period(in_berlin(2026, 10, 24), in_berlin(2026, 10, 27))
    for plan in (Daily(time(2, 30)), Cron("30 2 * * *"), Cron("0 30 2 * * ?")):
        assert walls(ticks(plan, period, BERLIN, 10)) == [
            "24 02:30 +0200",
            "25 02:30 +0200",
            "26 02:30 +0100",
        ]


def test_a_start_in_the_second_of_two_equal_hours_is_still_the_first_tick():
    start = in_berlin(2026, 10, 25, 2, 30, fold=1)
    period = Period(start, start + timedelta(days=2))
    assert walls(ticks(Daily(), period, BERLIN, 10)) == ["25 02:30 +0100", "26 02:30 +0100"]


def test_lord_howe_jumps_by_half_an_hour():
    zone = ZoneInfo("Australia/Lord_Howe")
    period = Period(datetime(2026, 10, 3, 0, tzinfo=zone), datetime(2026, 10, 6, 0, tzinfo=zone))
    assert walls(ticks(Daily(time(2, 15)), period, zone, 10), zone) == [
        "03 02:15 +1030",
        "04 02:30 +1100",
        "05 02:15 +1100",
    ]


def test_every_minute_goes_on_through_both_equal_hours():
    start = in_berlin(2026, 10, 25, 1)
    period = Period(start, in_berlin(2026, 10, 25, 4))
    assert len(ticks(EveryMinute(), period, BERLIN, 1000)) == 240


def test_hourly_fires_at_the_start_and_not_at_the_end():
    start = datetime(2026, 12, 1, 9, 59, tzinfo=SHANGHAI)
    found = ticks(Hourly(), Period(start, start + timedelta(hours=3)), SHANGHAI, 10)
    assert found == (start, start + timedelta(hours=1), start + timedelta(hours=2))


def test_every_two_days_keeps_its_time_of_day():
    period = Period(in_berlin(2026, 3, 27, 18), in_berlin(2026, 4, 2))
    assert walls(ticks(Every(2, Unit.DAYS), period, BERLIN, 10)) == [
        "27 18:00 +0100",
        "29 18:00 +0200",
        "31 18:00 +0200",
    ]


def test_weekly_leaves_out_a_start_on_another_weekday():
    period = Period(in_berlin(2026, 12, 1, 9), in_berlin(2026, 12, 15))  # a Tuesday
    found = ticks(Weekly(("monday", "thursday"), None), period, BERLIN, 10)
    assert walls(found) == [
        "03 09:00 +0100",
        "07 09:00 +0100",
        "10 09:00 +0100",
        "14 09:00 +0100",
    ]


def test_the_31st_is_skipped_in_short_months_and_the_last_day_is_not():
    period = Period(datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 6, 1, tzinfo=UTC))
    zone = ZoneInfo("UTC")
    on_31st = ticks(Monthly((31,), time(9)), period, zone, 10)
    on_last = ticks(Monthly((-1,), time(9)), period, zone, 10)
    both = ticks(Monthly((31, -1), time(9)), period, zone, 10)
    assert [(tick.month, tick.day) for tick in on_31st] == [(1, 31), (3, 31), (5, 31)]
    assert [(tick.month, tick.day) for tick in on_last] == [
        (1, 31),
        (2, 28),
        (3, 31),
        (4, 30),
        (5, 31),
    ]
    assert both == on_last


def test_a_once_plan_has_nothing_after_its_start():
    period = Period(in_berlin(2026, 12, 1), in_berlin(2026, 12, 2))
    assert ticks(Once(), period, BERLIN, 10) == (period.start_at,)
    assert next_tick(Once(), period, period.start_at, BERLIN) is None


def test_a_cron_that_never_comes_in_the_period_gives_nothing():
    period = Period(in_berlin(2026, 12, 1), in_berlin(2027, 2, 1))
    assert next_tick(Cron("0 9 29 2 *"), period, None, BERLIN) is None


# --- After downtime ------------------------------------------------------------------------------


NOW = datetime(2026, 12, 1, 9, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("late_minutes", "is_previous_running", "overlap", "expected"),
    [
        (0, False, Overlap.SKIP, Run()),
        (15, False, Overlap.SKIP, Run()),
        (16, False, Overlap.SKIP, Missed("too_late")),
        (16, True, Overlap.QUEUE, Missed("too_late")),
        (0, True, Overlap.SKIP, Skip("previous_running")),
        (0, True, Overlap.QUEUE, Queue("previous_running")),
        (0, True, Overlap.PARALLEL, Run()),
    ],
)
def test_a_due_tick_runs_or_says_why_not(late_minutes, is_previous_running, overlap, expected):
    decision = decide_tick(
        NOW - timedelta(minutes=late_minutes),
        NOW,
        timedelta(minutes=15),
        is_previous_running=is_previous_running,
        overlap=overlap,
    )
    assert decision == expected


def test_asking_about_a_tick_of_the_future_is_a_bug():
    with pytest.raises(ValueError, match="not due"):
        decide_tick(
            NOW + timedelta(seconds=1),
            NOW,
            timedelta(0),
            is_previous_running=False,
            overlap=Overlap.SKIP,
        )
