"""People see who waits for them, take a conversation on, and close it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from clarion.domain.identity import Role
from clarion.domain.message import Channel
from clarion.engine.apply.open_conversations import HandOver, open_conversations

PATH = "/api/v1/conversations"


@pytest.fixture
async def waiting(place: Any, scope: Any) -> list[int]:
    """Three contacts whom a flow has handed over, and one of them once more."""
    async with place.pool.acquire() as connection, connection.transaction():
        contact_ids = [
            await connection.fetchval(
                "INSERT INTO contacts (workspace_id, name) VALUES ($1, $2) RETURNING id",
                scope.workspace_id,
                name,
            )
            for name in ("Ann", "Bob", "Cem")
        ]
        for note, ids in (("first", contact_ids), ("second", contact_ids[:1])):
            await open_conversations(
                connection,
                scope.workspace_id,
                Channel.WHATSAPP,
                [HandOver(contact_id, None, 7, note) for contact_id in ids],
                place.clock(),
            )
    return contact_ids


async def test_who_waits_is_listed_the_newest_first(admin: Any, waiting: list[int]) -> None:
    page = (await admin.get(PATH, params={"state": "open", "limit": 2})).json()
    assert [(each["contact_name"], each["note"]) for each in page["items"]] == [
        ("Cem", "first"),
        ("Bob", "first"),
    ]
    rest = (
        await admin.get(PATH, params={"state": "open", "limit": 2, "cursor": page["next_cursor"]})
    ).json()
    (ann,) = rest["items"]
    assert (ann["contact_name"], ann["note"], ann["session_id"]) == ("Ann", "second", 7)
    only = (await admin.get(PATH, params={"contact_id": waiting[1]})).json()["items"]
    assert [each["contact_name"] for each in only] == ["Bob"]


async def test_a_person_takes_a_conversation_on_and_closes_it(
    admin: Any, waiting: list[int], add_user: Callable[..., Any], clock: Any
) -> None:
    user_id = await add_user("eve@shop.example", Role.AUTHOR)
    found = (await admin.get(PATH, params={"state": "open"})).json()["items"][0]
    path = f"{PATH}/{found['id']}"
    taken = (await admin.post(f"{path}/assign", json={"user_id": user_id})).json()
    assert (taken["assigned_user_id"], taken["state"]) == (user_id, "open")
    clock.advance(minutes=5)
    closed = (await admin.post(f"{path}/close")).json()
    assert (closed["state"], closed["closed_at"]) == ("closed", "2026-03-02T09:05:00Z")
    clock.advance(minutes=5)
    again = await admin.post(f"{path}/close")
    assert (again.status_code, again.json()) == (200, closed)
    late = await admin.post(f"{path}/assign", json={"user_id": None})
    assert (late.status_code, late.json()["code"]) == (409, "conversation.closed")
    states = [each["state"] for each in (await admin.get(PATH)).json()["items"]]
    assert states == ["closed", "open", "open"]
    entries = (await admin.get("/api/v1/audit-entries", params={"noun": "conversation"})).json()
    assert [each["action"] for each in entries["items"]][:2] == ["closed", "assigned"]
    assert [each["action"] for each in entries["items"]][2:] == ["handed_over"] * 4


async def test_only_people_of_the_workspace_look_after_a_conversation(
    admin: Any, waiting: list[int], add_user: Callable[..., Any], other_scope: Any
) -> None:
    stranger_id = await add_user("zoe@other.example", Role.ADMIN, other_scope)
    found = (await admin.get(PATH)).json()["items"][0]
    refused = await admin.post(f"{PATH}/{found['id']}/assign", json={"user_id": stranger_id})
    assert (refused.status_code, refused.json()["code"]) == (404, "user.not_found")
    assert (await admin.get(f"{PATH}/{found['id']}")).json() == found


async def test_who_may_only_look_closes_nothing(
    as_role: Callable[..., Any], waiting: list[int]
) -> None:
    viewer = await as_role(Role.VIEWER)
    found = (await viewer.get(PATH)).json()["items"][0]
    refused = await viewer.post(f"{PATH}/{found['id']}/close")
    assert (refused.status_code, refused.json()["code"]) == (403, "access.forbidden")
    missing = await viewer.get(f"{PATH}/9999")
    assert (missing.status_code, missing.json()["code"]) == (404, "conversation.not_found")


async def test_who_waits_is_counted_and_sorted_by_who_looks_after_them(
    admin: Any, waiting: list[int], add_user: Callable[..., Any]
) -> None:
    user_id = await add_user("eve@shop.example", Role.AUTHOR)
    found = (await admin.get(PATH)).json()["items"][0]
    await admin.post(f"{PATH}/{found['id']}/assign", json={"user_id": user_id})
    counts = (await admin.get(f"{PATH}/counts")).json()
    assert counts == {"open_count": 3, "unassigned_count": 2, "mine_count": 0}
    hers = (await admin.get(PATH, params={"assigned_user_id": user_id})).json()["items"]
    assert [each["id"] for each in hers] == [found["id"]]
    nobodys = (await admin.get(PATH, params={"assigned_user_id": 0})).json()["items"]
    assert [each["contact_name"] for each in nobodys] == ["Bob", "Ann"]
