"""One thing done to everybody who fits: asked for over REST, done by the worker's job."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from clarion.domain.identity import Role
from clarion.services.bulk_action_runs import run_bulk_action
from clarion.services.place import Place

PEOPLE = 25
BATCH = 10


async def make_group(client: httpx.AsyncClient, name: str) -> int:
    answer = await client.post("/api/v1/groups", json={"name": name})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


@pytest.fixture
async def guests(admin: httpx.AsyncClient) -> int:
    """A group with people in it, the first ten of whom are called Anna; a stranger stands outside."""
    group_id = await make_group(admin, "Guests")
    for number in range(PEOPLE):
        answer = await admin.post(
            "/api/v1/contacts",
            json={
                "name": f"{'Anna' if number < 10 else 'Ben'} {number}",
                "phone": f"+49151{23400000 + number}",
                "attributes": {"seat": str(number)},
                "group_ids": [group_id],
            },
        )
        assert answer.status_code == 201, answer.text
    await admin.post("/api/v1/contacts", json={"name": "Anna Outside", "phone": "+4915199999999"})
    return group_id


@pytest.fixture
def work(place: Place, admin: httpx.AsyncClient) -> Callable[..., Any]:
    """Ask for an action, let the worker do it, and read how it ended."""

    async def run(body: dict[str, Any]) -> dict[str, Any]:
        answer = await admin.post("/api/v1/bulk-actions", json=body)
        assert answer.status_code == 201, answer.text
        made = answer.json()
        assert made["status"] == "waiting"
        await run_bulk_action(place.pool, made["id"], clock=place.clock, batch_contacts=BATCH)
        done: dict[str, Any] = (await admin.get(f"/api/v1/bulk-actions/{made['id']}")).json()
        return done

    return run


async def count(client: httpx.AsyncClient, **wanted: Any) -> dict[str, Any]:
    answer = await client.get("/api/v1/contacts/count", params=wanted)
    assert answer.status_code == 200, answer.text
    counted: dict[str, Any] = answer.json()
    return counted


async def test_everybody_of_a_search_joins_a_group_and_nobody_else(
    admin: httpx.AsyncClient, guests: int, work: Callable[..., Any]
) -> None:
    assert await count(admin, group_id=guests, text="anna") == {"count": 10, "is_exact": True}
    done = await work(
        {"kind": "add", "filter": {"group_id": guests, "text": "anna"}, "group_names": ["Annas"]}
    )
    assert (done["status"], done["total_count"], done["changed_count"]) == ("finished", 10, 10)
    annas = done["group_ids"][0]
    assert (await count(admin, group_id=annas))["count"] == 10
    assert (await count(admin, group_id=annas, text="Outside"))["count"] == 0


async def test_an_opt_out_meets_everybody_once_although_they_leave_the_search(
    admin: httpx.AsyncClient, guests: int, work: Callable[..., Any]
) -> None:
    wanted = {"group_id": guests, "consent_state": "none"}
    done = await work({"kind": "opt_out", "filter": wanted, "reason": "closed for the winter"})
    assert (done["done_count"], done["changed_count"]) == (PEOPLE, PEOPLE)
    assert (await count(admin, **wanted))["count"] == 0
    listed = await admin.get("/api/v1/contacts", params={"group_id": guests, "limit": 1})
    contact_id = listed.json()["items"][0]["id"]
    told = (await admin.get(f"/api/v1/contacts/{contact_id}/consents")).json()["history"]
    assert [(each["state"], each["source"], each["reason"]) for each in told] == [
        ("opted_out", "api", "closed for the winter")
    ]
    again = await work({"kind": "opt_out", "filter": {"group_id": guests}})
    assert (again["done_count"], again["changed_count"]) == (PEOPLE, 0)


async def test_who_would_be_left_without_a_group_stays_and_is_named_in_the_file(
    admin: httpx.AsyncClient, guests: int, work: Callable[..., Any]
) -> None:
    await work(
        {"kind": "add", "filter": {"group_id": guests, "text": "anna"}, "group_names": ["Annas"]}
    )
    done = await work({"kind": "remove", "filter": {"group_id": guests}, "group_ids": [guests]})
    assert (done["changed_count"], done["refused_count"]) == (10, PEOPLE - 10)
    assert done["has_result"] is True
    assert (await count(admin, group_id=guests))["count"] == PEOPLE - 10
    file = await admin.get(f"/api/v1/bulk-actions/{done['id']}/result.csv")
    lines = file.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "contact,name,phone,reason"
    assert len(lines) == 1 + PEOPLE - 10
    assert all("Ben" in line and "contact.last_group" in line for line in lines[1:])


async def test_an_export_of_a_search_is_a_file_that_an_import_can_read(
    admin: httpx.AsyncClient, guests: int, work: Callable[..., Any]
) -> None:
    done = await work({"kind": "export", "filter": {"group_id": guests}})
    file = await admin.get(f"/api/v1/bulk-actions/{done['id']}/result.csv")
    lines = file.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + PEOPLE == 1 + done["changed_count"]
    assert lines[0].endswith("opted out,seat")
    peeked = await admin.post("/api/v1/imports/peek", files={"file": ("a.csv", file.content)})
    assert "phone" in str(peeked.json()["columns"])
    empty = await work({"kind": "export", "filter": {"text": "nobody at all"}})
    assert (empty["changed_count"], empty["has_result"]) == (0, True)


async def test_a_deletion_leaves_those_who_came_later(
    admin: httpx.AsyncClient, guests: int, place: Place
) -> None:
    body = {"kind": "delete", "filter": {"group_id": guests}}
    made = (await admin.post("/api/v1/bulk-actions", json=body)).json()
    late = {"name": "Late", "phone": "+4915188888888", "group_ids": [guests]}
    await admin.post("/api/v1/contacts", json=late)
    await run_bulk_action(place.pool, made["id"], clock=place.clock, batch_contacts=BATCH)
    left = (await admin.get("/api/v1/contacts", params={"group_id": guests})).json()["items"]
    assert [each["name"] for each in left] == ["Late"]


async def test_cancelling_stops_it_and_a_job_that_comes_twice_does_nothing(
    admin: httpx.AsyncClient, guests: int, place: Place
) -> None:
    body = {"kind": "delete", "filter": {"group_id": guests}}
    made = (await admin.post("/api/v1/bulk-actions", json=body)).json()
    address = f"/api/v1/bulk-actions/{made['id']}"
    assert (await admin.post(f"{address}/cancel")).json()["status"] == "cancelled"
    await run_bulk_action(place.pool, made["id"], clock=place.clock)
    assert (await count(admin, group_id=guests))["count"] == PEOPLE
    assert (await admin.post(f"{address}/cancel")).json()["status"] == "cancelled"
    refused = await admin.get(f"{address}/result.csv")
    assert (refused.status_code, refused.json()["code"]) == (404, "bulk_action.no_result")


async def test_who_may_only_look_may_export_and_nothing_else(
    as_role: Callable[..., Any], guests: int
) -> None:
    viewer = await as_role(Role.VIEWER)
    refused = await viewer.post("/api/v1/bulk-actions", json={"kind": "delete", "filter": {}})
    assert refused.json()["code"] == "access.forbidden"
    taken = await viewer.post("/api/v1/bulk-actions", json={"kind": "export", "filter": {}})
    assert taken.status_code == 201


async def test_a_kind_that_needs_groups_names_what_is_missing(admin: httpx.AsyncClient) -> None:
    answer = await admin.post("/api/v1/bulk-actions", json={"kind": "add", "filter": {}})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"] == "groups"


async def test_many_are_estimated_first_and_counted_when_that_is_wanted(
    admin: httpx.AsyncClient, place: Place, scope: Any
) -> None:
    await place.pool.execute(
        "INSERT INTO contacts (workspace_id, phone)"
        " SELECT $1, '+49151' || n FROM generate_series(20000000, 20012344) n",
        scope.workspace_id,
    )
    guessed = await count(admin)
    assert guessed["is_exact"] is False
    assert guessed["count"] > 10_000
    assert await count(admin, exact=True) == {"count": 12_345, "is_exact": True}
