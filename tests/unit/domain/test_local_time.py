from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.schedule.strategies import JUMPS, zones

from clarion.domain.local_time import instant_of, wall_of
from clarion.schedule.ticks import local_instants

walls = st.builds(
    lambda jump, seconds: jump.replace(tzinfo=None) + timedelta(seconds=seconds),
    st.sampled_from(JUMPS),
    st.integers(-30 * 3600, 30 * 3600),
)


@given(walls, walls, zones)
def test_a_later_wall_time_never_means_an_earlier_instant(one, other, zone):
    early, late = sorted((one, other))
    assert instant_of(early, zone) <= instant_of(late, zone)


@given(walls, zones)
def test_the_instant_shows_the_wall_time_or_is_the_jump_over_it(wall, zone):
    instant = instant_of(wall, zone)
    shown = wall_of(instant, zone)
    if shown != wall:
        assert shown > wall
        assert wall_of(instant - timedelta(seconds=1), zone) < wall


@given(walls, zones)
def test_of_two_instants_with_the_same_wall_time_the_first_is_meant(wall, zone):
    instant = instant_of(wall, zone)
    for minutes in (30, 60, 120):
        assert wall_of(instant - timedelta(minutes=minutes), zone) != wall


def test_nine_in_the_morning_is_another_instant_in_each_zone():
    shanghai, berlin, new_york = map(
        ZoneInfo, ("Asia/Shanghai", "Europe/Berlin", "America/New_York")
    )
    found = local_instants(datetime.fromisoformat("2026-12-01 09:00"), (shanghai, berlin, new_york))
    assert found == {
        shanghai: datetime(2026, 12, 1, 1, tzinfo=UTC),
        berlin: datetime(2026, 12, 1, 8, tzinfo=UTC),
        new_york: datetime(2026, 12, 1, 14, tzinfo=UTC),
    }
