"""Queue messages again: what was held, or whose attempt came to nothing."""

from __future__ import annotations

from collections.abc import Sequence

from clarion.domain.campaign import Outcome
from clarion.engine.apply.insert_messages import append_to_outboxes
from clarion.engine.apply.move_participants import Move, move_participants
from clarion.engine.parts import Parts
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["queue_again"]

RESULTS = load("results")


async def queue_again(
    connection: Connection, parts: Parts, message_ids: Sequence[int], from_status: str
) -> int:
    """Queue messages as a new attempt, if they still are in that status; return how many."""
    if not message_ids:
        return 0
    rows = await RESULTS.fetch(
        connection,
        "queue_messages",
        message_ids=sorted(message_ids),
        from_statuses=[from_status],
    )
    await move_participants(
        connection,
        [
            Move(row["occurrence_id"], row["contact_id"], Outcome.PENDING, message_id=row["id"])
            for row in rows
            if row["is_opening"] and row["occurrence_id"] is not None
        ],
        parts.now(),
    )
    await append_to_outboxes(
        connection,
        [(row["sender_id"], row["lane"], row["id"], row["attempt"]) for row in rows],
    )
    return len(rows)
