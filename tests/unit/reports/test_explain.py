"""What is told of one person stands in the order in which it happened."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

from clarion.reports.explain import facts_of
from clarion.store.queries import Row

SECOND = datetime(2026, 3, 2, 10, 0, 5, tzinfo=UTC)


def _row(**fields: Any) -> Row:
    """A row of the database as the pure part reads it."""
    return cast("Row", fields)


def test_what_the_platform_tells_in_whole_seconds_stands_behind_what_we_saw() -> None:
    message = _row(
        id=7,
        node_id="offer",
        created_at=SECOND.replace(microsecond=100_000),
        sent_at=SECOND,
        delivered_at=SECOND,
        read_at=None,
        failed_at=None,
        error_code=None,
        error_title=None,
        reason=None,
    )
    attempt = _row(
        at=SECOND.replace(microsecond=300_000),
        kind="accepted",
        reason=None,
        error_code=None,
        error_title=None,
        message_id=7,
    )
    person = _row(
        scheduled_at=SECOND,
        started_at=SECOND.replace(microsecond=50_000),
        finished_at=None,
        campaign_name="Spring",
    )
    facts = facts_of(person, None, [message], [attempt], [], [], "en")
    assert [fact.kind for fact in facts] == [
        "occurrence_due",
        "audience_taken",
        "message_written",
        "attempt_accepted",
        "message_sent",
        "message_delivered",
    ]
