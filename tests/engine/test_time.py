"""Time passes: timeouts, zones, retries and doubts, on a clock that the test moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.engine.conftest import PHONE_NUMBER_ID, Shop

from clarion.channels.simulator import FaultKind, FaultRule
from clarion.domain.campaign import DoubtPolicy, Reentry, ZoneMode
from clarion.domain.plan import Daily, Once
from clarion.services.flows import create_flow, publish_flow
from clarion.store.pool import transaction


class MovedClock:
    """The real clock, moved."""

    def __init__(self) -> None:
        self.moved = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.moved

    def advance(self, **duration: float) -> None:
        self.moved += timedelta(**duration)


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
async def timed_shop(shop: Shop, clock: MovedClock) -> Shop:
    shop.place = replace(shop.place, clock=clock)
    return shop


REMINDER: dict[str, Any] = {
    "schema": "clarion.flow/1",
    "name": "reminder",
    "trigger": {"kind": "manual"},
    "nodes": [
        {"id": "start", "kind": "start", "exits": {"next": "later"}},
        {
            "id": "later",
            "kind": "wait",
            "config": {"amount": 2, "unit": "days"},
            "exits": {"next": "offer"},
        },
        {
            "id": "offer",
            "kind": "send_whatsapp_template",
            "config": {
                "template": "spring_offer",
                "language": "en_US",
                "body": ["{{ contact.name }}"],
            },
            "exits": {"next": "answer"},
        },
        {
            "id": "answer",
            "kind": "wait_for_reply",
            "config": {"timeout": {"amount": 1, "unit": "days"}},
            "exits": {"other": "end", "timeout": "again"},
        },
        {
            "id": "again",
            "kind": "send_whatsapp_template",
            "config": {
                "template": "spring_offer",
                "language": "en_US",
                "body": ["{{ contact.name }}"],
            },
            "exits": {"next": "end"},
        },
        {"id": "end", "kind": "end"},
    ],
}


async def publish(shop: Shop, definition: dict[str, Any]) -> int:
    async with transaction(shop.pool) as connection:
        flow = await create_flow(connection, shop.fresh_scope, definition)
        await publish_flow(connection, shop.fresh_scope, flow.id)
    return flow.id


async def test_a_delay_of_days_and_a_reminder_after_silence(
    timed_shop: Shop, clock: MovedClock
) -> None:
    shop = timed_shop
    silent, answering = await shop.add_people(2)
    flow_id = await publish(shop, REMINDER)
    async with shop.worker():
        campaign = await shop.plan(flow_id=flow_id, end_at=shop.now + timedelta(days=30))

        async def waiting() -> bool:
            return (
                await shop.pool.fetchval("SELECT count(*) FROM sessions WHERE status = 'waiting'")
                == 2
            )

        await shop.until(waiting)
        assert shop.sends_by_phone() == {}
        clock.advance(days=2, minutes=1)

        async def offered() -> bool:
            return (await shop.campaign(campaign.id)).counts.accepted_count == 2

        await shop.until(offered)
        shop.simulator.say(answering, phone_number_id=PHONE_NUMBER_ID, text="Later!")

        async def heard() -> bool:
            return (await shop.campaign(campaign.id)).counts.replied_count == 1

        await shop.until(heard)
        clock.advance(days=1, minutes=1)

        async def reminded() -> bool:
            return shop.sends_by_phone() == {silent: 2, answering: 1}

        await shop.until(reminded)


async def test_at_least_once_repeats_what_no_receipt_has_settled(
    timed_shop: Shop, clock: MovedClock
) -> None:
    shop = timed_shop
    await shop.add_people(5)
    shop.simulator.add_fault(FaultRule(FaultKind.RESET_BEFORE_READ, count=2))
    async with shop.worker(doubt_window_seconds=600):
        campaign = await shop.plan(doubt_policy=DoubtPolicy.AT_LEAST_ONCE)

        async def in_doubt() -> bool:
            return (await shop.campaign(campaign.id)).counts.in_doubt_count == 2

        await shop.until(in_doubt)
        clock.advance(minutes=11)

        async def all_sent() -> bool:
            return (await shop.campaign(campaign.id)).counts.accepted_count == 5

        await shop.until(all_sent)
    assert shop.sends_by_phone() == dict.fromkeys(shop.phones, 1)


@pytest.mark.parametrize(
    ("reentry", "sends", "statuses"),
    [
        (Reentry.RESTART, 2, ["superseded", "waiting"]),
        (Reentry.SKIP, 1, ["waiting"]),
        (Reentry.PARALLEL, 2, ["waiting", "waiting"]),
    ],
)
async def test_who_is_still_inside_the_flow_is_met_as_the_campaign_says(
    timed_shop: Shop, clock: MovedClock, reentry: Reentry, sends: int, statuses: list[str]
) -> None:
    shop = timed_shop
    (phone,) = await shop.add_people(1)
    async with shop.worker():
        first = await shop.plan()
        await shop.until_settled(first.id)
        second = await shop.plan(name="Second", reentry=reentry)
        await shop.until_settled(second.id)
    assert shop.sends_by_phone() == {phone: sends}
    rows = await shop.pool.fetch("SELECT status FROM sessions ORDER BY id")
    assert [row["status"] for row in rows] == statuses


async def test_each_contact_is_messaged_by_its_own_clock(
    timed_shop: Shop, clock: MovedClock
) -> None:
    shop = timed_shop
    tokyo, berlin, new_york = await shop.add_people(3)
    for phone, zone in (
        (tokyo, "Asia/Tokyo"),
        (berlin, "Europe/Berlin"),
        (new_york, "America/New_York"),
    ):
        await shop.pool.execute("UPDATE contacts SET zone = $2 WHERE phone = $1", phone, zone)
    await shop.pool.execute("UPDATE workspaces SET zone = 'Europe/Berlin'")
    async with shop.worker():
        # In Tokyo that time of day is over already; in New York it comes some hours later.
        campaign = await shop.plan(plan=Daily(None), zone_mode=ZoneMode.CONTACT)

        async def sent(count: int) -> bool:
            return (await shop.campaign(campaign.id)).counts.accepted_count == count

        await shop.until(lambda: sent(2))
        assert shop.sends_by_phone() == {tokyo: 1, berlin: 1}
        assert (await shop.campaign(campaign.id)).counts.pending_count == 1
        clock.advance(hours=6, minutes=1)
        await shop.until(lambda: sent(3))
    assert shop.sends_by_phone() == {tokyo: 1, berlin: 1, new_york: 1}


async def test_a_once_campaign_fires_once(timed_shop: Shop, clock: MovedClock) -> None:
    shop = timed_shop
    await shop.add_people(2)
    async with shop.worker(), shop.worker(), shop.worker():
        campaign = await shop.plan(plan=Once())
        await shop.until_settled(campaign.id)
        clock.advance(hours=1)

        async def idle() -> bool:
            return await shop.pool.fetchval("SELECT count(*) FROM fires WHERE kind='campaign'") == 1

        await shop.until(idle)
    assert shop.sends_by_phone() == dict.fromkeys(shop.phones, 1)
    assert await shop.pool.fetchval("SELECT count(*) FROM occurrences") == 1
