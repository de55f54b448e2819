"""Whatever is killed, whenever: nobody is messaged twice, nobody is lost."""

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


async def test_serve_is_killed_in_the_middle_of_sending(
    house: House, chance: random.Random, scale: float
) -> None:
    people = int(700 * scale)
    await house.add_people(people)
    serve = await house.start()
    campaign = await house.plan()
    kills = max(1, round(2 * scale))
    for _ in range(kills):
        already = house.sent_count()
        if already >= people:
            break
        more = chance.randrange(1, max(2, 2 * people // (3 * kills)))
        await house.until_sent(min(people, already + more))
        await house.kill(serve)
        killed_at = time.monotonic()
        already = house.sent_count()
        serve = await house.start()
        ready_at = time.monotonic()
        if already < people:
            await house.until_sent(already + 1)
            tell(
                f"sent {already}, ready after {ready_at - killed_at:.2f} s,"
                f" sending after {time.monotonic() - killed_at:.2f} s"
            )
    await house.until_settled(campaign.id)
    await house.judge(campaign.id)
    assert await serve.end(signal.SIGTERM) == 0, serve.said()[-4000:]


async def test_serve_is_killed_while_it_plans_the_audience(
    house: House, chance: random.Random, scale: float
) -> None:
    people = int(2500 * min(scale, 4))
    await house.set_rate(5000)
    await house.add_people(people)
    campaign = await house.plan()
    for _ in range(max(1, round(scale))):
        serve = await house.start()
        await asyncio.sleep(chance.uniform(0.05, 0.8))
        await house.kill(serve)
        chunks = await house.pool.fetchrow(
            "SELECT count(*) AS n, count(done_at) AS done_count FROM chunks"
        )
        tell(f"killed with {chunks['done_count']} of {chunks['n']} chunks planned")
    await house.start()
    await house.until_settled(campaign.id)
    await house.judge(campaign.id)


async def test_a_suspension_outlives_the_process_that_was_sending(
    house: House, chance: random.Random
) -> None:
    await house.add_people(400)
    serve = await house.start()
    campaign = await house.plan()
    await house.until_sent(chance.randrange(20, 200))
    suspension = await suspend_campaign(house.pool, house.fresh_scope, campaign.id)
    sent_count = house.sent_count()
    await house.kill(serve)
    await house.start()
    await asyncio.sleep(LEASE_SECONDS + 1)
    assert house.sent_count() - sent_count <= suspension.in_flight_count
    await house.balance()
    async with transaction(house.pool) as connection:
        await resume_campaign(connection, house.fresh_scope, campaign.id, sizes=EngineSizes())
    await house.until_settled(campaign.id)
    await house.judge(campaign.id)


@pytest.mark.parametrize("rate_per_second", [pytest.param(68, marks=pytest.mark.long), 5000])
async def test_hardly_anybody_is_in_doubt_who_was_not_written_to(
    house: House, chance: random.Random, scale: float, rate_per_second: int
) -> None:
    await house.set_rate(rate_per_second)
    await house.direct("settings", {"answers": {"latency": {"median_seconds": 0.1}}})
    kills = round(2 * scale)
    people = kills * (100 if rate_per_second == 68 else 900)
    await house.add_people(people)
    campaign = await house.plan()
    totals: list[int] = []
    unwritten: list[int] = []
    for _ in range(kills):
        already = house.sent_count()
        serve = await house.start()
        await house.until_sent(min(people, already + 1))
        await asyncio.sleep(chance.uniform(0.1, 0.4))
        await serve.end(signal.SIGKILL)
        await asyncio.sleep(0.2)  # what the kernel still holds arrives
        total, unwritten_count = await house.doubts()
        totals.append(total)
        unwritten.append(unwritten_count)
    tell(f"at {rate_per_second}/s: in doubt {totals}, of these never written {unwritten}")
    await house.start()
    await house.until_settled(campaign.id, is_doubt_allowed=True)
    sends = house.sends_by_phone()
    assert not [phone for phone, count in sends.items() if count > 1]
    # Those to whom nothing had been written are told by the journal and written to after the kill,
    # all but the request that was being noted; whoever is missing is known as in doubt.
    missing_count = people - len(sends)
    assert missing_count <= min(people // 100, sum(unwritten))
    assert (await house.outcomes(campaign.id))["in_doubt"] >= missing_count
    await house.balance()
