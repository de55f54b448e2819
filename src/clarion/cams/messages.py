"""Messages and the numbers that they leave from.

Theory of operation.  The wire has no cursor, only the number of a page, and no total.  Messages are
walked from the newest down until the page is full; how far one call may walk is bounded.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from clarion.cams.call import Answer, Call
from clarion.cams.refusals import invalid, refuse_business
from clarion.cams.wire import (
    compact_json,
    digits_of,
    page_of_object,
    parse_time,
    time_text,
    zone_of,
)
from clarion.domain.errors import ClarionError
from clarion.domain.identity import Permission, allows
from clarion.domain.message import MessageStatus
from clarion.services.contacts import find_by_phone
from clarion.services.messages import Message, MessageFilter, list_messages
from clarion.services.senders import Sender, list_senders
from clarion.services.webhook_endpoints import list_endpoints
from clarion.store.pool import Connection

__all__ = [
    "callback_name",
    "list_chatapp_message",
    "number_of",
    "query_chatapp_phone_numbers",
    "sender_of",
]

_MESSAGES_AT_ONCE = 500
_MOST_EXAMINED = 20_000
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(9999, 1, 1, tzinfo=UTC)
_DIRECTIONS = {"DOWN": "out", "UP": "in"}
_ACTIONS = {ours: wire for wire, ours in _DIRECTIONS.items()}
# What our own status is called when no receipt says more.
_STATUS_WORDS = {
    MessageStatus.QUEUED: "Sending",
    MessageStatus.HELD: "Sending",
    MessageStatus.ACCEPTED: "Sent",
    MessageStatus.FAILED: "Failed",
    MessageStatus.IN_DOUBT: "Unknown",
    MessageStatus.SKIPPED: "Deleted",
    MessageStatus.RECEIVED: "Received",
}
_TAKEN = frozenset({"Sent", "Delivered", "Read", "Received"})


async def list_chatapp_message(call: Call) -> Answer:
    """Messages to and from a number, the newest first."""
    if call.text("ChannelType").lower() != "whatsapp":
        raise refuse_business("InvalidParameter.ChannelTypeNotSupport")
    before_count, size = page_of_object(call)
    async with call.transaction() as connection:
        zone = await zone_of(connection, call.scope)
        sender = await sender_of(connection, call, "BusinessNumber")
        first, last = _period(call, zone)
        wanted = MessageFilter(
            sender_id=sender.id,
            direction=_direction(call),
            request_key=call.text("GroupMessageId") or None,
        )
        found: list[dict[str, Any]] = []
        if (user := digits_of(call.text("UserNumber"))) or call.text("UserNumber"):
            contact = await find_by_phone(connection, call.scope, f"+{user}")
            if contact is None:
                return {"Data": []}
            wanted = replace(wanted, contact_id=contact.id)
        async with contextlib.aclosing(_walk(connection, call, wanted)) as walk:
            async for message in walk:
                if message.created_at < first or len(found) == before_count + size:
                    break
                shape = _shape(message, sender, zone)
                if message.created_at <= last and _fits(call, shape):
                    found.append(shape)
    return {"Data": found[before_count:]}


async def query_chatapp_phone_numbers(call: Call) -> Answer:
    """The workspace's senders."""
    wanted = call.text("Status").upper()
    async with call.transaction() as connection:
        senders = await list_senders(connection, call.scope)
        urls = await _callback_urls(connection, call)
    numbers = [_number_shape(sender, urls) for sender in senders]
    return {"PhoneNumbers": [each for each in numbers if wanted in ("", each["Status"])]}


async def sender_of(connection: Connection, call: Call, name: str) -> Sender:
    """The sender that a parameter names, by its number, key or name.  Raises ``sender.not_found``."""
    asked = call.text(name).strip()
    for sender in await list_senders(connection, call.scope):
        if (digits_of(asked) or asked) == number_of(sender) or asked in (
            sender.sender_key,
            sender.name,
        ):
            return sender
    raise ClarionError("sender.not_found", f"There is no sender {asked} in this workspace.")


async def _walk(
    connection: Connection, call: Call, wanted: MessageFilter
) -> AsyncGenerator[Message, None]:
    below: int | None = None
    for _ in range(_MOST_EXAMINED // _MESSAGES_AT_ONCE):
        found = await list_messages(
            connection, call.scope, wanted, below_id=below, limit=_MESSAGES_AT_ONCE
        )
        for message in found:
            yield message
        if len(found) < _MESSAGES_AT_ONCE:
            return
        below = found[-1].id
    raise refuse_business("Message.TooManyExamined")


def _period(call: Call, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From when to when, both included."""
    ends = []
    for name, otherwise in (("StartTime", _EARLIEST), ("EndTime", _LATEST)):
        text = call.text(f"{name}Str")
        if name in call.values:
            try:
                ends.append(datetime.fromtimestamp(call.values[name] / 1000, UTC))
            except (OverflowError, ValueError, OSError) as error:
                raise invalid(name, "milliseconds since 1970") from error
        else:
            ends.append(parse_time(f"{name}Str", text, zone) if text else otherwise)
    return ends[0], ends[1]


def _direction(call: Call) -> str | None:
    action = call.text("EventAction").upper()
    if action and action not in _DIRECTIONS:
        raise invalid("EventAction", "DOWN or UP")
    return _DIRECTIONS.get(action)


def _fits(call: Call, shape: dict[str, Any]) -> bool:
    for name, field in (
        ("MessageStatus", "MessageStatus"),
        ("ClientAcceptStatus", "ClientAcceptStatusName"),
        ("TemplateCode", "TemplateCode"),
    ):
        asked = call.text(name)
        if asked and asked.lower() != str(shape[field]).lower():
            return False
    return True


def _shape(message: Message, sender: Sender, zone: ZoneInfo) -> dict[str, Any]:
    status = _STATUS_WORDS[message.status]
    if message.stage is not None and message.status is MessageStatus.ACCEPTED:
        status = message.stage.value.capitalize()
    kind, body = str(message.content.get("kind", "")), message.content.get("body")
    template = body if isinstance(body, dict) and kind == "template" else {}
    at = message.accepted_at or message.created_at
    action = _ACTIONS[message.direction]
    return {
        "UniqueMessageId": str(message.id),
        "MessageId": str(message.id),
        "BusinessNumber": number_of(sender),
        "UserNumber": digits_of(message.contact_phone or "") or (message.to_value or ""),
        "ChannelType": "whatsapp",
        "EventAction": action,
        "EventActionName": action,
        "Type": "template" if template else "message",
        "MessageType": kind.upper(),
        "MessageTypeName": kind,
        "Message": compact_json(body),
        "MessageStatus": status,
        "MessageStatusName": status,
        "ClientAcceptStatusName": "success" if status in _TAKEN else "fail",
        "ClientReadStatus": "read" if message.read_at else "unread",
        "ClientReadStatusName": "read" if message.read_at else "unread",
        "FailReason": message.error_title or message.reason or "",
        "TemplateCode": str(template.get("name", "")),
        "TemplateName": str(template.get("name", "")),
        "LanguageCode": str(template.get("language", "")),
        "SendTime": time_text(at, zone),
        "Month": at.astimezone(zone).strftime("%Y%m"),
        "MessageSource": "campaign"
        if message.campaign_id
        else "api"
        if message.request_key
        else "flow",
    }


def number_of(sender: Sender) -> str:
    """The number of a sender as digits; without one, the channel's own name of it."""
    return digits_of(sender.display_address) or sender.sender_key


def callback_name(what: str, sender: Sender) -> str:
    """The name of the webhook endpoint for the ``status`` or ``inbound`` reports of a sender.

    By the channel's own name of the sender: its number may come to be known only later.
    """
    return f"cams {what} {sender.sender_key}"


async def _callback_urls(connection: Connection, call: Call) -> Mapping[str, str]:
    """Where pushes go, by the endpoint's name; only those who manage them are told."""
    if not allows(call.scope.actor.role, Permission.MANAGE_SETTINGS):
        return {}
    found = await list_endpoints(connection, call.scope)
    return {each.name: each.url for each in found if each.form == "cams"}


def _number_shape(sender: Sender, urls: Mapping[str, str]) -> dict[str, Any]:
    health = sender.health
    account_url = urls.get("cams account status", "")
    return {
        "PhoneNumber": number_of(sender),
        "VerifiedName": str(health.get("verified_name") or sender.name),
        "Status": str(
            health.get("status") or ("CONNECTED" if sender.status == "active" else "OFFLINE")
        ).upper(),
        "QualityRating": str(health.get("quality") or "UNKNOWN").upper(),
        "NameStatus": str(health.get("name_status") or ""),
        "CodeVerificationStatus": str(health.get("verification_status") or ""),
        "MessagingLimitTier": str(health.get("messaging_limit") or ""),
        "UpCallbackUrl": urls.get(callback_name("inbound", sender), ""),
        "StatusCallbackUrl": urls.get(callback_name("status", sender), account_url),
    }
