"""Nobody sees or touches another workspace: every route with an id is walked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from clarion.domain.identity import Role
from clarion.web.app import create_api
from clarion.web.openapi import operations_of

from .test_campaigns import END, START, make_campaign, make_wish
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


async def _make_import(client: httpx.AsyncClient) -> int:
    answer = await client.post("/api/v1/imports", files={"file": ("a.csv", b"phone\n")})
    identity: int = answer.json()["id"]
    return identity


async def _make_campaign(client: httpx.AsyncClient) -> int:
    made = await make_campaign(client)
    identity: int = made["id"]
    return identity


async def _make_dry_run(client: httpx.AsyncClient) -> int:
    draft = await make_wish(client, name="Tried")
    return await _made(client, "dry-runs", {"draft": draft})


async def _template_by_hand(_: httpx.AsyncClient) -> int:
    # Templates come from a provider; `template_of_other` stands in for it.
    return TEMPLATE_ID


async def _history_by_hand(_: httpx.AsyncClient) -> int:
    # Occurrences and messages come from the engine; `make_history` stands in for it.
    return HISTORY_ID


TEMPLATE_ID = 1
HISTORY_ID = 1
MAKERS: dict[str, Maker] = {
    "key_id": lambda client: _made(client, "keys", {"name": "k", "role": "viewer"}),
    "user_id": lambda client: _made(
        client,
        "users",
        {"email": "there@example.org", "password": "twelve letters", "role": "viewer"},
    ),
    "sender_id": lambda client: _made(client, "senders", SENDER),
    "flow_id": _make_published_flow,
    "template_id": _template_by_hand,
    "contact_id": lambda client: _made(client, "contacts", {"phone": "+8613800138001"}),
    "group_id": lambda client: _made(client, "groups", {"name": "there"}),
    "import_id": _make_import,
    "bulk_action_id": lambda client: _made(
        client, "bulk-actions", {"kind": "export", "filter": {}}
    ),
    "campaign_id": _make_campaign,
    "occurrence_id": _history_by_hand,
    "message_id": _history_by_hand,
    "conversation_id": _history_by_hand,
    "dry_run_id": _make_dry_run,
    "start_id": _history_by_hand,
    "session_id": _history_by_hand,
}
# Bodies that are valid, so that only the id is wrong.
PERIOD = {"start_at": START, "end_at": END}
BODIES: dict[str, dict[str, Any]] = {
    "template_update": {"components": [{"type": "BODY", "text": "Hello"}]},
    "template_switch": {"is_archived": True},
    "sender_update": {"name": "mine"},
    "sender_pause": {},
    "sender_replace_secrets": {"app_secret": "another"},
    "flow_update_draft": {"definition": SAMPLE, "revision": 1},
    "flow_publish": {},
    "user_set_password": {"password": "twelve letters"},
    "contact_update": {"name": "mine"},
    "contact_add_address": {"channel": "whatsapp", "kind": "wa_id", "value": "8613800138001"},
    "contact_set_consent": {"state": "opted_out"},
    "group_rename": {"name": "mine"},
    "campaign_update": {"name": "mine"},
    "campaign_suspend": {},
    "campaign_resume": {},
    "campaign_duplicate": PERIOD,
    "conversation_assign": {"user_id": None},
    "webhook_endpoint_update": {"name": "mine", "url": "https://x.test", "kinds": ["message.read"]},
    "conversation_reply": {"content": {"kind": "text", "body": {"text": "Hello"}}},
    "simulated_phone_say": {"text": "Hello"},
    "simulated_answering": {"is_answering": True},
    "flow_version_restore": {"revision": 1},
    "start_create": {"phone": "+8613800138001"},
    "binding_update": {},
    "binding_move": {"to_sender_id": 1},
    "binding_try": {"text": "Hello"},
    "secret_replace": {"value": "theirs"},
    "flow_switch_log": {"is_logging": True},
}
OTHER_PARAMETERS = {
    "phone": "16505551234",
    "number": "1",
    "address_id": "1",
    "channel": "whatsapp",
    "endpoint_id": "1",
    "delivery_id": "1",
    "secret_name": "theirs",
    "job_id": "1",
    "token": "no-token-of-anybody-at-all",
}
STRETCH = {"from_at": START, "until_at": END}
PARAMETERS = {
    "template_counts_read": STRETCH,
    "sender_counts_read": STRETCH,
    "flow_version_compare": {"before": "1"},
}
ENDPOINT = {"name": "ours", "url": "https://shop.example", "kinds": ["message.read"]}


@pytest.fixture
async def template_of_other(place: Any, other_scope: Any) -> None:
    await place.pool.execute(
        "INSERT INTO templates (id, workspace_id, channel, account_key, provider_id, name,"
        " language, status, category) OVERRIDING SYSTEM VALUE"
        " VALUES ($2, $1, 'whatsapp', 'a', 'p', 'hello', 'en', 'deleted', 'marketing')",
        other_scope.workspace_id,
        TEMPLATE_ID,
    )


async def make_history(place: Any, scope: Any, ids: dict[str, int]) -> None:
    """An occurrence with one person in it, a message, a conversation, a session and its start."""
    version_id = await place.pool.fetchval(
        "SELECT id FROM flow_versions WHERE flow_id = $1", ids["flow_id"]
    )
    await place.pool.execute(
        "INSERT INTO sessions (id, workspace_id, contact_id, flow_id, flow_version_id, channel,"
        " status, state, started_at) VALUES ($1, $2, $3, $4, $5, 'whatsapp', 'completed',"
        """ '{"status": "completed"}', $6)""",
        HISTORY_ID, scope.workspace_id, ids["contact_id"], ids["flow_id"], version_id, scope.now,
    )  # fmt: skip
    await place.pool.execute(
        "INSERT INTO starts (id, workspace_id, flow_id, contact_id, channel, asked_by, asked_at,"
        " status, session_id) OVERRIDING SYSTEM VALUE"
        " VALUES ($1, $2, $3, $4, 'whatsapp', 'them', $5, 'started', $1)",
        HISTORY_ID, scope.workspace_id, ids["flow_id"], ids["contact_id"], scope.now,
    )  # fmt: skip
    await place.pool.execute(
        "INSERT INTO occurrences (id, workspace_id, campaign_id, scheduled_at, status,"
        " audience_count, pending_count) VALUES ($1, $2, $3, $4, 'running', 1, 1)",
        HISTORY_ID, scope.workspace_id, ids["campaign_id"], scope.now,
    )  # fmt: skip
    await place.pool.execute(
        "INSERT INTO participants (occurrence_id, contact_id) VALUES ($1, $2)",
        HISTORY_ID, ids["contact_id"],
    )  # fmt: skip
    await place.pool.execute(
        "INSERT INTO messages (id, workspace_id, direction, channel, contact_id, content, status,"
        " created_at) VALUES ($1, $2, 'in', 'whatsapp', $3, '{}', 'received', $4)",
        HISTORY_ID, scope.workspace_id, ids["contact_id"], scope.now,
    )  # fmt: skip
    await place.pool.execute(
        "INSERT INTO conversations (id, workspace_id, contact_id, channel, opened_at)"
        " VALUES ($1, $2, $3, 'whatsapp', $4)",
        HISTORY_ID, scope.workspace_id, ids["contact_id"], scope.now,
    )  # fmt: skip


async def test_every_route_with_an_id_finds_nothing_of_another_workspace(
    place: Any, admin: Any, as_role: Any, other_scope: Any, template_of_other: None
) -> None:
    there = await as_role(Role.ADMIN, other_scope)
    ids = {name: await make(there) for name, make in MAKERS.items()}
    await make_history(place, other_scope, ids)
    endpoint_id = await _made(there, "webhook-endpoints", ENDPOINT)
    assert str(endpoint_id) == OTHER_PARAMETERS["endpoint_id"]
    secret = {"name": OTHER_PARAMETERS["secret_name"], "value": "ours"}
    assert (await there.post("/api/v1/secrets", json=secret)).status_code == 201
    await place.pool.execute(
        "INSERT INTO webhook_deliveries (id, workspace_id, endpoint_id, event_ids, status,"
        " created_at) VALUES ($1, $2, $3, '{}', 'failed', $4)",
        int(OTHER_PARAMETERS["delivery_id"]), other_scope.workspace_id, endpoint_id, other_scope.now,
    )  # fmt: skip
    bodies = {**BODIES, "campaign_replace": await make_wish(admin)}
    walked = 0
    for method, path, operation in operations_of(create_api(place).openapi()):
        if "{" not in path:
            continue
        filled = path
        for name, value in {**ids, **OTHER_PARAMETERS}.items():
            filled = filled.replace("{" + name + "}", str(value))
        assert "{" not in filled, f"{path}: say in MAKERS how such a thing is made"
        body = bodies.get(operation["operationId"])
        foreign = await admin.request(
            method, filled, json=body, params=PARAMETERS.get(operation["operationId"])
        )
        assert foreign.status_code == 404, f"{method} {path}: {foreign.text}"
        assert foreign.json()["code"].endswith("not_found")
        walked += 1
    assert walked >= 40
    # The ids are real: in their own workspace they are found.
    for name, value in ids.items():
        noun = name.removesuffix("_id").replace("_", "-") + "s"
        assert (await there.get(f"/api/v1/{noun}/{value}")).status_code == 200


async def test_lists_hold_nothing_of_another_workspace(
    place: Any, admin: Any, as_role: Any, other_scope: Any, template_of_other: None
) -> None:
    there = await as_role(Role.ADMIN, other_scope)
    ids = {name: await make(there) for name, make in MAKERS.items()}
    await make_history(place, other_scope, ids)
    await there.post("/api/v1/secrets", json={"name": "theirs", "value": "ours"})
    for noun in (
        "secrets",
        "senders",
        "templates",
        "flows",
        "users",
        "contacts",
        "groups",
        "imports",
        "campaigns",
        "messages",
        "conversations",
    ):
        assert (await admin.get(f"/api/v1/{noun}")).json()["items"] == [], noun
    names = [key["name"] for key in (await admin.get("/api/v1/keys")).json()["items"]]
    assert names == ["admin of 1"]
