"""A secret is kept, replaced and forgotten, and its value never comes out again."""

from __future__ import annotations

from typing import Any

from clarion.domain.identity import Role
from clarion.engine.calls import secret_context

CALLING: dict[str, Any] = {
    "schema": "clarion.flow/1",
    "name": "Stock",
    "trigger": {"kind": "manual"},
    "nodes": [
        {"id": "start", "kind": "start", "exits": {"next": "ask"}},
        {
            "id": "ask",
            "kind": "http_request",
            "config": {
                "url": "https://shop.example/stock",
                "headers": {"Authorization": "Bearer {{ secrets.stock_token }}"},
            },
            "exits": {"next": "end", "failed": "end"},
        },
        {"id": "end", "kind": "end"},
    ],
}


async def test_a_secret_is_kept_replaced_and_forgotten(place: Any, admin: Any, scope: Any) -> None:
    async def value() -> str:
        sealed = await place.pool.fetchval("SELECT sealed FROM secrets WHERE name = 'stock_token'")
        context = secret_context(scope.workspace_id, "stock_token")
        opened: str = place.sealer.open(sealed, context=context)
        return opened

    kept = await admin.post("/api/v1/secrets", json={"name": "stock_token", "value": "first"})
    assert (kept.status_code, kept.json()["name"]) == (201, "stock_token"), kept.text
    assert await value() == "first"
    again = await admin.post("/api/v1/secrets", json={"name": "stock_token", "value": "other"})
    assert (again.status_code, again.json()["code"]) == (409, "secret.name_taken")
    assert await value() == "first"
    replaced = await admin.put("/api/v1/secrets/stock_token", json={"value": "second"})
    assert replaced.status_code == 200, replaced.text
    assert await value() == "second"
    listed = await admin.get("/api/v1/secrets")
    assert [each["name"] for each in listed.json()["items"]] == ["stock_token"]
    for answer in (kept, replaced, listed, await admin.get("/api/v1/audit")):
        assert "first" not in answer.text
        assert "second" not in answer.text
    assert (await admin.delete("/api/v1/secrets/stock_token")).status_code == 204
    gone = await admin.put("/api/v1/secrets/stock_token", json={"value": "third"})
    assert (gone.status_code, gone.json()["code"]) == (404, "secret.not_found")


async def test_the_list_tells_which_flows_name_a_secret(admin: Any) -> None:
    for name in ("stock_token", "stock"):
        await admin.post("/api/v1/secrets", json={"name": name, "value": "v"})
    made = await admin.post("/api/v1/flows", json={"definition": CALLING})
    assert made.status_code == 201, made.text
    items = (await admin.get("/api/v1/secrets")).json()["items"]
    assert {each["name"]: each["flow_names"] for each in items} == {
        "stock": [],
        "stock_token": ["Stock"],
    }


async def test_only_admins_set_secrets_and_a_name_is_a_word(
    admin: Any, as_role: Any, scope: Any
) -> None:
    bad = await admin.post("/api/v1/secrets", json={"name": "two words", "value": "v"})
    assert (bad.status_code, bad.json()["code"]) == (422, "secret.name_invalid")
    publisher = await as_role(Role.PUBLISHER, scope)
    assert (await publisher.get("/api/v1/secrets")).status_code == 200
    refused = await publisher.post("/api/v1/secrets", json={"name": "mine", "value": "v"})
    assert refused.status_code == 403
