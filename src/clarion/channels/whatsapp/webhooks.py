"""Webhooks of the Cloud API: the handshake, the signature, and the way from bytes to events.

Theory of operation.  A body may carry up to 1,000 updates over several entries and changes, and
losing one of them would lose a receipt or an opt-out.  Nearly all of them are statuses, so there
are two ways through: a *typed* decode of the whole body in one pass, which succeeds when every
change is of the field ``messages`` and well-formed, and, when anything is odd, a *lenient* walk
over plain values that turns each update on its own into an event or an ``UnknownEvent``.  Both use
the same functions for one status and one message, so they agree.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from clarion.channels.contract import Event, UnknownEvent
from clarion.channels.whatsapp.changes import events_of_change
from clarion.channels.whatsapp.inbound import events_of_message
from clarion.channels.whatsapp.statuses import Status, receipt_of

__all__ = ["challenge_of", "is_signed", "parse_webhook"]

_SIGNATURE_HEADER = "x-hub-signature-256"


def challenge_of(query: Mapping[str, str], verify_token: str) -> str | None:
    """The challenge to answer with, or ``None`` if this is not a subscription with our token."""
    token = query.get("hub.verify_token", "")
    if query.get("hub.mode") != "subscribe" or not verify_token:
        return None
    if not hmac.compare_digest(token.encode(), verify_token.encode()):
        return None
    return query.get("hub.challenge")


def is_signed(headers: Mapping[str, str], body: bytes, app_secret: str) -> bool:
    """Whether the raw body carries a signature made with the secret; constant time."""
    if not app_secret:
        return False  # an empty key would let anybody sign
    expected = hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()
    given = headers.get(_SIGNATURE_HEADER, "")
    return hmac.compare_digest(given.encode(), b"sha256=" + expected.encode())


class _Metadata(msgspec.Struct):
    phone_number_id: str = ""


class _Value(msgspec.Struct):
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)
    statuses: list[Status] = msgspec.field(default_factory=list)
    messages: list[dict[str, Any]] = msgspec.field(default_factory=list)
    contacts: list[dict[str, Any]] = msgspec.field(default_factory=list)
    errors: list[Any] = msgspec.field(default_factory=list)


class _Change(msgspec.Struct):
    field: str
    value: _Value


class _Entry(msgspec.Struct):
    changes: list[_Change]
    id: str = ""


class _Envelope(msgspec.Struct):
    entry: list[_Entry]


_decode_typed = msgspec.json.Decoder(_Envelope).decode


def parse_webhook(body: bytes) -> list[Event]:
    """Every update of a webhook's body as an event, in its order; total for any JSON document.

    ``ValueError`` if the body is not JSON.
    """
    try:
        envelope = _decode_typed(body)
    except msgspec.ValidationError:
        return _parse_lenient(body)
    except (msgspec.DecodeError, RecursionError):
        return _parse_lenient(
            body
        )  # a number or a depth that only another reader takes, or no JSON
    events: list[Event] = []
    for entry in envelope.entry:
        for change in entry.changes:
            value = change.value
            if change.field != "messages" or value.errors:
                return _parse_lenient(body)
            sender_key = value.metadata.phone_number_id
            for status in value.statuses:
                event = receipt_of(status, sender_key)
                if type(event) is UnknownEvent:
                    return _parse_lenient(body)  # which keeps the update as it came
                events.append(event)
            for message in value.messages:
                events.extend(events_of_message(message, value.contacts, sender_key))
            if not value.statuses and not value.messages:
                return _parse_lenient(body)
    return events if events else _parse_lenient(body)


def _parse_lenient(body: bytes) -> list[Event]:
    try:
        document = json.loads(body)  # takes any JSON: huge numbers too, which msgspec refuses
    except RecursionError as error:
        raise ValueError("not JSON that can be read: nested too deeply") from error
    return list(_events_of_document(document))


def _events_of_document(document: Any) -> Iterator[Event]:
    entries = document.get("entry") if isinstance(document, dict) else None
    if not isinstance(entries, list) or not entries:
        yield UnknownEvent("not a webhook of WhatsApp: no entries", document)
        return
    for entry in entries:
        changes = entry.get("changes") if isinstance(entry, dict) else None
        if not isinstance(changes, list) or not changes:
            yield UnknownEvent("an entry without changes", entry)
            continue
        account_key = _text(entry.get("id"))
        for change in changes:
            yield from _events_of_one(change, account_key)


def _events_of_one(change: Any, account_key: str) -> Iterator[Event]:
    value = change.get("value") if isinstance(change, dict) else None
    if not isinstance(value, dict) or not isinstance(change.get("field"), str):
        yield UnknownEvent("a change without field and value", change)
        return
    yield from events_of_change(change["field"], value, account_key)


def _text(value: Any) -> str:
    return str(value) if isinstance(value, str | int) else ""
