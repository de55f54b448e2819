"""Conversations: contacts whom a flow handed over to people, until one of them closes it.

Theory of operation.  Flows open conversations (``clarion.engine.apply.open_conversations``); people
list them, take them on, answer and close them.  A contact has at most one open conversation at a sender;
when it is handed over again after that, another one opens.

The session that handed over is over, so there is nothing to go back to: while a conversation is open, no
flow speaks unless a campaign starts another one, and what the contact writes waits in the thread.  An
answer is a message of the common way (``message_requests``) from the sender that the contact knows.  What
consent or the 24 hour window forbids is refused to the person who answers, and nothing is kept of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from clarion.domain.errors import ClarionError
from clarion.domain.identity import Permission
from clarion.domain.message import Content, MessageStatus
from clarion.domain.reasons import reason_in_words
from clarion.services import audit
from clarion.services.contacts import read_contact
from clarion.services.message_requests import MessageRequest, Recipient, send_messages
from clarion.services.messages import Message
from clarion.services.scope import Scope
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = [
    "Conversation",
    "ConversationCounts",
    "ConversationFilter",
    "ConversationState",
    "Window",
    "assign_conversation",
    "close_conversation",
    "count_conversations",
    "list_conversations",
    "read_conversation",
    "reply",
    "windows_of",
]

QUERIES = load("conversations")

ConversationState = Literal["open", "closed"]
_REFUSED = frozenset({MessageStatus.FAILED, MessageStatus.SKIPPED, MessageStatus.HELD})


@dataclass(frozen=True, slots=True)
class Conversation:
    """A contact that waits, or waited, for a person; ``note`` is what the flow wants told.

    Free text may go out until ``window_closes_at``; ``last_…`` is what was said last, by either side.
    """

    id: int
    contact_id: int
    contact_name: str
    contact_phone: str | None
    channel: str
    sender_id: int | None
    sender_name: str | None
    session_id: int | None
    note: str
    state: ConversationState
    opened_at: datetime
    assigned_user_id: int | None
    assigned_user_name: str | None
    assigned_at: datetime | None
    closed_at: datetime | None
    window_closes_at: datetime | None
    last_direction: str | None
    last_content: Mapping[str, Any] | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class ConversationFilter:
    """Which conversations are wanted; ``None``: any; ``assigned_user_id`` 0: nobody's."""

    state: ConversationState | None = None
    contact_id: int | None = None
    assigned_user_id: int | None = None


@dataclass(frozen=True, slots=True)
class ConversationCounts:
    """How many conversations are open; ``mine``: those that the asker looks after."""

    open_count: int
    unassigned_count: int
    mine_count: int


@dataclass(frozen=True, slots=True)
class Window:
    """Until when free text may go to a contact from a sender."""

    sender_id: int
    sender_name: str
    last_inbound_at: datetime
    closes_at: datetime


async def list_conversations(
    connection: Connection,
    scope: Scope,
    wanted: ConversationFilter,
    *,
    below_id: int | None,
    limit: int,
) -> list[Conversation]:
    """Conversations that fit, the newest first."""
    scope.require(Permission.READ)
    rows = await QUERIES.fetch(
        connection,
        "conversations_page",
        workspace_id=scope.workspace_id,
        state=wanted.state,
        contact_id=wanted.contact_id,
        assigned_user_id=wanted.assigned_user_id,
        conversation_id=None,
        below_id=below_id,
        limit=limit,
    )
    return [Conversation(**dict(row)) for row in rows]


async def read_conversation(
    connection: Connection, scope: Scope, conversation_id: int
) -> Conversation:
    """One conversation.  Raises ``conversation.not_found``."""
    scope.require(Permission.READ)
    row = await QUERIES.fetchrow(
        connection,
        "conversations_page",
        workspace_id=scope.workspace_id,
        state=None,
        contact_id=None,
        assigned_user_id=None,
        conversation_id=conversation_id,
        below_id=None,
        limit=1,
    )
    if row is None:
        raise _not_found(conversation_id)
    return Conversation(**dict(row))


async def count_conversations(connection: Connection, scope: Scope) -> ConversationCounts:
    """How many wait; a key looks after nobody."""
    scope.require(Permission.READ)
    row = await QUERIES.fetchrow(
        connection,
        "conversation_counts",
        workspace_id=scope.workspace_id,
        user_id=scope.actor.id if scope.actor.kind == "user" else None,
    )
    assert row is not None  # noqa: S101 - an aggregate gives a row
    return ConversationCounts(**dict(row))


async def windows_of(connection: Connection, scope: Scope, contact_id: int) -> list[Window]:
    """The senders to which a contact wrote, the latest first.  Raises ``contact.not_found``."""
    await read_contact(connection, scope, contact_id)
    rows = await QUERIES.fetch(
        connection, "windows_of_contact", workspace_id=scope.workspace_id, contact_id=contact_id
    )
    return [Window(**dict(row)) for row in rows]


async def reply(
    connection: Connection,
    scope: Scope,
    conversation_id: int,
    content: Content,
    *,
    key: str = "",
    language: Literal["en", "zh"],
    mint_key: Callable[[], str],
) -> Message:
    """Answer by hand; who answers a conversation that nobody looks after takes it on.

    ``language`` is for the words of a refusal.  The caller must undo its transaction when this raises:
    ``conversation.not_found``, ``conversation.closed``, ``message.refused``, and what
    ``send_messages`` raises.
    """
    scope.require(Permission.REPLY)
    if await _lock(connection, scope, conversation_id) == "closed":
        raise _closed(conversation_id)
    before = await read_conversation(connection, scope, conversation_id)
    if before.assigned_user_id is None and scope.actor.kind == "user":
        await assign_conversation(connection, scope, conversation_id, scope.actor.id)
    sent = await send_messages(
        connection,
        scope,
        MessageRequest(
            [Recipient(content, contact_id=before.contact_id)],
            sender_name=before.sender_name,
            key=key,
            tag=f"conversation {conversation_id}",
        ),
        mint_key=mint_key,
    )
    message = sent.messages[0]
    if message.status in _REFUSED and not sent.is_repeated:
        words = reason_in_words(message.reason or "no_sender", language)
        raise ClarionError("message.refused", f"{words}.", reason=message.reason)
    return message


async def assign_conversation(
    connection: Connection, scope: Scope, conversation_id: int, user_id: int | None
) -> Conversation:
    """Say who looks after an open conversation; ``None``: nobody does any more.

    Raises ``conversation.not_found``, ``conversation.closed``, ``user.not_found``.
    """
    scope.require(Permission.REPLY)
    if await _lock(connection, scope, conversation_id) == "closed":
        raise _closed(conversation_id)
    if user_id is not None and not await QUERIES.fetchval(
        connection, "is_member", workspace_id=scope.workspace_id, user_id=user_id
    ):
        raise ClarionError(
            "user.not_found", f"There is no user {user_id} in this workspace.", user_id=user_id
        )
    await QUERIES.execute(
        connection,
        "assign_conversation",
        conversation_id=conversation_id,
        user_id=user_id,
        now=None if user_id is None else scope.now,
    )
    await audit.record(
        connection, scope, "assigned", "conversation", conversation_id, {"user_id": user_id}
    )
    return await read_conversation(connection, scope, conversation_id)


async def close_conversation(
    connection: Connection, scope: Scope, conversation_id: int
) -> Conversation:
    """Close a conversation; one that is closed stays as it is.

    Raises ``conversation.not_found``.
    """
    scope.require(Permission.REPLY)
    if await _lock(connection, scope, conversation_id) == "open":
        await QUERIES.execute(
            connection, "close_conversation", conversation_id=conversation_id, now=scope.now
        )
        await audit.record(connection, scope, "closed", "conversation", conversation_id)
    return await read_conversation(connection, scope, conversation_id)


async def _lock(connection: Connection, scope: Scope, conversation_id: int) -> str:
    row = await QUERIES.fetchrow(
        connection,
        "lock_conversation",
        workspace_id=scope.workspace_id,
        conversation_id=conversation_id,
    )
    if row is None:
        raise _not_found(conversation_id)
    return str(row["state"])


def _closed(conversation_id: int) -> ClarionError:
    return ClarionError(
        "conversation.closed",
        f"The conversation {conversation_id} is closed.",
        conversation_id=conversation_id,
    )


def _not_found(conversation_id: int) -> ClarionError:
    return ClarionError(
        "conversation.not_found",
        f"There is no conversation {conversation_id} in this workspace.",
        conversation_id=conversation_id,
    )
