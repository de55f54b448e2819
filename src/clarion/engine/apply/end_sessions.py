"""Hook: end sessions from outside, and tell the campaigns that still counted on them.

Theory of operation.  A session may stand in a wait before it has said anything.  When it is ended
there, its participant would wait for an opening message that never comes, and its occurrence would
never finish; so whoever ends a session gives the participant its outcome as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from clarion.domain.campaign import Outcome
from clarion.engine.apply.move_participants import Move, move_participants
from clarion.engine.apply.set_fires import cancel_fires
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["end_sessions"]

SESSIONS = load("sessions")


async def end_sessions(
    connection: Connection,
    session_ids: Sequence[int],
    status: Literal["superseded", "stopped"],
    reason: str,
    now: datetime,
) -> None:
    """End those that wait; participants without an opening message are skipped for the reason."""
    if not session_ids:
        return
    ids = sorted(session_ids)
    await SESSIONS.execute(
        connection, "end_sessions", ids=ids, status=status, reason=reason, now=now
    )
    rows = await SESSIONS.fetch(connection, "participants_without_opening", ids=ids)
    await move_participants(
        connection,
        [
            Move(row["occurrence_id"], row["contact_id"], Outcome.SKIPPED, reason, row["id"])
            for row in rows
        ],
        now,
    )
    await cancel_fires(connection, "session", ids)
