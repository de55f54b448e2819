"""Opening a house: its database, its platform, a sender, a flow and an empty group."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from tests.chaos.house import LEASE_SECONDS, PHONE_NUMBER_ID, SECRET_KEY, WABA_ID, House
from tests.chaos.processes import Nursery, Process, free_port
from tests.flows import ONE_MESSAGE

from clarion.channels.simulator import SAMPLE_TEMPLATES
from clarion.domain.identity import Role
from clarion.services.flows import create_flow, publish_flow
from clarion.services.scope import Actor, Scope
from clarion.services.senders import NewSender, WhatsAppConfig, create_sender
from clarion.services.workspaces import first_workspace
from clarion.store.pool import create_pool, transaction
from clarion.store.secrets import Sealer


@contextlib.asynccontextmanager
async def house_of(
    nursery: Nursery,
    folder: Path,
    database_url: str,
    environment: Mapping[str, str],
    platform: Callable[[House], Awaitable[str]],
    *,
    callback_is_registered_by: Callable[[House, str, str], Awaitable[None]],
    rate_per_second: float,
) -> AsyncIterator[House]:
    """A house with an empty group; ``platform`` starts the platform and gives its address."""
    pool = await create_pool(database_url, maximum_size=3, application_name="judge")
    scope_actor = Actor("command", "test", Role.ADMIN)
    processes: list[Process] = []
    async with aiohttp.ClientSession() as http:
        try:
            async with transaction(pool) as connection:
                workspace = await first_workspace(connection, now=datetime.now(UTC))
            house = House(
                folder=folder,
                pool=pool,
                environment={
                    "CLARION_DATA_DIR": str(folder / "data"),
                    "CLARION_SECRET_KEY": SECRET_KEY,
                    "CLARION_LEASE_SECONDS": str(LEASE_SECONDS),
                    "CLARION_LOG_FORMAT": "json",
                    **environment,
                },
                port=free_port(),
                ledger_path=folder / "ledger.jsonl",
                platform_url="",
                http=http,
                nursery=nursery,
                processes=processes,
                scope=Scope(workspace.id, scope_actor, datetime.now(UTC)),
            )
            house.platform_url = await platform(house)
            callback = await _furnish(house, rate_per_second)
            await callback_is_registered_by(house, *callback)
            yield house
        finally:
            for process in reversed(processes):
                process.clear_away()
            await pool.close()


async def _furnish(house: House, rate_per_second: float) -> tuple[str, str]:
    """A sender, a flow and a group; returns the callback's path and verify token."""
    async with transaction(house.pool) as connection:
        sender, verify_token = await create_sender(
            connection,
            house.scope,
            Sealer(SECRET_KEY),
            NewSender(
                name="shop",
                config=WhatsAppConfig(PHONE_NUMBER_ID, WABA_ID, base_url=house.platform_url),
                token="token",
                app_secret="secret",
                rate_per_second=rate_per_second,
            ),
        )
        flow = await create_flow(connection, house.scope, ONE_MESSAGE)
        await publish_flow(connection, house.scope, flow.id)
        house.group_id = await connection.fetchval(
            "INSERT INTO groups (workspace_id, name) VALUES ($1, 'Everybody') RETURNING id",
            house.scope.workspace_id,
        )
    house.sender_id, house.flow_id = sender.id, flow.id
    return sender.webhook_path, verify_token


async def start_simulator(house: House) -> str:
    """The simulator in a process of its own, its ledger on a file."""
    settings = house.folder / "simulator.json"
    settings.write_text(
        json.dumps(
            {
                "answers": {"latency": {"median_seconds": 0.02, "sigma": 0.6, "max_seconds": 0.5}},
                "webhooks": {"is_handshake_required": False, "retry_max_seconds": 0.5},
            }
        )
    )
    arguments = ["simulator", "--calm", "--settings", str(settings)]
    arguments += ["--ledger", str(house.ledger_path)]
    process = Process(house.nursery, arguments, {}, house.folder / "simulator.log")
    house.processes.append(process)
    await process.until_said("ready")
    line = next(line for line in process.said().splitlines() if '"ready"' in line)
    return str(json.loads(line)["ready"])


async def register_with_simulator(house: House, path: str, verify_token: str) -> None:
    """Put the number into service; webhooks go to the port on which ``serve`` will listen."""
    await house.direct(
        "numbers",
        {
            "phone_number_id": PHONE_NUMBER_ID,
            "waba_id": WABA_ID,
            "token": "token",
            "app_secret": "secret",
            "verify_token": verify_token,
            "callback_url": f"http://127.0.0.1:{house.port}{path}",
        },
    )
    await house.direct(
        "templates", [{**template, "waba_id": WABA_ID} for template in SAMPLE_TEMPLATES]
    )
