from __future__ import annotations

import asyncio

import procrastinate
import pytest

from clarion.store.jobs import (
    JobRequest,
    TaskSpec,
    create_app,
    defer,
    defer_many,
    retry_stalled_jobs,
    run_worker,
)
from clarion.store.pool import Pool, transaction


async def test_a_job_exists_exactly_when_its_transaction_commits(pool: Pool) -> None:
    async def defer_and_fail() -> None:
        async with transaction(pool) as connection:
            await defer(connection, "count", args={"number": 1})
            raise LookupError("the state change failed")

    with pytest.raises(LookupError):
        await defer_and_fail()
    async with transaction(pool) as connection:
        kept = await defer(connection, "count", args={"number": 2})
    rows = await pool.fetch("SELECT id, args FROM procrastinate_jobs")
    assert [(row["id"], row["args"]) for row in rows] == [(kept, {"number": 2})]


async def test_a_taken_queueing_lock_is_an_answer_and_the_transaction_goes_on(pool: Pool) -> None:
    async with transaction(pool) as connection:
        first = await defer(connection, "sweep", queueing_lock="sweep")
        second = await defer(connection, "sweep", queueing_lock="sweep")
        third = await defer(connection, "count")
    assert first is not None
    assert second is None
    assert third is not None
    assert await pool.fetchval("SELECT count(*) FROM procrastinate_jobs") == 2


async def test_many_jobs_are_deferred_in_order(pool: Pool) -> None:
    jobs = [JobRequest("count", args={"number": number}, lock="one") for number in range(50)]
    async with transaction(pool) as connection:
        ids = await defer_many(connection, jobs)
    rows = await pool.fetch("SELECT id, args FROM procrastinate_jobs ORDER BY id")
    assert [row["id"] for row in rows] == ids
    assert [row["args"]["number"] for row in rows] == list(range(50))


async def test_a_worker_does_the_jobs_and_stops_when_told(pool: Pool, database_url: str) -> None:
    seen: list[int] = []
    stop = asyncio.Event()

    async def count(number: int) -> None:
        seen.append(number)
        if len(seen) == 3:
            stop.set()

    app = create_app(database_url, [TaskSpec("count", count)], concurrency=2)
    async with app.open_async():
        async with transaction(pool) as connection:
            await defer_many(
                connection, [JobRequest("count", args={"number": number}) for number in range(3)]
            )
        await asyncio.wait_for(run_worker(app, None, 2, stop), timeout=20)
    assert sorted(seen) == [0, 1, 2]
    assert await pool.fetchval("SELECT count(*) FROM procrastinate_jobs") == 0


async def test_a_failing_job_is_tried_again_as_often_as_its_kind_says(
    pool: Pool, database_url: str
) -> None:
    tries: list[int] = []
    stop = asyncio.Event()

    async def stumble(number: int) -> None:
        tries.append(number)
        if len(tries) < 3:
            raise OSError("not yet")
        stop.set()

    spec = TaskSpec("stumble", stumble, retry_count=2, retry_wait_seconds=0)
    app = create_app(database_url, [spec], concurrency=1)
    async with app.open_async():
        async with transaction(pool) as connection:
            await defer(connection, "stumble", args={"number": 7})
        await asyncio.wait_for(run_worker(app, None, 1, stop), timeout=20)
    assert tries == [7, 7, 7]


async def _take_job_as_a_worker_that_dies(app: procrastinate.App, pool: Pool) -> None:
    worker_id = await app.job_manager.register_worker()
    await app.job_manager.fetch_job(queues=None, worker_id=worker_id)
    await pool.execute(
        "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'"
    )


async def test_the_job_of_a_dead_worker_is_given_back(pool: Pool, database_url: str) -> None:
    app = create_app(database_url, [])
    async with app.open_async():
        async with transaction(pool) as connection:
            await defer(connection, "count")
        await _take_job_as_a_worker_that_dies(app, pool)
        assert await retry_stalled_jobs(app) == 1
        assert await retry_stalled_jobs(app) == 0
    assert await pool.fetchval("SELECT status::text FROM procrastinate_jobs") == "todo"


async def test_a_dead_workers_job_is_ended_when_a_waiting_one_replaces_it(
    pool: Pool, database_url: str
) -> None:
    app = create_app(database_url, [])
    async with app.open_async():
        async with transaction(pool) as connection:
            await defer(connection, "sweep", queueing_lock="sweep")
        await _take_job_as_a_worker_that_dies(app, pool)
        async with transaction(pool) as connection:
            await defer(connection, "sweep", queueing_lock="sweep")
        assert await retry_stalled_jobs(app) == 0
    rows = await pool.fetch("SELECT status::text FROM procrastinate_jobs ORDER BY id")
    assert [row["status"] for row in rows] == ["aborted", "todo"]
