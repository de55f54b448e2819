"""Whatever is killed, whenever: nobody is messaged twice, nobody is lost."""

from __future__ import annotations

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
    assert await serve.end(signal.SIGTERM) == 0
