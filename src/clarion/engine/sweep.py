"""The sweep: every few seconds, make sure that everything unfinished has somebody at work on it.

All of it is harmless when nothing is wrong.  It is what turns "a job was lost" into "a few seconds".
"""

from __future__ import annotations

from datetime import timedelta

from clarion.domain.campaign import OccurrenceStatus
from clarion.engine.apply.finish_occurrences import finish_occurrences, start_queued_occurrence
from clarion.engine.day_limit import look_again_at_forgotten
from clarion.engine.jobs import defer_changeover, defer_chunks, defer_planning, defer_requeue
from clarion.engine.parts import Parts
from clarion.store.pool import transaction
from clarion.store.queries import load

__all__ = ["sweep"]

CHANGEOVERS = load("changeovers")
OCCURRENCES = load("occurrences")
RESULTS = load("results")
WEBHOOKS = load("webhooks")

# A receipt whose message was never found within a day belongs to none of ours.
_EARLY_RECEIPT_LIFE = timedelta(days=1)


async def sweep(parts: Parts) -> None:
    """Defer the jobs that unfinished occurrences need; queueing locks keep them single."""
    now = parts.now()
    async with transaction(parts.pool) as connection:
        rows = await OCCURRENCES.fetch(connection, "unfinished_occurrences")
        running = [row["id"] for row in rows if row["status"] == OccurrenceStatus.RUNNING]
        await finish_occurrences(connection, running, now)
        for row in rows:
            if row["status"] == OccurrenceStatus.PLANNED:
                await defer_planning(connection, row["id"])
            elif row["status"] != OccurrenceStatus.RUNNING:
                await start_queued_occurrence(connection, row["campaign_id"])
        for occurrence_id in running:
            due_at = await OCCURRENCES.fetchval(
                connection, "next_chunk_due_at", occurrence_id=occurrence_id
            )
            if due_at is not None and due_at <= now:
                await defer_chunks(connection, occurrence_id, parts.sizes.runners_per_occurrence)
        for row in await RESULTS.fetch(connection, "held_without_cause"):
            await defer_requeue(
                connection, campaign_id=row["campaign_id"], sender_id=row["sender_id"]
            )
        await look_again_at_forgotten(connection, now)
        for row in await CHANGEOVERS.fetch(connection, "running_changeovers"):
            await defer_changeover(connection, row["id"])
    await WEBHOOKS.execute(parts.pool, "forget_early_receipts", before=now - _EARLY_RECEIPT_LIFE)
