"""The phones of simulated people are looked at, and answered for, through the REST API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from clarion.channels.simulator import SAMPLE_TEMPLATES, Simulator, SimulatorSettings
from clarion.domain.identity import Role
from clarion.services.place import Place

PATH = "/api/v1/simulator/senders"
PHONE = "16505551234"
SENDER = {"phone_number_id": "111", "waba_id": "222", "token": "tok", "app_secret": "s3cret"}


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with Simulator(SimulatorSettings.calm()) as simulator:
        await simulator.add_number(phone_number_id="111", waba_id="222", token="tok")
        simulator.add_templates("222", SAMPLE_TEMPLATES)
        yield simulator


@pytest.fixture
async def place(place: Place, simulator: Simulator) -> Place:
    """The same place, with a simulator of its own."""
    settings = place.settings.model_copy(update={"simulator_url": simulator.base_url})
    return replace(place, settings=settings)


@pytest.fixture
async def sender_id(admin: Any, simulator: Simulator) -> int:
    made = await admin.post(
        "/api/v1/senders", json={**SENDER, "name": "shop", "base_url": simulator.base_url}
    )
    assert made.status_code == 201, made.text
    return int(made.json()["id"])


async def test_a_phone_is_seen_and_answered_for(
    admin: Any, simulator: Simulator, sender_id: int
) -> None:
    await admin.post("/api/v1/contacts", json={"name": "Ann from the shop", "phone": f"+{PHONE}"})
    simulator.say(PHONE, phone_number_id="111", text="Hello?")
    senders = (await admin.get(PATH)).json()["items"]
    assert [each["id"] for each in senders] == [sender_id]

    wall = (await admin.get(f"{PATH}/{sender_id}/phones")).json()
    (phone,) = wall["newest"]
    assert (phone["phone"], phone["name"]) == (PHONE, "Ann from the shop")
    assert [line["body"] for line in phone["lines"]] == ["Hello?"]

    said = await admin.post(f"{PATH}/{sender_id}/phones/{PHONE}/say", json={"text": "Anybody?"})
    assert said.status_code == 204, said.text
    assert simulator.world.status_counts["inbound"] == 2
    asked = {"phone": [PHONE, "16505550000"], "limit": 0}
    wall = (await admin.get(f"{PATH}/{sender_id}/phones", params=asked)).json()
    assert [len(each["lines"]) for each in wall["asked"]] == [2, 0]
    assert wall["newest"] == []


async def test_people_stop_answering_by_themselves(
    admin: Any, as_role: Any, simulator: Simulator, sender_id: int
) -> None:
    author = await as_role(Role.AUTHOR)
    path = f"{PATH}/{sender_id}/answering"
    refused = await author.post(path, json={"is_answering": False})
    assert (refused.status_code, refused.json()["code"]) == (403, "access.forbidden")
    assert (await admin.post(path, json={"is_answering": False})).status_code == 204
    assert simulator.world.settings.people.is_answering is False
    assert (await author.get(f"{PATH}/{sender_id}/phones")).json()["is_answering"] is False


async def test_only_the_own_simulator_is_ever_asked(
    admin: Any, as_role: Any, other_scope: Any, simulator: Simulator, sender_id: int
) -> None:
    other = {**SENDER, "name": "real", "base_url": f"{simulator.base_url}/elsewhere"}
    real_id = (await admin.post("/api/v1/senders", json=other)).json()["id"]
    refused = await admin.get(f"{PATH}/{real_id}/phones")
    assert (refused.status_code, refused.json()["code"]) == (409, "simulator.not_used")
    stranger = await as_role(Role.ADMIN, other_scope)
    missing = await stranger.get(f"{PATH}/{sender_id}/phones")
    assert (missing.status_code, missing.json()["code"]) == (404, "sender.not_found")
    odd = await admin.post(f"{PATH}/{sender_id}/phones/..%2Freset/say", json={"text": "x"})
    assert odd.status_code in {404, 422}
    viewer = await as_role(Role.VIEWER)
    words = {"json": {"text": "x"}}
    refused = await viewer.post(f"{PATH}/{sender_id}/phones/{PHONE}/say", **words)
    assert refused.json()["code"] == "access.forbidden"


async def test_a_simulator_that_is_gone_is_told(
    admin: Any, simulator: Simulator, sender_id: int
) -> None:
    await simulator.stop()
    failed = await admin.get(f"{PATH}/{sender_id}/phones")
    assert (failed.status_code, failed.json()["code"]) == (500, "simulator.failed")
