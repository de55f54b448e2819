"""The routes of conversations."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from clarion.services import conversations
from clarion.services.conversations import ConversationFilter, ConversationState
from clarion.services.workspaces import read_workspace
from clarion.web.access import Asking
from clarion.web.database import DB
from clarion.web.messages.schemas import MessageAnswer, message_answer
from clarion.web.messages.sends import ContentRequest, mint_key, read_content
from clarion.web.paging import LARGEST_KEY, Page, Paging, page_of
from clarion.web.routing import ONCE, noun_router, refusals
from clarion.web.schemas import Body, Id

__all__ = ["router"]

router = noun_router("conversations")


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
    assigned_user_name: str | None
    assigned_at: datetime | None
    closed_at: datetime | None
    window_closes_at: datetime | None = Field(description="Until then free text may go out.")
    last_direction: Literal["out", "in"] | None
    last_content: dict[str, Any] | None = Field(description="What was said last, by either side.")
    last_at: datetime | None


class ConversationCountsAnswer(BaseModel):
    """How many wait."""

    model_config = ConfigDict(from_attributes=True)

    open_count: int
    unassigned_count: int
    mine_count: int = Field(description="Those that you look after.")


class WindowAnswer(BaseModel):
    """Until when free text may go to a contact from a sender."""

    model_config = ConfigDict(from_attributes=True)

    sender_id: int
    sender_name: str
    last_inbound_at: datetime
    closes_at: datetime


class ReplyRequest(Body):
    """What a person answers: free text within the window, else a template."""

    content: ContentRequest
    key: Annotated[str, Field(max_length=200)] = Field(
        "", description="Of your choice; under one key nothing is sent twice."
    )


class AssignmentRequest(BaseModel):
    """Who looks after the conversation."""

    model_config = ConfigDict(extra="forbid")

    user_id: Annotated[int, Field(ge=1, le=LARGEST_KEY)] | None = Field(
        description="A user of the workspace; null: nobody."
    )


@router.get(
    "/conversations",
    operation_id="conversation_list",
    summary="List conversations, the newest first",
)
async def conversation_list(
    connection: DB,
    scope: Asking,
    paging: Paging,
    state: ConversationState | None = None,
    contact_id: Annotated[int | None, Query(ge=1, le=LARGEST_KEY)] = None,
    assigned_user_id: Annotated[
        int | None, Query(ge=0, le=LARGEST_KEY, description="0: whom nobody looks after.")
    ] = None,
) -> Page[ConversationAnswer]:
    """With `state=open`, everybody who waits for a person."""
    rows = await conversations.list_conversations(
        connection,
        scope,
        ConversationFilter(state, contact_id, assigned_user_id),
        below_id=paging.below_id,
        limit=paging.fetch_count,
    )
    return page_of(rows, paging, ConversationAnswer.model_validate, lambda row: (row.id,))


@router.get(
    "/conversations/counts",
    operation_id="conversation_counts",
    summary="Count the conversations that wait",
)
async def conversation_counts(connection: DB, scope: Asking) -> ConversationCountsAnswer:
    """Only open ones are counted."""
    counts = await conversations.count_conversations(connection, scope)
    return ConversationCountsAnswer.model_validate(counts)


@router.get(
    "/conversations/{conversation_id}",
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
    "/conversations/{conversation_id}/reply",
    operation_id="conversation_reply",
    summary="Answer a contact that waits for a person",
    status_code=201,
    dependencies=ONCE,
    responses=refusals(
        "conversation.not_found",
        "conversation.closed",
        "message.refused",
        "message.invalid",
        "template.not_found",
        "sender.not_found",
        "sender.none_for_channel",
        "request.idempotency_conflict",
    ),
)
async def conversation_reply(
    connection: DB, scope: Asking, conversation_id: Id, body: ReplyRequest
) -> MessageAnswer:
    """From the sender that the contact knows; you look after the conversation if nobody does.

    Outside of the 24 hour window, and to somebody who opted out, the answer is refused.
    """
    language = (await read_workspace(connection, scope)).language
    message = await conversations.reply(
        connection,
        scope,
        conversation_id,
        read_content("content", body.content),
        key=body.key,
        language=language,
        mint_key=mint_key,
    )
    return message_answer(message, language)


@router.post(
    "/conversations/{conversation_id}/assign",
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
    "/conversations/{conversation_id}/close",
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


@router.get(
    "/contacts/{contact_id}/windows",
    operation_id="contact_windows",
    summary="Read until when free text may go to a contact",
    responses=refusals("contact.not_found"),
)
async def contact_windows(connection: DB, scope: Asking, contact_id: Id) -> list[WindowAnswer]:
    """One of each sender to which the contact ever wrote, the latest first."""
    found = await conversations.windows_of(connection, scope, contact_id)
    return [WindowAnswer.model_validate(each) for each in found]
