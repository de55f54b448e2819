"""Several workers: one that dies or sleeps is replaced, and its late hand can do no harm."""

from __future__ import annotations

import asyncio
import random
import signal
import time

import pytest
from tests.chaos.house import LEASE_SECONDS, House
from tests.chaos.processes import tell

from clarion.engine.parts import EngineSizes
from clarion.services.suspensions import resume_campaign, suspend_campaign
from clarion.store.pool import transaction

pytestmark = pytest.mark.chaos


async def owner_of(house: House) -> int:
    """The process that owns the sender now; 0 while nobody does."""
    owner: str = (
        await house.pool.fetchval(
            "SELECT owner FROM sender_leases WHERE sender_id = $1 AND lease_until > clock_timestamp()",
            house.sender_id,
        )
        or "::"
    )
    return int(owner.split(":")[1] or 0)


async def test_when_the_owner_is_killed_another_worker_takes_over(
    house: House, chance: random.Random, scale: float
) -> None:
    people = int(600 * scale)
    await house.add_people(people)
    await house.start("web")
    workers = {worker.pid: worker for worker in [await house.start("work") for _ in range(2)]}
    campaign = await house.plan()
    await house.until_sent(chance.randrange(50, people // 2))
    dead = workers.pop(await owner_of(house))
    await house.kill(dead)
    killed_at = time.monotonic()
    await house.until_sent(house.sent_count() + 1)
    tell(f"another worker sends after {time.monotonic() - killed_at:.2f} s (lease {LEASE_SECONDS})")
    await house.until_settled(campaign.id)
    await house.judge(campaign.id)


async def test_a_worker_that_slept_through_its_lease_sends_nothing_more(
    house: House, chance: random.Random, scale: float
) -> None:
    people = int(600 * scale)
    await house.add_people(people)
    await house.start("web")
    workers = {worker.pid: worker for worker in [await house.start("work") for _ in range(2)]}
    campaign = await house.plan()
    for _ in range(max(1, round(scale / 3))):
        await house.until_sent(min(people, house.sent_count() + chance.randrange(20, people // 5)))
        if house.sent_count() == people:
            break
        sleeper = workers[await owner_of(house)]
        await house.freeze(sleeper)

        async def is_replaced(pid: int = sleeper.pid) -> bool:
            return await owner_of(house) not in (0, pid)

        await house.until(is_replaced)
        await asyncio.sleep(chance.uniform(0, 0.5))
        sleeper.tell(signal.SIGCONT)
    await house.until_settled(campaign.id)
    await house.judge(campaign.id)


async def test_a_suspension_holds_against_a_worker_that_sleeps(
    house: House, chance: random.Random
) -> None:
    await house.add_people(600)
    await house.start("web")
    worker = await house.start("work")
    campaign = await house.plan()
    await house.until_sent(chance.randrange(30, 200))
    await house.freeze(worker)
    suspension = await suspend_campaign(house.pool, house.fresh_scope, campaign.id)
    sent_count = house.sent_count()
    worker.tell(signal.SIGCONT)
    await asyncio.sleep(1)
    assert house.sent_count() - sent_count <= suspension.in_flight_count
    async with transaction(house.pool) as connection:
        await resume_campaign(connection, house.fresh_scope, campaign.id, sizes=EngineSizes())
    await house.until_settled(campaign.id)
    await house.judge(campaign.id)


async def test_a_process_that_is_asked_to_stop_leaves_nothing_in_doubt(
    house: House, chance: random.Random, scale: float
) -> None:
    people = int(500 * scale)
    await house.add_people(people)
    serve = await house.start()
    campaign = await house.plan()
    for _ in range(2):
        await house.until_sent(house.sent_count() + chance.randrange(20, people // 4))
        assert await serve.end(signal.SIGTERM) == 0, serve.said()
        assert await house.doubts() == (0, 0)
        lease = await house.pool.fetchrow("SELECT owner, in_flight_count FROM sender_leases")
        assert dict(lease) == {"owner": "", "in_flight_count": 0}
        serve = await house.start()
    await house.until_settled(campaign.id)
    assert "messages_in_doubt" not in serve.said()
    await house.judge(campaign.id)


async def test_receipts_that_find_nobody_home_come_again(
    house: House, chance: random.Random
) -> None:
    """The web is away for a while; the platform repeats what it could not deliver."""
    await house.add_people(300)
    web = await house.start("web")
    await house.start("work")
    await house.direct("faults", {"kind": "reset_after_accept", "share": 0.3})
    campaign = await house.plan()
    await house.until_sent(chance.randrange(20, 200))
    await house.kill(web)
    await house.until_sent(300)
    found = await house.until_settled(campaign.id, is_doubt_allowed=True)
    assert found["in_doubt"] > 0
    await house.start("web")
    await house.until_settled(campaign.id)
    await house.judge(campaign.id)
