"""Somebody else's server, which flows ask over real HTTP."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from tests.flows import step


@dataclass
class Elsewhere:
    """Somebody else's server: what it was asked, and what it answers next.

    ``usual`` is what it answers when no answer is prepared.  While the gate is closed, only the first ``open_count`` requests are answered.
    """

    origin: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    answers: list[web.Response] = field(default_factory=list)
    usual: Any = field(default_factory=dict)
    open_count: int = 0
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, request: web.Request) -> web.Response:
        self.requests.append(
            {
                "method": request.method,
                "path": request.raw_path,
                "headers": dict(request.headers),
                "body": await request.text(),
            }
        )
        if len(self.requests) > self.open_count:
            await self.gate.wait()
        return self.answers.pop(0) if self.answers else web.json_response(self.usual)

    @property
    def keys(self) -> list[str]:
        return [each["headers"]["Idempotency-Key"] for each in self.requests]


@contextlib.asynccontextmanager
async def serving_elsewhere() -> AsyncIterator[Elsewhere]:
    server = Elsewhere()
    server.gate.set()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", server.serve)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    server.gate.set()
    await runner.cleanup()


def http(config: dict[str, Any], **exits: str) -> dict[str, Any]:
    return step("http_request", config, **exits)
