"""What people write starts the flow that listens, once, and disturbs nothing else."""

from __future__ import annotations

from typing import Any

from tests.engine.conftest import PHONE_NUMBER_ID, Shop
from tests.engine.test_conversation import texts_to

from clarion.channels.contract import Inbound
from clarion.domain.message import Address, AddressKind, Channel, Reply
from clarion.engine.flow_versions import FlowVersions
from clarion.engine.inbound import RoutedInbound, take_inbound
from clarion.services.bindings import bind_flow
from clarion.services.flows import create_flow, publish_flow
from clarion.store.pool import transaction

ANA = "+4915112345678"


def listening(name: str, *conditions: dict[str, Any], ask: bool = False) -> dict[str, Any]:
    """A flow that says its name, and may then wait for an answer and hand over."""
    after = (
        [
            {
                "id": "answer",
                "kind": "wait_for_reply",
                "config": {"timeout": {"amount": 1, "unit": "hours"}, "save_as": "answer"},
                "exits": {"other": "person", "timeout": "end"},
            },
            {"id": "person", "kind": "hand_over", "config": {"note": "{{ answer }}"}},
        ]
        if ask
        else []
    )
    return {
        "schema": "clarion.flow/1",
        "name": name,
        "trigger": {"kind": "whatsapp", "conditions": list(conditions)},
        "nodes": [
            {"id": "start", "kind": "start", "exits": {"next": "say"}},
            {
                "id": "say",
                "kind": "send_whatsapp_message",
                "config": {"text": {"body": name + ": {{ incomingMessage }}"}},
                "exits": {"next": "answer" if ask else "end"},
            },
            *after,
            {"id": "end", "kind": "end"},
        ],
    }


async def listen(shop: Shop, definition: dict[str, Any], priority: int = 100) -> int:
    async with transaction(shop.pool) as connection:
        flow = await create_flow(connection, shop.fresh_scope, definition)
        await bind_flow(connection, shop.fresh_scope, flow.id, shop.sender_id, priority=priority)
        await publish_flow(connection, shop.fresh_scope, flow.id)
    return flow.id


async def heard(shop: Shop, count: int) -> None:
    async def arrived() -> bool:
        query = "SELECT count(*) FROM messages WHERE direction = 'in'"
        return await shop.pool.fetchval(query) == count

    await shop.until(arrived)


async def said(shop: Shop, phone: str, texts: list[str]) -> None:
    async def arrived() -> bool:
        return texts_to(shop.simulator, phone) == texts

    await shop.until(arrived)


async def test_a_stranger_writes_and_the_first_flow_that_fits_answers(shop: Shop) -> None:
    await listen(shop, listening("Anything", ask=True), priority=900)
    prices = {"kind": "keyword", "words": ["price"], "match": "contains"}
    await listen(shop, listening("Prices", prices), priority=10)
    async with shop.worker():
        shop.simulator.say(ANA, phone_number_id=PHONE_NUMBER_ID, text="What is the PRICE?")
        await said(shop, ANA, ["Prices: What is the PRICE?"])
        shop.simulator.say(ANA, phone_number_id=PHONE_NUMBER_ID, text="Hello")
        await said(shop, ANA, ["Prices: What is the PRICE?", "Anything: Hello"])
        # The session that waits comes first, even for words that another flow listens to.
        shop.simulator.say(ANA, phone_number_id=PHONE_NUMBER_ID, text="the price again")
        await heard(shop, 3)
        # Now a person looks after the conversation: no flow interferes.
        shop.simulator.say(ANA, phone_number_id=PHONE_NUMBER_ID, text="price?")
        await heard(shop, 4)
    assert texts_to(shop.simulator, ANA) == ["Prices: What is the PRICE?", "Anything: Hello"]
    note = await shop.pool.fetchval("SELECT note FROM conversations WHERE state = 'open'")
    assert note == "the price again"
    rows = await shop.pool.fetch("SELECT status, asked_by FROM starts ORDER BY id")
    assert [tuple(row) for row in rows] == [("started", "message")] * 2


async def test_stop_comes_before_every_flow(shop: Shop) -> None:
    await listen(shop, listening("Anything"))
    async with shop.worker():
        shop.simulator.say(ANA, phone_number_id=PHONE_NUMBER_ID, text="STOP")
        await heard(shop, 1)
        shop.simulator.say(ANA, phone_number_id=PHONE_NUMBER_ID, text="Are you there?")
        await heard(shop, 2)
    assert texts_to(shop.simulator, ANA) == []
    rows = await shop.pool.fetch("SELECT status, reason FROM starts")
    assert [tuple(row) for row in rows] == [("skipped", "opted_out")]


async def test_a_thousand_people_who_write_at_once_are_each_answered_once(shop: Shop) -> None:
    await listen(shop, listening("Anything"))
    batch = [
        RoutedInbound(
            shop.sender_id,
            Inbound(
                PHONE_NUMBER_ID,
                f"wamid.{number}",
                (Address(Channel.WHATSAPP, AddressKind.WA_ID, f"4917{30_000_000 + number}"),),
                Reply("text", "Hello", shop.now),
            ),
        )
        for number in range(1000)
    ]
    for _ in range(2):  # the provider repeats what it thinks was not heard
        async with transaction(shop.pool) as connection:
            await take_inbound(
                connection,
                FlowVersions(),
                shop.scope.workspace_id,
                Channel.WHATSAPP,
                batch,
                shop.now,
            )
    counts = await shop.pool.fetchrow(
        "SELECT (SELECT count(*) FROM sessions) AS sessions,"
        " (SELECT count(DISTINCT contact_id) FROM sessions) AS people,"
        " (SELECT count(*) FROM messages WHERE direction = 'out') AS messages,"
        " (SELECT count(*) FROM starts WHERE status = 'started') AS starts"
    )
    assert dict(counts) == {"sessions": 1000, "people": 1000, "messages": 1000, "starts": 1000}


async def test_an_advertisement_brings_its_referral(shop: Shop) -> None:
    welcome = listening("Advertisement", {"kind": "referral", "sources": ["ad-7"]})
    welcome["nodes"][1]["config"]["text"]["body"] = "From {{ referral.headline }} to {{ wabaId }}"
    await listen(shop, welcome)
    person = (Address(Channel.WHATSAPP, AddressKind.WA_ID, ANA[1:]),)
    ad = {"referral": {"source_id": "ad-7", "headline": "Spring sale"}}
    for number, media in enumerate((ad, {"referral": {"source_id": "ad-8"}}, {})):
        reply = Reply("text", "Hi", shop.now, media=media)
        inbound = Inbound(PHONE_NUMBER_ID, f"wamid.{number}", person, reply)
        async with transaction(shop.pool) as connection:
            await take_inbound(
                connection,
                FlowVersions(),
                shop.scope.workspace_id,
                Channel.WHATSAPP,
                [RoutedInbound(shop.sender_id, inbound)],
                shop.now,
            )
    rows = await shop.pool.fetch(
        "SELECT content #>> '{body,text}' AS text FROM messages WHERE direction = 'out'"
    )
    assert [row["text"] for row in rows] == ["From Spring sale to 102290129340398"]
