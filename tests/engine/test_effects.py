"""What a flow does besides sending: it changes contacts, and hands over to people."""

from __future__ import annotations

from tests.engine.conftest import PHONE_NUMBER_ID, Shop
from tests.engine.talk import ended, publish, run_through, said, sessions, texts_to
from tests.flows import ask, offer, say, step

from clarion.domain.campaign import Reentry
from clarion.services.conversations import (
    ConversationFilter,
    close_conversation,
    list_conversations,
)
from clarion.store.pool import transaction


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
