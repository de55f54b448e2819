"""A small shop on the real engine: PostgreSQL, the simulator over HTTP, webhooks over HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import uvicorn
from tests.engine.elsewhere import Elsewhere, serving_elsewhere
from tests.flows import OFFER

from clarion.channels.simulator import SAMPLE_TEMPLATES, Simulator, SimulatorSettings
from clarion.commands.serve import FORMS
from clarion.config import Settings
from clarion.domain.campaign import CampaignDraft
from clarion.domain.identity import Role
from clarion.domain.plan import Once
from clarion.engine.ingest import WebhookReceiver
from clarion.engine.parts import EngineSizes, Parts
from clarion.engine.worker import Worker
from clarion.services.campaigns import Campaign, create_campaign, read_campaign
from clarion.services.flows import create_flow, publish_flow
from clarion.services.place import Place
from clarion.services.scope import Actor, Scope
from clarion.services.senders import NewSender, WhatsAppConfig, create_sender
from clarion.services.work import parts_of, working
from clarion.services.workspaces import first_workspace
from clarion.store.pool import Pool, transaction
from clarion.store.secrets import Sealer

PHONE_NUMBER_ID = "106540352242922"
WABA_ID = "102290129340398"


@dataclass
class Shop:
    """A workspace with a sender, a published flow, and people in a group."""

    pool: Pool
    place: Place
    scope: Scope
    simulator: Simulator
    sender_id: int
    flow_id: int
    group_id: int
    database_url: str
    sizes: EngineSizes
    phones: list[str] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return self.place.clock()

    @property
    def fresh_scope(self) -> Scope:
        return replace(self.scope, now=self.now)

    async def add_people(self, count: int, first: int = 0) -> list[str]:
        phones = [f"+4917{20000000 + first + number}" for number in range(count)]
        async with transaction(self.pool) as connection:
            rows = await connection.fetch(
                "INSERT INTO contacts (workspace_id, name, phone) "
                "SELECT $1, 'Person ' || p, p FROM unnest($2::text[]) AS p RETURNING id",
                self.scope.workspace_id,
                phones,
            )
            await connection.executemany(
                "INSERT INTO group_members (group_id, contact_id) VALUES ($1, $2)",
                [(self.group_id, row["id"]) for row in rows],
            )
        self.phones.extend(phones)
        return phones

    async def plan(self, **changes: Any) -> Campaign:
        """A campaign that starts in a moment."""
        scope = self.fresh_scope
        draft = CampaignDraft(
            name="Spring",
            flow_id=self.flow_id,
            include_group_ids=(self.group_id,),
            start_at=scope.now + timedelta(seconds=0.3),
            end_at=scope.now + timedelta(days=7),
            plan=Once(),
        )
        async with transaction(self.pool) as connection:
            return await create_campaign(
                connection,
                scope,
                replace(draft, **changes),
                mint_code=lambda: secrets.token_hex(16),
            )

    async def campaign(self, campaign_id: int) -> Campaign:
        async with transaction(self.pool) as connection:
            return await read_campaign(connection, self.fresh_scope, campaign_id)

    async def until(self, condition: Callable[[], Awaitable[bool]], seconds: float = 30.0) -> None:
        async with asyncio.timeout(seconds):
            while not await condition():
                await asyncio.sleep(0.05)

    async def until_settled(self, campaign_id: int, seconds: float = 30.0) -> Campaign:
        """Until nobody of the campaign waits any more."""

        async def settled() -> bool:
            counts = (await self.campaign(campaign_id)).counts
            return counts.audience_count > 0 and counts.pending_count + counts.held_count == 0

        await self.until(settled, seconds)
        return await self.campaign(campaign_id)

    @contextlib.asynccontextmanager
    async def worker(self, **changes: Any) -> AsyncIterator[Worker]:
        parts: Parts = parts_of(self.place, replace(self.sizes, **changes))
        async with working(self.place, self.database_url, parts, forms=FORMS) as worker:
            yield worker

    def sends_by_phone(self) -> dict[str, int]:
        """The simulator's ledger: how many opening templates each person got."""
        found: dict[str, int] = {}
        for entry in self.simulator.ledger():
            if entry["type"] == "template":
                found[entry["to"]] = found.get(entry["to"], 0) + 1
        return found


@contextlib.asynccontextmanager
async def serving(receiver: WebhookReceiver) -> AsyncIterator[str]:
    """The receiver on a real socket."""
    config = uvicorn.Config(
        receiver, host="127.0.0.1", port=0, log_level="error", lifespan="off", access_log=False
    )
    server = uvicorn.Server(config)
    receiver.start()
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await task
    await receiver.stop()


@pytest.fixture
def simulator_settings() -> SimulatorSettings:
    return SimulatorSettings.calm()


@pytest.fixture
def sizes() -> EngineSizes:
    return EngineSizes(lease_seconds=2.0, doubt_window_seconds=3.0)


@pytest.fixture
async def elsewhere() -> AsyncIterator[Elsewhere]:
    async with serving_elsewhere() as server:
        yield server


@pytest.fixture
async def shop(
    pool: Pool,
    database_url: str,
    simulator_settings: SimulatorSettings,
    sizes: EngineSizes,
    tmp_path: Path,
) -> AsyncIterator[Shop]:
    async with aiohttp.ClientSession() as http, Simulator(simulator_settings) as simulator:
        place = Place(
            pool,
            Settings(data_dir=tmp_path),
            lambda: datetime.now(UTC),
            Sealer("a key for tests"),
            http,
        )
        async with transaction(pool) as connection:
            workspace = await first_workspace(connection, now=place.clock())
        scope = Scope(workspace.id, Actor("command", "test", Role.ADMIN), place.clock())
        async with transaction(pool) as connection:
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
                    rate_per_second=5000,
                ),
            )
            flow = await create_flow(connection, scope, OFFER)
            await publish_flow(connection, scope, flow.id)
            group_id = await connection.fetchval(
                "INSERT INTO groups (workspace_id, name) VALUES ($1, 'Everybody') RETURNING id",
                scope.workspace_id,
            )
        receiver = WebhookReceiver(parts_of(place))
        async with serving(receiver) as origin:
            await simulator.add_number(
                phone_number_id=PHONE_NUMBER_ID,
                waba_id=WABA_ID,
                token="token",
                app_secret="secret",
                verify_token=verify_token,
                callback_url=origin + sender.webhook_path,
            )
            simulator.add_templates(WABA_ID, SAMPLE_TEMPLATES)
            yield Shop(
                pool,
                place,
                scope,
                simulator,
                sender.id,
                flow.id,
                group_id,
                database_url,
                sizes,
            )
