"""The routes of messages."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query

from clarion.domain.message import MessageStatus
from clarion.services import messages
from clarion.services.messages import MessageFilter
from clarion.services.workspaces import read_workspace
from clarion.web.access import Asking
from clarion.web.database import DB
from clarion.web.messages.schemas import (
    Direction,
    MessageAnswer,
    MessageDetailAnswer,
    detail_answer,
    message_answer,
)
from clarion.web.paging import LARGEST_KEY, Page, Paging, page_of
from clarion.web.routing import noun_router, refusals
from clarion.web.schemas import Id, SearchText

__all__ = ["router"]

router = noun_router("messages")

OptionalId = Annotated[int | None, Query(ge=1, le=LARGEST_KEY)]


def _filter(
    contact_id: OptionalId = None,
    campaign_id: OptionalId = None,
    occurrence_id: OptionalId = None,
    sender_id: OptionalId = None,
    direction: Direction | None = None,
    status: MessageStatus | None = None,
    provider_id: Annotated[SearchText | None, Query(min_length=1, max_length=300)] = None,
    request_key: Annotated[SearchText | None, Query(min_length=1, max_length=200)] = None,
) -> MessageFilter:
    return MessageFilter(
        contact_id,
        campaign_id,
        occurrence_id,
        sender_id,
        direction,
        status,
        provider_id,
        request_key,
    )


@router.get(
    "/messages", operation_id="message_list", summary="Search the messages, the newest first"
)
async def message_list(
    connection: DB,
    scope: Asking,
    paging: Paging,
    wanted: Annotated[MessageFilter, Depends(_filter)],
) -> Page[MessageAnswer]:
    """Everything that is given must fit."""
    rows = await messages.list_messages(
        connection, scope, wanted, below_id=paging.below_id, limit=paging.fetch_count
    )
    language = (await read_workspace(connection, scope)).language
    return page_of(rows, paging, lambda row: message_answer(row, language), lambda row: (row.id,))


@router.get(
    "/messages/{message_id}",
    operation_id="message_read",
    summary="Read a message with its attempts",
    responses=refusals("message.not_found"),
)
async def message_read(connection: DB, scope: Asking, message_id: Id) -> MessageDetailAnswer:
    """What was sent, how often it was tried, and what the provider said."""
    found = await messages.read_message(connection, scope, message_id)
    attempts = await messages.read_attempts(connection, scope, message_id)
    return detail_answer(found, attempts, (await read_workspace(connection, scope)).language)


@router.get(
    "/contacts/{contact_id}/messages",
    operation_id="message_list_conversation",
    summary="Read the conversation with a contact",
    responses=refusals("contact.not_found"),
)
async def message_list_conversation(
    connection: DB, scope: Asking, contact_id: Id, paging: Paging
) -> Page[MessageAnswer]:
    """The newest page first, each page in the order in which it was said."""
    rows = await messages.conversation_of(
        connection, scope, contact_id, below_id=paging.below_id, limit=paging.fetch_count
    )
    language = (await read_workspace(connection, scope)).language
    page = page_of(rows, paging, lambda row: message_answer(row, language), lambda row: (row.id,))
    page.items.reverse()
    return page
