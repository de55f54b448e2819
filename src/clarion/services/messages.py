"""Messages: what went out and what came in, found and read.

Theory of operation.  A search takes the narrowest way that its filters open (a provider's id, a
contact, an occurrence, a campaign, else the whole workspace), walks it from the newest message
down, and tests the other filters on the way; each way is a query of its own, so that each has the
index that it needs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from clarion.domain.errors import ClarionError
from clarion.domain.identity import Permission
from clarion.domain.message import MessageStatus, ReceiptState, stage_of
from clarion.services.contacts import read_contact
from clarion.services.scope import Scope
from clarion.store.pool import Connection
from clarion.store.queries import Row, load

__all__ = [
    "Attempt",
    "Message",
    "MessageFilter",
    "conversation_of",
    "list_messages",
    "messages_of_session",
    "read_attempts",
    "read_message",
    "read_messages",
]

QUERIES = load("messages")


@dataclass(frozen=True, slots=True)
class Message:
    """A message; ``content`` is ``{"kind": ..., "body": {...}}``.

    ``status`` is where it is as far as we know, ``stage`` the furthest that receipts prove.  A
    message outside of flows tells the key and the tag that it was asked for with.
    """

    id: int
    direction: str
    channel: str
    sender_id: int | None
    sender_name: str | None
    contact_id: int
    contact_name: str
    contact_phone: str | None
    session_id: int | None
    campaign_id: int | None
    occurrence_id: int | None
    node_id: str | None
    is_opening: bool
    lane: str
    to_kind: str | None
    to_value: str | None
    content: Mapping[str, Any]
    status: MessageStatus
    stage: ReceiptState | None
    reason: str | None
    attempt: int
    provider_id: str | None
    error_code: str | None
    error_title: str | None
    created_at: datetime
    accepted_at: datetime | None
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    failed_at: datetime | None
    reply_to: str | None
    request_key: str | None
    tag: str | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt that touched the wire, and what the provider said."""

    number: int
    sender_id: int
    kind: str
    reaction: str
    reason: str | None
    provider_id: str | None
    error_code: str | None
    error_title: str | None
    http_status: int
    at: datetime


@dataclass(frozen=True, slots=True)
class MessageFilter:
    """A search: everything that is given must fit."""

    contact_id: int | None = None
    campaign_id: int | None = None
    occurrence_id: int | None = None
    sender_id: int | None = None
    direction: str | None = None
    status: str | None = None
    provider_id: str | None = None
    request_key: str | None = None


# The filters that open a way of their own, the narrowest first, and the query of each way.
_WAYS = (
    ("provider_id", "message_ids_by_provider_id"),
    ("request_key", "message_ids_of_request"),
    ("contact_id", "message_ids_of_contact"),
    ("occurrence_id", "message_ids_of_occurrence"),
    ("campaign_id", "message_ids_of_campaign"),
)
_WHOLE_WORKSPACE = "message_ids"


async def list_messages(
    connection: Connection,
    scope: Scope,
    wanted: MessageFilter,
    *,
    below_id: int | None,
    limit: int,
) -> list[Message]:
    """Messages that fit, the newest first."""
    scope.require(Permission.READ)
    given = asdict(wanted)
    way = next((query for name, query in _WAYS if given[name] is not None), _WHOLE_WORKSPACE)
    values = {**given, "workspace_id": scope.workspace_id, "below_id": below_id, "limit": limit}
    asked = QUERIES[way].parameter_names
    found = await QUERIES.fetch(connection, way, **{name: values[name] for name in asked})
    return await _read(connection, scope, [row["id"] for row in found])


async def messages_of_session(
    connection: Connection, scope: Scope, session_id: int, *, limit: int
) -> list[Message]:
    """What a session said, and what its contact wrote while it lasted; oldest first."""
    scope.require(Permission.READ)
    found = await QUERIES.fetch(
        connection,
        "message_ids_of_session",
        workspace_id=scope.workspace_id,
        session_id=session_id,
        limit=limit,
    )
    messages = await _read(connection, scope, [row["id"] for row in found])
    return sorted(messages, key=lambda message: message.id)


async def read_message(connection: Connection, scope: Scope, message_id: int) -> Message:
    """One message.  Raises ``message.not_found``."""
    scope.require(Permission.READ)
    found = await _read(connection, scope, [message_id])
    if not found:
        raise ClarionError(
            "message.not_found",
            f"There is no message {message_id} in this workspace.",
            message_id=message_id,
        )
    return found[0]


async def read_messages(
    connection: Connection, scope: Scope, message_ids: Sequence[int]
) -> list[Message]:
    """Messages by id, in this order; those that are not there are left out."""
    scope.require(Permission.READ)
    by_id = {each.id: each for each in await _read(connection, scope, message_ids)}
    return [by_id[message_id] for message_id in message_ids if message_id in by_id]


async def read_attempts(connection: Connection, scope: Scope, message_id: int) -> list[Attempt]:
    """The attempts of a message in order; none for one that is not there."""
    scope.require(Permission.READ)
    rows = await QUERIES.fetch(
        connection, "attempts_of_message", workspace_id=scope.workspace_id, message_id=message_id
    )
    return [Attempt(**dict(row)) for row in rows]


async def conversation_of(
    connection: Connection, scope: Scope, contact_id: int, *, below_id: int | None, limit: int
) -> list[Message]:
    """What was said to and by a contact, the newest first.  Raises ``contact.not_found``."""
    await read_contact(connection, scope, contact_id)
    return await list_messages(
        connection, scope, MessageFilter(contact_id=contact_id), below_id=below_id, limit=limit
    )


async def _read(connection: Connection, scope: Scope, message_ids: Sequence[int]) -> list[Message]:
    rows = await QUERIES.fetch(
        connection,
        "message_shapes",
        workspace_id=scope.workspace_id,
        message_ids=list(message_ids),
    )
    return [_message_of(row) for row in rows]


def _message_of(row: Row) -> Message:
    return Message(**{**dict(row), "status": MessageStatus(row["status"]), "stage": _stage(row)})


def _stage(row: Row) -> ReceiptState | None:
    told = (ReceiptState.SENT, ReceiptState.DELIVERED, ReceiptState.READ, ReceiptState.FAILED)
    return stage_of(frozenset(state for state in told if row[f"{state}_at"] is not None))
