"""Real sessions that go too far: they end as failed with the reason, and the worker goes on."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from tests.engine.conftest import PHONE_NUMBER_ID, Shop
from tests.engine.talk import ended, publish, run_through, sessions
from tests.engine.test_time import MovedClock
from tests.flows import ask, offer, say, step

from clarion.config import Settings
from clarion.services.flow_limits import limits_of
from clarion.services.triggers import TriggerRequest, trigger_flow
from clarion.store.pool import transaction


def settle(shop: Shop, **settings: Any) -> MovedClock:
    """Give the shop these settings, and a clock that can be moved."""
    clock = MovedClock()
    given = Settings(data_dir=shop.place.settings.data_dir, **settings)
    shop.place = replace(shop.place, settings=given, clock=clock)
    return clock


def chain(count: int) -> dict[str, dict[str, Any]]:
    """So many nodes one after the other, then a message."""
    names = [*(f"set{number}" for number in range(count)), "offer"]
    return {
        name: step("set_variables", {"variables": {"x": "1"}}, next=following)
        for name, following in pairwise(names)
    } | {"offer": offer("done")}


async def test_a_campaign_whose_flow_is_too_long_fails_for_each_and_the_next_one_goes_out(
    shop: Shop,
) -> None:
    settle(shop, flow_max_nodes=10)
    await shop.add_people(3)
    long_id = await publish(shop, "long", **chain(10))
    short_id = await publish(shop, "short", **chain(3))
    async with shop.worker():
        failed = await run_through(shop, long_id)
        sent = await run_through(shop, short_id, name="Next")
    assert (failed.counts.failed_count, sent.counts.accepted_count) == (3, 3)
    assert (await sessions(shop))[:3] == [("failed", "too_many_nodes", 0)] * 3
    reasons = await shop.pool.fetch(
        "SELECT DISTINCT reason FROM participants WHERE outcome = 'failed'"
    )
    assert [row["reason"] for row in reasons] == ["too_many_nodes"]


async def test_a_start_by_hand_keeps_the_same_limits(shop: Shop) -> None:
    settle(shop, flow_max_jumps=3)
    again = step("jump", {"target": "again", "max_jumps": 20}, next="offer")
    flow_id = await publish(shop, "round", again=again, offer=offer("done"))
    async with transaction(shop.pool) as connection:
        start = await trigger_flow(
            connection,
            shop.fresh_scope,
            flow_id,
            TriggerRequest(phone="+4915112345678"),
            limits=limits_of(shop.place.settings),
        )
    assert start.status == "started"
    assert await sessions(shop) == [("failed", "too_many_jumps", 0)]


@pytest.mark.parametrize(
    ("settings", "days", "reason"),
    [
        ({"flow_max_sprints": 2}, 0, "too_many_sprints"),
        ({"flow_max_session_days": 3}, 4, "session_too_old"),
        ({"flow_max_pattern_characters": 64}, 0, "pattern_text_too_long"),
        ({"flow_max_variable_characters": 64}, 0, "variable_too_long"),
    ],
)
async def test_a_conversation_that_goes_too_far_ends_with_the_reason(
    shop: Shop, settings: dict[str, Any], days: int, reason: str
) -> None:
    clock = settle(shop, **settings)
    (phone,) = await shop.add_people(1)
    rule = {"variable": "word", "operator": "stringAnyMatchesRegex", "value": "b+"}
    flow_id = await publish(
        shop,
        "talk",
        offer=offer("first"),
        first=ask("again", timeout={"amount": 30, "unit": "days"}),
        again=say("And?", "second"),
        second=ask("double"),
        double=step(
            "set_variables",
            {"variables": {"word": "{{ reply.text }}{{ reply.text }}"}},
            next="sort",
        ),
        sort=step(
            "branch",
            {"branches": [{"exit": "fits", "rules": [rule]}]},
            **{"fits": "done", "else": "done"},
        ),
    )
    async with shop.worker():
        await run_through(shop, flow_id)
        clock.advance(days=days)
        for count in (1, 2):
            shop.simulator.say(phone, phone_number_id=PHONE_NUMBER_ID, text="a" * 40)

            async def is_heard(count: int = count) -> bool:
                query = "SELECT status <> 'waiting' OR revision > $1 FROM sessions"
                return bool(await shop.pool.fetchval(query, count))

            await shop.until(is_heard)
        await ended(shop)
    assert await sessions(shop) == [("failed", reason, 0)]
