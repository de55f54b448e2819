"""How long a sign-in waits after failures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from clarion.domain.sign_in import BY_EMAIL, locked_until

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failure_count", "wait_seconds"),
    [(0, None), (4, None), (5, 30), (6, 60), (7, 120), (10, 900), (500, 900)],
)
def test_the_first_failures_are_free_and_each_further_one_doubles_the_wait(
    failure_count: int, wait_seconds: int | None
) -> None:
    failures = [NOON + timedelta(seconds=second) for second in range(failure_count)]
    until = locked_until(failures, BY_EMAIL)
    if wait_seconds is None:
        assert until is None
    else:
        assert until == failures[-1] + timedelta(seconds=wait_seconds)
