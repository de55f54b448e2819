"""The bodies of webhooks: pure.

Theory of operation.  An *update* is one status or one inbound message, already encoded (``Fragment``s), with
the number that it belongs to; that is all that waits in memory.  ``envelope`` lays a batch of updates out as
the platform does: entries by account, changes by number and field, contacts beside the items.  It escapes every
non-ASCII character and every slash, as the platform does: a receiver that verifies its own re-encoding instead
of the raw bytes fails here as it would there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import msgspec
import orjson

from clarion.channels.simulator.graph_errors import Refusal, webhook_error
from clarion.channels.simulator.people import Person
from clarion.channels.simulator.replies import SaidReply

__all__ = [
    "Endpoint",
    "Update",
    "contact",
    "envelope",
    "event_update",
    "inbound",
    "preference",
    "said_content",
    "status",
]

_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
# Not orjson for what is kept: each of its results occupies 4 kB until it is freed.
_encode = msgspec.json.encode
_CONVERSATION_SECONDS = 86_400


class Endpoint(Protocol):
    """What an envelope needs to know about a business number."""

    phone_number_id: str
    waba_id: str
    display_phone_number: str


class Update(NamedTuple):
    """One thing to tell.

    ``part`` names the list inside ``value`` that the item goes into; it is empty when the item is the
    whole ``value`` (template and account events).
    """

    endpoint: Endpoint
    field: str
    part: str
    item: bytes
    contact: bytes | None = None


def contact(person: Person, *, is_phone_shown: bool) -> bytes:
    """The ``contacts`` entry of a person."""
    profile = {"name": person.name}
    if person.username is not None:
        profile["username"] = person.username
    document: dict[str, Any] = {"profile": profile}
    if is_phone_shown:
        document["wa_id"] = person.wa_id
    document["user_id"] = person.bsuid
    return _encode(document)


def status(
    wamid: str,
    state: str,
    at: float,
    person: Person,
    *,
    is_phone_shown: bool,
    attempt_id: str | None,
    pricing_category: str | None = None,
    is_free: bool = False,
    has_conversation: bool = False,
    failure: Refusal | None = None,
) -> bytes:
    """One entry of ``statuses``; ``at`` in seconds since 1970."""
    document: dict[str, Any] = {"id": wamid, "status": state, "timestamp": str(int(at))}
    if is_phone_shown:
        document["recipient_id"] = person.wa_id
    if failure is None or not is_phone_shown:
        document["recipient_user_id"] = person.bsuid
    if attempt_id is not None:
        document["biz_opaque_callback_data"] = attempt_id
    if has_conversation and pricing_category is not None:
        document["conversation"] = {
            "id": wamid[-32:].lower(),
            "expiration_timestamp": str(int(at) + _CONVERSATION_SECONDS),
            "origin": {"type": pricing_category},
        }
    if pricing_category is not None:
        document["pricing"] = {
            "billable": not is_free,
            "pricing_model": "PMP",
            "type": "free_customer_service" if is_free else "regular",
            "category": pricing_category,
        }
    if failure is not None:
        document["errors"] = [webhook_error(failure)]
    return _encode(document)


def inbound(
    wamid: str,
    at: float,
    person: Person,
    content: Mapping[str, Any],
    *,
    is_phone_shown: bool,
    business_phone: str,
    reply_to: str | None,
) -> bytes:
    """One entry of ``messages``; ``content`` holds ``type`` and the object of that type."""
    document: dict[str, Any] = {}
    if reply_to is not None:
        document["context"] = {"from": business_phone, "id": reply_to}
    if is_phone_shown:
        document["from"] = person.wa_id
    document["from_user_id"] = person.bsuid
    document["id"] = wamid
    document["timestamp"] = str(int(at))
    document.update(content)
    return _encode(document)


_HOME: Mapping[str, Any] = {"latitude": 48.2082, "longitude": 16.3738, "name": "Home"}


def said_content(said: SaidReply) -> dict[str, Any]:
    """What a person said, as the varying part of an inbound message."""
    if said.kind == "button":
        return {"type": "button", "button": {"payload": said.key, "text": said.text}}
    if said.kind in {"button_reply", "list_reply"}:
        choice = {"id": said.key, "title": said.text}
        return {"type": "interactive", "interactive": {"type": said.kind, said.kind: choice}}
    if said.kind == "nfm_reply":
        answer = json.dumps({"flow_token": said.key})
        form = {"name": "flow", "body": "Sent", "response_json": answer}
        return {"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": form}}
    if said.kind == "location":
        return {"type": "location", "location": _HOME}
    return {"type": "text", "text": {"body": said.text}}


def preference(person: Person, at: float, *, is_stop: bool, is_phone_shown: bool) -> bytes:
    """One entry of ``user_preferences``."""
    verb = "stop" if is_stop else "resume"
    document: dict[str, Any] = {"wa_id": person.wa_id} if is_phone_shown else {}
    document |= {
        "user_id": person.bsuid,
        "detail": f"User requested to {verb} marketing messages",
        "category": "marketing_messages",
        "value": verb,
        "timestamp": int(at),
    }
    return _encode(document)


def event_update(endpoint: Endpoint, field: str, value: Mapping[str, Any]) -> Update:
    """An update whose item is the whole ``value`` (template, quality and account events)."""
    return Update(endpoint, field, "", _encode(value))


def envelope(updates: Sequence[Update], at: float, *, is_spread: bool = False) -> bytes:
    """The body of one POST.  ``is_spread`` puts each update into an entry and change of its own."""
    if is_spread:
        groups: Iterable[Sequence[Update]] = [[update] for update in updates]
    else:
        gathered: dict[tuple[str, str, str, bytes], list[Update]] = {}
        for update in updates:
            alone = b"" if update.part else update.item
            key = (update.endpoint.phone_number_id, update.field, update.part, alone)
            gathered.setdefault(key, []).append(update)
        groups = gathered.values()
    entries: list[dict[str, Any]] = []
    for group in groups:
        waba_id = group[0].endpoint.waba_id
        change = _change(group)
        if entries and entries[-1]["id"] == waba_id and not is_spread:
            entries[-1]["changes"].append(change)
        else:
            entries.append({"id": waba_id, "time": int(at), "changes": [change]})
    body = orjson.dumps({"object": "whatsapp_business_account", "entry": entries})
    return _escaped(body)


def _change(group: Sequence[Update]) -> dict[str, Any]:
    first = group[0]
    if not first.part:
        return {"value": orjson.Fragment(first.item), "field": first.field}
    value: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": first.endpoint.display_phone_number,
            "phone_number_id": first.endpoint.phone_number_id,
        },
    }
    contacts = dict.fromkeys(update.contact for update in group if update.contact is not None)
    if contacts:
        value["contacts"] = [orjson.Fragment(entry) for entry in contacts]
    value[first.part] = [orjson.Fragment(update.item) for update in group]
    return {"value": value, "field": first.field}


def _escaped(body: bytes) -> bytes:
    escaped = body.replace(b"/", b"\\/")
    if escaped.isascii():
        return escaped
    return _NOT_ASCII.sub(lambda run: json.dumps(run[0])[1:-1], escaped.decode()).encode()
