"""Plans, zones and periods to draw from; the zones are those whose clocks do odd things."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

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
    Unit,
    Weekly,
)
from clarion.schedule.ticks import Period

ZONES = tuple(
    ZoneInfo(name)
    for name in (
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",  # jumps by half an hour
        "Asia/Shanghai",  # does not jump
        "Africa/Casablanca",  # jumps around Ramadan
        "America/Santiago",  # jumps at midnight
        "Asia/Kathmandu",  # 5:45
        "Pacific/Apia",  # skipped a whole day in 2011
    )
)

# Around jumps of the zones above: Berlin and New York in both directions, Lord Howe, Casablanca,
# Santiago, Apia's lost day.
JUMPS = tuple(
    datetime(*moment, tzinfo=UTC)
    for moment in (
        (2026, 3, 29, 1),
        (2026, 10, 25, 1),
        (2026, 3, 8, 7),
        (2026, 11, 1, 6),
        (2026, 4, 4, 15),
        (2026, 10, 3, 15, 30),
        (2026, 2, 15, 2),
        (2026, 3, 22, 2),
        (2026, 9, 6, 4),
        (2011, 12, 30, 10),
    )
)

zones = st.sampled_from(ZONES)
starts = st.builds(
    lambda jump, minutes: jump + timedelta(minutes=minutes),
    st.sampled_from(JUMPS),
    st.integers(-3 * 24 * 60, 24 * 60) | st.integers(-180, 180),
)
periods = st.builds(
    lambda start, minutes: Period(start, start + timedelta(minutes=minutes)),
    starts,
    st.integers(1, 90 * 24 * 60),
)
times = st.builds(time, st.integers(0, 23), st.integers(0, 59)) | st.builds(
    time, st.integers(0, 3), st.sampled_from((0, 15, 30, 45))
)
weekdays = st.sets(st.sampled_from(WEEKDAYS), min_size=1).map(
    lambda chosen: tuple(day for day in WEEKDAYS if day in chosen)
)
month_days = st.sets(st.integers(1, 31) | st.just(LAST_DAY), min_size=1).map(
    lambda chosen: tuple(sorted(chosen, key=lambda day: (day == LAST_DAY, day)))
)
crons = st.sampled_from(
    (
        "* * * * *",
        "*/7 * * * *",
        "30 2 * * *",
        "0 0 * * *",
        "15,45 1-3 * * *",
        "0 9 * * 1-5",
        "0 9 13 * 5",
        "59 23 L * *",
        "0 9 * * MON#1",
        "0 59 9 */1 * ?",
        "0 30 2 ? * 1",
        "0 0 4 1/1 * ? 2026",
    )
)
calendar_plans = st.one_of(
    st.builds(Daily, st.none() | times),
    st.builds(Every, st.integers(1, 40), st.just(Unit.DAYS)),
    st.builds(Weekly, weekdays, st.none() | times),
    st.builds(Monthly, month_days, st.none() | times),
    st.builds(Cron, crons),
)
elapsed_plans = st.one_of(
    st.just(EveryMinute()),
    st.just(Hourly()),
    st.builds(Every, st.integers(1, 1000), st.sampled_from((Unit.MINUTES, Unit.HOURS))),
)
plans = st.one_of(st.just(Once()), elapsed_plans, calendar_plans)
