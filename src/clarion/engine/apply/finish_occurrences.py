"""Hook: finish occurrences in which nobody waits any more, and let the next queued one start."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from clarion.engine.jobs import defer_planning
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["finish_occurrences", "start_queued_occurrence"]

OCCURRENCES = load("occurrences")


async def finish_occurrences(
    connection: Connection, occurrence_ids: Sequence[int], now: datetime
) -> None:
    """Finish those whose balance is settled and whose chunks are all done."""
    if not occurrence_ids:
        return
    finished = await OCCURRENCES.fetch(
        connection, "finish_occurrences", occurrence_ids=sorted(occurrence_ids), now=now
    )
    for campaign_id in sorted({row["campaign_id"] for row in finished}):
        await start_queued_occurrence(connection, campaign_id)


async def start_queued_occurrence(connection: Connection, campaign_id: int) -> None:
    """Plan the oldest occurrence that waits for its turn, if none is at work."""
    occurrence_id = await OCCURRENCES.fetchval(
        connection, "next_queued_occurrence", campaign_id=campaign_id
    )
    if occurrence_id is not None:
        await defer_planning(connection, occurrence_id)
