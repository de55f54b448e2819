"""kill -9 in the middle of what flows do besides sending: calls of others, and changeovers."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.chaos.house import PHONE_NUMBER_ID, House
from tests.chaos.opening import house_of, register_with_simulator, start_simulator
from tests.chaos.processes import Nursery
from tests.engine.elsewhere import Elsewhere, http, serving_elsewhere
from tests.flows import OFFER, flow_file, offer, step

from clarion.services.changeovers import list_changeovers
from clarion.services.flows import create_flow, publish_flow, read_flow, update_draft
from clarion.store.pool import transaction

pytestmark = pytest.mark.chaos

# Tells each call in a file, and answers only when another file is there.
FUNCTION = """
import os, pathlib, time
def price(arguments, contact):
    folder = pathlib.Path(os.environ["HOME"])
    with (folder / "calls").open("a") as calls:
        calls.write("called\\n")
    for _ in range(1000):
        if (folder / "gate").exists():
            break
        time.sleep(0.02)
    return {"price": 7}
"""


@pytest.fixture
async def elsewhere() -> AsyncIterator[Elsewhere]:
    async with serving_elsewhere() as server:
        yield server


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """A folder with an installed package that registers a function."""
    folder = tmp_path / "packages"
    info = folder / "shop_functions-1.dist-info"
    info.mkdir(parents=True)
    (folder / "shop_functions.py").write_text(FUNCTION, encoding="utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: shop-functions\nVersion: 1\n")
    (info / "entry_points.txt").write_text(
        "[clarion.functions]\nshop.price = shop_functions:price\n"
    )
    return folder


@pytest.fixture
async def open_house(
    nursery: Nursery, tmp_path: Path, packages: Path, database_url: str
) -> AsyncIterator[House]:
    """A house whose flows may ask this machine, and whose functions have a home."""
    environment = {
        "CLARION_DATABASE_URL": database_url,
        "CLARION_ALLOWED_NETWORKS": "127.0.0.0/8",
        "PYTHONPATH": str(packages),
        "HOME": str(packages),
    }
    async with house_of(
        nursery,
        tmp_path,
        database_url,
        environment,
        start_simulator,
        callback_is_registered_by=register_with_simulator,
        rate_per_second=300,
    ) as opened:
        yield opened


async def test_a_worker_is_killed_while_calls_are_under_way(
    open_house: House, elsewhere: Elsewhere, packages: Path
) -> None:
    """Each is made again under its key; the session gets one answer and sends one message."""
    house = open_house
    elsewhere.usual = {"left": 40}
    elsewhere.gate.clear()
    definition = flow_file(
        "asking",
        stock=http(
            {
                "url": elsewhere.origin + "/stock",
                "save": {"left": "left"},
                "timeout_seconds": 20,
            },
            success="price",
            failure="done",
        ),
        price=step(
            "call_function",
            {"function": "shop.price", "save": {"price": "price"}, "timeout_seconds": 20},
            success="offer",
            failure="done",
        ),
        offer=offer("done"),
    )
    async with transaction(house.pool) as connection:
        flow = await create_flow(connection, house.fresh_scope, definition)
        await publish_flow(connection, house.fresh_scope, flow.id)
    await house.add_people(1)
    calls = packages / "calls"
    serve = await house.start()
    campaign = await house.plan(flow_id=flow.id)
    await house.until(lambda: len(elsewhere.requests) == 1)
    await house.kill(serve)
    await _let_leases_run_out(house)
    elsewhere.gate.set()
    serve = await house.start()
    await house.until(lambda: calls.exists())
    assert len(elsewhere.requests) == 2
    await house.kill(serve)
    await _let_leases_run_out(house)
    (packages / "gate").touch()
    await house.start()
    await house.until_settled(campaign.id)
    await house.judge(campaign.id)
    assert len(elsewhere.requests) == 2
    assert len(set(elsewhere.keys)) == 1
    # A function of this machine is called again as well: at least once, its answer taken once.
    assert calls.read_text().count("called") == 2
    rows = await house.pool.fetch("SELECT number, status, attempt_count FROM calls ORDER BY number")
    assert [tuple(row) for row in rows] == [(1, "done", 2), (2, "done", 2)]
    state = await house.pool.fetchval("SELECT state FROM sessions")
    assert (state["variables"], state["calls"]) == ({"left": 40, "price": 7}, 2)


async def _let_leases_run_out(house: House) -> None:
    """What would take the time limit of a call; the process that held them is dead."""
    await house.pool.execute(
        "UPDATE calls SET lease_until = now() - interval '1 second' WHERE status = 'running'"
    )


async def test_a_worker_is_killed_in_the_middle_of_a_changeover(house: House) -> None:
    """Each session that waits is moved once, and goes on in the new version."""
    waiting_count = 2500
    async with transaction(house.pool) as connection:
        flow = await create_flow(connection, house.fresh_scope, {**OFFER, "name": "talk"})
        await publish_flow(connection, house.fresh_scope, flow.id)
    await house.add_people(1)
    serve = await house.start()
    campaign = await house.plan(flow_id=flow.id)
    await house.until_settled(campaign.id)
    await _add_waiting(house, waiting_count)
    definition = {**copy.deepcopy(OFFER), "name": "talk"}
    definition["nodes"][3]["config"]["text"]["body"] = "New thanks!"
    middle_id = await house.pool.fetchval("SELECT id FROM sessions ORDER BY id OFFSET 1500 LIMIT 1")
    async with transaction(house.pool) as obstacle:
        # The job gets through its first batch, and waits in the second.
        await obstacle.execute("SELECT FROM sessions WHERE id = $1 FOR UPDATE", middle_id)
        async with transaction(house.pool) as connection:
            scope = house.fresh_scope
            found = await read_flow(connection, scope, flow.id)
            await update_draft(
                connection, scope, flow.id, definition, revision=found.draft_revision
            )
            await publish_flow(connection, scope, flow.id, waiting="move")
        await house.until(lambda: _has_moved(house, 1000))
        await house.kill(serve)
        [stopped] = await _changeovers(house, flow.id)
        assert (stopped.status, stopped.moved_count) == ("running", 1000)
    await house.start()
    await house.until(lambda: _has_moved(house, waiting_count + 1))
    [done] = await _changeovers(house, flow.id)
    assert (done.status, done.moved_count, done.kept_count) == ("finished", waiting_count + 1, 0)
    moved = await house.pool.fetch(
        "SELECT v.number, s.status, count(*) FROM sessions s"
        " JOIN flow_versions v ON v.id = s.flow_version_id GROUP BY 1, 2"
    )
    assert [tuple(row) for row in moved] == [(2, "waiting", waiting_count + 1)]
    # Who was moved twice would be counted twice at the node.
    entered_count = await house.pool.fetchval(
        "SELECT sum(n.count) FROM ("
        " SELECT flow_version_id, node_id, kind, count FROM node_deltas"
        " UNION ALL SELECT flow_version_id, node_id, kind, count FROM node_counts"
        " WHERE campaign_id = 0 AND occurrence_id = 0) n"  # the rows for all campaigns together
        " JOIN flow_versions v ON v.id = n.flow_version_id"
        " WHERE n.node_id = 'answer' AND n.kind = 'entered' AND v.number = 2"
    )
    assert entered_count == waiting_count + 1
    await house.direct(
        f"people/{house.phones[0].lstrip('+')}/say",
        {"phone_number_id": PHONE_NUMBER_ID, "tap": "YES", "reply_to": "last"},
    )
    await house.until(
        lambda: (
            [each["text"] for each in house.ledger() if each["type"] == "text"] == ["New thanks!"]
        )
    )


async def _changeovers(house: House, flow_id: int) -> list[Any]:
    async with transaction(house.pool) as connection:
        return await list_changeovers(
            connection, house.fresh_scope, flow_id, below_id=None, limit=5
        )


async def _has_moved(house: House, count: int) -> bool:
    row = await house.pool.fetchrow("SELECT status, moved_count FROM changeovers")
    return (
        row is not None
        and row["moved_count"] >= count
        and (count < 2500 or row["status"] == "finished")
    )


async def _add_waiting(house: House, count: int) -> None:
    """So many others who stand where the one person of the campaign stands."""
    await house.pool.execute(
        "WITH people AS (INSERT INTO contacts (workspace_id, name)"
        " SELECT $1, 'Person ' || n FROM generate_series(1, $2) AS n RETURNING id)"
        " INSERT INTO sessions (workspace_id, contact_id, flow_id, flow_version_id, channel,"
        " sender_id, status, state, revision, wait_kind, wake_at, wait_began_at, started_at)"
        " SELECT s.workspace_id, people.id, s.flow_id, s.flow_version_id, s.channel, s.sender_id,"
        " s.status, s.state, s.revision, s.wait_kind, s.wake_at, s.wait_began_at, s.started_at"
        " FROM people CROSS JOIN sessions s",
        house.scope.workspace_id,
        count,
    )
