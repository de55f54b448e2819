"""Let everything of a campaign go on that a suspension stopped."""

from __future__ import annotations

from clarion.domain.campaign import OccurrenceStatus
from clarion.engine.jobs import defer_chunks, defer_planning, defer_requeue
from clarion.engine.parts import EngineSizes
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["resume_open_work"]

OCCURRENCES = load("occurrences")


async def resume_open_work(connection: Connection, campaign_id: int, sizes: EngineSizes) -> None:
    """Let everything go on that a suspension stopped."""
    await OCCURRENCES.execute(connection, "forgive_open", campaign_id=campaign_id)
    await defer_requeue(connection, campaign_id=campaign_id)
    rows = await OCCURRENCES.fetch(
        connection, "open_occurrences_of_campaign", campaign_id=campaign_id
    )
    for row in rows:
        if row["status"] == OccurrenceStatus.PLANNED:
            await defer_planning(connection, row["id"])
        elif row["status"] == OccurrenceStatus.RUNNING:
            await defer_chunks(connection, row["id"], sizes.runners_per_occurrence)
