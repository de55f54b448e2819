"""Senders are added, paused, resumed and removed; the provider is a small server of our own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from clarion.domain.identity import Role
from clarion.services.templates import sync_all

SENDER = {
    "name": "shop",
    "phone_number_id": "1066",
    "waba_id": "2077",
    "token": "EAAtoken",
    "app_secret": "s3cret",
}


@dataclass
class Provider:
    """What the provider holds, and where it listens."""

    base_url: str = ""
    templates: list[dict[str, Any]] = field(default_factory=list)
    tokens_seen: list[str] = field(default_factory=list)


def template(name: str, status: str = "APPROVED", language: str = "en") -> dict[str, Any]:
    return {
        "id": f"t-{name}",
        "name": name,
        "language": language,
        "status": status,
        "category": "MARKETING",
        "components": [{"type": "BODY", "text": "Hello {{1}}"}],
    }


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    """A Graph API on an ephemeral port, as far as the management of senders needs it."""
    state = Provider()

    async def templates(request: web.Request) -> web.Response:
        state.tokens_seen.append(request.headers["authorization"])
        return web.json_response({"data": state.templates})

    async def create(request: web.Request) -> web.Response:
        asked = await request.json()
        if any(known["name"] == asked["name"] for known in state.templates):
            error = {"message": "There is already such content", "code": 2388024}
            return web.json_response({"error": error}, status=400)
        state.templates.append(template(asked["name"], "PENDING"))
        return web.json_response({"id": "77", "status": "PENDING", "category": "MARKETING"})

    async def delete(request: web.Request) -> web.Response:
        state.templates = [
            each for each in state.templates if each["name"] != request.query["name"]
        ]
        return web.json_response({"success": True})

    async def number(request: web.Request) -> web.Response:
        if request.match_info["number"] == "404":
            error = {"message": "Unsupported get request", "code": 100}
            return web.json_response({"error": error}, status=400)
        return web.json_response({"display_phone_number": "+1 555 0100", "quality_rating": "GREEN"})

    app = web.Application()
    app.router.add_get("/v25.0/{waba}/message_templates", templates)
    app.router.add_post("/v25.0/{waba}/message_templates", create)
    app.router.add_delete("/v25.0/{waba}/message_templates", delete)
    app.router.add_get("/v25.0/{number}", number)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    state.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield state
    await runner.cleanup()


async def test_a_sender_is_made_whole_and_its_secrets_are_never_shown(
    admin: Any, place: Any
) -> None:
    made = await admin.post("/api/v1/senders", json=SENDER)
    assert made.status_code == 201, made.text
    sender = made.json()
    assert sender["webhook_path"].startswith("/webhooks/whatsapp/")
    assert len(sender["verify_token"]) >= 16
    row = await place.pool.fetchrow(
        "SELECT s.*, (SELECT array_agg(lane ORDER BY lane) FROM outboxes WHERE sender_id = s.id)"
        " AS lanes, (SELECT count(*) FROM sender_leases WHERE sender_id = s.id) AS leases"
        " FROM senders s WHERE id = $1",
        sender["id"],
    )
    assert (row["lanes"], row["leases"]) == (["bulk", "conversation"], 1)
    shown = (await admin.get(f"/api/v1/senders/{sender['id']}")).text
    for secret in (SENDER["token"], SENDER["app_secret"], sender["verify_token"]):
        assert secret not in shown
        assert secret not in repr(tuple(row.values()))


async def test_two_senders_have_two_names(admin: Any) -> None:
    await admin.post("/api/v1/senders", json=SENDER)
    again = await admin.post("/api/v1/senders", json=SENDER)
    assert (again.status_code, again.json()["code"]) == (409, "sender.name_taken")


async def test_a_pause_raises_the_epoch_that_stops_the_owner(admin: Any, place: Any) -> None:
    sender = (await admin.post("/api/v1/senders", json=SENDER)).json()
    path = f"/api/v1/senders/{sender['id']}"
    before = await place.pool.fetchval("SELECT epoch FROM control_epochs")
    paused = (await admin.post(f"{path}/pause", json={"reason": "holiday"})).json()
    assert (paused["status"], paused["status_reason"]) == ("paused", "holiday")
    assert await place.pool.fetchval("SELECT epoch FROM control_epochs") == before + 1
    resumed = (await admin.post(f"{path}/resume")).json()
    assert (resumed["status"], resumed["status_reason"]) == ("active", None)


async def test_a_new_token_is_used_and_the_old_one_forgotten(
    admin: Any, provider: Provider
) -> None:
    wish = {**SENDER, "base_url": provider.base_url}
    path = f"/api/v1/senders/{(await admin.post('/api/v1/senders', json=wish)).json()['id']}"
    changed = await admin.patch(path, json={"token": "EAAnew", "rate_per_second": 10})
    assert changed.json()["rate_per_second"] == 10
    assert (await admin.post(f"{path}/sync-templates")).status_code == 200
    assert provider.tokens_seen == ["Bearer EAAnew"]


async def test_a_sender_with_waiting_messages_is_not_removed(admin: Any, place: Any) -> None:
    sender = (await admin.post("/api/v1/senders", json=SENDER)).json()
    path = f"/api/v1/senders/{sender['id']}"
    await place.pool.execute("INSERT INTO outbox_rows VALUES ($1, 'bulk', 1, 1, 1)", sender["id"])
    refused = await admin.delete(path)
    assert (refused.status_code, refused.json()["code"]) == (409, "sender.in_use")
    await place.pool.execute("DELETE FROM outbox_rows")
    assert (await admin.delete(path)).status_code == 204
    assert (await admin.get(path)).status_code == 404
    kept = await place.pool.fetchval(
        "SELECT secrets_sealed FROM senders WHERE id = $1", sender["id"]
    )
    assert kept == ""
    assert (await admin.post("/api/v1/senders", json=SENDER)).status_code == 201


async def test_health_is_asked_and_kept(admin: Any, provider: Provider) -> None:
    wish = {**SENDER, "base_url": provider.base_url}
    sender = (await admin.post("/api/v1/senders", json=wish)).json()
    fresh = (await admin.post(f"/api/v1/senders/{sender['id']}/refresh-health")).json()
    assert fresh["display_address"] == "+1 555 0100"
    assert fresh["health"]["quality"] == "GREEN"


async def test_what_the_provider_says_is_handed_on(admin: Any, provider: Provider) -> None:
    wish = {**SENDER, "phone_number_id": "404", "base_url": provider.base_url}
    sender = (await admin.post("/api/v1/senders", json=wish)).json()
    answer = await admin.post(f"/api/v1/senders/{sender['id']}/refresh-health")
    assert (answer.status_code, answer.json()["code"]) == (502, "provider.refused")
    assert answer.json()["details"]["provider"]["code"] == 100


async def test_a_provider_that_is_away_is_told(admin: Any) -> None:
    wish = {**SENDER, "base_url": "http://127.0.0.1:1"}
    sender = (await admin.post("/api/v1/senders", json=wish)).json()
    answer = await admin.post(f"/api/v1/senders/{sender['id']}/sync-templates")
    assert (answer.status_code, answer.json()["code"]) == (502, "provider.unreachable")


async def test_templates_come_change_and_go(admin: Any, provider: Provider) -> None:
    wish = {**SENDER, "base_url": provider.base_url}
    sender = (await admin.post("/api/v1/senders", json=wish)).json()
    sync = f"/api/v1/senders/{sender['id']}/sync-templates"
    provider.templates = [template("hello"), template("sale", "PENDING"), template("old")]
    first = (await admin.post(sync)).json()
    assert first == {
        "found_count": 3, "added_count": 3, "changed_count": 0, "deleted_count": 0
    }  # fmt: skip
    provider.templates = [template("hello"), template("sale"), template("new")]
    second = (await admin.post(sync)).json()
    assert second == {
        "found_count": 3, "added_count": 1, "changed_count": 1, "deleted_count": 1
    }  # fmt: skip
    page = (await admin.get("/api/v1/templates", params={"limit": 2})).json()
    rest = (await admin.get("/api/v1/templates", params={"cursor": page["next_cursor"]})).json()
    listed = [(item["name"], item["status"]) for item in page["items"] + rest["items"]]
    assert listed == [
        ("hello", "approved"), ("new", "approved"), ("old", "deleted"), ("sale", "approved")
    ]  # fmt: skip
    found = (await admin.get("/api/v1/templates", params={"search": "AL"})).json()["items"]
    assert [item["name"] for item in found] == ["sale"]
    assert found[0]["components"][0]["text"] == "Hello {{1}}"


async def test_a_template_is_handed_in_and_deleted(admin: Any, provider: Provider) -> None:
    wish = {**SENDER, "base_url": provider.base_url}
    sender = (await admin.post("/api/v1/senders", json=wish)).json()
    new = {
        "sender_id": sender["id"],
        "name": "spring",
        "language": "en",
        "category": "marketing",
        "components": [{"type": "BODY", "text": "Spring is here"}],
    }
    made = await admin.post("/api/v1/templates", json=new)
    assert made.status_code == 201, made.text
    assert (made.json()["status"], made.json()["provider_id"]) == ("pending", "77")
    again = await admin.post("/api/v1/templates", json=new)
    assert again.json()["code"] == "provider.refused"
    path = f"/api/v1/templates/{made.json()['id']}"
    assert (await admin.delete(path)).status_code == 204
    assert provider.templates == []
    assert (await admin.get(path)).json()["status"] == "deleted"


async def test_the_periodic_sync_goes_on_after_a_provider_that_refuses(
    admin: Any, place: Any, provider: Provider
) -> None:
    good = {**SENDER, "base_url": provider.base_url}
    bad = {**SENDER, "name": "bad", "waba_id": "9", "base_url": "http://127.0.0.1:1"}
    bad_id = (await admin.post("/api/v1/senders", json=bad)).json()["id"]
    good_id = (await admin.post("/api/v1/senders", json=good)).json()["id"]
    provider.templates = [template("hello")]
    results = await sync_all(place)
    assert results[bad_id].code == "provider.unreachable"
    assert results[good_id].added_count == 1


async def test_only_an_admin_adds_senders(as_role: Any) -> None:
    publisher = await as_role(Role.PUBLISHER)
    refused = await publisher.post("/api/v1/senders", json=SENDER)
    assert refused.json()["code"] == "access.forbidden"
    assert (await publisher.get("/api/v1/senders")).status_code == 200
