"""Sending a message, or many, outside of flows.

Theory of operation.  A number in ``To`` is digits with its country code; ``From`` names a sender as in
``ListChatappMessage``.  ``MessageId`` is our message's id and ``GroupMessageId`` our request's key, by
which both are found again.  Whom consent or the window forbids to write to is answered with an id all
the same, as in the original; the report that follows tells why nothing left.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from clarion.cams.call import Answer, Call
from clarion.cams.message_contents import free_content, template_content
from clarion.cams.messages import sender_of
from clarion.cams.refusals import invalid, missing, refuse_business
from clarion.cams.templates import template_named
from clarion.cams.wire import NO_ID, id_of
from clarion.domain.errors import ClarionError
from clarion.domain.message import Content
from clarion.services.message_requests import (
    MOST_RECIPIENTS,
    MessageRequest,
    Recipient,
    send_messages,
)
from clarion.services.messages import read_message
from clarion.services.templates import Template
from clarion.store.pool import Connection

__all__ = ["send_chatapp_mass_message", "send_chatapp_message"]

_Item = Mapping[str, Any]


async def send_chatapp_message(call: Call) -> Answer:
    """Send one message: a template, or a free one to somebody who wrote lately."""
    _demand_whatsapp(call)
    async with call.transaction() as connection:
        match call.text("Type").lower():
            case "template":
                template = await _template(connection, call)
                content: Content = template_content(
                    template,
                    call.values.get("TemplateParams") or {},
                    call.values.get("Payload") or [],
                )
            case "message":
                content = free_content(call.text("MessageType").lower(), call.text("Content"))
            case _:
                raise invalid("Type", "template or message")
        request = MessageRequest(
            [Recipient(content, phone=_phone(call.text("To")))],
            sender_name=(await sender_of(connection, call, "From")).name,
            tag=call.text("TaskId"),
            reply_to=await _answered(connection, call),
        )
        sent = await send_messages(connection, call.scope, request, mint_key=_mint_key)
    return {"MessageId": str(sent.messages[0].id)}


async def send_chatapp_mass_message(call: Call) -> Answer:
    """Send one template to many; all or none are taken."""
    _demand_whatsapp(call)
    people: list[Any] = call.values.get("SenderList") or []
    if not people:
        raise missing("SenderList")
    if len(people) > MOST_RECIPIENTS:
        raise invalid("SenderList", f"a list of at most {MOST_RECIPIENTS} recipients")
    async with call.transaction() as connection:
        template = await _template(connection, call)
        request = MessageRequest(
            [_recipient(template, each) for each in people],
            sender_name=(await sender_of(connection, call, "From")).name,
            tag=call.text("TaskId"),
        )
        sent = await send_messages(connection, call.scope, request, mint_key=_mint_key)
    return {"GroupMessageId": sent.key}


def _recipient(template: Template, item: Any) -> Recipient:
    if not isinstance(item, dict) or not item.get("To"):
        raise invalid("SenderList", "a list of objects with To")
    values, payloads = item.get("TemplateParams"), item.get("Payload")
    content = template_content(
        template,
        values if isinstance(values, dict) else {},
        payloads if isinstance(payloads, list) else [],
    )
    return Recipient(content, phone=_phone(str(item["To"])))


async def _template(connection: Connection, call: Call) -> Template:
    name = call.text("TemplateCode") or call.text("TemplateName")
    if not name:
        raise missing("TemplateCode")
    if not call.text("Language"):
        raise missing("Language")
    return await template_named(connection, call, name)


async def _answered(connection: Connection, call: Call) -> str | None:
    """The provider's id of the message that is answered."""
    text = call.text("ContextMessageId")
    if not text or (message_id := id_of(text)) == NO_ID:
        return text or None
    return (await read_message(connection, call.scope, message_id)).provider_id


def _phone(text: str) -> str:
    """Digits are a number with its country code."""
    text = text.strip()
    return f"+{text}" if text.isascii() and text.isdigit() else text


def _demand_whatsapp(call: Call) -> None:
    if call.text("ChannelType").lower() != "whatsapp":
        raise refuse_business("InvalidParameter.ChannelTypeNotSupport")
    if call.text("RecipientType").lower() not in ("", "individual"):
        raise ClarionError("request.invalid", "Only single people are written to from here.")


def _mint_key() -> str:
    return f"group-{uuid.uuid4().hex}"
