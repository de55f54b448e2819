"""The token bucket lets a burst pass and then a steady rate, whatever the order of requests."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarion.domain.errors import ClarionError
from clarion.web.limits import Bucket, RateLimits, take


@given(st.lists(st.floats(min_value=0, max_value=5), max_size=200))
def test_no_more_pass_than_the_burst_and_the_rate_allow(gaps: list[float]) -> None:
    now, bucket, passed = 0.0, Bucket(5, 0.0), 0
    for gap in gaps:
        now += gap
        bucket, wait_seconds = take(bucket, now, rate_per_second=2, burst_count=5)
        passed += wait_seconds == 0
    assert passed <= 5 + 2 * now + 1e-6


@given(st.floats(min_value=0, max_value=0.99), st.floats(min_value=0, max_value=1e6))
def test_who_waits_as_told_passes(tokens: float, now: float) -> None:
    bucket, wait_seconds = take(Bucket(tokens, now), now, rate_per_second=2, burst_count=5)
    assert wait_seconds > 0
    _, wait_again = take(bucket, now + wait_seconds + 1e-3, rate_per_second=2, burst_count=5)
    assert wait_again == 0


def test_each_key_has_its_own_bucket() -> None:
    rates = RateLimits(rate_per_second=1, burst_count=2)
    for _ in range(2):
        rates.admit("key:1", 0.0)
    with pytest.raises(ClarionError) as refused:
        rates.admit("key:1", 0.0)
    assert refused.value.code == "request.rate_limited"
    assert refused.value.details["retry_after_seconds"] == 1
    rates.admit("key:2", 0.0)
    rates.admit("key:1", 1.0)
