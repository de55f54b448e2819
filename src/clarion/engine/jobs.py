"""The engine's jobs by name, and how each is deferred inside the transaction that needs it."""

from __future__ import annotations

from clarion.store.jobs import defer
from clarion.store.pool import Connection

__all__ = [
    "PLAN_OCCURRENCE",
    "REQUEUE_HELD",
    "RUN_CHUNKS",
    "defer_chunks",
    "defer_planning",
    "defer_requeue",
]

PLAN_OCCURRENCE = "plan_occurrence"
RUN_CHUNKS = "run_chunks"
REQUEUE_HELD = "requeue_held"

QUEUE = "engine"


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
