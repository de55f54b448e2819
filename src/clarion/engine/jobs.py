"""The engine's jobs by name, and how each is deferred inside the transaction that needs it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from clarion.store.jobs import defer, hasten
from clarion.store.pool import Connection

__all__ = [
    "CARRY_OVER",
    "DELIVER_WEBHOOKS",
    "PLAN_OCCURRENCE",
    "REQUEUE_HELD",
    "RUN_CHUNKS",
    "WEBHOOK_QUEUE",
    "defer_changeover",
    "defer_chunks",
    "defer_deliveries",
    "defer_planning",
    "defer_requeue",
]

PLAN_OCCURRENCE = "plan_occurrence"
RUN_CHUNKS = "run_chunks"
REQUEUE_HELD = "requeue_held"
DELIVER_WEBHOOKS = "deliver_webhooks"
CARRY_OVER = "carry_over"

QUEUE = "engine"
WEBHOOK_QUEUE = "webhooks"


async def defer_planning(connection: Connection, occurrence_id: int) -> None:
    """Take the snapshot of a planned occurrence."""
    await defer(
        connection,
        PLAN_OCCURRENCE,
        QUEUE,
        args={"occurrence_id": occurrence_id},
        queueing_lock=f"plan:{occurrence_id}",
    )


async def defer_chunks(connection: Connection, occurrence_id: int, runner_count: int) -> None:
    """Work on the open chunks of an occurrence, by several runners side by side."""
    for runner in range(runner_count):
        await defer(
            connection,
            RUN_CHUNKS,
            QUEUE,
            args={"occurrence_id": occurrence_id, "runner": runner},
            queueing_lock=f"chunks:{occurrence_id}:{runner}",
        )


async def defer_requeue(
    connection: Connection, *, campaign_id: int | None = None, sender_id: int | None = None
) -> None:
    """Send what was held back by a suspension or by a paused sender."""
    await defer(
        connection,
        REQUEUE_HELD,
        QUEUE,
        args={"campaign_id": campaign_id, "sender_id": sender_id},
        queueing_lock=f"requeue:{campaign_id}:{sender_id}",
    )


async def defer_deliveries(
    connection: Connection,
    endpoint_ids: Sequence[int],
    *,
    at: datetime | None = None,
    is_hurried: bool = False,
) -> None:
    """Deliver what waits for these endpoints, one job each; ``at``: not earlier.

    ``is_hurried``: now, even where a job waits for the time of the next attempt.
    """
    for endpoint_id in endpoint_ids:
        if is_hurried:
            await hasten(connection, f"webhooks:{endpoint_id}")
        await defer(
            connection,
            DELIVER_WEBHOOKS,
            WEBHOOK_QUEUE,
            args={"endpoint_id": endpoint_id},
            lock=f"webhooks:{endpoint_id}",
            queueing_lock=f"webhooks:{endpoint_id}",
            schedule_at=at,
        )


async def defer_changeover(connection: Connection, changeover_id: int) -> None:
    """Move or stop those who wait in older versions of a flow."""
    await defer(
        connection,
        CARRY_OVER,
        QUEUE,
        args={"changeover_id": changeover_id},
        queueing_lock=f"changeover:{changeover_id}",
    )
