"""The database dies under a worker and comes back."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from clarion.store.embedded import EmbeddedPostgres, ensure_database
from clarion.store.jobs import TaskSpec, create_app, defer, run_worker
from clarion.store.migrate import migrate
from clarion.store.pool import connect

SETTINGS = {"shared_buffers": "16MB"}


def kill_server(server: EmbeddedPostgres) -> None:
    pid_file = server.cluster_folder / "postmaster.pid"
    os.kill(int(pid_file.read_text().split()[0]), signal.SIGKILL)


@pytest.mark.chaos
async def test_a_worker_outlives_its_database(traversable_folder: Path, tmp_path: Path) -> None:
    server = EmbeddedPostgres(traversable_folder / "outage", extra_settings=SETTINGS)
    database_url = await ensure_database(await asyncio.to_thread(server.start), "shop")
    await migrate(database_url, tmp_path)
    done: list[int] = []
    arrived = asyncio.Event()

    async def note(number: int) -> None:
        done.append(number)
        arrived.set()

    async def order(number: int) -> None:
        arrived.clear()
        async with connect(database_url) as connection:
            await defer(connection, "note", args={"number": number})
        await asyncio.wait_for(arrived.wait(), 60)

    stop = asyncio.Event()
    app = create_app(database_url, [TaskSpec("note", note)], concurrency=2)
    async with app.open_async():
        worker = asyncio.create_task(run_worker(app, None, 2, stop))
        await order(1)
        kill_server(server)
        await asyncio.to_thread(server.start)
        await order(2)
        stop.set()
        await asyncio.wait_for(worker, 60)
    assert done == [1, 2]
    await asyncio.to_thread(server.stop)
