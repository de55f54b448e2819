"""Telling a conversation on the real engine: publish a flow, run it, hear what was said."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from ipaddress import ip_network
from typing import Any

from tests.engine.conftest import Shop
from tests.flows import flow_file

from clarion.engine.calls import secret_context
from clarion.engine.parts import CallSettings, Parts
from clarion.services.campaigns import Campaign
from clarion.services.flows import create_flow, publish_flow
from clarion.services.work import parts_of, working
from clarion.store.pool import transaction
from clarion.store.queries import load

LOOPBACK = (ip_network("127.0.0.0/8"),)
CALLS = load("calls")


async def publish(shop: Shop, name: str, **nodes: dict[str, Any]) -> int:
    """A published flow of these nodes (see ``flow_file``); its id."""
    async with transaction(shop.pool) as connection:
        flow = await create_flow(connection, shop.fresh_scope, flow_file(name, **nodes))
        await publish_flow(connection, shop.fresh_scope, flow.id)
    return flow.id


def texts_to(shop: Shop, phone: str) -> list[str]:
    entries = shop.simulator.ledger(phone=phone.lstrip("+"))
    return [entry["text"] for entry in entries if entry["type"] == "text"]


def said(shop: Shop, phone: str, count: int) -> Callable[[], Awaitable[bool]]:
    async def is_said() -> bool:
        return len(texts_to(shop, phone)) == count

    return is_said


async def sessions(shop: Shop) -> list[tuple[str, str | None, int]]:
    rows = await shop.pool.fetch("SELECT status, reason, forward_count FROM sessions ORDER BY id")
    return [(row["status"], row["reason"], row["forward_count"]) for row in rows]


async def ended(shop: Shop, count: int = 1) -> None:
    async def are_ended() -> bool:
        rows = await sessions(shop)
        return len(rows) == count and all(status != "waiting" for status, _, _ in rows)

    await shop.until(are_ended)


async def run_through(shop: Shop, flow_id: int, **changes: Any) -> Campaign:
    campaign = await shop.plan(flow_id=flow_id, **changes)
    return await shop.until_settled(campaign.id)


@contextlib.asynccontextmanager
async def working_with(shop: Shop, **settings: Any) -> AsyncIterator[Parts]:
    calls = CallSettings(**{"allowed_networks": LOOPBACK, **settings})
    parts = replace(parts_of(shop.place, shop.sizes), calls=calls)
    async with working(shop.place, shop.database_url, parts):
        yield parts


async def set_secret(shop: Shop, name: str, value: str) -> None:
    workspace_id = shop.scope.workspace_id
    sealed = shop.place.sealer.seal(value, context=secret_context(workspace_id, name))
    await CALLS.execute(
        shop.pool, "set_secret", workspace_id=workspace_id, name=name, sealed=sealed, now=shop.now
    )
