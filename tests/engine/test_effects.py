"""What a flow does besides sending: it changes contacts, hands over to people, goes on elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from tests.engine.conftest import PHONE_NUMBER_ID, Shop
from tests.engine.test_time import MovedClock

from clarion.domain.campaign import Reentry
from clarion.domain.plan import Daily
from clarion.services.campaigns import Campaign
from clarion.services.conversations import (
    ConversationFilter,
    close_conversation,
    list_conversations,
)
from clarion.services.flows import create_flow, publish_flow
from clarion.store.pool import transaction

OFFER: dict[str, Any] = {
    "template": "spring_offer",
    "language": "en_US",
    "body": ["{{ contact.name }}"],
    "buttons": [
        {"index": 0, "sub_type": "quick_reply", "value": "YES"},
        {"index": 1, "sub_type": "quick_reply", "value": "NO"},
    ],
}
ONE_HOUR = {"amount": 1, "unit": "hours"}


def step(kind: str, config: dict[str, Any] | None = None, **exits: str) -> dict[str, Any]:
    node: dict[str, Any] = {"kind": kind, "config": config or {}}
    return node | ({"exits": exits} if exits else {})


def offer(to: str) -> dict[str, Any]:
    return step("send_whatsapp_template", OFFER, next=to)


def ask(to: str, **config: Any) -> dict[str, Any]:
    exits = {"other": to, "timeout": "done"}
    if "expect" in config:
        exits["invalid"] = "done"
    return step("wait_for_reply", {"timeout": ONE_HOUR, **config}, **exits)


def say(text: str, to: str = "done") -> dict[str, Any]:
    return step("send_whatsapp_message", {"text": {"body": text}}, next=to)


async def publish(shop: Shop, name: str, **nodes: dict[str, Any]) -> int:
    """A published flow of these nodes; the first is where it begins, an end is named `done`."""
    first = next(iter(nodes))
    definition = {
        "schema": "clarion.flow/1",
        "name": name,
        "trigger": {"kind": "manual"},
        "nodes": [
            {"id": "start", **step("start", next=first)},
            *({"id": node_id, **node} for node_id, node in nodes.items()),
            {"id": "done", "kind": "end"},
        ],
    }
    async with transaction(shop.pool) as connection:
        flow = await create_flow(connection, shop.fresh_scope, definition)
        await publish_flow(connection, shop.fresh_scope, flow.id)
    return flow.id


async def make_group(shop: Shop, name: str) -> None:
    await shop.pool.execute(
        "INSERT INTO groups (workspace_id, name) VALUES ($1, $2)", shop.scope.workspace_id, name
    )


async def groups_of(shop: Shop, phone: str) -> list[str]:
    rows = await shop.pool.fetch(
        "SELECT g.name FROM groups g JOIN group_members m ON m.group_id = g.id"
        " JOIN contacts c ON c.id = m.contact_id WHERE c.phone = $1 ORDER BY g.name",
        phone,
    )
    return [row["name"] for row in rows]


def texts_to(shop: Shop, phone: str) -> list[str]:
    entries = shop.simulator.ledger(phone=phone.lstrip("+"))
    return [entry["text"] for entry in entries if entry["type"] == "text"]


def said(shop: Shop, phone: str, count: int) -> Callable[[], Awaitable[bool]]:
    async def is_said() -> bool:
        return len(texts_to(shop, phone)) == count

    return is_said


async def sessions(shop: Shop) -> list[tuple[str, str | None, int]]:
    rows = await shop.pool.fetch("SELECT status, reason, forward_count FROM sessions ORDER BY id")
    return [(row["status"], row["reason"], row["forward_count"]) for row in rows]


async def ended(shop: Shop, count: int = 1) -> None:
    async def are_ended() -> bool:
        rows = await sessions(shop)
        return len(rows) == count and all(status != "waiting" for status, _, _ in rows)

    await shop.until(are_ended)


async def run_through(shop: Shop, flow_id: int, **changes: Any) -> Campaign:
    campaign = await shop.plan(flow_id=flow_id, **changes)
    return await shop.until_settled(campaign.id)


async def test_a_contact_is_changed_for_good_and_the_next_message_knows_it(shop: Shop) -> None:
    (phone,) = await shop.add_people(1)
    await make_group(shop, "Regulars")
    await shop.pool.execute('UPDATE contacts SET attributes = \'{"size": "S", "old": "x"}\'')
    flow_id = await publish(
        shop,
        "preferences",
        offer=offer("size"),
        size=ask("remember", save_as="size"),
        remember=step(
            "update_contact",
            {
                "name": "Anna",
                "language": "pt-BR",
                "attributes": {"size": "{{ size }}", "old": "{{ nothing | default: '' }}"},
                "add_to_groups": ["Regulars"],
                "remove_from_groups": ["Everybody"],
            },
            next="thanks",
        ),
        thanks=say("{{ contact.name }}: {{ contact.attributes.size }}"),
    )
    async with shop.worker():
        await run_through(shop, flow_id)
        shop.simulator.say(phone, phone_number_id=PHONE_NUMBER_ID, text="L")
        await shop.until(said(shop, phone, 1))
    assert texts_to(shop, phone) == ["Anna: L"]
    row = await shop.pool.fetchrow("SELECT name, language, attributes FROM contacts")
    assert dict(row) == {"name": "Anna", "language": "pt_BR", "attributes": {"size": "L"}}
    assert await groups_of(shop, phone) == ["Regulars"]


async def test_whoever_leaves_the_last_group_is_ungrouped_and_comes_back_out_of_it(
    shop: Shop,
) -> None:
    (phone,) = await shop.add_people(1)
    flow_id = await publish(
        shop,
        "leave",
        leave=step("update_contact", {"remove_from_groups": ["Everybody"]}, next="offer"),
        offer=offer("wait"),
        wait=ask("back"),
        back=step("update_contact", {"add_to_groups": ["Everybody"]}, next="thanks"),
        thanks=say("Welcome back"),
    )
    async with shop.worker():
        await run_through(shop, flow_id)
        assert await groups_of(shop, phone) == ["Ungrouped"]
        shop.simulator.say(phone, phone_number_id=PHONE_NUMBER_ID, text="I stay")
        await shop.until(said(shop, phone, 1))
    assert await groups_of(shop, phone) == ["Everybody"]


async def test_a_flow_that_fills_its_own_group_messages_nobody_twice(shop: Shop) -> None:
    await shop.add_people(3)
    await make_group(shop, "Second")
    second_id = await shop.pool.fetchval("SELECT id FROM groups WHERE name = 'Second'")
    flow_id = await publish(
        shop,
        "grow",
        out=step("update_contact", {"remove_from_groups": ["Everybody"]}, next="again"),
        again=step("update_contact", {"add_to_groups": ["Everybody", "Second"]}, next="offer"),
        offer=offer("done"),
    )
    async with shop.worker(chunk=1):
        campaign = await run_through(
            shop, flow_id, include_group_ids=(shop.group_id, second_id), reentry=Reentry.PARALLEL
        )
    assert campaign.counts.audience_count == campaign.counts.accepted_count == 3
    assert set(shop.sends_by_phone().values()) == {1}
    assert await shop.pool.fetchval("SELECT count(*) FROM group_members") == 6


async def test_a_group_that_was_deleted_after_publishing_changes_nothing(shop: Shop) -> None:
    (phone,) = await shop.add_people(1)
    await make_group(shop, "Gone")
    flow_id = await publish(
        shop,
        "gone",
        join=step("update_contact", {"add_to_groups": ["Gone"]}, next="offer"),
        offer=offer("done"),
    )
    await shop.pool.execute("DELETE FROM groups WHERE name = 'Gone'")
    async with shop.worker():
        campaign = await run_through(shop, flow_id)
    assert campaign.counts.accepted_count == 1
    assert await groups_of(shop, phone) == ["Everybody"]


async def test_a_flow_opts_a_person_out_and_the_next_campaign_leaves_it_alone(shop: Shop) -> None:
    (phone,) = await shop.add_people(1)
    flow_id = await publish(
        shop,
        "ask first",
        offer=offer("wait"),
        wait=ask("out"),
        out=step("update_contact", {"consent": "opt_out"}, next="wait_again"),
        wait_again=ask("done"),
    )
    async with shop.worker():
        first = await run_through(shop, flow_id)
        shop.simulator.say(phone, phone_number_id=PHONE_NUMBER_ID, text="Rather not")
        await ended(shop)
        second = await run_through(shop, flow_id, name="Second")
    assert await sessions(shop) == [("completed", "opted_out", 0)]
    assert second.counts.skipped_count == 1
    assert (await shop.campaign(first.id)).counts.opted_out_count == 1
    proof = await shop.pool.fetchrow("SELECT state, source, reason FROM consent_changes")
    assert dict(proof) == {"state": "opted_out", "source": "flow", "reason": "node out"}


async def test_a_contact_is_handed_over_once_and_again_after_a_person_closed_it(
    shop: Shop,
) -> None:
    (phone,) = await shop.add_people(1)
    flow_id = await publish(
        shop,
        "service",
        offer=offer("wait"),
        wait=ask("person"),
        person=step("hand_over", {"note": "{{ contact.name }}: {{ reply.text }}"}),
    )

    async def hand_over(text: str, count: int) -> None:
        await run_through(shop, flow_id, name=text)
        shop.simulator.say(phone, phone_number_id=PHONE_NUMBER_ID, text=text)
        await ended(shop, count)

    async def waiting() -> list[tuple[int, str, str, str | None]]:
        async with transaction(shop.pool) as connection:
            found = await list_conversations(
                connection, shop.fresh_scope, ConversationFilter("open"), below_id=None, limit=10
            )
        return [(each.id, each.note, each.channel, each.sender_name) for each in found]

    async with shop.worker():
        await hand_over("My parcel?", 1)
        await hand_over("My money?", 2)
        ((conversation_id, *told),) = await waiting()
        assert told == [f"Person {phone}: My money?", "whatsapp", "shop"]
        async with transaction(shop.pool) as connection:
            await close_conversation(connection, shop.fresh_scope, conversation_id)
        assert await waiting() == []
        await hand_over("And now?", 3)
    assert [note for _, note, _, _ in await waiting()] == [f"Person {phone}: And now?"]
    assert {row[:2] for row in await sessions(shop)} == {("completed", "handed_over")}
    entries = await shop.pool.fetch(
        "SELECT actor_kind, action, noun_id FROM audit_entries WHERE noun = 'conversation'"
        " ORDER BY id"
    )
    assert [tuple(entry)[:2] for entry in entries] == [
        ("system", "handed_over"),
        ("system", "handed_over"),
        ("command", "closed"),
        ("system", "handed_over"),
    ]


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


async def test_an_answer_that_does_not_fit_is_asked_for_again(shop: Shop) -> None:
    (phone,) = await shop.add_people(1)
    flow_id = await publish(
        shop,
        "score",
        offer=offer("score"),
        score=ask(
            "thanks",
            expect={"kind": "number", "minimum": 1, "maximum": 5},
            max_retries=2,
            retry_message="From 1 to 5, please.",
            save_as="score",
        ),
        thanks=say("You gave {{ score }}."),
    )
    async with shop.worker():
        await run_through(shop, flow_id)
        for count, text in enumerate(("lots", "6", " 5 "), 1):
            shop.simulator.say(phone, phone_number_id=PHONE_NUMBER_ID, text=text)
            await shop.until(said(shop, phone, count))
    assert texts_to(shop, phone) == [
        "From 1 to 5, please.",
        "From 1 to 5, please.",
        "You gave 5.",
    ]


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
