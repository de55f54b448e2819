"""A contact goes on in another flow: with what it is given, once, and not for ever."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from tests.engine.conftest import PHONE_NUMBER_ID, Shop
from tests.engine.talk import publish, run_through, said, sessions, texts_to
from tests.engine.test_time import MovedClock
from tests.flows import ask, offer, say, step

from clarion.domain.plan import Daily
from clarion.services.flows import create_flow, publish_flow
from clarion.store.pool import transaction


async def test_a_contact_goes_on_in_another_flow_with_what_it_is_given(shop: Shop) -> None:
    (phone,) = await shop.add_people(1)
    async with transaction(shop.pool) as connection:
        second = await create_flow(
            connection,
            shop.fresh_scope,
            {
                "schema": "clarion.flow/1",
                "name": "second",
                "trigger": {"kind": "manual", "inputs": [{"name": "word", "required": True}]},
                "nodes": [
                    {"id": "start", **step("start", next="hello")},
                    {"id": "hello", **say("{{ contact.name }} said {{ word }}", "wait")},
                    {"id": "wait", **ask("thanks")},
                    {"id": "thanks", **say("{{ campaign.name }}: {{ reply.text }}")},
                    {"id": "done", "kind": "end"},
                ],
            },
        )
        await publish_flow(connection, shop.fresh_scope, second.id)
    flow_id = await publish(
        shop,
        "first",
        offer=offer("wait"),
        wait=ask("rename"),
        rename=step("update_contact", {"name": "Anna"}, next="on"),
        on=step("forward_to_flow", {"flow": "second", "variables": {"word": "{{ reply.text }}"}}),
    )
    async with shop.worker():
        campaign = await run_through(shop, flow_id)
        shop.simulator.say(phone, phone_number_id=PHONE_NUMBER_ID, text="Hello")
        await shop.until(said(shop, phone, 1))
        shop.simulator.say(phone, phone_number_id=PHONE_NUMBER_ID, text="Bye")
        await shop.until(said(shop, phone, 2))
    assert texts_to(shop, phone) == ["Anna said Hello", "Spring: Bye"]
    assert await sessions(shop) == [("completed", "forwarded", 0), ("completed", None, 1)]
    steps = await shop.pool.fetch(
        "SELECT step, is_opening FROM messages WHERE direction = 'out' ORDER BY id"
    )
    assert [tuple(row) for row in steps] == [(1, True), (2, False), (3, False)]
    assert (await shop.campaign(campaign.id)).counts.accepted_count == 1


async def test_the_flow_that_goes_on_may_send_the_opening(shop: Shop) -> None:
    phones = await shop.add_people(3)
    await publish(shop, "opening", offer=offer("done"))
    flow_id = await publish(shop, "door", on=step("forward_to_flow", {"flow": "opening"}))
    async with shop.worker():
        campaign = await run_through(shop, flow_id)
    assert campaign.counts.accepted_count == 3
    assert shop.sends_by_phone() == dict.fromkeys(phones, 1)
    assert Counter(await sessions(shop)) == {
        ("completed", None, 1): 3,
        ("completed", "forwarded", 0): 3,
    }


async def test_a_session_that_cannot_go_on_has_failed_and_the_campaign_adds_up(shop: Shop) -> None:
    await shop.add_people(2)
    flow_id = await publish(shop, "lost", on=step("forward_to_flow", {"flow": "nowhere"}))
    async with shop.worker():
        campaign = await run_through(shop, flow_id)
    assert campaign.counts.failed_count == 2
    assert await sessions(shop) == [("failed", "forward_failed", 0)] * 2
    reasons = await shop.pool.fetch("SELECT DISTINCT reason FROM participants")
    assert [row["reason"] for row in reasons] == ["forward_failed"]


async def test_flows_that_forward_in_a_circle_come_to_an_end(shop: Shop) -> None:
    await shop.add_people(1)
    await publish(shop, "ping", on=step("forward_to_flow", {"flow": "pong"}))
    flow_id = await publish(shop, "pong", on=step("forward_to_flow", {"flow": "ping"}))
    async with shop.worker():
        campaign = await run_through(shop, flow_id)
    assert await sessions(shop) == [
        *(("completed", "forwarded", number) for number in range(5)),
        ("failed", "too_many_forwards", 5),
    ]
    assert campaign.counts.failed_count == 1


async def test_another_tick_of_a_campaign_takes_over_where_its_session_was_forwarded(
    shop: Shop,
) -> None:
    await shop.add_people(1)
    days = {"amount": 3, "unit": "days"}
    await publish(shop, "long talk", wait=ask("done", timeout=days))
    flow_id = await publish(
        shop, "short door", offer=offer("on"), on=step("forward_to_flow", {"flow": "long talk"})
    )
    clock = MovedClock()
    shop.place = replace(shop.place, clock=clock)
    async with shop.worker():
        campaign = await shop.plan(flow_id=flow_id, plan=Daily(None))
        await shop.until_settled(campaign.id)
        clock.advance(days=1)

        async def is_sent_again() -> bool:
            return (await shop.campaign(campaign.id)).counts.accepted_count == 2

        await shop.until(is_sent_again)
    assert await sessions(shop) == [
        ("completed", "forwarded", 0),
        ("superseded", "superseded", 1),
        ("completed", "forwarded", 0),
        ("waiting", None, 1),
    ]
