"""Progress is arithmetic on counters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarion.reports.progress import progress_from

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OUTCOMES = ("pending", "held", "skipped", "failed", "in_doubt", "accepted")


def row(seconds_since_start: float | None = 600, recent_count: int = 0, **counts: int) -> Any:
    outcomes = {f"{name}_count": counts.get(name, 0) for name in OUTCOMES}
    started_at = (
        None if seconds_since_start is None else NOW - timedelta(seconds=seconds_since_start)
    )
    return {
        "campaign_id": 1, "name": "Spring", "status": "in_progress", "is_running": True,
        "started_at": started_at, "recent_count": recent_count,
        "audience_count": sum(outcomes.values()), **outcomes,
        "sent_count": 0, "delivered_count": 0, "read_count": 0, "replied_count": 0,
        "opted_out_count": 0,
    }  # fmt: skip


def test_the_time_left_follows_from_the_rate_of_the_last_minute() -> None:
    progress = progress_from(row(recent_count=1200, pending=4000, accepted=6000), NOW)
    assert (progress.done_share, progress.rate_per_second) == (0.6, 20.0)
    assert progress.eta_seconds == 200.0


def test_a_young_occurrence_is_measured_since_its_start() -> None:
    progress = progress_from(row(10, recent_count=100, pending=50, accepted=100), NOW)
    assert progress.rate_per_second == 10.0


@pytest.mark.parametrize(
    "still",
    [
        row(pending=10),
        row(recent_count=10, accepted=10),
        row(recent_count=10, held=5, accepted=10),
        row(seconds_since_start=None),
    ],
)
def test_nothing_is_promised_while_nothing_moves_or_nobody_is_pending(still: Any) -> None:
    assert progress_from(still, NOW).eta_seconds is None


@given(
    st.fixed_dictionaries({name: st.integers(0, 10**9) for name in OUTCOMES}),
    st.integers(0, 10**6),
    st.one_of(st.none(), st.floats(-10, 10**6)),
)
def test_the_share_is_a_share_and_the_rate_is_finite(
    counts: dict[str, int], recent_count: int, seconds: float | None
) -> None:
    progress = progress_from(row(seconds, recent_count, **counts), NOW)
    assert 0 <= progress.done_share <= 1
    assert 0 <= progress.rate_per_second <= recent_count
    assert progress.eta_seconds is None or progress.eta_seconds > 0
