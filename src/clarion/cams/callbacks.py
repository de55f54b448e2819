"""Receipts and inbound messages as CAMS pushes them: pure.

Theory of operation.  A push is a JSON array of reports of one sort.  Numbers are digits, instants
are milliseconds, and what an inbound message carries beside text is a JSON text of its own.  Receivers
must bear repetition and any order, as with the original; besides, every push is signed as ours are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from clarion.cams.wire import compact_json, digits_of
from clarion.domain.webhook import TEST_KIND
from clarion.store.queries import Row

__all__ = ["STATUS_WORDS", "callback_body"]

# Kind of event -> status of a report; ``message.skipped`` never left, which CAMS calls deleted.
STATUS_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "message.sent": "Sent",
        "message.delivered": "Delivered",
        "message.read": "Read",
        "message.failed": "Failed",
        "message.skipped": "Deleted",
    }
)
_MEDIA_TYPES = frozenset({"IMAGE", "VIDEO", "AUDIO", "DOCUMENT"})
_TYPES: Mapping[str, str] = MappingProxyType(
    {"text": "TEXT", "location": "LOCATION", "button": "REPLY", "list": "REPLY"}
)


def callback_body(_: int, events: Sequence[Row]) -> list[dict[str, Any]] | None:
    """The array of reports; None when CAMS has no words for any of these events."""
    reports = [report for event in events if (report := _report(event)) is not None]
    return reports or None


def _report(event: Row) -> dict[str, Any] | None:
    if event["kind"] == TEST_KIND:
        return _test(event)
    if event["message_id"] is None:
        return None
    if event["kind"] == "message.received":
        return _inbound(event)
    return _status(event) if event["kind"] in STATUS_WORDS else None


def _test(event: Row) -> dict[str, Any]:
    """A report about no message, so that a receiver can be tried."""
    return {
        "MessageId": f"test-{event['id']}",
        "From": _business_number(event),
        "To": "",
        "Timestamp": _milliseconds(event),
        "Status": "Sent",
        "MsgFrameType": "message",
        "Type": "TEXT",
        "TaskId": TEST_KIND,
    }


def _status(event: Row) -> dict[str, Any]:
    kind, body = _content(event)
    is_template = kind == "template"
    report: dict[str, Any] = {
        "MessageId": str(event["message_id"]),
        "From": _business_number(event),
        "To": _person(event),
        "OriginPhoneNumber": _business_number(event),
        "Timestamp": _milliseconds(event),
        "Status": STATUS_WORDS[event["kind"]],
        "MsgFrameType": "template" if is_template else "message",
        "Type": str(body.get("media") or kind).upper() if kind == "media" else kind.upper(),
        "TaskId": event["tag"] or "",
    }
    if is_template:
        report["TemplateCode"] = report["TemplateName"] = str(body.get("name", ""))
        report["Language"] = str(body.get("language", ""))
        report["ConversationType"] = str(body.get("category", "marketing"))
    if event["kind"] in ("message.failed", "message.skipped"):
        report["ErrorCode"] = event["error_code"] or event["reason"] or ""
        report["ErrorDescription"] = ":".join(
            part for part in (event["error_code"], event["error_title"] or event["reason"]) if part
        )
    if event["to_kind"] == "bsuid":
        report["FromUserId"] = event["to_value"] or ""
    return report


def _inbound(event: Row) -> dict[str, Any]:
    _, body = _content(event)
    media: Mapping[str, Any] = body.get("media") or {}
    kind = str(body.get("kind", "text"))
    wire = _TYPES.get(kind, "")
    if kind == "media":
        wire = str(media.get("kind") or media.get("type") or "document").upper()
        wire = wire if wire in _MEDIA_TYPES else "DOCUMENT"
    text = str(body.get("text") or "")
    is_text = wire in ("TEXT", "REPLY")
    return {
        "MessageId": str(event["message_id"]),
        "NoticeType": "inbound",
        "WabaId": event["account_key"] or "",
        "From": _person(event),
        "To": _business_number(event),
        "Timestamp": _milliseconds(event),
        "DisplayName": event["contact_name"] or "",
        "Name": event["contact_name"] or "",
        "Type": wire or "SYSTEM",
        "Message": text if is_text else compact_json({**media, **({"text": text} if text else {})}),
    }


def _content(event: Row) -> tuple[str, Mapping[str, Any]]:
    content: Mapping[str, Any] = event["content"] or {}
    body = content.get("body")
    return str(content.get("kind", "")), body if isinstance(body, dict) else {}


def _business_number(event: Row) -> str:
    return digits_of(event["display_address"] or "") or str(event["sender_key"] or "")


def _person(event: Row) -> str:
    return digits_of(event["contact_phone"] or "") or str(event["to_value"] or "")


def _milliseconds(event: Row) -> int:
    return int(event["at"].timestamp() * 1000)
