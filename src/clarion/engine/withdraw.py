"""Take back what a campaign has not sent: it was deleted, or ended while suspended."""

from __future__ import annotations

from datetime import datetime

from clarion.domain.campaign import OccurrenceStatus, Outcome
from clarion.engine.apply.move_participants import Move, move_participants
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["withdraw_open"]

OCCURRENCES = load("occurrences")
PARTICIPANTS = load("participants")
RESULTS = load("results")


async def withdraw_open(
    connection: Connection, campaign_id: int, reason: str, now: datetime
) -> int:
    """Close the campaign's open occurrences; return how many people are not messaged any more.

    Everybody who waits becomes skipped with the reason.  A request that is under way ends as it
    ends, and its result counts.
    """
    rows = await OCCURRENCES.fetch(
        connection, "open_occurrences_of_campaign", campaign_id=campaign_id
    )
    for row in rows:
        if row["status"] != OccurrenceStatus.RUNNING:
            await OCCURRENCES.execute(
                connection,
                "close_occurrence",
                occurrence_id=row["id"],
                status=str(OccurrenceStatus.CANCELLED),
                reason=reason,
                now=now,
            )
    running = [row["id"] for row in rows if row["status"] == OccurrenceStatus.RUNNING]
    await PARTICIPANTS.execute(connection, "close_chunks", occurrence_ids=running, now=now)
    waiting = await PARTICIPANTS.fetch(connection, "waiting_participants", occurrence_ids=running)
    openings = await PARTICIPANTS.fetch(
        connection, "withdraw_openings", occurrence_ids=running, reason=reason
    )
    await RESULTS.execute(
        connection, "withdraw_held_messages", campaign_id=campaign_id, reason=reason
    )
    moves = [
        Move(row["occurrence_id"], row["contact_id"], Outcome.SKIPPED, reason)
        for row in (*waiting, *openings)
    ]
    await move_participants(connection, moves, now)
    return len(moves)
