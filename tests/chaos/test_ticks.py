"""Several schedulers, one plan: each tick happens once, whatever they do at the same moment."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.chaos.test_faults import balance
from tests.engine.conftest import Shop, shop, simulator_settings, sizes

from clarion.domain.plan import EveryMinute

__all__ = ["shop", "simulator_settings", "sizes"]

pytestmark = pytest.mark.chaos

SPEED = 120.0  # a minute in half a second


def fast_clock() -> datetime:
    return EPOCH + timedelta(seconds=(time.monotonic() - STARTED) * SPEED)


EPOCH = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
STARTED = time.monotonic()


async def occurrences(shop: Shop) -> list[tuple[datetime, str, str | None]]:
    rows = await shop.pool.fetch("SELECT * FROM occurrences ORDER BY scheduled_at")
    return [(row["scheduled_at"], row["status"], row["reason"]) for row in rows]


async def test_three_schedulers_fire_every_tick_once(shop: Shop) -> None:
    shop.place = replace(shop.place, clock=fast_clock)
    await shop.add_people(20)
    start_at = shop.now + timedelta(seconds=30)
    end_at = start_at + timedelta(minutes=12)
    campaign = await shop.plan(start_at=start_at, end_at=end_at, plan=EveryMinute())
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(3):
            await stack.enter_async_context(shop.worker())

        async def is_over() -> bool:
            return (await shop.campaign(campaign.id)).status == "ended"

        await shop.until(is_over, 60)
        await shop.until_settled(campaign.id)
    found = await occurrences(shop)
    assert [each[0] for each in found] == [start_at + timedelta(minutes=n) for n in range(12)]
    finished_count = sum(1 for each in found if each[1] == "finished")
    # A tick that came while its predecessor was at work is recorded with the reason.
    assert Counter(each[1:] for each in found) == Counter(
        {
            ("finished", None): finished_count,
            **(
                {("skipped", "previous_running"): 12 - finished_count}
                if finished_count < 12
                else {}
            ),
        }
    )
    assert finished_count > 0
    assert shop.sends_by_phone() == dict.fromkeys(shop.phones, finished_count)
    await balance(shop)


async def test_after_downtime_late_ticks_are_missed_and_the_rest_goes_on(shop: Shop) -> None:
    shop.place = replace(shop.place, clock=fast_clock)
    await shop.add_people(5)
    start_at = shop.now + timedelta(seconds=30)
    campaign = await shop.plan(
        start_at=start_at,
        end_at=start_at + timedelta(minutes=9),
        plan=EveryMinute(),
        misfire_grace_seconds=90,
    )
    await asyncio.sleep(2.5)  # five ticks go by while nothing runs
    async with shop.worker(), shop.worker():

        async def is_over() -> bool:
            return (await shop.campaign(campaign.id)).status == "ended"

        await shop.until(is_over, 60)
        await shop.until_settled(campaign.id)
    found = await occurrences(shop)
    assert len(found) == len({each[0] for each in found}) == 9
    statuses = [each[1] for each in found]
    assert statuses[:3] == ["missed"] * 3
    assert "finished" in statuses
    assert shop.sends_by_phone() == dict.fromkeys(shop.phones, statuses.count("finished"))
    await balance(shop)
