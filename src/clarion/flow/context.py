"""What a flow can read: the contact, the campaign, the occurrence, and the session's variables.

Theory of operation.  A path such as ``contact.attributes.city`` is looked up in this order: the
session's own variables, the roots (``contact``, ``campaign``, ``occurrence``, ``now``), the names
that CAMS gives to the same things (``customerName``, ...), and last whatever else the caller
supplied (``extras``).  ``MISSING`` means that nobody knows the name; ``None`` means that the name
is known and empty.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from clarion.domain.message import Channel

__all__ = [
    "ALIASES",
    "CONTACT_FIELDS",
    "EXTRA_NAMES",
    "MISSING",
    "RESERVED_NAMES",
    "ROOTS",
    "CampaignFields",
    "ContactFields",
    "Context",
    "OccurrenceFields",
    "Path",
    "lookup",
]

Path = tuple[str, ...]
MISSING: Final = object()
_EMPTY: Mapping[str, Any] = MappingProxyType({})
# A channel about which nobody has said anything is known, and empty.
_NOTHING_SAID: dict[str, str] = {channel.value: "" for channel in Channel}


@dataclass(frozen=True, slots=True)
class ContactFields:
    """The fields of a contact that a flow may read; ``phone`` is E.164 or absent.

    ``groups`` are the names of its groups; ``consents`` tells by channel ``opted_in`` or ``opted_out``,
    nothing for a channel about which nothing was said.
    """

    id: int
    name: str | None = None
    phone: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=lambda: _EMPTY)
    groups: tuple[str, ...] = ()
    consents: Mapping[str, str] = field(default_factory=lambda: _EMPTY)


@dataclass(frozen=True, slots=True)
class CampaignFields:
    """The fields of a campaign that a flow may read."""

    id: int
    name: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class OccurrenceFields:
    """The fields of an occurrence that a flow may read; ``scheduled_at`` is aware."""

    id: int
    scheduled_at: datetime


@dataclass(frozen=True, slots=True)
class Context:
    """The world around one start or resume, on ``channel``.

    ``now`` is aware; ``workspace_zone`` is an IANA name, in which instants are shown.  ``extras``
    are further names that the caller knows (``groupName``, ``wabaId``, ...), found last.
    ``channels`` are those that the workspace has a sender of; ``None`` when that is left out of account.
    """

    now: datetime
    contact: ContactFields
    campaign: CampaignFields | None = None
    occurrence: OccurrenceFields | None = None
    workspace_zone: str = "UTC"
    extras: Mapping[str, Any] = field(default_factory=lambda: _EMPTY)
    channels: frozenset[Channel] | None = None
    channel: Channel = Channel.WHATSAPP


CONTACT_FIELDS = ("id", "name", "phone", "attributes", "groups", "consents")


def _contact(context: Context) -> Any:
    contact = context.contact
    return {
        "id": contact.id,
        "name": contact.name,
        "phone": contact.phone,
        "attributes": contact.attributes,
        "groups": list(contact.groups),
        "consents": {**_NOTHING_SAID, **contact.consents},
    }


def _campaign(context: Context) -> Any:
    campaign = context.campaign
    if campaign is None:
        return MISSING
    return {"id": campaign.id, "name": campaign.name, "code": campaign.code}


def _occurrence(context: Context) -> Any:
    if context.occurrence is None:
        return MISSING
    scheduled_at = context.occurrence.scheduled_at.astimezone(ZoneInfo(context.workspace_zone))
    return {"id": context.occurrence.id, "scheduled_at": scheduled_at.isoformat()}


def _now(context: Context) -> Any:
    return context.now.astimezone(ZoneInfo(context.workspace_zone)).isoformat(timespec="seconds")


def _attribute(name: str) -> Callable[[Context], Any]:
    return lambda context: context.contact.attributes.get(name, MISSING)


def _of_campaign(name: str) -> Callable[[Context], Any]:
    return lambda context: getattr(context.campaign, name, MISSING)


ROOTS: Mapping[str, Callable[[Context], Any]] = MappingProxyType(
    {
        "contact": _contact,
        "campaign": _campaign,
        "occurrence": _occurrence,
        "now": _now,
        "today": _now,
    }
)

ALIASES: Mapping[str, Callable[[Context], Any]] = MappingProxyType(
    {
        "customerPhoneNumber": lambda context: context.contact.phone,
        "customerName": lambda context: context.contact.name,
        "contactId": lambda context: context.contact.id,
        "email": _attribute("email"),
        "remark": _attribute("remark"),
        "country": _attribute("country"),
        "activityName": _of_campaign("name"),
        "activityCode": _of_campaign("code"),
    }
)

REPLY_NAMES = ("reply", "incomingMessage", "incomingMessageType")
EXTRA_NAMES = (
    "groupId",
    "groupName",
    "wabaId",
    "wabaPhoneNumber",
    "serviceId",
    "pageId",
    "accountId",
    "OutId",
    "Uuid",
    "referral",
)
RESERVED_NAMES = frozenset((*ROOTS, *REPLY_NAMES))

_GETTERS: Mapping[str, Callable[[Context], Any]] = MappingProxyType({**ALIASES, **ROOTS})
# The two paths that nearly every message reads, without building the whole contact.
_SHORTCUTS: Mapping[Path, Callable[[Context], Any]] = MappingProxyType(
    {
        ("contact", "name"): ALIASES["customerName"],
        ("contact", "phone"): ALIASES["customerPhoneNumber"],
    }
)


def lookup(path: Path, variables: Mapping[str, Any], context: Context) -> Any:
    """The value at a path; ``MISSING`` when there is no such name."""
    shortcut = _SHORTCUTS.get(path)
    if shortcut is not None:
        return shortcut(context)
    root = path[0]
    value = variables.get(root, MISSING)
    if value is MISSING:
        getter = _GETTERS.get(root)
        value = context.extras.get(root, MISSING) if getter is None else getter(context)
    for key in path[1:]:
        if not isinstance(value, Mapping):
            return MISSING
        value = value.get(key, MISSING)
    return value
