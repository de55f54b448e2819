"""What a former owner of a sender left behind: settle it before anything else leaves.

Rows below the intent marks without a result belong to an owner that was lost.  Those that it had
certainly not written (its journal on this machine tells) are queued again; the rest is in doubt.
"""

from __future__ import annotations

from clarion.domain.message import Lane
from clarion.engine.journal import read_journal
from clarion.engine.parts import Parts
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["settle_after_crash"]

OUTBOX = load("outbox")


async def settle_after_crash(
    connection: Connection, parts: Parts, sender_id: int, fence: int
) -> int:
    """Settle what the owner before ``fence`` left; return how many messages are in doubt."""
    written = read_journal(parts.journal_folder, sender_id)
    if written is not None and written.fence == fence - 1:
        await OUTBOX.execute(
            connection,
            "send_again_what_was_not_written",
            sender_id=sender_id,
            conversation_position=written.positions[Lane.CONVERSATION],
            bulk_position=written.positions[Lane.BULK],
            now=parts.now(),
        )
    return await OUTBOX.execute(
        connection, "mark_in_doubt_below_the_marks", sender_id=sender_id, now=parts.now()
    )
