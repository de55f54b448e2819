"""Hook: end sessions from outside, and tell the campaigns that still counted on them.

Theory of operation.  A session may stand in a wait before it has said anything.  When it is ended
there, its participant would wait for an opening message that never comes, and its occurrence would
never finish; so whoever ends a session gives the participant its outcome as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from clarion.domain.campaign import Outcome
from clarion.engine.apply.append_node_deltas import append_node_deltas
from clarion.engine.apply.move_participants import Move, move_participants
from clarion.engine.apply.set_fires import cancel_fires
from clarion.engine.node_steps import ended_from_outside
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["end_sessions", "end_sessions_of_contacts"]

CONTACTS = load("contacts")
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
    ended = await SESSIONS.fetch(
        connection, "end_sessions", ids=ids, status=status, reason=reason, now=now
    )
    steps = Counter(
        ended_from_outside(
            row["flow_version_id"],
            row["campaign_id"],
            row["occurrence_id"],
            row["node_id"],
            status,
        )
        for row in ended
    )
    await append_node_deltas(connection, steps, now)
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


async def end_sessions_of_contacts(
    connection: Connection,
    workspace_id: int,
    contact_ids: Sequence[int],
    reason: str,
    now: datetime,
) -> None:
    """Stop whatever people of a workspace wait in; their rows are locked first."""
    who = {"workspace_id": workspace_id, "contact_ids": list(contact_ids)}
    await CONTACTS.execute(connection, "lock_contacts", **who)
    rows = await SESSIONS.fetch(connection, "waiting_sessions_in", **who)
    await end_sessions(connection, [row["id"] for row in rows], "stopped", reason, now)
