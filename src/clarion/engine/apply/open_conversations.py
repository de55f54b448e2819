"""Hook: open the conversations that flows handed over to people, in one bulk statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clarion.domain.message import Channel
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["HandOver", "open_conversations"]

CONVERSATIONS = load("conversations")


@dataclass(frozen=True, slots=True)
class HandOver:
    """A contact that waits for a person, at the sender that it knows."""

    contact_id: int
    sender_id: int | None
    session_id: int
    note: str


async def open_conversations(
    connection: Connection,
    workspace_id: int,
    channel: Channel,
    hand_overs: Sequence[HandOver],
    now: datetime,
) -> None:
    """Open them, with an entry of the audit log each; the last of one contact and sender counts."""
    last = {(each.contact_id, each.sender_id): each for each in hand_overs}
    if not last:
        return
    await CONVERSATIONS.execute(
        connection,
        "open_conversations",
        workspace_id=workspace_id,
        channel=str(channel),
        now=now,
        contact_ids=[each.contact_id for each in last.values()],
        sender_ids=[each.sender_id for each in last.values()],
        session_ids=[each.session_id for each in last.values()],
        notes=[each.note for each in last.values()],
    )
