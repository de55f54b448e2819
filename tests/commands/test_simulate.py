"""``clarion simulate``: the simulated WhatsApp as a server of its own."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path

import aiohttp


async def simulate(*arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "clarion", "simulate", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def test_it_tells_where_it_listens_and_stops_on_ctrl_c(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.ndjson"
    first = await simulate(
        *("--port", "0", "--seed", "7", "--speed", "20", "--calm", "--json"),
        *("--ledger", str(ledger), "--sample", "222"),
    )
    assert first.stdout is not None
    told = json.loads(await first.stdout.readuntil(b"}"))
    async with (
        aiohttp.ClientSession() as client,
        client.get(f"{told['control_url']}/settings") as answer,
    ):
        settings = await answer.json()
    assert (settings["seed"], settings["speed"]) == (7, 20)
    assert settings["people"]["not_on_whatsapp_share"] == 0
    assert ledger.exists()

    port = told["base_url"].rpartition(":")[2]
    second = await simulate("--port", port)
    _, error = await second.communicate()
    assert second.returncode == 1
    assert b"[port.in_use]" in error

    first.send_signal(signal.SIGINT)
    assert await first.wait() == 0


async def test_settings_that_are_wrong_are_told_by_name(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"people": {"reeds_share": 1}}')
    process = await simulate("--port", "0", "--settings", str(path))
    _, error = await process.communicate()
    assert process.returncode == 1
    assert b"reeds_share" in error
    assert b"Traceback" not in error
