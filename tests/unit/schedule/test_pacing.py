from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarion.schedule.pacing import Bucket, RateControl, seconds_to_finish

rates = st.floats(0.1, 1000)
bursts = st.integers(1, 200)
waits = st.lists(st.tuples(st.floats(0, 5), st.integers(1, 50)), max_size=60)


@given(rates, bursts, waits)
def test_no_span_of_time_sees_more_than_the_burst_and_what_the_rate_gives(rate, burst, waits):
    bucket, now, taken = Bucket(rate, burst), 0.0, 0
    for wait, n in waits:
        now += wait
        taken += bucket.take_up_to(now, n)
        assert taken <= burst + rate * now + 1e-6 * (1 + len(waits))


@given(rates, bursts, st.integers(1, 200))
def test_who_waits_as_long_as_told_finds_the_tokens(rate, burst, n):
    n = min(n, burst)
    bucket = Bucket(rate, burst)
    assert bucket.take(100.0, burst)
    wait = bucket.seconds_until(n)
    assert wait == pytest.approx(n / rate, rel=1e-6)
    assert not bucket.take(100.0 + wait / 2, n)
    assert bucket.take(100.0 + wait + 1e-6, n)


def test_eighty_a_second_send_four_hundred_in_five_seconds():
    bucket, sent = Bucket(80, 80), 0
    for tenth in range(51):
        sent += bucket.take_up_to(tenth / 10, 1000)
    assert sent == 80 + 400


def test_an_idle_sender_saves_up_no_more_than_one_burst():
    bucket = Bucket(10, 5)
    assert bucket.take_up_to(0, 100) == 5
    assert bucket.take_up_to(3600, 100) == 5


def test_a_refused_take_takes_nothing():
    bucket = Bucket(1, 3)
    assert not bucket.take(0, 4)
    assert bucket.take(0, 3)


def test_inbound_messages_push_the_bucket_below_zero():
    bucket = Bucket(10, 5)
    bucket.charge(0, 15)
    assert bucket.seconds_until(1) == pytest.approx(1.1)
    assert bucket.take_up_to(0.5, 5) == 0


def test_a_stopped_sender_never_has_a_token_again_until_it_is_started():
    bucket = Bucket(10, 1)
    assert bucket.take(0)
    bucket.set_rate(0, 0)
    assert bucket.seconds_until() == math.inf
    assert not bucket.take(1000)
    bucket.set_rate(1000, 2)
    assert bucket.rate_per_second == 2
    assert bucket.seconds_until() == pytest.approx(0.5)


def test_more_than_the_burst_never_leaves_at_once():
    bucket = Bucket(10, 5)
    assert bucket.seconds_until(6) == math.inf


def test_a_clock_that_goes_back_gives_nothing():
    bucket = Bucket(10, 5)
    assert bucket.take(100, 5)
    assert not bucket.take(50)
    assert bucket.take_up_to(100.3, 9) == 3


@pytest.mark.parametrize(("rate", "burst"), [(-1, 1), (1, 0)])
def test_a_bucket_without_a_bottom_is_refused(rate, burst):
    with pytest.raises(ValueError, match="bucket"):
        Bucket(rate, burst)


def test_a_complaint_halves_the_rate_and_calm_brings_it_back():
    control = RateControl(ceiling=80, floor=5, step=2, calm_seconds=5)
    rate = control.slow(80)
    assert rate == 40
    assert control.slow(6) == 5
    assert control.recover(rate, 0) == 40
    assert control.recover(rate, 5) == 40
    assert control.recover(rate, 15) == 60
    assert control.recover(rate, 3600) == 80


@given(st.floats(1, 1000), st.floats(0, 2000), st.floats(0, 10_000))
def test_the_rate_stays_between_floor_and_ceiling(ceiling, rate, seconds):
    control = RateControl(ceiling=ceiling)
    assert 1 <= control.slow(rate) <= ceiling
    assert control.recover(control.slow(rate), seconds) <= ceiling


@pytest.mark.parametrize(
    ("remaining", "rate", "seconds"), [(0, 80, 0), (8000, 80, 100), (1, 0, math.inf)]
)
def test_when_it_will_be_over(remaining, rate, seconds):
    assert seconds_to_finish(remaining, rate) == pytest.approx(seconds)
