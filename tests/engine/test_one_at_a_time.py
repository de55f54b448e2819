"""Two that meet over one contact or one campaign: the second sees what the first did."""

from __future__ import annotations

import asyncio

import pytest
from tests.engine.conftest import Shop

from clarion.domain.campaign import Reentry
from clarion.engine.flow_versions import FlowVersions
from clarion.engine.runner import Runner
from clarion.services.campaigns import delete_campaign
from clarion.services.triggers import Start, TriggerRequest, trigger_flow
from clarion.services.work import parts_of
from clarion.store.pool import Connection, create_pool, transaction

STATUSES = "SELECT status FROM sessions ORDER BY id"


async def trigger(shop: Shop, connection: Connection, phone: str, reentry: Reentry) -> Start:
    request = TriggerRequest(phone=phone, key=f"order of {id(connection)}", reentry=reentry)
    return await trigger_flow(connection, shop.fresh_scope, shop.flow_id, request)


async def until_blocked(shop: Shop, count: int = 1) -> None:
    """Until so many transactions of this database wait for somebody's lock."""

    async def are_blocked() -> bool:
        waiting = await shop.pool.fetchval(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(waiting == count)

    await shop.until(are_blocked)


async def statuses(shop: Shop) -> list[str]:
    return [row["status"] for row in await shop.pool.fetch(STATUSES)]


@pytest.mark.parametrize(
    ("reentry", "second", "sessions"),
    [
        (Reentry.RESTART, ("started", None), ["superseded", "waiting"]),
        (Reentry.SKIP, ("skipped", "session_active"), ["waiting"]),
        (Reentry.PARALLEL, ("started", None), ["waiting", "waiting"]),
    ],
)
async def test_two_starts_at_one_instant_obey_the_reentry_rule(
    shop: Shop, reentry: Reentry, second: tuple[str, str | None], sessions: list[str]
) -> None:
    (phone,) = await shop.add_people(1)

    async def follow() -> Start:
        async with transaction(shop.pool) as connection:
            return await trigger(shop, connection, phone, reentry)

    async with transaction(shop.pool) as first:
        assert (await trigger(shop, first, phone, reentry)).status == "started"
        following = asyncio.create_task(follow())
        await until_blocked(shop)
    start = await following
    assert (start.status, start.reason) == second
    assert await statuses(shop) == sessions


async def test_a_start_and_a_campaign_at_one_instant_leave_one_conversation(shop: Shop) -> None:
    phone, other = await shop.add_people(2)
    async with transaction(shop.pool) as connection:
        await trigger(shop, connection, other, Reentry.RESTART)
    runner = Runner(parts_of(shop.place, shop.sizes), FlowVersions())
    async with shop.worker(runners_per_occurrence=0):
        await shop.plan()

        async def is_planned() -> bool:
            return bool(
                await shop.pool.fetchval("SELECT id FROM occurrences WHERE audience_count = 2")
            )

        await shop.until(is_planned)
    occurrence_id = await shop.pool.fetchval("SELECT id FROM occurrences")
    async with transaction(shop.pool) as connection:
        await trigger(shop, connection, phone, Reentry.RESTART)
        running = asyncio.create_task(runner.run_chunks(occurrence_id))
        await until_blocked(shop)
    assert await running == 1
    assert sorted(await statuses(shop)) == ["superseded", "superseded", "waiting", "waiting"]


async def test_a_deletion_that_meets_a_fold_head_on_comes_again(
    shop: Shop, database_url: str
) -> None:
    """A fold holds the epoch (somebody opted out) and wants the campaign (its breaker tripped)."""
    campaign = await shop.plan()
    # Whoever waits longest finds the circle first: let that be the deletion, and let it take its time.
    database = database_url.rpartition("/")[2].partition("?")[0]
    await shop.pool.execute(f"ALTER DATABASE {database} SET deadlock_timeout = '2s'")
    pool = await create_pool(database_url, application_name="deletion")
    try:
        async with transaction(shop.pool) as fold:
            await fold.execute("SET LOCAL deadlock_timeout = '60s'")
            await fold.execute("SELECT FROM control_epochs FOR UPDATE")
            deleting = asyncio.create_task(delete_campaign(pool, shop.fresh_scope, campaign.id))
            await until_blocked(shop)
            # PostgreSQL ends the deletion here, which frees the campaign for the fold.
            await fold.execute("SELECT FROM campaigns WHERE id = $1 FOR UPDATE", campaign.id)
            assert not deleting.done()
        await deleting
    finally:
        await pool.close()
    assert await shop.pool.fetchval("SELECT deleted_at IS NOT NULL FROM campaigns")
