"""Suspension, resumption, overlap, misfire, deletion: what a marketer does to a running campaign."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from tests.engine.conftest import Shop

from clarion.domain.errors import ClarionError
from clarion.domain.plan import EveryMinute
from clarion.engine.parts import EngineSizes
from clarion.services.campaigns import delete_campaign
from clarion.services.suspensions import resume_campaign, suspend_campaign
from clarion.store.pool import transaction


@pytest.fixture
def sizes() -> EngineSizes:
    return EngineSizes(chunk=20, lease_seconds=2.0, doubt_window_seconds=3.0)


async def slow_down(shop: Shop, rate: float) -> None:
    await shop.pool.execute("UPDATE senders SET rate_per_second = $1", rate)
    await shop.pool.execute("UPDATE control_epochs SET epoch = epoch + 1")


async def until_sent(shop: Shop, count: int) -> None:
    async def sent() -> bool:
        return len(shop.simulator.ledger()) >= count

    await shop.until(sent)


async def test_suspend_stops_it_now_and_resume_goes_on_where_it_stood(shop: Shop) -> None:
    await shop.add_people(200)
    await slow_down(shop, 100)
    async with shop.worker():
        campaign = await shop.plan()
        await until_sent(shop, 30)
        suspension = await suspend_campaign(shop.pool, shop.fresh_scope, campaign.id)
        sent_count = len(shop.simulator.ledger())
        assert suspension.is_acknowledged
        await asyncio.sleep(1.0)
        assert len(shop.simulator.ledger()) - sent_count <= suspension.in_flight_count
        assert len(shop.simulator.ledger()) < 200
        await slow_down(shop, 5000)
        async with transaction(shop.pool) as connection:
            await resume_campaign(connection, shop.fresh_scope, campaign.id, sizes=shop.sizes)
        campaign = await shop.until_settled(campaign.id)
    assert shop.sends_by_phone() == dict.fromkeys(shop.phones, 1)
    assert campaign.counts.accepted_count == 200


async def test_resume_at_a_new_start_waits_for_it_and_then_finishes_what_was_left(
    shop: Shop,
) -> None:
    await shop.add_people(100)
    await slow_down(shop, 100)
    async with shop.worker():
        campaign = await shop.plan()
        await until_sent(shop, 20)
        await suspend_campaign(shop.pool, shop.fresh_scope, campaign.id)
        await slow_down(shop, 5000)
        async with transaction(shop.pool) as connection:
            resumed = await resume_campaign(
                connection,
                shop.fresh_scope,
                campaign.id,
                sizes=shop.sizes,
                start_at=shop.now + timedelta(seconds=1),
            )
        assert resumed.status == "pending"
        await shop.until_settled(campaign.id)
    assert shop.sends_by_phone() == dict.fromkeys(shop.phones, 1)


async def test_a_suspended_campaign_can_be_deleted_and_the_rest_is_not_messaged(
    shop: Shop,
) -> None:
    await shop.add_people(100)
    await slow_down(shop, 50)
    async with shop.worker():
        campaign = await shop.plan()
        await until_sent(shop, 10)
        with pytest.raises(ClarionError) as refused:
            await delete_campaign(shop.pool, shop.fresh_scope, campaign.id)
        assert refused.value.code == "campaign.status_not_allowed"
        await suspend_campaign(shop.pool, shop.fresh_scope, campaign.id)
        await delete_campaign(shop.pool, shop.fresh_scope, campaign.id)

        async def over() -> bool:
            return not await shop.pool.fetchval(
                "SELECT count(*) FROM participants WHERE outcome IN ('pending', 'held')"
            ) and not await shop.pool.fetchval("SELECT count(*) FROM outbox_rows")

        await shop.until(over)
        sent_count = len(shop.simulator.ledger())
    rows = await shop.pool.fetch(
        "SELECT outcome, reason, count(*)::int AS n FROM participants GROUP BY 1, 2"
    )
    found = {(row["outcome"], row["reason"]): row["n"] for row in rows}
    assert found == {
        ("accepted", None): sent_count,
        ("skipped", "campaign_deleted"): 100 - sent_count,
    }


async def test_a_campaign_ends_by_itself(shop: Shop) -> None:
    await shop.add_people(3)
    async with shop.worker():
        campaign = await shop.plan(end_at=shop.now + timedelta(seconds=1.2))

        async def ended() -> bool:
            return (await shop.campaign(campaign.id)).status == "ended"

        await shop.until(ended)
        await shop.until_settled(campaign.id)
    assert shop.sends_by_phone() == dict.fromkeys(shop.phones, 1)


async def test_ticks_that_came_due_while_nothing_ran_are_missed_or_skipped_never_doubled(
    shop: Shop,
) -> None:
    await shop.add_people(3)
    campaign = await shop.plan(plan=EveryMinute(), misfire_grace_seconds=90)
    await shop.pool.execute(
        "UPDATE campaigns SET start_at = now() - interval '10 minutes',"
        " next_tick_at = now() - interval '10 minutes'"
    )
    await shop.pool.execute("UPDATE fires SET due_at = now() - interval '10 minutes'")
    async with shop.worker(), shop.worker():
        await shop.until_settled(campaign.id)
    rows = await shop.pool.fetch(
        "SELECT status, reason, count(*)::int AS n FROM occurrences GROUP BY 1, 2"
    )
    found = {(row["status"], row["reason"]): row["n"] for row in rows}
    assert found == {
        ("missed", "too_late"): 9,
        ("finished", None): 1,
        ("skipped", "previous_running"): 1,
    }
    assert shop.sends_by_phone() == dict.fromkeys(shop.phones, 1)
