"""Stories of uploads and of the workers that import them."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from tests.services.import_files import SMALL_BATCHES, Arriving, balance, csv_of, phone

from clarion.domain.errors import ClarionError
from clarion.imports.files import ImportOptions
from clarion.services.contacts import (
    find_by_phone,
)
from clarion.services.groups import change_memberships, create_group, delete_group, list_groups
from clarion.services.import_runs import ImportLimits, import_file, import_tasks, run_import
from clarion.services.imports import (
    delete_import,
    read_import,
    start_upload,
)
from clarion.services.scope import Scope
from clarion.store.jobs import create_app, run_worker
from clarion.store.pool import Pool, transaction


async def test_an_upload_waits_for_a_worker_and_leaves_no_copy_behind(
    pool: Pool, scope: Scope
) -> None:
    rows = [["phone", "name"], *([phone(i), "x" * 90] for i in range(30))]
    async with transaction(pool) as connection:
        group = await create_group(connection, scope, "Uploaded")
        made = await start_upload(
            connection,
            scope,
            Arriving(csv_of(rows)),
            file_name="people.csv",
            options=ImportOptions(),
            byte_limit=10_000,
            group_ids=[group.id],
        )
    assert made.status == "waiting"
    assert (
        await pool.fetchval("SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'imports'")
        == 1
    )
    await run_import(pool, made.id, clock=lambda: scope.now)
    done = await read_import(pool, scope, made.id)
    assert (done.status, balance(done)) == ("finished", (30, 30, 0, 0, 0))
    assert done.counts.done_byte_count == done.counts.byte_count == len(csv_of(rows))
    assert await pool.fetchval("SELECT count(*) FROM import_pieces") == 0


async def test_an_upload_above_the_limit_is_refused(pool: Pool, scope: Scope) -> None:
    with pytest.raises(ClarionError, match=r"import\.too_large"):
        async with transaction(pool) as connection:
            await start_upload(
                connection,
                scope,
                Arriving(b"phone\n" * 1_000),
                file_name="people.csv",
                options=ImportOptions(),
                byte_limit=5_000,
            )
    assert await pool.fetchval("SELECT count(*) FROM imports") == 0


async def test_two_workers_on_one_import_store_every_row_once(pool: Pool, scope: Scope) -> None:
    rows = [["phone", "name"], *([phone(i % 50), f"Person {i}"] for i in range(100))]
    async with transaction(pool) as connection:
        made = await start_upload(
            connection,
            scope,
            Arriving(csv_of(rows)),
            file_name="people.csv",
            options=ImportOptions(),
            byte_limit=10_000,
        )
    await asyncio.gather(
        *(
            run_import(pool, made.id, clock=lambda: scope.now, limits=SMALL_BATCHES)
            for _ in range(3)
        )
    )
    done = await read_import(pool, scope, made.id)
    assert balance(done) == (100, 50, 50, 0, 0)


async def test_whoever_loses_its_group_meanwhile_is_ungrouped_until_it_joins_another(
    pool: Pool, scope: Scope, import_rows: Any
) -> None:
    await import_rows([["phone"], [phone(1)]], "Doomed")
    async with transaction(pool) as connection:
        (doomed,) = await list_groups(connection, scope, above_id=None, limit=5)
        assert await delete_group(connection, scope, doomed.id) == 1
        ann = await find_by_phone(connection, scope, phone(1))
        assert ann is not None
        assert [group.name for group in ann.groups] == ["Ungrouped"]
        vip = await create_group(connection, scope, "VIP")
        await change_memberships(connection, scope, [ann.id], [vip.id], "add")
        ann = await find_by_phone(connection, scope, phone(1))
    assert ann is not None
    assert [group.name for group in ann.groups] == ["VIP"]


async def test_rows_above_the_limit_are_not_taken_and_those_before_are(
    pool: Pool, scope: Scope, tmp_path: Path
) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(csv_of([["phone"], *([phone(i)] for i in range(25))]))
    done = await import_file(
        pool,
        scope,
        path,
        ImportOptions(),
        clock=lambda: scope.now,
        limits=ImportLimits(row_limit=20, batch_rows=8),
    )
    assert (done.status, balance(done)) == ("failed", (16, 16, 0, 0, 0))
    assert done.reason is not None
    assert "the first 16 are imported" in done.reason


async def test_a_group_deleted_while_its_import_waits_loses_no_contact(
    pool: Pool, scope: Scope
) -> None:
    async with transaction(pool) as connection:
        made = await start_upload(
            connection,
            scope,
            Arriving(csv_of([["phone"], [phone(1)]])),
            file_name="people.csv",
            options=ImportOptions(),
            byte_limit=1_000,
            group_names=["Doomed"],
        )
        await delete_group(connection, scope, made.group_ids[0])
    await run_import(pool, made.id, clock=lambda: scope.now)
    async with pool.acquire() as connection:
        found = await find_by_phone(connection, scope, phone(1))
    assert found is not None
    assert [group.name for group in found.groups] == ["Ungrouped"]


async def test_an_import_that_is_forgotten_while_it_runs_stops(pool: Pool, scope: Scope) -> None:
    async with transaction(pool) as connection:
        made = await start_upload(
            connection,
            scope,
            Arriving(csv_of([["phone"], *([phone(i)] for i in range(5_000))])),
            file_name="people.csv",
            options=ImportOptions(),
            byte_limit=1_000_000,
        )
    running = asyncio.create_task(
        run_import(pool, made.id, clock=lambda: scope.now, limits=ImportLimits(batch_rows=50))
    )
    while not await pool.fetchval("SELECT count(*) FROM contacts"):
        await asyncio.sleep(0.005)
    async with transaction(pool) as connection:
        await delete_import(connection, scope, made.id)
    await running
    assert await pool.fetchval("SELECT count(*) FROM contacts") < 5_000
    assert await pool.fetchval("SELECT count(*) FROM import_pieces") == 0


async def test_a_worker_takes_the_job_of_an_upload(
    pool: Pool, scope: Scope, database_url: str
) -> None:
    async with transaction(pool) as connection:
        made = await start_upload(
            connection,
            scope,
            Arriving(csv_of([["phone"], [phone(1)]])),
            file_name="people.csv",
            options=ImportOptions(),
            byte_limit=1_000,
        )
    stop = asyncio.Event()
    app = create_app(database_url, import_tasks(pool, lambda: scope.now), concurrency=1)
    async with app.open_async():
        working = asyncio.create_task(run_worker(app, ["imports"], 1, stop))
        while (await read_import(pool, scope, made.id)).status != "finished":
            await asyncio.sleep(0.02)
        stop.set()
        await working
    assert await pool.fetchval("SELECT count(*) FROM contacts") == 1


async def test_a_worker_that_is_asked_to_stop_leaves_the_rest_to_the_next_one(
    pool: Pool, scope: Scope, database_url: str
) -> None:
    async with transaction(pool) as connection:
        made = await start_upload(
            connection,
            scope,
            Arriving(csv_of([["phone"], *([phone(i)] for i in range(6_000))])),
            file_name="people.csv",
            options=ImportOptions(),
            byte_limit=1_000_000,
        )
    stop = asyncio.Event()
    tasks = import_tasks(pool, lambda: scope.now, ImportLimits(batch_rows=50))
    app = create_app(database_url, tasks, concurrency=1)
    async with app.open_async():
        working = asyncio.create_task(run_worker(app, ["imports"], 1, stop, shutdown_seconds=0.01))
        while not await pool.fetchval("SELECT count(*) FROM contacts"):
            await asyncio.sleep(0.005)
        stop.set()
        await working
    half = await read_import(pool, scope, made.id)
    assert half.status == "running"
    assert 0 < half.counts.row_count < 6_000
    assert await pool.fetchval("SELECT status::text FROM procrastinate_jobs") == "todo"
    await run_import(pool, made.id, clock=lambda: scope.now)
    assert balance(await read_import(pool, scope, made.id)) == (6_000, 6_000, 0, 0, 0)


WORKER = """
    import asyncio, sys
    from datetime import UTC, datetime
    from clarion.services.import_runs import ImportLimits, run_import
    from clarion.store.pool import create_pool

    async def main() -> None:
        pool = await create_pool(sys.argv[1])
        print("ready", flush=True)
        limits = ImportLimits(batch_rows=100)
        await run_import(pool, int(sys.argv[2]), clock=lambda: datetime.now(UTC), limits=limits)
        await pool.close()

    asyncio.run(main())
"""


@pytest.mark.parametrize("mode", ["overwrite", "ignore"])
async def test_an_import_killed_half_way_goes_on_with_right_counters(
    pool: Pool, scope: Scope, database_url: str, mode: str
) -> None:
    people = [[phone(i % 4_500), f"Person {i}"] for i in range(9_000)]
    bad = set(range(0, 9_000, 90))
    rows = [["phone", "name"], *(["?", "x"] if i in bad else people[i] for i in range(9_000))]
    async with transaction(pool) as connection:
        made = await start_upload(
            connection,
            scope,
            Arriving(csv_of(rows)),
            file_name="people.csv",
            options=ImportOptions(mode=mode),  # type: ignore[arg-type]  # one of the two
            byte_limit=10_000_000,
            group_names=["All"],
        )

    def start() -> subprocess.Popen[bytes]:
        program = [sys.executable, "-c", textwrap.dedent(WORKER), database_url, str(made.id)]
        return subprocess.Popen(program, stdout=subprocess.PIPE)

    killed_at: list[int] = []
    for beyond in (1_000, 4_000):
        worker = start()
        while (await read_import(pool, scope, made.id)).counts.row_count < beyond:
            assert worker.poll() is None, "the worker ended before it could be killed"
            await asyncio.sleep(0.005)
        os.kill(worker.pid, signal.SIGKILL)
        worker.communicate()
        killed_at.append((await read_import(pool, scope, made.id)).counts.row_count)
    half = await read_import(pool, scope, made.id)
    assert half.status == "running"
    assert killed_at[-1] < 9_000
    await run_import(pool, made.id, clock=lambda: scope.now)
    done = await read_import(pool, scope, made.id)
    assert done.status == "finished"
    rejected = len(bad)
    added = len({people[i][0] for i in range(9_000) if i not in bad})
    again = 9_000 - rejected - added
    expected = (
        (9_000, added, again, 0, rejected)
        if mode == "overwrite"
        else (9_000, added, 0, again, rejected)
    )
    assert balance(done) == expected
    assert await pool.fetchval("SELECT count(*) FROM contacts") == added
    assert await pool.fetchval("SELECT count(*) FROM import_rejections") == rejected
