"""The simulator as a process of its own: ready line, clean stop, and a ledger that survives a kill."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

import aiohttp


async def start(*arguments: str) -> tuple[asyncio.subprocess.Process, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "clarion.channels.simulator",
        *("--calm", "--sample", "222", *arguments),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    ready = json.loads(await process.stdout.readline())
    assert ready["pid"] == process.pid
    return process, ready["ready"]


async def offer(client: aiohttp.ClientSession, base_url: str, attempt_id: str) -> Any:
    number = {"phone_number_id": "111", "waba_id": "222", "token": "tok"}
    await client.post(f"{base_url}/_sim/numbers", json=number)
    message = {
        "messaging_product": "whatsapp",
        "to": "+16505551234",
        "type": "template",
        "biz_opaque_callback_data": attempt_id,
        "template": {
            "name": "spring_offer",
            "language": {"code": "en_US"},
            "components": [{"type": "body", "parameters": [{"type": "text", "text": "Ana"}]}],
        },
    }
    answer = await client.post(
        f"{base_url}/v25.0/111/messages", json=message, headers={"Authorization": "Bearer tok"}
    )
    return await answer.json()


async def test_it_stops_cleanly_on_sigterm():
    process, _ = await start()

    process.send_signal(signal.SIGTERM)

    assert await process.wait() == 0


async def test_a_killed_simulator_has_lost_nothing_and_hands_out_no_id_twice(tmp_path: Path):
    ledger = tmp_path / "ledger.ndjson"
    async with aiohttp.ClientSession() as client:
        process, base_url = await start("--ledger", str(ledger))
        first = await offer(client, base_url, "c1:1")
        process.kill()
        await process.wait()
        with ledger.open("ab") as file:
            file.write(b'{"torn":')  # what a kill in the middle of a row leaves

        process, base_url = await start("--ledger", str(ledger))
        second = await offer(client, base_url, "c1:2")
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 0

    rows = [json.loads(line) for line in ledger.read_text().splitlines()]
    assert [row["attempt_id"] for row in rows] == ["c1:1", "c1:2"]
    assert first["messages"][0]["id"] == rows[0]["wamid"]
    assert second["messages"][0]["id"] == rows[1]["wamid"] != rows[0]["wamid"]


async def test_a_taken_port_is_explained():
    process, base_url = await start()
    again = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "clarion.channels.simulator",
        *("--port", base_url.rpartition(":")[2]),
        stderr=asyncio.subprocess.PIPE,
    )
    _, complaint = await again.communicate()
    process.terminate()
    await process.wait()

    assert again.returncode == 1
    assert complaint.startswith(b"simulator: ")
