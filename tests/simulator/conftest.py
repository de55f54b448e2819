"""A shop's number on a simulator, and a receiver that keeps what it is told."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from clarion.channels.simulator import SAMPLE_TEMPLATES, Simulator, SimulatorSettings

APP_SECRET = "s3cr3t"
SLOW = -1  # an answer that comes too late
VERIFY_TOKEN = "only-we-know"


@dataclass
class Receiver:
    """A callback: it checks signatures, keeps bodies, and fails as often as it is asked to."""

    url: str = ""
    bodies: list[bytes] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)  # statuses to give before 200
    handshakes: int = 0
    verify_token: str = VERIFY_TOKEN
    unsigned_count: int = 0
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def handle(self, request: web.Request) -> web.Response:
        if request.method == "GET":
            self.handshakes += 1
            if request.query.get("hub.verify_token") != self.verify_token:
                return web.Response(status=403)
            return web.Response(text=request.query["hub.challenge"])
        raw = await request.read()
        expected = hmac.new(APP_SECRET.encode(), raw, hashlib.sha256).hexdigest()
        if request.headers.get("X-Hub-Signature-256") != f"sha256={expected}":
            self.unsigned_count += 1
            return web.Response(status=403)
        status = self.answers.pop(0) if self.answers else 200
        if status == SLOW:
            await asyncio.sleep(0.5)
            return web.Response()
        if status == 200:
            async with self.changed:
                self.bodies.append(raw)
                self.changed.notify_all()
        return web.Response(status=status)

    def values(self, part: str) -> list[dict[str, Any]]:
        """Every status (or message, or preference) of every body, in order of arrival."""
        return [
            item
            for body in self.bodies
            for entry in json.loads(body)["entry"]
            for change in entry["changes"]
            for item in change["value"].get(part, ())
        ]

    def changes(self, name: str) -> list[dict[str, Any]]:
        """The values of every change of one field."""
        return [
            change["value"]
            for body in self.bodies
            for entry in json.loads(body)["entry"]
            for change in entry["changes"]
            if change["field"] == name
        ]

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds; a test that never sees it fails by this time limit."""
        async with asyncio.timeout(15), self.changed:
            await self.changed.wait_for(holds)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    application = web.Application()
    application.router.add_route("*", "/hook", receiver.handle)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    receiver.url = f"http://127.0.0.1:{port}/hook"
    yield receiver
    await runner.cleanup()


class Shop:
    """The business side: sends through the wire with its token."""

    def __init__(self, simulator: Simulator, client: aiohttp.ClientSession) -> None:
        self.simulator = simulator
        self.client = client
        self.headers = {"Authorization": "Bearer tok"}

    async def call(
        self, method: str, path: str, body: Any = None, **options: Any
    ) -> tuple[int, dict[str, Any]]:
        url = f"{self.simulator.base_url}{path}"
        headers = options.pop("headers", self.headers)
        async with self.client.request(
            method, url, json=body, headers=headers, **options
        ) as answer:
            return answer.status, json.loads(await answer.read())

    async def send(self, message: dict[str, Any], edge: str = "messages") -> tuple[int, Any]:
        return await self.call(
            "POST", f"/v25.0/111/{edge}", {"messaging_product": "whatsapp", **message}
        )

    async def offer(self, to: str = "+16505550001", attempt_id: str = "c1:1") -> tuple[int, Any]:
        return await self.send(spring_offer(to, attempt_id))


def spring_offer(to: str, attempt_id: str = "c1:1") -> dict[str, Any]:
    return {
        "to": to,
        "type": "template",
        "biz_opaque_callback_data": attempt_id,
        "template": {
            "name": "spring_offer",
            "language": {"code": "en_US"},
            "components": [{"type": "body", "parameters": [{"type": "text", "text": "Ana"}]}],
        },
    }


@pytest.fixture
def settings() -> SimulatorSettings:
    return SimulatorSettings.calm()


@pytest.fixture
async def simulator(settings: SimulatorSettings, receiver: Receiver) -> AsyncIterator[Simulator]:
    async with Simulator(settings) as simulator:
        await simulator.add_number(
            phone_number_id="111",
            waba_id="222",
            token="tok",
            app_secret=APP_SECRET,
            verify_token=VERIFY_TOKEN,
            callback_url=receiver.url,
            display_phone_number="15550783881",
        )
        simulator.add_templates("222", SAMPLE_TEMPLATES)
        yield simulator


@pytest.fixture
async def shop(simulator: Simulator) -> AsyncIterator[Shop]:
    async with aiohttp.ClientSession() as client:
        yield Shop(simulator, client)
