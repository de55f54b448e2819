"""Nobody sees or touches another workspace: every route with an id is walked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from clarion.domain.identity import Role
from clarion.web.app import create_api
from clarion.web.openapi import operations_of

from .test_flows import SAMPLE
from .test_senders import SENDER

# How a thing of each kind is made, by the name of its id in the paths.
Maker = Callable[[httpx.AsyncClient], Awaitable[int]]


async def _made(client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> int:
    answer = await client.post(f"/api/v1/{path}", json=body)
    assert answer.status_code == 201, answer.text
    identity: int = answer.json()["id"]
    return identity


async def _make_published_flow(client: httpx.AsyncClient) -> int:
    flow_id = await _made(client, "flows", {"definition": SAMPLE})
    await client.post(f"/api/v1/flows/{flow_id}/publish", json={})
    return flow_id


async def _make_template(client: httpx.AsyncClient) -> int:
    # Templates come from a provider; the test puts one beside it by hand.
    return 1


MAKERS: dict[str, Maker] = {
    "key_id": lambda client: _made(client, "keys", {"name": "k", "role": "viewer"}),
    "user_id": lambda client: _made(
        client,
        "users",
        {"email": "there@example.org", "password": "twelve letters", "role": "viewer"},
    ),
    "sender_id": lambda client: _made(client, "senders", SENDER),
    "flow_id": _make_published_flow,
    "template_id": _make_template,
}
# Bodies that are valid, so that only the id is wrong.
BODIES: dict[str, dict[str, Any]] = {
    "sender_update": {"name": "mine"},
    "sender_pause": {},
    "flow_update_draft": {"definition": SAMPLE, "revision": 1},
    "flow_publish": {},
    "user_set_password": {"password": "twelve letters"},
}
OTHER_PARAMETERS = {"number": "1"}
# Nouns whose routes have their own walk, with makers of their own.
WALKED_ELSEWHERE: frozenset[str] = frozenset(
    {"contacts", "groups", "imports", "campaigns", "occurrences", "messages"}
)


@pytest.fixture
async def template_of_other(place: Any, other_scope: Any) -> None:
    await place.pool.execute(
        "INSERT INTO templates (id, workspace_id, channel, account_key, provider_id, name,"
        " language, status, category) OVERRIDING SYSTEM VALUE"
        " VALUES (1, $1, 'whatsapp', 'a', 'p', 'hello', 'en', 'approved', 'marketing')",
        other_scope.workspace_id,
    )


async def test_every_route_with_an_id_finds_nothing_of_another_workspace(
    place: Any, admin: Any, as_role: Any, other_scope: Any, template_of_other: None
) -> None:
    there = await as_role(Role.ADMIN, other_scope)
    ids = {name: await make(there) for name, make in MAKERS.items()}
    walked = 0
    for method, path, operation in operations_of(create_api(place).openapi()):
        if "{" not in path or set(operation["tags"]) & WALKED_ELSEWHERE:
            continue
        filled = path
        for name, value in {**ids, **OTHER_PARAMETERS}.items():
            filled = filled.replace("{" + name + "}", str(value))
        assert "{" not in filled, f"{path}: say in MAKERS how such a thing is made"
        body = BODIES.get(operation["operationId"])
        foreign = await admin.request(method, filled, json=body)
        assert foreign.status_code == 404, f"{method} {path}: {foreign.text}"
        assert foreign.json()["code"].endswith("not_found")
        walked += 1
    assert walked >= 20
    # The ids are real: in their own workspace they are found.
    for name, value in ids.items():
        noun = name.removesuffix("_id") + "s"
        assert (await there.get(f"/api/v1/{noun}/{value}")).status_code == 200


async def test_lists_hold_nothing_of_another_workspace(
    admin: Any, as_role: Any, other_scope: Any, template_of_other: None
) -> None:
    there = await as_role(Role.ADMIN, other_scope)
    for make in MAKERS.values():
        await make(there)
    for noun in ("senders", "templates", "flows", "users"):
        assert (await admin.get(f"/api/v1/{noun}")).json()["items"] == [], noun
    names = [key["name"] for key in (await admin.get("/api/v1/keys")).json()["items"]]
    assert names == ["admin of 1"]
