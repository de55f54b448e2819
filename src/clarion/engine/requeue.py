"""Send what was held back by a suspension or a paused sender, in batches."""

from __future__ import annotations

from clarion.engine.parts import Parts
from clarion.engine.queue_again import queue_again
from clarion.store.pool import transaction
from clarion.store.queries import load

__all__ = ["requeue_held"]

RESULTS = load("results")

_BATCH = 1000


async def requeue_held(
    parts: Parts, *, campaign_id: int | None = None, sender_id: int | None = None
) -> int:
    """Queue held messages of a campaign or of a sender again; return how many."""
    total = 0
    while True:
        async with transaction(parts.pool) as connection:
            if campaign_id is not None:
                rows = await RESULTS.fetch(
                    connection,
                    "held_messages_of_campaign",
                    campaign_id=campaign_id,
                    limit=_BATCH,
                )
            else:
                rows = await RESULTS.fetch(
                    connection, "held_messages_of_sender", sender_id=sender_id, limit=_BATCH
                )
            if not rows:
                return total
            total += await queue_again(connection, parts, [row["id"] for row in rows], "held")
