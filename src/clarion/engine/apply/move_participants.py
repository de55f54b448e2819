"""Hook: give participants their outcomes; the balance of each occurrence moves with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clarion.domain.campaign import Outcome
from clarion.engine.apply.finish_occurrences import finish_occurrences
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["Move", "move_participants"]

PARTICIPANTS = load("participants")


@dataclass(frozen=True, slots=True)
class Move:
    """One participant's new outcome, and what it is about."""

    occurrence_id: int
    contact_id: int
    outcome: Outcome
    reason: str | None = None
    session_id: int | None = None
    message_id: int | None = None


async def move_participants(connection: Connection, moves: Sequence[Move], now: datetime) -> None:
    """Apply moves; occurrences in which nobody waits any more are finished.

    Of several moves of one person the last counts.
    """
    last = {(move.occurrence_id, move.contact_id): move for move in moves}
    if not last:
        return
    ordered = [last[key] for key in sorted(last)]
    changed = await PARTICIPANTS.fetch(
        connection,
        "move_participants",
        occurrence_ids=[move.occurrence_id for move in ordered],
        contact_ids=[move.contact_id for move in ordered],
        outcomes=[move.outcome.value for move in ordered],
        reasons=[move.reason for move in ordered],
        session_ids=[move.session_id for move in ordered],
        message_ids=[move.message_id for move in ordered],
    )
    done = [row["id"] for row in changed if row["pending_count"] == 0 and row["held_count"] == 0]
    await finish_occurrences(connection, done, now)
