"""The application behind a real server on a real socket, with parts that break."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import uvicorn

from clarion.web.app import create_app
from clarion.web.limits import RateLimits
from clarion.web.routing import noun_router

breaking = noun_router("breaking")


@breaking.get("/break", operation_id="breaking_read", summary="Breaks")
async def breaking_read() -> None:
    raise RuntimeError("the secret inside of the server")


@asynccontextmanager
async def served(app: Any) -> AsyncIterator[str]:
    """Serve on an ephemeral port."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await task


async def test_a_bug_is_answered_with_the_request_id_and_nothing_of_the_inside(
    place: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    app = create_app(place, routers=(breaking,))
    async with served(app) as address, httpx.AsyncClient(base_url=address) as client:
        answer = await client.get("/api/v1/break", headers={"X-Request-Id": "r17"})
        after = await client.get("/healthz")
    assert (answer.status_code, answer.json()["code"]) == (500, "server.failed")
    assert answer.json()["request_id"] == "r17"
    assert "secret inside" not in answer.text
    assert after.status_code == 200
    told = capsys.readouterr().out
    assert "secret inside" in told  # whoever runs the server can see it
    assert "r17" in told


async def test_webhooks_and_calls_of_the_compatible_endpoint_go_their_own_ways(
    place: Any,
) -> None:
    def answering(text: str) -> Any:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": text.encode()})

        return app

    app = create_app(place, webhooks=answering("webhook"), rpc=answering("rpc"))
    async with served(app) as address, httpx.AsyncClient(base_url=address) as client:
        assert (await client.post("/webhooks/whatsapp/k")).text == "webhook"
        assert (await client.post("/", headers={"x-acs-action": "Any"})).text == "rpc"
        assert (await client.get("/")).text != "rpc"
        assert (await client.get("/healthz")).json() == {"status": "ok"}


async def test_a_key_that_asks_too_often_is_told_to_wait(place: Any, admin: Any) -> None:
    app = create_app(place, rates=RateLimits(rate_per_second=0.1, burst_count=2))
    async with (
        served(app) as address,
        httpx.AsyncClient(base_url=address, headers=admin.headers) as client,
    ):
        answers = [await client.get("/api/v1/me") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json()["code"] == "request.rate_limited"
    assert 1 <= int(answers[2].headers["retry-after"]) <= 10


async def test_the_page_of_the_api_needs_no_script_and_no_other_host(place: Any) -> None:
    app = create_app(place)
    async with served(app) as address, httpx.AsyncClient(base_url=address) as client:
        page = await client.get("/api/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert "flow_publish" in page.text
    assert "<script" not in page.text
    assert "https://" not in page.text
