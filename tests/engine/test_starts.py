"""A flow is started for one person: once per key, with consent, before it is too late."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from tests.engine.conftest import PHONE_NUMBER_ID, Shop
from tests.engine.test_conversation import texts_to

from clarion.domain.campaign import Reentry
from clarion.services.senders import pause_sender, resume_sender
from clarion.services.triggers import Start, TriggerRequest, read_start, trigger_flow
from clarion.store.pool import transaction

STRANGER = "+4915112345678"


async def trigger(shop: Shop, **changes: Any) -> Start:
    async with transaction(shop.pool) as connection:
        return await trigger_flow(
            connection, shop.fresh_scope, shop.flow_id, TriggerRequest(**changes)
        )


async def read(shop: Shop, start_id: int) -> Start:
    async with transaction(shop.pool) as connection:
        return await read_start(connection, shop.fresh_scope, start_id)


async def test_an_order_confirmation_goes_out_at_once_and_the_conversation_goes_on(
    shop: Shop,
) -> None:
    async with shop.worker():
        start = await trigger(shop, phone=STRANGER, name="Ana", key="order-17")

        async def arrived() -> bool:
            return shop.sends_by_phone() == {STRANGER: 1}

        await shop.until(arrived)
        shop.simulator.say(STRANGER, phone_number_id=PHONE_NUMBER_ID, tap="YES", reply_to="last")

        async def answered() -> bool:
            return texts_to(shop.simulator, STRANGER) == ["Thank you, Ana!"]

        await shop.until(answered)
    assert (start.status, start.reason, start.is_repeated) == ("started", None, False)
    row = await shop.pool.fetchrow(
        "SELECT m.lane, g.name FROM messages m JOIN group_members n USING (contact_id)"
        " JOIN groups g ON g.id = n.group_id WHERE m.session_id = $1 LIMIT 1",
        start.session_id,
    )
    assert dict(row) == {"lane": "conversation", "name": "Ungrouped"}


async def test_the_same_key_from_many_processes_starts_one_session(shop: Shop) -> None:
    starts = await asyncio.gather(
        *(trigger(shop, phone=STRANGER, name="Ana", key="order-17") for _ in range(6))
    )
    assert {start.session_id for start in starts} == {starts[0].session_id}
    assert sorted(start.is_repeated for start in starts) == [False] + [True] * 5
    assert await shop.pool.fetchval("SELECT count(*) FROM sessions") == 1
    assert await shop.pool.fetchval("SELECT count(*) FROM contacts") == 1
    other = await trigger(shop, phone=STRANGER, name="Ana", key="order-18", reentry=Reentry.SKIP)
    assert (other.status, other.reason) == ("skipped", "session_active")
    newer = await trigger(shop, phone=STRANGER, name="Ana", key="order-19")
    rows = await shop.pool.fetch("SELECT id, status FROM sessions ORDER BY id")
    assert [tuple(row) for row in rows] == [
        (starts[0].session_id, "superseded"),
        (newer.session_id, "waiting"),
    ]


async def test_who_opted_out_is_not_started(shop: Shop) -> None:
    (phone,) = await shop.add_people(1)
    await shop.pool.execute(
        "INSERT INTO consents (contact_id, channel, state, source, at)"
        " SELECT id, 'whatsapp', 'opted_out', 'person', now() FROM contacts"
    )
    start = await trigger(shop, phone=phone)
    assert (start.status, start.reason, start.session_id) == ("skipped", "opted_out", None)
    assert await shop.pool.fetchval("SELECT count(*) FROM messages") == 0


async def test_a_start_that_is_asked_for_too_late_is_discarded(shop: Shop) -> None:
    late = await trigger(shop, phone=STRANGER, discard_at=shop.now - timedelta(seconds=1))
    assert (late.status, late.reason) == ("discarded", "expired")


async def test_a_start_waits_for_its_sender_until_it_is_of_no_use(shop: Shop) -> None:
    async with transaction(shop.pool) as connection:
        await pause_sender(connection, shop.fresh_scope, shop.sender_id)
    soon, later = shop.now + timedelta(seconds=1), shop.now + timedelta(hours=1)
    hasty = await trigger(shop, phone=STRANGER, name="Ana", discard_at=soon)
    patient = await trigger(shop, phone=STRANGER, discard_at=later, sender_name="shop")
    assert [(each.status, each.reason) for each in (hasty, patient)] == [
        ("pending", "sender_paused")
    ] * 2
    async with shop.worker():

        async def discarded() -> bool:
            return (await read(shop, hasty.id)).status == "discarded"

        await shop.until(discarded)
        async with transaction(shop.pool) as connection:
            await resume_sender(connection, shop.fresh_scope, shop.sender_id)
        # It looks again by itself every few seconds; the test does not wait for that.
        await shop.pool.execute("UPDATE fires SET due_at = now() WHERE kind = 'start'")

        async def started() -> bool:
            return shop.sends_by_phone() == {STRANGER: 1}

        await shop.until(started)
    assert (await read(shop, hasty.id)).reason == "sender_paused"
    assert (await read(shop, patient.id)).status == "started"
