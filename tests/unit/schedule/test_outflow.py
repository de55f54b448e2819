"""When the messages of a sender leave."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarion.channels.whatsapp.tiers import day_limit_of, tier_of
from clarion.schedule.outflow import Outflow, SenderPace
from clarion.schedule.pacing import seconds_to_finish

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_what_waits_already_goes_first():
    outflow = Outflow(SenderPace(10, NOW, waiting_count=100))
    assert outflow.take(NOW) == NOW + timedelta(seconds=10.1)


def test_by_a_later_time_the_queue_is_empty_again():
    outflow = Outflow(SenderPace(10, NOW, waiting_count=100))
    at = NOW + timedelta(hours=1)
    assert outflow.take(at) == at + timedelta(seconds=0.1)


@given(
    st.lists(st.integers(0, 1_000), min_size=1, max_size=50),
    st.floats(0.5, 100),
    st.integers(0, 500),
)
def test_messages_leave_in_order_never_before_they_are_queued_and_never_too_fast(
    gaps_seconds, rate, waiting_count
):
    outflow = Outflow(SenderPace(rate, NOW, waiting_count))
    at = last = NOW
    for gap in gaps_seconds:
        at += timedelta(seconds=gap)
        leaves = outflow.take(at)
        assert leaves >= at
        assert (leaves - last).total_seconds() >= 1 / rate - 1e-3
        last = leaves


@given(st.integers(1, 500), st.floats(0.5, 100), st.integers(0, 500))
def test_at_one_instant_it_is_the_arithmetic_of_pacing(count, rate, waiting_count):
    outflow = Outflow(SenderPace(rate, NOW, waiting_count))
    for _ in range(count):
        last = outflow.take(NOW)
    seconds = seconds_to_finish(waiting_count + count, rate)
    assert (last - NOW).total_seconds() == pytest.approx(seconds, abs=1e-3)


@pytest.mark.parametrize(
    ("health", "limit"),
    [
        ({"messaging_limit": "TIER_250"}, 250),
        ({"messaging_limit": "TIER_100K"}, 100_000),
        ({"messaging_limit": "TIER_1M"}, 1_000_000),
        ({"messaging_limit": "TIER_UNLIMITED"}, None),
        ({"messaging_limit": None}, None),
        ({}, None),
    ],
)
def test_a_tier_is_a_number_of_people_in_a_day(health, limit):
    assert day_limit_of(health) == limit


@pytest.mark.parametrize(
    ("told", "tier"),
    [
        ("TIER_2K", "TIER_2K"),
        ("TIER_UNLIMITED", "TIER_UNLIMITED"),
        (2000, "TIER_2000"),
        (-1, "TIER_UNLIMITED"),
        ("many", None),
        (None, None),
        (True, None),
    ],
)
def test_updates_name_a_tier_in_two_ways(told, tier):
    assert tier_of(told) == tier
