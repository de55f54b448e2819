"""Sessions that wait for receipts of a message: told whenever something may be new.

Theory of operation.  Whoever changes what is known of messages (``look_at_deliveries``), and whoever
lets a session begin to wait, sets a fire of the kind ``delivery`` for the session, due at once.  The
fire's handler locks the sessions, reads all that is known of their messages and resumes them; when a
fold is just changing a message, it looks again a moment later (waiting for the fold might be waiting
for each other).  So it does not matter which comes first, or how often.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from clarion.domain.message import Lane, MessageStatus, ReceiptState
from clarion.engine.apply.lock_people import lock_people_of_sessions
from clarion.engine.apply.set_fires import set_fires
from clarion.engine.flow_versions import FlowVersions
from clarion.engine.resume import Continuation, resume_sessions
from clarion.flow.engine import ReceiptsTold
from clarion.store.pool import Connection
from clarion.store.queries import Row, load

__all__ = ["look_at_deliveries", "tell_deliveries"]

CALLS = load("calls")

_AGAIN = timedelta(milliseconds=200)


async def look_at_deliveries(
    connection: Connection, message_ids: Sequence[int], now: datetime
) -> None:
    """Remember to tell the sessions that wait for receipts of these messages, if any do."""
    if not message_ids:
        return
    rows = await CALLS.fetch(
        connection, "sessions_awaiting_receipts", message_ids=list(message_ids)
    )
    await set_fires(connection, "delivery", [(row["id"], now, 0) for row in rows])


async def tell_deliveries(
    connection: Connection,
    flow_versions: FlowVersions,
    session_ids: Sequence[int],
    now: datetime,
) -> None:
    """Resume sessions with what is known of the message that each waits for."""
    await lock_people_of_sessions(connection, session_ids)
    waiting = await CALLS.fetch(connection, "lock_awaiting", ids=sorted(session_ids))
    rows = await CALLS.fetch(
        connection,
        "told_of_messages",
        session_ids=[row["id"] for row in waiting],
        steps=[row["step"] for row in waiting],
    )
    read = {row["session_id"] for row in rows}
    again_at = now + _AGAIN
    await set_fires(
        connection,
        "delivery",
        [(row["id"], again_at, 0) for row in waiting if row["id"] not in read],
    )
    steps = {row["id"]: row["step"] for row in waiting}
    await resume_sessions(
        connection,
        flow_versions,
        {
            row["session_id"]: Continuation(
                ReceiptsTold(steps[row["session_id"]], states), Lane.CONVERSATION
            )
            for row in rows
            if (states := _states(row))
        },
        now,
    )


def _states(row: Row) -> frozenset[ReceiptState]:
    """All that is known; a message that never left has failed as well."""
    known = {
        state
        for state, column in (
            (ReceiptState.SENT, "sent_at"),
            (ReceiptState.DELIVERED, "delivered_at"),
            (ReceiptState.READ, "read_at"),
            (ReceiptState.FAILED, "failed_at"),
        )
        if row[column] is not None
    }
    if row["status"] in (MessageStatus.FAILED, MessageStatus.SKIPPED):
        known.add(ReceiptState.FAILED)
    return frozenset(known)
