"""What the stories of flows stand on: flows of their own, made through the API."""

from __future__ import annotations

import copy
import secrets
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import APIRequestContext
from tests.console.world import World

from clarion.flow.samples import sample

SAYS_YES = {
    "kind": "answer",
    "text": "Yes, tell me more",
    "payload": "YES",
    "reply_kind": "button",
    "after_seconds": 5,
}
SAYS_NO = {**SAYS_YES, "text": "No, thanks", "payload": "NO"}


@dataclass(frozen=True, slots=True)
class Desk:
    """Somebody who is signed in at the API."""

    request: APIRequestContext
    headers: dict[str, str]

    def get(self, path: str) -> Any:
        """What the server answers."""
        answer = self.request.get(f"/api/v1{path}")
        assert answer.ok, answer.text()
        return answer.json()

    def post(self, path: str, data: dict[str, Any]) -> Any:
        """The same for what is made or done."""
        answer = self.request.post(f"/api/v1{path}", headers=self.headers, data=data)
        assert answer.ok, answer.text()
        return answer.json()

    def put(self, path: str, data: dict[str, Any]) -> Any:
        """The same for what is put in a place."""
        answer = self.request.put(f"/api/v1{path}", headers=self.headers, data=data)
        assert answer.ok, answer.text()
        return answer.json()

    def save(self, flow_id: int, definition: dict[str, Any]) -> Any:
        """Save a draft over whatever is there."""
        revision = self.get(f"/flows/{flow_id}")["draft_revision"]
        data = {"definition": definition, "revision": revision}
        return self.put(f"/flows/{flow_id}/draft", data)


def desk_of(shop: World, request: APIRequestContext) -> Desk:
    """Sign in."""
    return Desk(request, shop.signed_in(request))


def listening(name: str, conditions: list[dict[str, Any]]) -> dict[str, Any]:
    """A flow that a message begins."""
    return {
        "schema": "clarion.flow/1",
        "name": name,
        "trigger": {"kind": "whatsapp", "conditions": conditions},
        "nodes": [
            {"id": "start", "kind": "start", "exits": {"next": "say"}},
            {
                "id": "say",
                "kind": "send_whatsapp_message",
                "config": {"text": {"body": "Hello"}},
                "exits": {"next": "end"},
            },
            {"id": "end", "kind": "end"},
        ],
    }


def _with_timeout(definition: dict[str, Any], days: int) -> dict[str, Any]:
    changed = copy.deepcopy(definition)
    for node in changed["nodes"]:
        if node["id"] == "answer":
            node["config"]["timeout"] = {"amount": days, "unit": "days"}
    return changed


def flow_with_a_past(desk: Desk, name: str) -> int:
    """Two versions, people who wait in the first, and a draft of which one test fails."""
    first = sample("spring_offer") | {"name": name}
    flow_id: int = desk.post("/flows", {"definition": first})["id"]
    desk.post(f"/flows/{flow_id}/publish", {"note": "The first wording"})
    digits = secrets.randbelow(9_000_000) + 1_000_000
    for index in range(6):
        desk.post(f"/flows/{flow_id}/starts", {"phone": f"+49172{digits + index}"})
    second = _with_timeout(first, 2)
    second["nodes"].append(
        {
            "id": "tag",
            "kind": "set_variables",
            "label": "Remember it",
            "config": {"variables": {"interest": "high"}},
            "exits": {"next": "done"},
        }
    )
    desk.save(flow_id, second)
    desk.post(f"/flows/{flow_id}/publish", {"note": "Two days to answer"})
    third = copy.deepcopy(second)
    third["tests"] = [
        desk.post("/flows/play/test", {"definition": third, "name": test, "moves": [move]})
        for test, move in (("Says yes", SAYS_YES), ("Says no", SAYS_NO))
    ]
    for node in third["nodes"]:
        if node["id"] == "goodbye":
            node["config"]["text"]["body"] = "All right."
        node["exits"] = {name: to for name, to in node.get("exits", {}).items() if to != "tag"}
    third["nodes"] = [node for node in third["nodes"] if node["id"] != "tag"]
    desk.save(flow_id, third)
    return flow_id
