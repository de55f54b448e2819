"""The demo as somebody sees it who has just installed Clarion; the simulator's ledger is the judge."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from clarion.services.sample_people import people

CONTACTS = 200
ELIGIBLE = {person.phone[1:] for person in people(CONTACTS - 1) if not person.is_opted_out} | {
    "31657000001"  # the customer who is known by a user id alone
}


@dataclass
class Demo:
    """A running demo, and what it has printed."""

    process: asyncio.subprocess.Process
    lines: list[str] = field(default_factory=list)

    async def until(self, pattern: str, seconds: float = 60.0) -> re.Match[str]:
        """Read on until a line fits."""
        assert self.process.stdout is not None
        async with asyncio.timeout(seconds):
            while True:
                for line in self.lines:
                    if found := re.search(pattern, line):
                        return found
                raw = await self.process.stdout.readline()
                assert raw, self.lines
                self.lines.append(raw.decode())

    async def simulator(self) -> str:
        return (await self.until(r"WhatsApp +(http://\S+)/_sim"))[1]

    def family(self) -> set[int]:
        """The processes that it has started, and those that they have."""
        parents = {}
        for status in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):  # it has just ended
                text = status.read_text()
                parents[int(status.parent.name)] = int(text.rpartition(")")[2].split()[1])
        found = {self.process.pid}
        while more := {pid for pid, parent in parents.items() if parent in found} - found:
            found |= more
        return found - {self.process.pid}

    def simulators(self) -> set[int]:
        """Those of the family that are simulators."""
        return {
            pid
            for pid in self.family()
            if b"clarion.channels.simulator" in Path(f"/proc/{pid}/cmdline").read_bytes()
        }


@contextlib.asynccontextmanager
async def demo(folder: Path, *arguments: str) -> AsyncIterator[Demo]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "clarion", "demo", "--data-dir", str(folder)),
        *("--contacts", str(CONTACTS), *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    running = Demo(process)
    yield running
    if process.returncode is None:
        process.send_signal(signal.SIGINT)
        await process.communicate()


def are_alive(pids: set[int]) -> set[int]:
    return {pid for pid in pids if Path(f"/proc/{pid}").exists()}


async def until_ended(pids: set[int]) -> None:
    """Until none of them runs any more; a dead one may still wait for somebody to collect it."""
    async with asyncio.timeout(20):
        while any(state_of(pid) not in ("", "Z") for pid in pids):
            await asyncio.sleep(0.05)


def state_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return ""


async def ledger(base_url: str, **query: str) -> list[dict[str, Any]]:
    async with (
        aiohttp.ClientSession() as client,
        client.get(f"{base_url}/_sim/ledger", params=query) as answer,
    ):
        return [json.loads(line) for line in (await answer.text()).splitlines()]


async def summary(base_url: str) -> dict[str, Any]:
    async with (
        aiohttp.ClientSession() as client,
        client.get(f"{base_url}/_sim/ledger/summary") as answer,
    ):
        found: dict[str, Any] = await answer.json()
        return found


async def until_answered(base_url: str, count: int) -> set[str]:
    """Until so many people got the details of the offer, which only those get who said yes."""
    async with asyncio.timeout(60):
        while True:
            answered = {row["phone"] for row in await ledger(base_url, type="text")}
            if len(answered) >= count:
                return answered
            await asyncio.sleep(0.3)


async def test_a_shop_is_opened_messages_everybody_once_and_is_opened_again(
    traversable_folder: Path,
) -> None:
    folder = traversable_folder / "shop"
    async with demo(folder, "--port", "0") as shop:
        base_url = await shop.simulator()
        sign_in = (await shop.until(r"Sign in +(.+)"))[1]
        await shop.until(rf"Spring offer: {CONTACTS} of {CONTACTS}  ✓")

        offers = Counter(row["phone"] for row in await ledger(base_url, template="spring_offer"))
        assert offers == dict.fromkeys(ELIGIBLE, 1)
        assert (await until_answered(base_url, 10)) <= ELIGIBLE
        assert (await summary(base_url))["duplicate_attempt_count"] == 0

        family = shop.family()
        assert len(family) > 2  # the simulator, PostgreSQL and its own processes
        shop.process.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(shop.process.wait(), 30) == 0
        assert are_alive(family) == set()

    async with demo(folder, "--port", "0", "--exit-after", "2") as shop:
        base_url = await shop.simulator()
        assert (await shop.until(r"Sign in +(.+)"))[1] == sign_in
        await shop.until(rf"Spring offer: {CONTACTS} of {CONTACTS}  ✓")
        offers = Counter(row["phone"] for row in await ledger(base_url, template="spring_offer"))
        assert offers == dict.fromkeys(ELIGIBLE, 1)
        family = shop.family()
        assert await asyncio.wait_for(shop.process.wait(), 30) == 0
        assert are_alive(family) == set()


async def test_a_simulator_that_dies_is_started_again_and_sigterm_leaves_nothing(
    traversable_folder: Path,
) -> None:
    async with demo(traversable_folder / "struck", "--port", "0") as shop:
        base_url = await shop.simulator()
        (simulator,) = shop.simulators()
        os.kill(simulator, signal.SIGKILL)
        await shop.until("The simulator runs again")
        await shop.until(rf"Spring offer: {CONTACTS} of {CONTACTS}  ✓")
        offers = Counter(row["phone"] for row in await ledger(base_url, template="spring_offer"))
        assert max(offers.values()) == 1
        family = shop.family()
        shop.process.terminate()
        assert await asyncio.wait_for(shop.process.wait(), 30) == 0
        assert are_alive(family) == set()


async def test_a_port_that_is_taken_is_told_with_the_next_step(traversable_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        async with demo(traversable_folder / "taken", "--port", str(port)) as shop:
            told, _ = await shop.process.communicate()
    assert shop.process.returncode == 1
    assert b"[port.in_use]" in told
    assert b"--port" in told


async def test_a_demo_that_is_killed_takes_its_simulator_along(traversable_folder: Path) -> None:
    folder = traversable_folder / "killed"
    async with demo(folder, "--port", "0") as shop:
        await shop.simulator()
        simulators = shop.simulators()
        assert len(simulators) == 1
        shop.process.kill()
        await shop.process.wait()
        await until_ended(simulators)
    # The next start finds the database that outlived the demo, and stops it in the end.
    async with demo(folder, "--port", "0", "--exit-after", "0") as shop:
        told, _ = await shop.process.communicate()
    assert shop.process.returncode == 0, told
    assert not (folder / "postgres" / "postmaster.pid").exists()
