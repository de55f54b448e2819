"""The routes of conversations."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from clarion.services import conversations
from clarion.services.conversations import ConversationFilter, ConversationState
from clarion.web.access import Asking
from clarion.web.database import DB
from clarion.web.paging import LARGEST_KEY, Page, Paging, page_of
from clarion.web.routing import noun_router, refusals
from clarion.web.schemas import Id

__all__ = ["router"]

router = noun_router("conversations", prefix="/conversations")


class ConversationAnswer(BaseModel):
    """A contact that waits, or waited, for a person."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    contact_id: int
    contact_name: str
    contact_phone: str | None
    channel: str
    sender_id: int | None
    sender_name: str | None
    session_id: int | None = Field(description="The session that handed over last.")
    note: str = Field(description="What the flow wants the person to know.")
    state: ConversationState
    opened_at: datetime
    assigned_user_id: int | None
    assigned_at: datetime | None
    closed_at: datetime | None


class AssignmentRequest(BaseModel):
    """Who looks after the conversation."""

    model_config = ConfigDict(extra="forbid")

    user_id: Annotated[int, Field(ge=1, le=LARGEST_KEY)] | None = Field(
        description="A user of the workspace; null: nobody."
    )


@router.get("", operation_id="conversation_list", summary="List conversations, the newest first")
async def conversation_list(
    connection: DB,
    scope: Asking,
    paging: Paging,
    state: ConversationState | None = None,
    contact_id: Annotated[int | None, Query(ge=1, le=LARGEST_KEY)] = None,
) -> Page[ConversationAnswer]:
    """With `state=open`, everybody who waits for a person."""
    rows = await conversations.list_conversations(
        connection,
        scope,
        ConversationFilter(state, contact_id),
        below_id=paging.below_id,
        limit=paging.fetch_count,
    )
    return page_of(rows, paging, ConversationAnswer.model_validate, lambda row: (row.id,))


@router.get(
    "/{conversation_id}",
    operation_id="conversation_read",
    summary="Read a conversation",
    responses=refusals("conversation.not_found"),
)
async def conversation_read(
    connection: DB, scope: Asking, conversation_id: Id
) -> ConversationAnswer:
    """Who waits, since when, and why; what was said is at `/contacts/{contact_id}/messages`."""
    found = await conversations.read_conversation(connection, scope, conversation_id)
    return ConversationAnswer.model_validate(found)


@router.post(
    "/{conversation_id}/assign",
    operation_id="conversation_assign",
    summary="Say who looks after a conversation",
    responses=refusals("conversation.not_found", "conversation.closed", "user.not_found"),
)
async def conversation_assign(
    connection: DB, scope: Asking, conversation_id: Id, body: AssignmentRequest
) -> ConversationAnswer:
    """Only while it is open."""
    assigned = await conversations.assign_conversation(
        connection, scope, conversation_id, body.user_id
    )
    return ConversationAnswer.model_validate(assigned)


@router.post(
    "/{conversation_id}/close",
    operation_id="conversation_close",
    summary="Close a conversation",
    responses=refusals("conversation.not_found"),
)
async def conversation_close(
    connection: DB, scope: Asking, conversation_id: Id
) -> ConversationAnswer:
    """One that is closed already stays as it is."""
    closed = await conversations.close_conversation(connection, scope, conversation_id)
    return ConversationAnswer.model_validate(closed)
