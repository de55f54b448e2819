"""Starting a flow for one person by REST: what is refused, and what is answered."""

from __future__ import annotations

from typing import Any

import pytest

from clarion.domain.identity import Role

WELCOME: dict[str, Any] = {
    "schema": "clarion.flow/1",
    "name": "Welcome",
    "trigger": {"kind": "manual", "inputs": [{"name": "order", "required": True}]},
    "nodes": [
        {"id": "start", "kind": "start", "exits": {"next": "wait"}},
        {
            "id": "wait",
            "kind": "wait",
            "config": {"amount": 1, "unit": "hours"},
            "exits": {"next": "end"},
        },
        {"id": "end", "kind": "end"},
    ],
}
ANA = {"phone": "+4915112345678", "name": "Ana", "inputs": {"order": "17"}}


@pytest.fixture
async def flow_id(admin: Any) -> int:
    made = await admin.post("/api/v1/flows", json={"definition": WELCOME})
    flow_id: int = made.json()["id"]
    published = await admin.post(f"/api/v1/flows/{flow_id}/publish", json={})
    assert published.status_code == 200, published.text
    return flow_id


async def test_a_start_is_answered_and_found_again(admin: Any, flow_id: int) -> None:
    path = f"/api/v1/flows/{flow_id}/starts"
    first = await admin.post(path, json={**ANA, "key": "17", "discard_at": "2026-03-02T23:00:00"})
    assert first.status_code == 201, first.text
    start = first.json()
    assert (start["status"], start["reason"], start["is_repeated"]) == ("started", None, False)
    assert start["session_id"] is not None
    again = (await admin.post(path, json={**ANA, "key": "17"})).json()
    assert (again["session_id"], again["is_repeated"]) == (start["session_id"], True)
    listed = (await admin.get(path)).json()["items"]
    assert [each["id"] for each in listed] == [start["id"]]
    assert (await admin.get(f"/api/v1/starts/{start['id']}")).json() == start
    contact = (await admin.get(f"/api/v1/contacts/{start['contact_id']}")).json()
    assert (contact["name"], contact["phone"]) == ("Ana", "+4915112345678")
    late = await admin.post(path, json={**ANA, "discard_at": "2026-03-02T08:59:59Z"})
    assert (late.json()["status"], late.json()["reason"]) == ("discarded", "expired")


@pytest.mark.parametrize(
    ("change", "status", "code", "path"),
    [
        ({"inputs": {}}, 422, "flow.inputs_invalid", "inputs.order"),
        ({"inputs": {"order": "1", "x": "1"}}, 422, "flow.inputs_invalid", "inputs.x"),
        ({"phone": "12"}, 422, "contact.phone_invalid", "phone"),
        ({"phone": None}, 422, "request.invalid", "contact_id"),
        ({"contact_id": 7}, 422, "request.invalid", "contact_id"),
        ({"phone": None, "contact_id": 7}, 404, "contact.not_found", None),
        ({"sender": "nobody"}, 404, "sender.not_found", None),
        ({"inputs": {"order": "x" * 70_000}}, 422, "request.invalid", "inputs"),
        ({"key": ""}, 422, "request.invalid", "key"),
    ],
)
async def test_what_cannot_be_right_is_refused_and_leaves_nothing(
    admin: Any, place: Any, flow_id: int, change: Any, status: int, code: str, path: str | None
) -> None:
    answer = await admin.post(f"/api/v1/flows/{flow_id}/starts", json={**ANA, **change})
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert path in [None, *(error["path"] for error in answer.json().get("errors", []))]
    for table in ("starts", "contacts", "sessions"):
        assert await place.pool.fetchval(f"SELECT count(*) FROM {table}") == 0


async def test_a_key_is_for_one_start_only(admin: Any, flow_id: int) -> None:
    path = f"/api/v1/flows/{flow_id}/starts"
    await admin.post(path, json={**ANA, "key": "17"})
    for change in ({"inputs": {"order": "18"}}, {"phone": "+4915112345679"}):
        answer = await admin.post(path, json={**ANA, "key": "17", **change})
        assert (answer.status_code, answer.json()["code"]) == (409, "start.key_conflict")


async def test_only_a_published_manual_flow_starts(
    admin: Any, as_role: Any, other_scope: Any, flow_id: int
) -> None:
    listening = {**WELCOME, "name": "Listening", "trigger": {"kind": "whatsapp"}}
    made = (await admin.post("/api/v1/flows", json={"definition": listening})).json()
    path = f"/api/v1/flows/{made['id']}/starts"
    body = {"phone": ANA["phone"]}
    assert (await admin.post(path, json=body)).json()["code"] == "flow.not_published"
    await admin.post(f"/api/v1/flows/{made['id']}/publish", json={})
    assert (await admin.post(path, json=body)).json()["code"] == "flow.trigger_not_manual"
    path = f"/api/v1/flows/{flow_id}/starts"
    author = await as_role(Role.AUTHOR)
    assert (await author.post(path, json=ANA)).json()["code"] == "access.forbidden"
    stranger = await as_role(Role.ADMIN, other_scope)
    assert (await stranger.post(path, json=ANA)).json()["code"] == "flow.not_found"
    start = (await admin.post(path, json=ANA)).json()
    assert (await stranger.get(f"/api/v1/starts/{start['id']}")).status_code == 404
