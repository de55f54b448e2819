"""Hook: tell typing indicators which message of the person they answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from clarion.domain.message import TypingContent
from clarion.engine.apply.insert_messages import NewMessage
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["answering_last"]

SESSIONS = load("sessions")


async def answering_last(
    connection: Connection, messages: Sequence[NewMessage]
) -> list[NewMessage]:
    """The messages, each typing indicator with what its person wrote last to the sender.

    One whose person has written nothing gets the reason ``no_message_to_answer``.
    """
    typing = [each for each in messages if _is_open(each)]
    if not typing:
        return list(messages)
    rows = await SESSIONS.fetch(
        connection,
        "last_inbound_of_contacts",
        contact_ids=[each.contact_id for each in typing],
        sender_ids=[each.sender_id for each in typing],
    )
    last = {(row["contact_id"], row["sender_id"]): row["provider_id"] for row in rows}
    return [
        _answering(each, last.get((each.contact_id, each.sender_id))) if _is_open(each) else each
        for each in messages
    ]


def _is_open(message: NewMessage) -> bool:
    return isinstance(message.content, TypingContent) and message.reason is None


def _answering(message: NewMessage, provider_id: str | None) -> NewMessage:
    if provider_id is None:
        return replace(message, reason="no_message_to_answer")
    return replace(message, reply_to=provider_id)
