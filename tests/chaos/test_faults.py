"""The platform misbehaves: everybody is messaged once, and the books say what happened."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from tests.engine.conftest import PHONE_NUMBER_ID, Shop, shop, simulator_settings, sizes

from clarion.channels.simulator.faults import FaultKind, FaultRule
from clarion.domain.campaign import DoubtPolicy
from clarion.services.campaigns import delete_campaign
from clarion.services.contacts import delete_contacts
from clarion.services.senders import resume_sender
from clarion.services.suspensions import resume_campaign, suspend_campaign
from clarion.store.pool import transaction

__all__ = ["shop", "simulator_settings", "sizes"]

pytestmark = pytest.mark.chaos


async def balance(shop: Shop) -> None:
    rows = await shop.pool.fetch(
        "SELECT o.*, (SELECT jsonb_object_agg(outcome, n) FROM (SELECT outcome, count(*) AS n "
        "FROM participants WHERE occurrence_id = o.id GROUP BY outcome) g) AS by_rows "
        "FROM occurrences o"
    )
    for row in rows:
        by_rows: dict[str, int] = row["by_rows"] or {}
        assert row["audience_count"] == sum(by_rows.values())
        for name in ("pending", "held", "skipped", "failed", "in_doubt", "accepted"):
            assert row[f"{name}_count"] == by_rows.get(name, 0), name


async def until_everybody_is_accepted(shop: Shop, campaign_id: int, seconds: float = 40) -> None:
    async def is_done() -> bool:
        counts = (await shop.campaign(campaign_id)).counts
        return counts.accepted_count == len(shop.phones)

    try:
        await shop.until(is_done, seconds)
    except TimeoutError:
        rows = await shop.pool.fetch(
            "SELECT m.status, m.reason, m.attempt, m.error_title, count(*) FROM messages m"
            " GROUP BY 1, 2, 3, 4"
        )
        raise AssertionError([dict(row) for row in rows]) from None
    assert shop.sends_by_phone() == dict.fromkeys(shop.phones, 1)
    await balance(shop)


@pytest.mark.parametrize(
    "kind",
    [
        FaultKind.RESET_AFTER_ACCEPT,
        FaultKind.BAD_GATEWAY_ACCEPTED,
        FaultKind.TRUNCATED,
        FaultKind.TIMEOUT_ACCEPTED,
    ],
)
async def test_an_answer_that_was_lost_is_settled_by_receipts(shop: Shop, kind: FaultKind) -> None:
    await shop.add_people(60)
    shop.simulator.add_fault(FaultRule(kind, share=0.4, seconds=0.2))
    async with shop.worker():
        campaign = await shop.plan()
        await until_everybody_is_accepted(shop, campaign.id)


@pytest.mark.parametrize(
    ("kind", "count"),
    [
        (FaultKind.SERVER_ERROR, 10),
        pytest.param(FaultKind.THROTTLED, 30, marks=pytest.mark.long),
    ],
)
async def test_what_the_platform_refused_for_now_is_sent_later(
    shop: Shop, kind: FaultKind, count: int
) -> None:
    await shop.add_people(60)
    shop.simulator.add_fault(FaultRule(kind, share=0.4, count=count))
    async with shop.worker():
        campaign = await shop.plan()
        await until_everybody_is_accepted(shop, campaign.id, 60)


@pytest.mark.parametrize("kind", [FaultKind.RESET_BEFORE_READ, FaultKind.BAD_GATEWAY])
async def test_a_message_that_may_have_left_is_not_repeated_at_most_once(
    shop: Shop, kind: FaultKind
) -> None:
    await shop.add_people(60)
    shop.simulator.add_fault(FaultRule(kind, share=0.3))
    async with shop.worker(doubt_window_seconds=1.0):
        campaign = await shop.plan()
        await shop.until_settled(campaign.id)
        await asyncio.sleep(1.5)
    counts = (await shop.campaign(campaign.id)).counts
    sends = shop.sends_by_phone()
    assert set(sends.values()) == {1}
    assert counts.accepted_count == len(sends)
    assert counts.in_doubt_count == 60 - len(sends) > 0
    await balance(shop)


async def test_a_message_that_was_lost_is_repeated_at_least_once(shop: Shop) -> None:
    await shop.add_people(60)
    shop.simulator.add_fault(FaultRule(FaultKind.RESET_BEFORE_READ, share=0.5, count=30))
    async with shop.worker(doubt_window_seconds=0.5):
        campaign = await shop.plan(doubt_policy=DoubtPolicy.AT_LEAST_ONCE)
        await until_everybody_is_accepted(shop, campaign.id)


async def test_at_least_once_gives_up_on_a_platform_that_never_answers(shop: Shop) -> None:
    await shop.add_people(5)
    shop.simulator.add_fault(FaultRule(FaultKind.BAD_GATEWAY))
    async with shop.worker(doubt_window_seconds=0.2):
        campaign = await shop.plan(doubt_policy=DoubtPolicy.AT_LEAST_ONCE)

        async def is_closed() -> bool:
            return await shop.pool.fetchval(
                "SELECT count(*) FROM messages WHERE reason = 'doubt_unsettled'"
            ) == len(shop.phones)

        await shop.until(is_closed)
    attempts = await shop.pool.fetchval("SELECT max(number) FROM attempts")
    assert attempts == 3
    assert (await shop.campaign(campaign.id)).counts.in_doubt_count == 5
    await balance(shop)


async def test_an_expired_token_pauses_the_sender_and_the_rest_is_sent_once(shop: Shop) -> None:
    await shop.pool.execute("UPDATE senders SET rate_per_second = 100")
    await shop.add_people(80)
    shop.simulator.add_fault(FaultRule(FaultKind.TOKEN_EXPIRED, skip_count=20))
    async with shop.worker():
        campaign = await shop.plan()

        async def is_paused() -> bool:
            return bool(
                await shop.pool.fetchval("SELECT count(*) FROM senders WHERE status = 'paused'")
            )

        await shop.until(is_paused)
        shop.simulator.world.faults.clear()
        already = len(shop.simulator.ledger())
        await asyncio.sleep(0.3)
        assert len(shop.simulator.ledger()) == already
        async with transaction(shop.pool) as connection:
            await resume_sender(connection, shop.fresh_scope, shop.sender_id)
        await until_everybody_is_accepted(shop, campaign.id)


async def test_a_platform_that_cannot_be_reached_costs_nobody_anything(shop: Shop) -> None:
    await shop.add_people(40)
    right: dict[str, Any] = await shop.pool.fetchval("SELECT config FROM senders")
    await shop.pool.execute(
        "UPDATE senders SET config = $1", {**right, "base_url": "http://127.0.0.1:1"}
    )
    async with shop.worker(lease_seconds=1.0):
        campaign = await shop.plan()
        await asyncio.sleep(3)
        assert (await shop.campaign(campaign.id)).counts.pending_count == 40
        await shop.pool.execute("UPDATE senders SET config = $1", right)
        await shop.pool.execute("UPDATE control_epochs SET epoch = epoch + 1")
        await until_everybody_is_accepted(shop, campaign.id)
    assert await shop.pool.fetchval("SELECT max(attempt) FROM messages") == 1


async def test_suspending_and_resuming_again_and_again_loses_nobody(shop: Shop) -> None:
    await shop.pool.execute("UPDATE senders SET rate_per_second = 150")
    await shop.add_people(200)
    async with shop.worker():
        campaign = await shop.plan()
        for number in range(8):
            await shop.until(lambda n=number: _has_sent(shop, 15 * (n + 1)))
            suspension = await suspend_campaign(shop.pool, shop.fresh_scope, campaign.id)
            sent = len(shop.simulator.ledger())
            await asyncio.sleep(0.25)
            assert len(shop.simulator.ledger()) - sent <= suspension.in_flight_count
            async with transaction(shop.pool) as connection:
                await resume_campaign(connection, shop.fresh_scope, campaign.id, sizes=shop.sizes)
            if number % 2:
                await suspend_campaign(shop.pool, shop.fresh_scope, campaign.id)
                async with transaction(shop.pool) as connection:
                    await resume_campaign(
                        connection, shop.fresh_scope, campaign.id, sizes=shop.sizes
                    )
        # Having been held eight times, a first refusal is still a first refusal.
        shop.simulator.add_fault(FaultRule(FaultKind.SERVER_ERROR, count=20))
        await until_everybody_is_accepted(shop, campaign.id)


async def test_what_is_held_too_late_is_released_all_the_same(shop: Shop) -> None:
    """The result "held" of a message may be folded after the campaign was resumed."""
    await shop.add_people(10)
    async with shop.worker():
        campaign = await shop.plan(start_at=shop.now + timedelta(hours=1))
    await shop.pool.execute("UPDATE senders SET status = 'paused'")
    await shop.pool.execute(
        "UPDATE campaigns SET start_at = now(), next_tick_at = now(), status = 'pending'"
    )
    await shop.pool.execute("UPDATE fires SET due_at = now()")
    async with shop.worker():

        async def is_planned() -> bool:
            return await shop.pool.fetchval("SELECT count(*) FROM messages") == 10

        await shop.until(is_planned)
        # As the fold would have it: held for reasons that are over.
        await shop.pool.execute(
            "UPDATE messages SET status = 'held', reason = CASE WHEN id % 2 = 0 "
            "THEN 'campaign_suspended' ELSE 'sender_paused' END"
        )
        await shop.pool.execute("UPDATE senders SET status = 'active'")
        await until_everybody_is_accepted(shop, campaign.id)


async def _has_sent(shop: Shop, count: int) -> bool:
    return len(shop.simulator.ledger()) >= count


async def test_suspended_while_chunks_are_planned_and_deleted_then(shop: Shop) -> None:
    await shop.pool.execute("UPDATE senders SET rate_per_second = 100")
    await shop.add_people(300)
    async with shop.worker(chunk=20, runners_per_occurrence=1, backlog_floor=40):
        campaign = await shop.plan()
        await shop.until(lambda: _has_sent(shop, 10))
        suspension = await suspend_campaign(shop.pool, shop.fresh_scope, campaign.id)
        sent = len(shop.simulator.ledger())
        await delete_campaign(shop.pool, shop.fresh_scope, campaign.id)
        await asyncio.sleep(1)
        assert len(shop.simulator.ledger()) - sent <= suspension.in_flight_count

        async def is_settled() -> bool:
            return not await shop.pool.fetchval(
                "SELECT sum(pending_count + held_count) FROM occurrences"
            )

        await shop.until(is_settled)
    rows = await shop.pool.fetch(
        "SELECT outcome, reason, count(*) AS n FROM participants GROUP BY 1, 2"
    )
    found = {(row["outcome"], row["reason"]): row["n"] for row in rows}
    accepted = len(shop.simulator.ledger())
    assert found == {("accepted", None): accepted, ("skipped", "campaign_deleted"): 300 - accepted}
    assert set(shop.sends_by_phone().values()) == {1}
    await balance(shop)


async def test_contacts_deleted_in_the_middle_are_skipped(shop: Shop) -> None:
    await shop.pool.execute("UPDATE senders SET rate_per_second = 50")
    await shop.add_people(120)
    async with shop.worker(chunk=30, runners_per_occurrence=1, backlog_floor=40):
        campaign = await shop.plan()
        await shop.until(lambda: _has_sent(shop, 5))
        ids = [
            row["id"] for row in await shop.pool.fetch("SELECT id FROM contacts ORDER BY id DESC")
        ]
        async with transaction(shop.pool) as connection:
            # Some are queued already, some not yet planned.
            await delete_contacts(connection, shop.fresh_scope, [*ids[:20], *ids[60:80]])
        await shop.until_settled(campaign.id)
    counts = (await shop.campaign(campaign.id)).counts
    assert counts.accepted_count == len(shop.simulator.ledger())
    assert counts.skipped_count == 40
    assert counts.accepted_count == 80
    await balance(shop)


async def test_stop_while_the_message_is_queued_keeps_it_from_leaving(shop: Shop) -> None:
    await shop.pool.execute("UPDATE senders SET rate_per_second = 40")
    await shop.add_people(100)
    async with shop.worker(runners_per_occurrence=1):
        campaign = await shop.plan()
        await shop.until(lambda: _has_sent(shop, 5))
        stopped = shop.phones[-5:]
        for phone in stopped:
            shop.simulator.say(phone, phone_number_id=PHONE_NUMBER_ID, text="STOP")
        await shop.until_settled(campaign.id)
    counts = (await shop.campaign(campaign.id)).counts
    assert (counts.accepted_count, counts.skipped_count) == (95, 5)
    assert not set(stopped) & set(shop.sends_by_phone())
    await balance(shop)


async def test_a_campaign_that_ends_while_sending_finishes_what_it_began(shop: Shop) -> None:
    await shop.pool.execute("UPDATE senders SET rate_per_second = 60")
    await shop.add_people(150)
    async with shop.worker(chunk=20, backlog_floor=30):
        campaign = await shop.plan(end_at=shop.now + timedelta(seconds=1.2))
        await until_everybody_is_accepted(shop, campaign.id)
    assert (await shop.campaign(campaign.id)).status == "ended"


async def test_receipts_that_come_twice_early_and_in_disorder_count_once(
    shop: Shop,
) -> None:
    shop.simulator.world.set_settings(
        shop.simulator.world.settings.merged(
            {
                "webhooks": {
                    "duplicate_share": 0.5,
                    "disorder_share": 0.5,
                    "disorder_seconds": 0.2,
                    "early_share": 0.5,
                    "spread_share": 0.5,
                    "batch_max_count": 7,
                }
            }
        )
    )
    await shop.add_people(100)
    async with shop.worker():
        campaign = await shop.plan()
        await until_everybody_is_accepted(shop, campaign.id)

        async def all_read() -> bool:
            return (await shop.campaign(campaign.id)).counts.read_count == 100

        await shop.until(all_read)
    counts = (await shop.campaign(campaign.id)).counts
    assert (counts.sent_count, counts.delivered_count, counts.read_count) == (100, 100, 100)
    assert await shop.pool.fetchval("SELECT count(*) FROM early_receipts") == 0
    await balance(shop)
