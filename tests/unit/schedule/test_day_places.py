"""So many people a moving day: when is there a place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from clarion.schedule.day_places import DayPlaces

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def test_who_finds_no_place_comes_a_day_after_the_first_who_has_one():
    places = DayPlaces(3, [NOW - timedelta(hours=20), NOW - timedelta(hours=5)])
    assert places.take(NOW) == NOW
    assert places.take(NOW) == NOW + timedelta(hours=4)
    assert places.take(NOW) == NOW + timedelta(hours=19)
    assert places.take(NOW) == NOW + DAY
    assert places.take(NOW) == NOW + DAY + timedelta(hours=4)


def test_more_were_reached_than_are_allowed_now():
    """The platform lowered the limit: the newest count longest."""
    places = DayPlaces(2, [NOW - timedelta(hours=hours) for hours in (1, 2, 3)])
    assert places.take(NOW) == NOW + timedelta(hours=22)


def test_without_any_place_nobody_comes_soon():
    assert DayPlaces(0).take(NOW) > NOW + 1000 * DAY


@given(
    st.integers(1, 20),
    st.lists(st.integers(0, 86_400), max_size=30),
    st.lists(st.integers(0, 40_000), min_size=1, max_size=60),
)
def test_no_day_ever_holds_more_people_than_allowed(people_count, ago_seconds, gaps_seconds):
    taken = [NOW - timedelta(seconds=seconds) for seconds in ago_seconds]
    places = DayPlaces(people_count, taken)
    at, came = NOW, []
    for gap in gaps_seconds:
        at += timedelta(seconds=gap)
        came.append(places.take(at))
        assert came[-1] >= at
    everybody = sorted([*sorted(taken)[-people_count:], *came])
    for first, beyond in zip(everybody, everybody[people_count:], strict=False):
        assert beyond - first >= DAY
