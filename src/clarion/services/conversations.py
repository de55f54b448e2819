"""Conversations: contacts whom a flow handed over to people, until one of them closes it.

Theory of operation.  Flows open conversations (``clarion.engine.apply.open_conversations``); people
list them, take them on and close them.  A contact has at most one open conversation at a sender; when
it is handed over again after that, another one opens.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from clarion.domain.errors import ClarionError
from clarion.domain.identity import Permission
from clarion.services import audit
from clarion.services.scope import Scope
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = [
    "Conversation",
    "ConversationFilter",
    "ConversationState",
    "assign_conversation",
    "close_conversation",
    "list_conversations",
    "read_conversation",
]

QUERIES = load("conversations")

ConversationState = Literal["open", "closed"]


@dataclass(frozen=True, slots=True)
class Conversation:
    """A contact that waits, or waited, for a person; ``note`` is what the flow wants told."""

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
    assigned_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ConversationFilter:
    """Which conversations are wanted; ``None``: any."""

    state: ConversationState | None = None
    contact_id: int | None = None


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
        conversation_id=conversation_id,
        below_id=None,
        limit=1,
    )
    if row is None:
        raise _not_found(conversation_id)
    return Conversation(**dict(row))


async def assign_conversation(
    connection: Connection, scope: Scope, conversation_id: int, user_id: int | None
) -> Conversation:
    """Say who looks after an open conversation; ``None``: nobody does any more.

    Raises ``conversation.not_found``, ``conversation.closed``, ``user.not_found``.
    """
    scope.require(Permission.REPLY)
    if await _lock(connection, scope, conversation_id) == "closed":
        raise ClarionError(
            "conversation.closed",
            f"The conversation {conversation_id} is closed.",
            conversation_id=conversation_id,
        )
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


def _not_found(conversation_id: int) -> ClarionError:
    return ClarionError(
        "conversation.not_found",
        f"There is no conversation {conversation_id} in this workspace.",
        conversation_id=conversation_id,
    )
