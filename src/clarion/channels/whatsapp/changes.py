"""One change of a webhook, read leniently: a table from its field to a reader.

Theory of operation.  Each reader takes the change's ``value`` (a plain object) and the account's
key and answers events, at least one.  A reader never raises: what it cannot read becomes an
``UnknownEvent`` beside whatever it could.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from clarion.channels.contract import (
    AddressChanged,
    Event,
    Preference,
    Reaction,
    ReactionKind,
    SenderChanged,
    TemplateChanged,
    UnknownEvent,
)
from clarion.channels.whatsapp.errors import rule_of
from clarion.channels.whatsapp.inbound import addresses_of, events_of_message
from clarion.channels.whatsapp.statuses import instant_of, receipt_of_plain
from clarion.channels.whatsapp.tiers import tier_of
from clarion.domain.message import Address, AddressKind, Channel

__all__ = ["events_of_change"]

_Value = Mapping[str, Any]


def events_of_change(field: str, value: _Value, account_key: str) -> Sequence[Event]:
    """The events of one change; at least one."""
    reader = _READERS.get(field)
    if reader is None:
        return (UnknownEvent(f"a field that we do not read: {field}", dict(value)),)
    events = tuple(reader(value, account_key))
    return events or (UnknownEvent(f"a change of {field} without updates", dict(value)),)


def _items(value: _Value, key: str) -> Iterator[Any]:
    items = value.get(key)
    if isinstance(items, list):
        yield from items
    elif items is not None:
        yield items  # an odd shape is still one update: its reader says what is wrong


def _sender_key(value: _Value) -> str:
    metadata = value.get("metadata")
    key = metadata.get("phone_number_id") if isinstance(metadata, dict) else None
    return str(key) if isinstance(key, str | int) else ""


def _messages(value: _Value, account_key: str) -> Iterator[Event]:
    sender_key = _sender_key(value)
    contacts = value.get("contacts")
    for status in _items(value, "statuses"):
        yield receipt_of_plain(status, sender_key)
    for message in _items(value, "messages"):
        yield from events_of_message(
            message, contacts if isinstance(contacts, list) else (), sender_key
        )
    for error in _items(value, "errors"):
        code = error.get("code") if isinstance(error, dict) else None
        if type(code) is int:
            reaction = rule_of(code).reaction
            yield SenderChanged(account_key, sender_key or None, {"error": error}, reaction)
        else:
            yield UnknownEvent("an error without a code", error)


_IS_OPT_OUT = MappingProxyType({"stop": True, "resume": False, "signup": False})


def _preferences(value: _Value, _account_key: str) -> Iterator[Event]:
    sender_key = _sender_key(value)
    for raw in _items(value, "user_preferences"):
        preference = raw if isinstance(raw, dict) else {}
        addresses = addresses_of(preference.get("wa_id"), preference.get("user_id"))
        at = instant_of(preference.get("timestamp"))
        word = preference.get("value")
        is_opt_out = _IS_OPT_OUT.get(word) if isinstance(word, str) else None
        if (
            not addresses
            or at is None
            or is_opt_out is None
            or preference.get("category") != "marketing_messages"
        ):
            yield UnknownEvent("a preference that we do not know", raw)
        else:
            yield Preference(sender_key, addresses, is_opt_out, at)


def _user_ids(value: _Value, _account_key: str) -> Iterator[Event]:
    for raw in _items(value, "user_id_update"):
        ids = raw.get("user_id") if isinstance(raw, dict) else None
        old, new = (ids.get("previous"), ids.get("current")) if isinstance(ids, dict) else ("", "")
        if isinstance(old, str) and isinstance(new, str) and old and new:
            yield AddressChanged(
                _sender_key(value) or None,
                Address(Channel.WHATSAPP, AddressKind.BSUID, old),
                Address(Channel.WHATSAPP, AddressKind.BSUID, new),
            )
        else:
            yield UnknownEvent("a change of user id without both ids", raw)


# Words of Meta's events that are not already the status itself.
_TEMPLATE_STATUSES: Mapping[str, str | None] = MappingProxyType(
    {
        "REINSTATED": "approved",
        "UNPAUSED": "approved",
        "UNARCHIVED": "approved",
        "FLAGGED": None,  # a warning: still approved, and the next low rating pauses it
        "LOCKED": "disabled",
    }
)


def _word(value: Any) -> str | None:
    return value.lower() if isinstance(value, str) and value and value != "NONE" else None


def _template(
    value: _Value,
    account_key: str,
    *,
    status: str | None = None,
    category: str | None = None,
    quality: str | None = None,
    reason: str | None = None,
) -> Event:
    name = value.get("message_template_name")
    template_id = value.get("message_template_id")
    if not isinstance(name, str) or not isinstance(template_id, str | int):
        return UnknownEvent("a template's update without name and id", dict(value))
    language = value.get("message_template_language")
    return TemplateChanged(
        account_key,
        str(template_id),
        name,
        language if isinstance(language, str) else "",
        status,
        category,
        quality,
        reason,
    )


def _template_status(value: _Value, account_key: str) -> Iterator[Event]:
    event = value.get("event")
    if not isinstance(event, str):
        yield UnknownEvent("a template's status without its event", dict(value))
        return
    other = value.get("other_info")
    told = other.get("title") if isinstance(other, dict) else None
    flag = "flagged" if event == "FLAGGED" else None
    yield _template(
        value,
        account_key,
        status=_TEMPLATE_STATUSES.get(event, event.lower()),
        category=_word(value.get("message_template_category")),
        reason=_word(value.get("reason")) or _word(told) or flag,
    )


def _template_quality(value: _Value, account_key: str) -> Iterator[Event]:
    yield _template(value, account_key, quality=_word(value.get("new_quality_score")))


def _template_category(value: _Value, account_key: str) -> Iterator[Event]:
    yield _template(value, account_key, category=_word(value.get("new_category")))


def _sender(value: _Value, account_key: str) -> Iterator[Event]:
    # Meta names the number only as it is displayed; the engine finds the sender by it.
    facts = dict(value)
    limit = tier_of(value.get("max_daily_conversations_per_business"))
    if limit is not None:
        facts["messaging_limit"] = limit
    yield SenderChanged(account_key, None, MappingProxyType(facts))


_ACCOUNT_PAUSES = frozenset(
    {"ACCOUNT_RESTRICTION", "ACCOUNT_DELETED", "DISABLED_UPDATE", "ACCOUNT_OFFBOARDED"}
)


def _account(value: _Value, account_key: str) -> Iterator[Event]:
    event = value.get("event")
    reaction = None
    if isinstance(event, str) and event in _ACCOUNT_PAUSES and not _is_reinstated(value):
        reaction = Reaction(ReactionKind.PAUSE_SENDER, event.lower())
    yield SenderChanged(account_key, None, MappingProxyType(dict(value)), reaction)


def _is_reinstated(value: _Value) -> bool:
    # A ban's end is told by the same event as its beginning.
    ban = value.get("ban_info")
    return isinstance(ban, dict) and ban.get("waba_ban_state") in ("REINSTATE", "REINSTATED")


_READERS: Mapping[str, Callable[[_Value, str], Iterator[Event]]] = MappingProxyType(
    {
        "messages": _messages,
        "user_preferences": _preferences,
        "user_id_update": _user_ids,
        "message_template_status_update": _template_status,
        "message_template_quality_update": _template_quality,
        "template_category_update": _template_category,
        "phone_number_quality_update": _sender,
        "phone_number_name_update": _sender,
        "business_capability_update": _sender,
        "account_alerts": _sender,
        "account_review_update": _sender,
        "account_update": _account,
    }
)
