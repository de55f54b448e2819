"""One message of a webhook → what a person sent to us, as a flow sees it.

Theory of operation.  A table from the wire's ``type`` to a small reader; each reader answers kind,
text, payload and media.  Whatever a reader cannot find becomes empty, so a message with a sender,
an id and an instant always comes through.  Edits and revocations change something said earlier;
they are no reply and stay ``UnknownEvent``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec

from clarion.channels.contract import AddressChanged, Event, Inbound, UnknownEvent
from clarion.channels.whatsapp.statuses import instant_of
from clarion.domain.message import Address, AddressKind, Channel, Reply

__all__ = ["addresses_of", "events_of_message"]

_NO_MEDIA: Mapping[str, Any] = MappingProxyType({})


class _Said(msgspec.Struct, frozen=True):
    kind: str
    text: str = ""
    payload: str | None = None
    media: Mapping[str, Any] = _NO_MEDIA


def _text(part: Any) -> str:
    return part if isinstance(part, str) else ""


def _object(part: Any) -> Mapping[str, Any]:
    return part if isinstance(part, dict) else {}


def _optional(part: Any) -> str | None:
    return part if isinstance(part, str) and part else None


def _said_text(message: Mapping[str, Any]) -> _Said:
    # An advertisement's click brings its referral beside the text.
    referral = _object(message.get("referral"))
    media = {"referral": referral} if referral else _NO_MEDIA
    return _Said("text", _text(_object(message.get("text")).get("body")), media=media)


def _said_button(message: Mapping[str, Any]) -> _Said:
    button = _object(message.get("button"))
    return _Said("button", _text(button.get("text")), _optional(button.get("payload")))


def _said_interactive(message: Mapping[str, Any]) -> _Said:
    interactive = _object(message.get("interactive"))
    kind = _text(interactive.get("type"))
    part = _object(interactive.get(kind))
    if kind in ("button_reply", "list_reply"):
        word = "button" if kind == "button_reply" else "list"
        return _Said(word, _text(part.get("title")), _optional(part.get("id")))
    if kind == "nfm_reply":  # a WhatsApp form that was filled in
        return _Said("form", _text(part.get("body")), _optional(part.get("response_json")))
    return _Said("other", media={"interactive": interactive})


def _said_media(kind: str) -> Callable[[Mapping[str, Any]], _Said]:
    def said(message: Mapping[str, Any]) -> _Said:
        part = _object(message.get(kind))
        return _Said("media", _text(part.get("caption")), media={**part, "kind": kind})

    return said


def _said_location(message: Mapping[str, Any]) -> _Said:
    place = _object(message.get("location"))
    text = ", ".join(word for key in ("name", "address") if (word := _text(place.get(key))))
    return _Said("location", text, media=place)


def _said_reaction(message: Mapping[str, Any]) -> _Said:
    reaction = _object(message.get("reaction"))  # without an emoji: it was taken back
    return _Said("reaction", _text(reaction.get("emoji")), media=reaction)


def _said_other(message: Mapping[str, Any]) -> _Said:
    kind = _text(message.get("type"))
    part = message.get(kind)
    order_text = _text(_object(part).get("text"))
    return _Said("other", order_text, media={"kind": kind, kind: part} if kind else _NO_MEDIA)


_READERS: Mapping[str, Callable[[Mapping[str, Any]], _Said]] = MappingProxyType(
    {
        "text": _said_text,
        "button": _said_button,
        "interactive": _said_interactive,
        **{kind: _said_media(kind) for kind in ("image", "video", "audio", "document", "sticker")},
        "location": _said_location,
        "reaction": _said_reaction,
    }
)
_NOT_REPLIES = frozenset({"edit", "revoke"})


def addresses_of(wa_id: Any, user_id: Any) -> tuple[Address, ...]:
    """The names of a person: the number as WhatsApp writes it, the business-scoped id, or both."""
    named = ((AddressKind.WA_ID, wa_id), (AddressKind.BSUID, user_id))
    return tuple(
        Address(Channel.WHATSAPP, kind, value)
        for kind, value in named
        if isinstance(value, str) and value
    )


def events_of_message(message: Any, contacts: Sequence[Any], sender_key: str) -> Sequence[Event]:
    """The events of one inbound message: one, or two when a person changed both their names."""
    if not isinstance(message, dict):
        return (UnknownEvent("a message that is no object", message),)
    kind = _text(message.get("type"))
    if kind == "system":
        return _events_of_system(message, sender_key)
    if kind in _NOT_REPLIES:
        return (UnknownEvent(f"not a reply: {kind}", message),)
    contact = _contact_of(message, contacts)
    addresses = addresses_of(
        message.get("from") or contact.get("wa_id"),
        message.get("from_user_id") or contact.get("user_id"),
    )
    at = instant_of(message.get("timestamp"))
    provider_id = _text(message.get("id"))
    if not addresses or at is None or not provider_id:
        return (UnknownEvent("a message without id, sender or timestamp", message),)
    said = _READERS.get(kind, _said_other)(message)
    reply = Reply(
        said.kind,
        said.text,
        at,
        payload=said.payload,
        reply_to=_reply_to(message),
        media=said.media,
    )
    name = _optional(_object(contact.get("profile")).get("name"))
    return (Inbound(sender_key, provider_id, addresses, reply, profile_name=name),)


def _reply_to(message: Mapping[str, Any]) -> str | None:
    quoted = _optional(_object(message.get("context")).get("id"))
    return quoted or _optional(_object(message.get("reaction")).get("message_id"))


def _contact_of(message: Mapping[str, Any], contacts: Sequence[Any]) -> Mapping[str, Any]:
    """The contact beside the message that is its sender; a batch may carry several."""
    known = [contact for contact in contacts if isinstance(contact, dict)]
    for ours, theirs in (("from_user_id", "user_id"), ("from", "wa_id")):
        name = message.get(ours)
        if name:
            for contact in known:
                if contact.get(theirs) == name:
                    return contact
    has_name = message.get("from") or message.get("from_user_id")
    return known[0] if len(known) == 1 and not has_name else {}


def _events_of_system(message: Mapping[str, Any], sender_key: str) -> Sequence[Event]:
    system = _object(message.get("system"))
    pairs = (
        (message.get("from"), system.get("wa_id") or system.get("new_wa_id"), AddressKind.WA_ID),
        (message.get("from_user_id"), system.get("user_id"), AddressKind.BSUID),
    )
    events = tuple(
        AddressChanged(
            sender_key,
            Address(Channel.WHATSAPP, kind, old),
            Address(Channel.WHATSAPP, kind, new),
        )
        for old, new, kind in pairs
        if isinstance(old, str) and isinstance(new, str) and old and new and old != new
    )
    return events or (UnknownEvent("a system message that changes no address", message),)
