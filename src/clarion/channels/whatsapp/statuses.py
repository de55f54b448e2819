"""One status of a webhook → one receipt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import msgspec

from clarion.channels.contract import Event, Receipt, UnknownEvent
from clarion.channels.whatsapp.errors import rule_of
from clarion.domain.message import Address, AddressKind, Channel, ReceiptState

__all__ = ["Status", "instant_of", "receipt_of", "receipt_of_plain"]

_STATES: Mapping[str, ReceiptState] = MappingProxyType(
    {
        "sent": ReceiptState.SENT,
        "delivered": ReceiptState.DELIVERED,
        "read": ReceiptState.READ,
        "played": ReceiptState.PLAYED,
        "failed": ReceiptState.FAILED,
    }
)
_LATEST_SECONDS = 253_402_300_799  # the end of the year 9999, where datetime ends
_MILLISECONDS_FROM = 100_000_000_000  # as seconds that would be the year 5138


class _ErrorData(msgspec.Struct):
    details: str | None = None


class StatusError(msgspec.Struct):
    """Why a message failed."""

    code: int
    title: str | None = None
    message: str | None = None
    error_data: _ErrorData | None = None


class _Pricing(msgspec.Struct):
    category: str | None = None


class Status(msgspec.Struct):
    """A status as Meta documents it; what we do not need is left out."""

    id: str
    status: str
    timestamp: str | int
    recipient_id: str | None = None
    recipient_user_id: str | None = None
    biz_opaque_callback_data: str | None = None
    pricing: _Pricing | None = None
    errors: list[StatusError] = msgspec.field(default_factory=list)


def instant_of(value: Any) -> datetime | None:
    """An instant from Meta's seconds (now and then milliseconds), text or number."""
    try:
        seconds = int(value)
    except (TypeError, ValueError, OverflowError):
        return None
    if seconds >= _MILLISECONDS_FROM:
        seconds //= 1000
    if not 0 <= seconds <= _LATEST_SECONDS:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def receipt_of(status: Status, sender_key: str) -> Event:
    """The receipt that a status is, or an ``UnknownEvent`` that says what is odd about it."""
    state = _STATES.get(status.status)
    at = instant_of(status.timestamp)
    if state is None or at is None:
        what = "state" if state is None else "timestamp"
        return UnknownEvent(f"a status with an unknown {what}", msgspec.to_builtins(status))
    error = status.errors[0] if status.errors else None
    return Receipt(
        sender_key,
        status.id,
        state,
        at,
        attempt_id=status.biz_opaque_callback_data,
        error_code=None if error is None else str(error.code),
        error_title=None if error is None else _title(error),
        reaction=None if error is None else rule_of(error.code).reaction,
        addresses=_addresses(status),
        pricing_category=None if status.pricing is None else status.pricing.category,
    )


_OPTIONAL_FIELDS = (
    "recipient_id",
    "recipient_user_id",
    "biz_opaque_callback_data",
    "pricing",
    "errors",
)


def receipt_of_plain(raw: Any, sender_key: str) -> Event:
    """The same from a plain value: a receipt if its id, state and instant can be read.

    An odd optional field is left out rather than the receipt.
    """
    if not isinstance(raw, dict):
        return UnknownEvent("a status that is no object", raw)
    plain = {key: raw.get(key) for key in ("id", "status", "timestamp")}
    try:
        msgspec.convert(plain, Status)
    except msgspec.ValidationError as error:
        return UnknownEvent(f"a status that cannot be read: {error}", raw)
    for key in _OPTIONAL_FIELDS:
        if key in raw:
            try:
                msgspec.convert({**plain, key: raw[key]}, Status, strict=False)
            except msgspec.ValidationError:
                continue  # this field is odd; the receipt counts without it
            plain[key] = raw[key]
    event = receipt_of(msgspec.convert(plain, Status, strict=False), sender_key)
    return UnknownEvent(event.reason, raw) if isinstance(event, UnknownEvent) else event


def _title(error: StatusError) -> str | None:
    details = error.error_data.details if error.error_data is not None else None
    return details or error.message or error.title


def _addresses(status: Status) -> tuple[Address, ...]:
    wa_id, user_id = status.recipient_id, status.recipient_user_id
    if not user_id:
        return (Address(Channel.WHATSAPP, AddressKind.WA_ID, wa_id),) if wa_id else ()
    bsuid = Address(Channel.WHATSAPP, AddressKind.BSUID, user_id)
    return (Address(Channel.WHATSAPP, AddressKind.WA_ID, wa_id), bsuid) if wa_id else (bsuid,)
