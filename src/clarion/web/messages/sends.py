"""Routes that send messages outside of flows."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal

import msgspec
from pydantic import BaseModel, Field

from clarion.domain.errors import ClarionError, FieldError
from clarion.domain.message import Channel, Content
from clarion.services.message_requests import (
    MOST_RECIPIENTS,
    MessageRequest,
    Recipient,
    SentMessages,
    send_messages,
)
from clarion.services.workspaces import read_workspace
from clarion.store.content import content_from_json
from clarion.web.access import Asking
from clarion.web.database import DB
from clarion.web.messages.schemas import MessageAnswer, message_answer
from clarion.web.routing import ONCE, noun_router, refusals
from clarion.web.schemas import Body, IdInBody, Text

__all__ = ["mint_key", "read_content", "router"]

router = noun_router("messages")

_REFUSALS = refusals(
    "message.invalid",
    "contact.not_found",
    "contact.phone_invalid",
    "sender.not_found",
    "sender.none_for_channel",
    "template.not_found",
    "request.idempotency_conflict",
)
_Mark = Annotated[Text, Field(max_length=200)]
_Phone = Annotated[Text, Field(min_length=1, max_length=64)]


class ContentRequest(Body):
    """What a message says, in the form in which messages are answered."""

    kind: Literal["template", "text", "media", "list"]
    body: dict[str, Any] = Field(
        description="`template`: {name, language, category, parameters: [{component, value, kind,"
        " name, index, sub_type, filename}]}; `text`: {text, buttons: [{id, title}], header, footer,"
        " preview_url}; `media`: {media, link or media_id, caption, filename}; `list`: {text, button,"
        " sections: [{title, rows: [{id, title, description}]}], header, footer}."
    )


class _Common(Body):
    sender: Annotated[Text, Field(max_length=100)] | None = Field(
        None, description="A sender's name; without it, the one that the person knows, else any."
    )
    key: _Mark = Field("", description="Of your choice; under one key nothing is sent twice, ever.")
    tag: _Mark = Field("", description="Your own mark; told again with every receipt.")


class MessageSendRequest(_Common):
    """One message; `contact_id` or `phone`."""

    contact_id: IdInBody | None = None
    phone: _Phone | None = None
    content: ContentRequest
    reply_to: Annotated[Text, Field(max_length=300)] | None = Field(
        None, description="The provider's id of the message that this one answers."
    )


class RecipientRequest(Body):
    """One of many; `contact_id` or `phone`."""

    contact_id: IdInBody | None = None
    phone: _Phone | None = None
    content: ContentRequest | None = Field(None, description="Instead of the common content.")


class MessageBatchRequest(_Common):
    """Many messages at once; each recipient has its content, or the common one."""

    content: ContentRequest | None = None
    recipients: list[RecipientRequest] = Field(min_length=1, max_length=MOST_RECIPIENTS)


class MessageBatchAnswer(BaseModel):
    """The messages in the order of the recipients."""

    key: str
    is_repeated: bool = Field(description="Whether they were sent earlier under this key.")
    messages: list[MessageAnswer]


def read_content(where: str, given: ContentRequest) -> Content:
    """The content that was meant.  Raises ``request.invalid``."""
    try:
        return content_from_json({"kind": given.kind, "body": given.body})
    except msgspec.ValidationError as error:
        raise ClarionError(
            "request.invalid",
            f"The content cannot be read: {error}.",
            field_errors=(FieldError(f"{where}.body", "invalid", str(error)),),
        ) from error


def mint_key() -> str:
    """A key for a request that came without one."""
    return f"request-{uuid.uuid4().hex}"


@router.post(
    "/messages",
    operation_id="message_send",
    summary="Send a message",
    status_code=201,
    dependencies=ONCE,
    responses=_REFUSALS,
)
async def message_send(connection: DB, scope: Asking, body: MessageSendRequest) -> MessageAnswer:
    """A template at any time, everything else within 24 hours after the person wrote.

    Whoever may not be written to gets a message whose status and reason say so; it never leaves.
    """
    recipient = Recipient(read_content("content", body.content), body.contact_id, body.phone)
    request = MessageRequest(
        [recipient], body.sender, body.key, body.tag, body.reply_to, Channel.WHATSAPP
    )
    sent = await send_messages(connection, scope, request, mint_key=mint_key)
    return (await _answers(connection, scope, sent))[0]


@router.post(
    "/messages/batch",
    operation_id="message_send_batch",
    summary="Send many messages",
    status_code=201,
    dependencies=ONCE,
    responses=_REFUSALS,
)
async def message_send_batch(
    connection: DB, scope: Asking, body: MessageBatchRequest
) -> MessageBatchAnswer:
    """All or none are taken; they give way to conversations."""
    recipients = []
    for number, each in enumerate(body.recipients):
        given = each.content or body.content
        if given is None:
            message = "The recipient has no content, and there is no common one."
            raise ClarionError(
                "request.invalid",
                message,
                field_errors=(FieldError(f"recipients.{number}.content", "missing", message),),
            )
        content = read_content(f"recipients.{number}.content", given)
        recipients.append(Recipient(content, each.contact_id, each.phone))
    request = MessageRequest(recipients, body.sender, body.key, body.tag)
    sent = await send_messages(connection, scope, request, mint_key=mint_key)
    answers = await _answers(connection, scope, sent)
    return MessageBatchAnswer(key=sent.key, is_repeated=sent.is_repeated, messages=answers)


async def _answers(connection: DB, scope: Asking, sent: SentMessages) -> list[MessageAnswer]:
    language = (await read_workspace(connection, scope)).language
    return [message_answer(each, language) for each in sent.messages]
