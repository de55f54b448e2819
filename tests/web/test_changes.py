"""Open pages hear that something changed, and a server with open pages stops at once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import uvicorn

from clarion.domain.identity import Role
from clarion.web.app import create_app
from clarion.web.live.board import LiveBoard

LIVE = "/api/v1/live"
AS_STREAM = {"Accept": "text/event-stream"}


@asynccontextmanager
async def served(place: Any) -> AsyncIterator[tuple[str, LiveBoard]]:
    board = LiveBoard(place.pool)
    app = create_app(place, live=board)
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", board
    await board.close()
    server.should_exit = True
    await task


def streaming(client: httpx.AsyncClient) -> dict[str, str]:
    return {"Authorization": client.headers["Authorization"], **AS_STREAM}


async def versions_in(lines: AsyncIterator[str]) -> AsyncIterator[dict[str, str]]:
    async for line in lines:
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))


async def add_campaign(place: Any, workspace_id: int, code: str) -> None:
    flow_id = await place.pool.fetchval(
        "INSERT INTO flows (workspace_id, name, trigger_kind, draft)"
        " VALUES ($1, $2, 'manual', '{}') RETURNING id",
        workspace_id,
        code,
    )
    await place.pool.execute(
        "INSERT INTO campaigns (code, workspace_id, name, status, flow_id, include_group_ids,"
        " start_at, end_at, plan)"
        " VALUES ($1, $2, $1, 'pending', $3, '{}', now(), now() + interval '1 day', '{}')",
        code,
        workspace_id,
        flow_id,
    )


async def test_a_change_reaches_an_open_stream_and_only_its_workspace(
    place: Any, scope: Any, other_scope: Any, admin: httpx.AsyncClient, as_role: Any
) -> None:
    stranger = await as_role(Role.VIEWER, other_scope)
    async with (
        asyncio.timeout(20),
        served(place) as (address, _),
        httpx.AsyncClient(base_url=address, headers=streaming(admin)) as mine,
        httpx.AsyncClient(base_url=address, headers=streaming(stranger)) as theirs,
        mine.stream("GET", LIVE) as my_answer,
        theirs.stream("GET", LIVE) as their_answer,
    ):
        assert my_answer.headers["content-type"].startswith("text/event-stream")
        seen, their_seen = (
            versions_in(my_answer.aiter_lines()),
            versions_in(their_answer.aiter_lines()),
        )
        before, their_before = await anext(seen), await anext(their_seen)
        await add_campaign(place, scope.workspace_id, "mine")
        after = await anext(seen)
        assert after["campaigns"] != before["campaigns"]
        assert after["imports"] == before["imports"]
        # The next thing that they hear of is their own.
        await add_campaign(place, other_scope.workspace_id, "theirs")
        their_after = await anext(their_seen)
        assert their_after["campaigns"].split("/")[0] == "1"
        assert their_after["occurrences"] == their_before["occurrences"]


async def test_who_cannot_hold_a_stream_asks_for_the_same_versions(
    admin: httpx.AsyncClient, place: Any, scope: Any, new_client: Any
) -> None:
    before = (await admin.get(LIVE)).json()["versions"]
    assert (await admin.get(LIVE)).json()["versions"] == before
    await add_campaign(place, scope.workspace_id, "one")
    assert (await admin.get(LIVE)).json()["versions"]["campaigns"] != before["campaigns"]
    assert (await new_client().get(LIVE, headers=AS_STREAM)).status_code == 401


async def test_closing_the_board_ends_open_streams(place: Any, admin: httpx.AsyncClient) -> None:
    async with (
        asyncio.timeout(20),
        served(place) as (address, board),
        httpx.AsyncClient(base_url=address, headers=streaming(admin)) as client,
        client.stream("GET", LIVE) as answer,
    ):
        lines = answer.aiter_lines()
        await anext(versions_in(lines))
        await board.close()
        assert [line async for line in lines if line.startswith("data")] == []
