"""Golden cases of flows: building a small flow from a case, playing it, and telling what happened.

A case names its nodes; `start` is put before the first and an `end` named `done` behind them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from clarion.domain.message import Channel, ReceiptState, Reply
from clarion.flow.calls import CallAnswer
from clarion.flow.context import CampaignFields, ContactFields, Context, OccurrenceFields
from clarion.flow.definition import SCHEMA
from clarion.flow.engine import Triggered
from clarion.flow.simulate import Line, Told
from clarion.flow.sprint import SendMessage, VariableSet, Warned
from clarion.flow.transcript import Transcript

CASES = Path(__file__).parents[2] / "cases" / "flow"
NOON = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
ANNA = {
    "name": "Anna",
    "phone": "+436601234567",
    "attributes": {"city": "Wien", "points": 120, "since": "2024-02-29"},
}


def read_cases(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def flow_of(case: dict[str, Any]) -> dict[str, Any]:
    nodes = case["nodes"]
    return {
        "schema": SCHEMA,
        "name": "A case",
        "trigger": {"kind": case.get("trigger", "manual"), "inputs": case.get("declared", [])},
        "nodes": [
            {"id": "start", "kind": "start", "exits": {"next": nodes[0]["id"]}},
            *nodes,
            {"id": "done", "kind": "end"},
        ],
    }


def context_of(case: dict[str, Any], now: datetime = NOON) -> Context:
    contact = ANNA | case.get("contact", {})
    return Context(
        now,
        ContactFields(
            7,
            contact["name"],
            contact["phone"],
            contact["attributes"],
            tuple(contact.get("groups", ())),
            contact.get("consents", {}),
        ),
        CampaignFields(3, "May greetings", "mg-3"),
        OccurrenceFields(11, NOON - timedelta(minutes=1)),
        "Europe/Vienna",
        case.get("extras", {}),
        frozenset(map(Channel, case["channels"])) if "channels" in case else None,
    )


def trigger_of(case: dict[str, Any]) -> Triggered:
    reply = case.get("reply")
    return Triggered(
        case.get("inputs", {}),
        None if reply is None else Reply(at=NOON, **reply),
    )


def script_of(case: dict[str, Any]) -> list[Line]:
    return [Line(**line) for line in case.get("script", [])]


def answers_of(case: dict[str, Any]) -> dict[str, list[CallAnswer]]:
    """What calls of a node get: `{status, body, failure}`; a body that is no text is JSON."""
    return {
        node_id: [
            CallAnswer(
                each.get("status", 0),
                each["body"]
                if isinstance(each.get("body", ""), str) and "body" in each
                else json.dumps(each["body"])
                if "body" in each
                else "",
                each.get("failure"),
            )
            for each in answers
        ]
        for node_id, answers in case.get("answers", {}).items()
    }


def receipts_of(case: dict[str, Any]) -> dict[str, list[Told]]:
    return {
        node_id: [Told(ReceiptState(each["state"]), each.get("after_seconds", 0)) for each in told]
        for node_id, told in case.get("receipts", {}).items()
    }


def told(transcript: Transcript) -> dict[str, Any]:
    """What a case expects, as plain values; what is empty is left out."""
    session = transcript.session
    shown = {
        "status": session.status.value,
        "reason": session.reason,
        "walk": [f"{node_id} {name}" for node_id, name in transcript.exits],
        "sent": [plain(message.content) for message in transcript.messages],
        "senders": [list(message.senders) for message in transcript.messages if message.senders],
        "effects": [
            {"effect": type(effect).__name__} | plain(effect)
            for effect in transcript.effects
            if not isinstance(effect, SendMessage)
        ],
        "variables": {
            event.name: event.value
            for _, event in transcript.events
            if isinstance(event, VariableSet)
        },
        "warnings": [event.code for _, event in transcript.events if isinstance(event, Warned)],
        "seconds": int((transcript.ended_at - NOON).total_seconds()),
    }
    return {key: value for key, value in shown.items() if value not in (None, [], {}, 0)}


def plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        data = {each.name: plain(getattr(value, each.name)) for each in fields(value)}
        return {
            key: each for key, each in data.items() if each or (each is not False and each == 0)
        }
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    return value
