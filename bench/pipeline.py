"""How fast a whole campaign goes: plan, consent, flow, outbox, HTTP, receipts; and how much a message costs.

    clarion bench pipeline [--people N] [--json]

One process of Clarion (web, webhooks, scheduler and worker) on an embedded PostgreSQL sends to the
simulator, which runs in a process of its own, calm, without latency and without limits, and gives
three receipts a message.  In the same run a bare protocol sends to the same simulator: the ratio
tells how far the pipeline is from what the machine and the other side allow.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import platform
import resource
import secrets
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import structlog
import uvloop

from clarion.channels.contract import Request
from clarion.channels.wire import WireClient, WireLimits
from clarion.commands.serve import running
from clarion.config import Settings
from clarion.domain.campaign import CampaignDraft
from clarion.domain.identity import Role
from clarion.domain.plan import Once
from clarion.flow.samples import sample
from clarion.services.campaigns import create_campaign, read_campaign
from clarion.services.flows import create_flow, publish_flow
from clarion.services.scope import Actor, Scope
from clarion.services.senders import NewSender, WhatsAppConfig, create_sender
from clarion.services.workspaces import first_workspace
from clarion.store.pool import transaction

NUMBER, ACCOUNT = "111", "222"
BASELINE_SECONDS = 3.0
CONNECTIONS = 128


async def start_simulator() -> tuple[asyncio.subprocess.Process, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "clarion.channels.simulator", "--calm", "--sample", ACCOUNT,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    return process, json.loads(await process.stdout.readline())["ready"]


async def baseline(origin: str) -> float:
    """Bare sends a second to the same simulator, by the wire client alone."""
    client = WireClient(WireLimits(connections_per_origin=CONNECTIONS))
    body = json.dumps(
        {"messaging_product": "whatsapp", "to": "+4915100000000", "type": "template",
         "template": {"name": "appointment_reminder", "language": {"code": "en_US"},
                      "components": [{"type": "body", "parameters": [
                          {"type": "text", "text": "Anna"}, {"type": "text", "text": "9:30"}]}]}}
    ).encode()  # fmt: skip
    headers = (("authorization", "Bearer bare"), ("content-type", "application/json"))
    request = Request("POST", origin, "/v25.0/999/messages", headers, body)
    deadline = time.perf_counter() + BASELINE_SECONDS
    counts = [0] * CONNECTIONS

    async def go_on(number: int) -> None:
        while time.perf_counter() < deadline:
            answer = await client.send(request)
            assert answer.status == 200, answer
            counts[number] += 1

    await asyncio.gather(*(go_on(number) for number in range(CONNECTIONS)))
    await client.close()
    return sum(counts) / BASELINE_SECONDS


async def measure(people: int) -> dict[str, Any]:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir="/tmp", prefix="bench-")))
        folder.chmod(0o711)
        simulator, origin = await start_simulator()
        stack.push_async_callback(simulator.wait)
        stack.callback(simulator.terminate)
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
        settings = Settings(data_dir=folder / "data", port=0, log_level="warning")
        process = await stack.enter_async_context(running(settings))
        place = process.place
        async with transaction(place.pool) as connection:
            workspace = await first_workspace(connection, now=place.clock())
            scope = Scope(workspace.id, Actor("command", "bench", Role.ADMIN), place.clock())
            sender, verify_token = await create_sender(
                connection, scope, place.sealer,
                NewSender("bench", WhatsAppConfig(NUMBER, ACCOUNT, base_url=origin),
                          "token", "secret", rate_per_second=1_000_000),
            )  # fmt: skip
            flow = await create_flow(connection, scope, sample("spring_offer"))
            await publish_flow(connection, scope, flow.id)
            group_id = await fill(connection, scope.workspace_id, people)
        async with aiohttp.ClientSession() as http:
            spec = {"waba_id": ACCOUNT, "messages_per_second": None}
            await post(http, f"{origin}/_sim/numbers", {
                **spec, "phone_number_id": NUMBER, "token": "token", "app_secret": "secret",
                "verify_token": verify_token, "callback_url": f"{process.origin}{sender.webhook_path}",
            })  # fmt: skip
            await post(
                http, f"{origin}/_sim/numbers", {**spec, "phone_number_id": "999", "token": "bare"}
            )
        bare = await baseline(origin)
        return {
            **await run_campaign(place, scope, flow.id, group_id, people),
            "bare_per_second": round(bare),
        }


async def post(http: aiohttp.ClientSession, url: str, document: dict[str, Any]) -> None:
    async with http.post(url, json=document) as answer:
        assert answer.status < 300, await answer.text()


async def fill(connection: Any, workspace_id: int, people: int) -> int:
    group_id = await connection.fetchval(
        "INSERT INTO groups (workspace_id, name) VALUES ($1, 'Everybody') RETURNING id",
        workspace_id,
    )
    await connection.execute(
        "WITH c AS (INSERT INTO contacts (workspace_id, name, phone) "
        "SELECT $1, 'Person ' || n, '+49151' || (10000000 + n) FROM generate_series(1, $2) n RETURNING id) "
        "INSERT INTO group_members (group_id, contact_id) SELECT $3, id FROM c",
        workspace_id, people, group_id,
    )  # fmt: skip
    return int(group_id)


async def run_campaign(
    place: Any, scope: Scope, flow_id: int, group_id: int, people: int
) -> dict[str, Any]:
    now = place.clock()
    start_at = now + timedelta(seconds=1)
    draft = CampaignDraft(
        name="Bench", flow_id=flow_id, include_group_ids=(group_id,), start_at=start_at,
        end_at=now + timedelta(days=1), plan=Once(),
    )  # fmt: skip
    scope = Scope(scope.workspace_id, scope.actor, now)
    async with transaction(place.pool) as connection:
        campaign = await create_campaign(
            connection, scope, draft, mint_code=lambda: secrets.token_hex(16)
        )
    cpu = resource.getrusage(resource.RUSAGE_SELF)
    accepted_at = None
    while True:
        await asyncio.sleep(0.1)
        async with transaction(place.pool) as connection:
            counts = (await read_campaign(connection, scope, campaign.id)).counts
        if counts.accepted_count == people and accepted_at is None:
            accepted_at = place.clock()
        if counts.read_count == people and accepted_at is not None:
            break
    done_at = place.clock()
    spent = resource.getrusage(resource.RUSAGE_SELF)
    used = spent.ru_utime + spent.ru_stime - cpu.ru_utime - cpu.ru_stime
    return {
        "people": people,
        "accepted_per_second": round(people / (accepted_at - start_at).total_seconds()),
        "with_receipts_per_second": round(people / (done_at - start_at).total_seconds()),
        "cpu_us_per_message": round(used / people * 1e6),
        "peak_memory_mb": round(spent.ru_maxrss / 1024),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=50_000)
    parser.add_argument("--json", action="store_true", help="print only JSON")
    options = parser.parse_args()
    figures = uvloop.run(measure(options.people))
    figures["ratio_to_bare"] = round(figures["accepted_per_second"] / figures["bare_per_second"], 3)
    figures["machine"] = (
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    )
    if not options.json:
        for name, value in figures.items():
            print(f"{name:28} {value}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
