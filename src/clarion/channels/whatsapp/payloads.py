"""A message as the Cloud API wants it: pure, no I/O.

Theory of operation.  One function a kind of content builds the part named after the wire's
``type``; ``body_of`` wraps it in the common envelope.  Component types and sub-types are lower
case, a button's index is a string, a phone is E.164 with ``+`` (without it Meta may put the
sender's own country code in front), and our attempt id travels as ``biz_opaque_callback_data``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import orjson

from clarion.channels.contract import OutMessage
from clarion.domain.message import (
    Address,
    AddressKind,
    FormContent,
    LinkContent,
    ListContent,
    LocationContent,
    LocationRequestContent,
    MediaContent,
    TemplateContent,
    TemplateParameter,
    TextContent,
    TypingContent,
)

__all__ = ["body_of"]

MEDIA_ID_PREFIX = "id:"  # of a template parameter's value: a media id instead of a link

_MEDIA_KINDS = frozenset({"image", "video", "document"})


def body_of(message: OutMessage) -> bytes:
    """The JSON body of a send.  ``ValueError`` if the address or the content cannot be expressed."""
    content = message.content
    if isinstance(content, TypingContent):
        return _typing(message)
    if type(content) not in _PARTS:
        raise ValueError(f"WhatsApp has no message of this kind ({type(content).__name__})")
    kind, part = _PARTS[type(content)](content)
    body: dict[str, Any] = {"messaging_product": "whatsapp", "recipient_type": "individual"}
    field, value = _recipient(message.to)
    body[field] = value
    body["type"] = kind
    body[kind] = part
    if message.reply_to is not None:
        body["context"] = {"message_id": message.reply_to}
    body["biz_opaque_callback_data"] = message.attempt_id
    return orjson.dumps(body)


def _typing(message: OutMessage) -> bytes:
    """No message on the wire: what the person wrote is marked as read, with a sign of writing."""
    if message.reply_to is None:
        raise ValueError("a typing indicator answers a message, and there is none")
    return orjson.dumps(
        {
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": message.reply_to,
            "typing_indicator": {"type": "text"},
        }
    )


def _recipient(address: Address) -> tuple[str, str]:
    value = address.value
    if address.kind is AddressKind.PHONE:
        if value[:1] != "+" or not (value[1:].isascii() and value[1:].isdigit()):
            raise ValueError("a phone number must be E.164: + and digits")
        return "to", value
    if address.kind is AddressKind.WA_ID:
        if not (value.isascii() and value.isdigit()):
            raise ValueError("a wa_id must be digits")
        return "to", "+" + value
    if address.kind is AddressKind.BSUID:
        return "recipient", value
    raise ValueError(f"WhatsApp cannot reach an address of kind {address.kind}")


def _template(content: TemplateContent) -> tuple[str, dict[str, Any]]:
    part: dict[str, Any] = {"name": content.name, "language": {"code": content.language}}
    if not content.parameters:
        return "template", part
    components: dict[tuple[str, int | None], dict[str, Any]] = {}
    for parameter in content.parameters:
        # A button is a component of its own, by position; header and body gather theirs in order.
        key = (parameter.component, parameter.index if parameter.component == "button" else None)
        component = components.get(key)
        if component is None:
            component = components[key] = _component(parameter)
        component["parameters"].append(_parameter(parameter))
    part["components"] = list(components.values())
    return "template", part


def _component(parameter: TemplateParameter) -> dict[str, Any]:
    if parameter.component != "button":
        return {"type": parameter.component, "parameters": []}
    if parameter.index is None or parameter.sub_type is None:
        raise ValueError("a button's parameter needs its index and sub-type")
    return {
        "type": "button",
        "sub_type": parameter.sub_type,
        "index": str(parameter.index),
        "parameters": [],
    }


def _parameter(parameter: TemplateParameter) -> dict[str, Any]:
    kind, value = parameter.kind, parameter.value
    if parameter.sub_type == "flow":
        return {"type": "action", "action": {"flow_token": value}}
    if kind in _MEDIA_KINDS:
        media: dict[str, Any] = (
            {"id": value.removeprefix(MEDIA_ID_PREFIX)}
            if value.startswith(MEDIA_ID_PREFIX)
            else {"link": value}
        )
        if kind == "document" and parameter.filename is not None:
            media["filename"] = parameter.filename
        return {"type": kind, kind: media}
    if kind not in _VALUE_FIELDS:
        raise ValueError(f"a template has no parameter of kind {kind!r}")
    wire: dict[str, Any] = {"type": kind, _VALUE_FIELDS[kind]: value}
    if parameter.name is not None:
        wire["parameter_name"] = parameter.name
    return wire


_VALUE_FIELDS = MappingProxyType(
    {"text": "text", "payload": "payload", "coupon_code": "coupon_code"}
)


def _text(content: TextContent) -> tuple[str, dict[str, Any]]:
    if not content.buttons:
        # A plain text has no header or footer on the wire; they become paragraphs of it.
        paragraphs = (content.header, content.text, content.footer)
        text = "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
        return "text", {"body": text, "preview_url": content.preview_url}
    buttons = [
        {"type": "reply", "reply": {"id": button.id, "title": button.title}}
        for button in content.buttons
    ]
    return "interactive", _interactive(content, "button", {"buttons": buttons})


def _list(content: ListContent) -> tuple[str, dict[str, Any]]:
    sections = []
    for section in content.sections:
        rows = []
        for row in section.rows:
            wire = {"id": row.id, "title": row.title}
            if row.description is not None:
                wire["description"] = row.description
            rows.append(wire)
        sections.append({"title": section.title, "rows": rows} if section.title else {"rows": rows})
    action = {"button": content.button, "sections": sections}
    return "interactive", _interactive(content, "list", action)


def _interactive(
    content: TextContent | ListContent | LinkContent | FormContent | LocationRequestContent,
    kind: str,
    action: dict[str, Any],
) -> dict[str, Any]:
    part: dict[str, Any] = {"type": kind}
    header, footer = (
        (None, None)
        if isinstance(content, LocationRequestContent)
        else (content.header, content.footer)
    )
    if header is not None:
        part["header"] = {"type": "text", "text": header}
    part["body"] = {"text": content.text}
    if footer is not None:
        part["footer"] = {"text": footer}
    part["action"] = action
    return part


def _media(content: MediaContent) -> tuple[str, dict[str, Any]]:
    if (content.link is None) == (content.media_id is None):
        raise ValueError("media needs either a link or a media id")
    media: dict[str, Any] = (
        {"link": content.link} if content.media_id is None else {"id": content.media_id}
    )
    if content.caption is not None and content.media in _MEDIA_KINDS:
        media["caption"] = content.caption
    if content.filename is not None and content.media == "document":
        media["filename"] = content.filename
    return content.media, media


def _location(content: LocationContent) -> tuple[str, dict[str, Any]]:
    place: dict[str, Any] = {"latitude": content.latitude, "longitude": content.longitude}
    if content.name is not None:
        place["name"] = content.name
    if content.address is not None:
        place["address"] = content.address
    return "location", place


def _location_request(content: LocationRequestContent) -> tuple[str, dict[str, Any]]:
    action = {"name": "send_location"}
    return "interactive", _interactive(content, "location_request_message", action)


def _link(content: LinkContent) -> tuple[str, dict[str, Any]]:
    parameters = {"display_text": content.title, "url": content.url}
    action = {"name": "cta_url", "parameters": parameters}
    return "interactive", _interactive(content, "cta_url", action)


def _form(content: FormContent) -> tuple[str, dict[str, Any]]:
    parameters: dict[str, Any] = {
        "flow_message_version": "3",
        "flow_token": content.token,
        "flow_id": content.form_id,
        "flow_cta": content.button,
    }
    if content.screen is not None:
        payload: dict[str, Any] = {"screen": content.screen}
        if content.data:
            payload["data"] = dict(content.data)
        parameters |= {"flow_action": "navigate", "flow_action_payload": payload}
    action = {"name": "flow", "parameters": parameters}
    return "interactive", _interactive(content, "flow", action)


_PARTS: Mapping[type, Callable[[Any], tuple[str, dict[str, Any]]]] = MappingProxyType(
    {
        TemplateContent: _template,
        TextContent: _text,
        MediaContent: _media,
        ListContent: _list,
        LocationContent: _location,
        LocationRequestContent: _location_request,
        LinkContent: _link,
        FormContent: _form,
    }
)
