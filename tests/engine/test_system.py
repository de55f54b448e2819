"""The page of the system tells the truth of a working installation."""

from __future__ import annotations

import asyncio

from tests.engine.conftest import Shop

from clarion.reports.system import SystemFacts, read_system
from clarion.services.system import list_failed_jobs
from clarion.services.vital_signs import error_note
from clarion.store.jobs import TaskSpec, create_app, defer, run_worker
from clarion.store.pool import transaction


async def system_of(shop: Shop) -> SystemFacts:
    async with transaction(shop.pool) as connection:
        return await read_system(connection, version="test", now=shop.now, disk=None)


async def test_a_worker_shows_what_it_holds_and_is_gone_when_it_ended_in_order(shop: Shop) -> None:
    await shop.add_people(20)
    async with shop.worker():
        campaign = await shop.plan()
        await shop.until_settled(campaign.id)

        async def holds_the_sender() -> bool:
            workers = (await system_of(shop)).workers
            return any(each.is_alive and list(each.senders) == ["shop"] for each in workers)

        await shop.until(holds_the_sender)
        facts = await system_of(shop)
        assert facts.alive_count == 1
        assert {each.name for each in facts.queues} >= {"inbox", "results", "fires", "outbox"}
    assert (await system_of(shop)).workers == []


async def test_why_a_job_failed_is_kept(shop: Shop) -> None:
    async def fail() -> None:
        raise LookupError("there is no piece 4")

    stop = asyncio.Event()
    app = create_app(shop.database_url, [TaskSpec("fail", fail)], on_error=error_note(shop.pool))
    async with transaction(shop.pool) as connection:
        job_id = await defer(connection, "fail")

    async def has_failed() -> bool:
        async with transaction(shop.pool) as connection:
            return bool(
                await list_failed_jobs(connection, shop.fresh_scope, below_id=None, limit=5)
            )

    async with app.open_async():
        work = asyncio.create_task(run_worker(app, None, 1, stop))
        await shop.until(has_failed)
        stop.set()
        await work
    async with transaction(shop.pool) as connection:
        (job,) = await list_failed_jobs(connection, shop.fresh_scope, below_id=None, limit=5)
    assert (job.id, job.error) == (job_id, "LookupError: there is no piece 4")
    assert job.failed_at is not None
