"""A message as Viber's REST interface for bots wants it: pure, no I/O.

Theory of operation.  One flat object; the receiver is a subscriber's id.  A picture with a text is of the
type ``picture``; a button is a keyboard of one key that opens an address.  ``tracking_data`` carries our
attempt id; it comes back with the person's answer.  A message's purpose is not on this wire: it chooses
between the rates of those who sell business messages.
"""

from __future__ import annotations

from typing import Any

import orjson

from clarion.channels.contract import OutMessage
from clarion.domain.message import AddressKind, TextContent, ViberContent

__all__ = ["body_of"]

_SENDER_NAME_CHARACTERS = 28
_TEXT_CHARACTERS = 7000
_KEYBOARD_VERSION = 3
_BODY_BYTES = 30 * 1024


def body_of(message: OutMessage, sender_name: str) -> bytes:
    """The JSON body of a send.  ``ValueError`` if the address or the content cannot be expressed."""
    if message.to.kind is not AddressKind.VIBER_ID:
        raise ValueError(f"Viber cannot reach an address of kind {message.to.kind}")
    if not 1 <= len(sender_name) <= _SENDER_NAME_CHARACTERS:
        raise ValueError(f"Viber shows at most {_SENDER_NAME_CHARACTERS} characters of a name")
    body: dict[str, Any] = {
        "receiver": message.to.value,
        "sender": {"name": sender_name},
        "tracking_data": message.attempt_id,
        "min_api_version": 1,
    }
    body |= _part(message)
    data = orjson.dumps(body)
    if len(data) > _BODY_BYTES:
        raise ValueError("Viber takes at most 30 kB")
    return data


def _part(message: OutMessage) -> dict[str, Any]:
    content = message.content
    if isinstance(content, TextContent) and not content.buttons:
        content = ViberContent(content.text)
    if not isinstance(content, ViberContent):
        raise ValueError(f"Viber has no message of this kind ({type(content).__name__})")
    if len(content.text) > _TEXT_CHARACTERS:
        raise ValueError(f"Viber takes at most {_TEXT_CHARACTERS} characters of text")
    part: dict[str, Any] = {"type": "text", "text": content.text}
    if content.image_link is not None:
        part = {"type": "picture", "text": content.text, "media": content.image_link}
    if content.button_title is not None and content.button_link is not None:
        key = {
            "ActionType": "open-url",
            "ActionBody": content.button_link,
            "Text": content.button_title,
        }
        part["keyboard"] = {"Type": "keyboard", "Buttons": [key]}
        part["min_api_version"] = _KEYBOARD_VERSION
    return part
