"""Whatever is killed, whenever: nobody is messaged twice, nobody is lost."""

from __future__ import annotations

import asyncio
import random
import signal
import time

import pytest
from tests.chaos.house import House, tell

pytestmark = pytest.mark.chaos


async def test_serve_is_killed_in_the_middle_of_sending(
    house: House, chance: random.Random, scale: float
) -> None:
    people = int(700 * scale)
    await house.add_people(people)
    serve = await house.start()
    campaign = await house.plan()
    for _ in range(max(1, round(2 * scale))):
        already = house.sent_count()
        if already >= people:
            break
        await house.until_sent(min(people, already + chance.randrange(1, max(2, people // 3))))
        await serve.end(signal.SIGKILL)
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


@pytest.mark.parametrize("rate_per_second", [68, 5000])
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
    assert people - len(sends) == sum(unwritten)
    await house.balance()
