"""A template is handed in, changed and followed until the platform approves it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from clarion.channels.simulator import Simulator, SimulatorSettings
from clarion.domain.identity import Role

BODY = [{"type": "BODY", "text": "Hi {{1}}, we open at nine.", "example": {"body_text": [["Ann"]]}}]
NEW = {"name": "opening_hours", "language": "en", "category": "utility", "components": BODY}


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with Simulator(SimulatorSettings.calm()) as simulator:
        await simulator.add_number(phone_number_id="111", waba_id="222", token="tok")
        yield simulator


@pytest.fixture
async def sender_id(admin: Any, simulator: Simulator) -> int:
    sender = {
        "name": "shop",
        "phone_number_id": "111",
        "waba_id": "222",
        "token": "tok",
        "app_secret": "s3cret",
        "base_url": simulator.base_url,
    }
    return int((await admin.post("/api/v1/senders", json=sender)).json()["id"])


async def synchronised(admin: Any, simulator: Simulator, sender_id: int, path: str) -> Any:
    await simulator.settle()
    synced = await admin.post(f"/api/v1/senders/{sender_id}/sync-templates")
    assert synced.status_code == 200, synced.text
    return (await admin.get(path)).json()


async def test_a_template_is_changed_and_reviewed_again(
    admin: Any, simulator: Simulator, sender_id: int
) -> None:
    made = await admin.post("/api/v1/templates", json={**NEW, "sender_id": sender_id})
    assert (made.status_code, made.json()["status"]) == (201, "pending"), made.text
    path = f"/api/v1/templates/{made.json()['id']}"
    assert (await synchronised(admin, simulator, sender_id, path))["status"] == "approved"

    other = [{**BODY[0], "text": "Hi {{1}}, we open at ten."}]
    changed = await admin.patch(path, json={"components": other})
    assert (changed.status_code, changed.json()["status"]) == (200, "pending"), changed.text
    found = await synchronised(admin, simulator, sender_id, path)
    assert found["status"] == "approved"
    assert found["components"][0]["text"] == "Hi {{1}}, we open at ten."


async def test_what_the_platform_refuses_is_told_and_changes_nothing(
    admin: Any, as_role: Any, simulator: Simulator, sender_id: int
) -> None:
    made = await admin.post("/api/v1/templates", json={**NEW, "sender_id": sender_id})
    path = f"/api/v1/templates/{made.json()['id']}"
    before = await synchronised(admin, simulator, sender_id, path)
    refused = await admin.patch(path, json={"components": [{"type": "FOOTER", "text": "Bye"}]})
    assert (refused.status_code, refused.json()["code"]) == (502, "provider.refused")
    assert (await admin.get(path)).json() == before
    author = await as_role(Role.AUTHOR)
    forbidden = await author.patch(path, json={"components": BODY})
    assert forbidden.json()["code"] == "access.forbidden"


async def test_a_template_is_stopped_allowed_and_put_away(
    admin: Any, as_role: Any, simulator: Simulator, sender_id: int
) -> None:
    made = await admin.post("/api/v1/templates", json={**NEW, "sender_id": sender_id})
    path = f"/api/v1/templates/{made.json()['id']}"
    before = await synchronised(admin, simulator, sender_id, path)
    assert (before["sending_status"], before["is_sending_allowed"]) == ("approved", True)
    stopped = await admin.patch(f"{path}/switches", json={"is_sending_allowed": False})
    assert (stopped.status_code, stopped.json()["sending_status"]) == (200, "stopped")
    # What the provider says is one thing, what we do another.
    after = await synchronised(admin, simulator, sender_id, path)
    assert (after["status"], after["sending_status"]) == ("approved", "stopped")

    away = {"is_sending_allowed": True, "is_archived": True, "is_stopped_as_marketing": True}
    archived = (await admin.patch(f"{path}/switches", json=away)).json()
    assert (archived["sending_status"], archived["is_stopped_as_marketing"]) == ("archived", True)
    assert archived["archived_at"]
    back = (await admin.patch(f"{path}/switches", json={"is_archived": False})).json()
    assert (back["sending_status"], back["archived_at"]) == ("approved", None)
    nothing = await admin.patch(f"{path}/switches", json={})
    assert (nothing.status_code, nothing.json()["code"]) == (422, "request.invalid")
    author = await as_role(Role.AUTHOR)
    refused = await author.patch(f"{path}/switches", json={"is_archived": True})
    assert refused.json()["code"] == "access.forbidden"
