"""A whole installation to look at: the real server, the simulator, and a small shop.

``python -m tests.console.world --port 8123`` keeps one running for whoever builds a screen.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import secrets
import signal
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import APIRequestContext

from clarion.channels.simulator import (
    SAMPLE_TEMPLATES,
    PeopleSettings,
    RateSettings,
    Simulator,
    SimulatorSettings,
    Spread,
    TimingSettings,
)
from clarion.commands.serve import Running, running
from clarion.config import Settings
from clarion.domain.campaign import CampaignDraft
from clarion.domain.identity import Role
from clarion.domain.plan import Daily, Once
from clarion.services.campaigns import create_campaign
from clarion.services.flows import create_flow, publish_flow
from clarion.services.scope import Actor, Scope
from clarion.services.senders import NewSender, WhatsAppConfig, create_sender
from clarion.services.templates import sync_templates
from clarion.services.users import create_user
from clarion.services.workspaces import first_workspace, update_workspace
from clarion.store.pool import transaction

EMAIL = "ana@shop.example"
PASSWORD = "a good password"
ZONE = "Asia/Shanghai"
SAMPLES = Path(__file__).parents[2] / "src" / "clarion" / "flow" / "samples"
REGULARS_COUNT = 60
PHONE_NUMBER_ID, WABA_ID = "106540352242922", "102290129340398"

# People who answer within seconds, and some to whom a message comes to nothing.
LIVELY = SimulatorSettings(
    people=PeopleSettings(not_on_whatsapp_share=0.06, capped_share=0.03),
    timing=TimingSettings(
        sent=Spread(0.1),
        delivered=Spread(0.3, 0.5, 3.0),
        read=Spread(1.0, 0.5, 5.0),
        reply=Spread(1.0, 0.5, 5.0),
    ),
    rates=RateSettings(messages_per_second=None, is_pair_limited=False),
)


@dataclass(frozen=True, slots=True)
class World:
    """Where it listens, and what is in it."""

    origin: str
    flow_id: int
    regulars_id: int

    def hand_over(self, request: APIRequestContext, name: str) -> str:
        """Let a flow hand the regulars over to people, through the API.

        Gives the name of somebody who waits and whose message arrived: whoever has no WhatsApp is
        written to no more, and simulated people differ by their numbers.
        """
        headers = self.signed_in(request)
        made = request.post("/api/v1/flows", headers=headers, data={"definition": _hand_over(name)})
        assert made.ok, made.text()
        flow_id = made.json()["id"]
        published = request.post(f"/api/v1/flows/{flow_id}/publish", headers=headers, data={})
        assert published.ok, published.text()
        campaign_id = self._plan(request, headers, name, flow_id=flow_id)
        while True:
            for each in request.get("/api/v1/conversations").json()["items"]:
                asked = {"contact_id": each["contact_id"], "campaign_id": campaign_id}
                told = request.get("/api/v1/messages", params=asked).json()["items"]
                if any(message["delivered_at"] is not None for message in told):
                    return str(each["contact_name"])
            time.sleep(0.3)

    def plan_for_new_people(self, request: APIRequestContext, name: str, count: int) -> str:
        """A campaign of the day after tomorrow for people of its own, whom no other story writes to.

        Gives the name of their group.  They can opt out, and only here.
        """
        headers = self.signed_in(request)
        group_name = f"Readers of {name}"
        first = secrets.randbelow(9_000_000) + 1_000_000
        for index in range(count):
            person = {
                "name": f"Reader {index}",
                "phone": f"+49171{first + index}",
                "group_names": [group_name],
            }
            added = request.post("/api/v1/contacts", headers=headers, data=person)
            assert added.ok, added.text()
        found = request.get("/api/v1/groups", params={"name": group_name}).json()["items"]
        in_two_days = datetime.now(UTC) + timedelta(days=2)
        group_ids = [found[0]["id"]]
        self._plan(
            request, headers, name, include_group_ids=group_ids, start_at=in_two_days.isoformat()
        )
        return group_name

    def signed_in(self, request: APIRequestContext) -> dict[str, str]:
        """Sign in at the API; gives the header that changes need."""
        entered = request.post("/api/v1/sign-in", data={"email": EMAIL, "password": PASSWORD})
        assert entered.ok, entered.text()
        cookies = {each["name"]: each["value"] for each in request.storage_state()["cookies"]}
        return {"X-CSRF-Token": cookies["clarion_csrf"]}

    def run_campaign(self, request: APIRequestContext, name: str) -> int:
        """Let a campaign run for the regulars, through the API; gives its id when it is done."""
        headers = self.signed_in(request)
        description = "Two for one until Sunday"
        campaign_id = self._plan(request, headers, name, description=description)
        address = f"/api/v1/campaigns/{campaign_id}"
        while not _is_done(request.get(address).json()):
            time.sleep(0.3)
        return campaign_id

    def _plan(
        self, request: APIRequestContext, headers: dict[str, str], name: str, **wanted: Any
    ) -> int:
        """Make a campaign; without more it runs once for the regulars, in three seconds."""
        now = datetime.now(UTC)
        usual = {
            "name": name,
            "flow_id": self.flow_id,
            "include_group_ids": [self.regulars_id],
            "start_at": (now + timedelta(seconds=3)).isoformat(),
            "end_at": (now + timedelta(days=3)).isoformat(),
            "plan": {"kind": "once"},
        }
        made = request.post("/api/v1/campaigns", headers=headers, data={**usual, **wanted})
        assert made.ok, made.text()
        return int(made.json()["id"])


def _is_done(campaign: dict[str, Any]) -> bool:
    return campaign["counts"]["replied_count"] > 0 and not campaign["counts"]["pending_count"]


@contextlib.asynccontextmanager
async def world(
    settings: Settings, *, people_count: int, rate_per_second: float
) -> AsyncIterator[World]:
    """A shop whose campaign of yesterday is suspended, and whose next one waits."""
    async with contextlib.AsyncExitStack() as stack:
        simulator = await stack.enter_async_context(Simulator(LIVELY))
        with_wall = settings.model_copy(update={"simulator_url": simulator.base_url})
        process = await stack.enter_async_context(running(with_wall))
        assert process.origin is not None
        yield await _furnish(process, process.origin, simulator, people_count, rate_per_second)


async def _furnish(
    process: Running, origin: str, simulator: Simulator, people_count: int, rate_per_second: float
) -> World:
    place = process.place
    now = datetime.now(UTC)
    async with transaction(place.pool) as connection:
        workspace = await first_workspace(connection, now=now)
    scope = Scope(workspace.id, Actor("command", "test", Role.ADMIN), now)
    async with transaction(place.pool) as connection:
        await update_workspace(connection, scope, name="Green Shop", zone=ZONE)
        await create_user(
            connection, scope, email=EMAIL, name="Ana", password=PASSWORD, role=Role.ADMIN
        )
        sender, verify_token = await create_sender(
            connection,
            scope,
            place.sealer,
            NewSender(
                name="shop",
                config=WhatsAppConfig(
                    PHONE_NUMBER_ID, WABA_ID, base_url=simulator.base_url, version="v25.0"
                ),
                token="token",
                app_secret="secret",
                rate_per_second=rate_per_second,
            ),
        )
    await simulator.add_number(
        phone_number_id=PHONE_NUMBER_ID,
        waba_id=WABA_ID,
        token="token",
        app_secret="secret",
        verify_token=verify_token,
        callback_url=origin + sender.webhook_path,
    )
    simulator.add_templates(WABA_ID, SAMPLE_TEMPLATES)
    await sync_templates(place, scope, sender.id)
    async with transaction(place.pool) as connection:
        flow_id = await _flow(connection, scope, "spring_offer")
        await create_flow(connection, scope, _sample("feedback_score"))
        group_id = await _group(connection, scope, "Newsletter", people_count, 0)
        other_group_id = await _group(connection, scope, "Staff", 4, people_count)
        regulars_id = await _group(connection, scope, "Regulars", REGULARS_COUNT, people_count + 4)
        draft = CampaignDraft(
            name="Autumn letter",
            description="What is new in the shop",
            flow_id=flow_id,
            include_group_ids=(group_id,),
            exclude_group_ids=(other_group_id,),
            start_at=now + timedelta(hours=20),
            end_at=now + timedelta(days=14),
            plan=Daily(),
        )
        for each in (
            draft,
            replace(
                draft,
                name="A very long name of sixty characters that has to be cut off",
                plan=Once(),
            ),
        ):
            await create_campaign(connection, scope, each, mint_code=lambda: secrets.token_hex(16))
    return World(origin, flow_id, regulars_id)


def _hand_over(name: str) -> dict[str, Any]:
    template = {
        "template": "spring_offer",
        "language": "en_US",
        "body": ["{{ contact.name }}"],
        "buttons": [
            {"index": 0, "sub_type": "quick_reply", "value": "YES"},
            {"index": 1, "sub_type": "quick_reply", "value": "NO"},
        ],
    }
    return {
        "schema": "clarion.flow/1",
        "name": name,
        "trigger": {"kind": "manual"},
        "nodes": [
            {"id": "start", "kind": "start", "exits": {"next": "offer"}},
            {
                "id": "offer",
                "kind": "send_whatsapp_template",
                "config": template,
                "exits": {"next": "person"},
            },
            {
                "id": "person",
                "kind": "hand_over",
                "config": {"note": "Asked for advice: {{ contact.name }}"},
            },
        ],
    }


def _sample(name: str) -> dict[str, Any]:
    definition: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))
    return definition


async def _flow(connection: Any, scope: Scope, name: str) -> int:
    flow = await create_flow(connection, scope, _sample(name))
    await publish_flow(connection, scope, flow.id)
    return flow.id


async def _group(connection: Any, scope: Scope, name: str, count: int, first: int) -> int:
    group_id: int = await connection.fetchval(
        "INSERT INTO groups (workspace_id, name) VALUES ($1, $2) RETURNING id",
        scope.workspace_id,
        name,
    )
    await connection.execute(
        "WITH added AS (INSERT INTO contacts (workspace_id, name, phone)"
        " SELECT $1, (ARRAY['Ana', 'Bo', 'Chen', '小丽', 'Zoë'])[1 + n % 5] || ' ' || n,"
        " '+491702' || lpad((n + $4)::text, 7, '0') FROM generate_series(1, $3::int) n RETURNING id)"
        " INSERT INTO group_members (group_id, contact_id) SELECT $2, id FROM added",
        scope.workspace_id,
        group_id,
        count,
        first,
    )
    return group_id


@contextlib.contextmanager
def world_in_thread(settings: Settings, **sizes: Any) -> Iterator[World]:
    """The same beside a test that blocks: it has an event loop and a thread of its own."""
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    opened: list[Any] = []
    is_open = threading.Event()

    async def run() -> None:
        try:
            async with world(settings, **sizes) as made:
                opened.append(made)
                is_open.set()
                await stop.wait()
        except BaseException as error:
            opened.append(error)
            raise
        finally:
            is_open.set()

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()), name="world")
    thread.start()
    is_open.wait()
    try:
        if not isinstance(opened[0], World):
            raise opened[0]
        yield opened[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


async def _keep(port: int, data_dir: Path, people_count: int) -> None:
    settings = Settings(port=port, data_dir=data_dir)
    async with world(settings, people_count=people_count, rate_per_second=20) as made:
        print(f"{made.origin}/console/  {EMAIL} / {PASSWORD}", flush=True)  # noqa: T201
        told = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, told.set)
        await told.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--data-dir", type=Path, required=True, help="an empty folder")
    parser.add_argument("--people", type=int, default=1500)
    given = parser.parse_args()
    asyncio.run(_keep(given.port, given.data_dir, given.people))
