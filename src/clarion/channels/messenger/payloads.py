"""A message as the Send API of Messenger and of Instagram wants it: pure, no I/O.

Theory of operation.  Both take ``{"recipient", "message"}``; Messenger also wants to be told why it is
written to (``messaging_type``).  Instagram counts a text in bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import orjson

from clarion.channels.contract import OutMessage
from clarion.domain.message import (
    AddressKind,
    CardButton,
    CardContent,
    Channel,
    MediaContent,
    TextContent,
)

__all__ = ["body_of"]

_INSTAGRAM_TEXT_BYTES = 1000
_MESSENGER_TEXT_CHARACTERS = 2000
_QUICK_REPLIES = 13
_ATTACHMENTS = {"image": "image", "video": "video", "audio": "audio", "document": "file"}


def body_of(message: OutMessage) -> bytes:
    """The JSON body of a send.  ``ValueError`` if the address or the content cannot be expressed."""
    address = message.to
    if address.kind is not AddressKind.PAGE_SCOPED:
        raise ValueError(f"a page cannot reach an address of kind {address.kind}")
    part = _PARTS.get(type(message.content))
    if part is None:
        raise ValueError(f"a page has no message of this kind ({type(message.content).__name__})")
    body: dict[str, Any] = {
        "recipient": {"id": address.value},
        "message": part(message.content, address.channel),
    }
    if address.channel is Channel.MESSENGER:
        body = {"messaging_type": "RESPONSE"} | body
    return orjson.dumps(body)


def _text(content: TextContent, channel: Channel) -> dict[str, Any]:
    if channel is Channel.INSTAGRAM and len(content.text.encode()) > _INSTAGRAM_TEXT_BYTES:
        raise ValueError(f"Instagram takes at most {_INSTAGRAM_TEXT_BYTES} bytes of text")
    if len(content.text) > _MESSENGER_TEXT_CHARACTERS or len(content.buttons) > _QUICK_REPLIES:
        raise ValueError("the text is too long, or has too many quick replies")
    part: dict[str, Any] = {"text": content.text}
    if content.buttons:
        part["quick_replies"] = [
            {"content_type": "text", "title": each.title, "payload": each.id}
            for each in content.buttons
        ]
    return part


def _media(content: MediaContent, channel: Channel) -> dict[str, Any]:
    is_taken = content.media == "image" or channel is Channel.MESSENGER
    if not is_taken or content.media not in _ATTACHMENTS or content.link is None:
        raise ValueError(f"{channel} takes no {content.media} here")
    return {"attachment": {"type": _ATTACHMENTS[content.media], "payload": {"url": content.link}}}


def _card(content: CardContent, channel: Channel) -> dict[str, Any]:  # noqa: ARG001 - a row's shape
    element: dict[str, Any] = {"title": content.title}
    if content.image_link is not None:
        element["image_url"] = content.image_link
    if content.subtitle is not None:
        element["subtitle"] = content.subtitle
    if content.buttons:
        element["buttons"] = [_button(each) for each in content.buttons]
    payload = {"template_type": "generic", "elements": [element]}
    return {"attachment": {"type": "template", "payload": payload}}


def _button(button: CardButton) -> dict[str, Any]:
    if button.url is not None:
        return {"type": "web_url", "title": button.title, "url": button.url}
    return {"type": "postback", "title": button.title, "payload": button.id}


_PARTS: Mapping[type, Callable[[Any, Channel], dict[str, Any]]] = MappingProxyType(
    {TextContent: _text, MediaContent: _media, CardContent: _card}
)
