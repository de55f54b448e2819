"""Every node kind runs in a real session against the simulator as it is played; a new kind joins by itself."""

from __future__ import annotations

from typing import Any

from tests.engine.conftest import OFFER, PHONE_NUMBER_ID, Shop
from tests.engine.test_triggers import listen, said

from clarion.domain.message import Channel, Reply
from clarion.flow.calls import CallAnswer
from clarion.flow.context import ContactFields, Context
from clarion.flow.definition import SCHEMA, parse_flow
from clarion.flow.engine import Triggered
from clarion.flow.moves import Answer, AnswerCall, Move
from clarion.flow.nodes import NODE_KINDS
from clarion.flow.play import play
from clarion.services.flows import create_flow, publish_flow
from clarion.store.pool import transaction

ANA = "+4915112345678"
_FIRST_PHONE = 4915150000000
_FAILED = AnswerCall(CallAnswer(failure="not_allowed"))
# What happens after the beginning: an answer, or a call that nobody takes (there is no secret for it).
MOVES: dict[str, Move] = {
    "wait_for_reply": Answer("Good"),
    "http_request": _FAILED,
    "call_function": _FAILED,
    "llm_dialogue": _FAILED,
}
# Their ends hang on receipts: what they are depends on how far the person's telephone is.
BY_RECEIPT = frozenset(("delivery_branch",))


def word_of(kind: str) -> str:
    """What begins the flow of a kind; `end` alone would be an opt-out."""
    return f"try {kind}"


def around(kind: str) -> dict[str, Any]:
    """A flow around the example of a kind, begun by its name."""
    example = dict(NODE_KINDS[kind].example)
    config = example.get("config", {})
    first = "aside" if NODE_KINDS[kind].is_comment else example["id"]
    before: list[dict[str, Any]] = []
    if message := config.get("message"):
        say = {"text": {"body": "Hello"}}
        node = {"id": message, "kind": "send_whatsapp_message", "config": say}
        before, first = [{**node, "exits": {"next": first}}], message
    targets = {*example.get("exits", {}).values(), config.get("target")} - {None, *(
        each["id"] for each in (*before, example)
    )}  # fmt: skip
    if first == "aside":
        targets.add(first)
    ends = [{"id": each, "kind": "end"} for each in sorted(targets)]
    start = {"id": "start", "kind": "start", "exits": {"next": first}}
    nodes = [example, *ends] if kind == "start" else [start, *before, example, *ends]
    return {
        "schema": SCHEMA,
        "name": f"Kind {kind}",
        "trigger": {
            "kind": "whatsapp",
            "conditions": [{"kind": "keyword", "words": [word_of(kind)]}],
        },
        "nodes": nodes,
    }


def groups_of_examples() -> set[str]:
    configs = [kind.example.get("config", {}) for kind in NODE_KINDS.values()]
    fields = ("add_to_groups", "remove_from_groups")
    return {name for config in configs for field in fields for name in config.get(field, ())}


def played(shop: Shop, kind: str) -> tuple[str, str | None, int]:
    """How a play of the flow stands at last: status, reason, how many messages it has."""
    context = Context(
        shop.now, ContactFields(1, "Ana", ANA), channels=frozenset((Channel.WHATSAPP,))
    )
    trigger = Triggered(reply=Reply("text", word_of(kind), shop.now))
    moves = [MOVES[kind]] if kind in MOVES else []
    transcript = play(parse_flow(around(kind)), moves, context=context, trigger=trigger)
    session = transcript.session
    return session.status.value, session.reason, len(transcript.messages)


async def test_every_kind_runs_in_a_session_as_it_is_played(shop: Shop) -> None:
    feedback = {
        "schema": SCHEMA,
        "name": "Feedback",
        "nodes": [
            {"id": "start", "kind": "start", "exits": {"next": "end"}},
            {"id": "end", "kind": "end"},
        ],
    }
    async with transaction(shop.pool) as connection:
        flow = await create_flow(connection, shop.fresh_scope, feedback)
        await publish_flow(connection, shop.fresh_scope, flow.id)
        await connection.executemany(
            "INSERT INTO groups (workspace_id, name) VALUES ($1, $2)",
            [(shop.scope.workspace_id, name) for name in sorted(groups_of_examples())],
        )
    phones = {kind: f"+{_FIRST_PHONE + n}" for n, kind in enumerate(NODE_KINDS)}
    expected = {kind: played(shop, kind) for kind in NODE_KINDS}
    flow_ids = {await listen(shop, around(kind)): kind for kind in NODE_KINDS}

    async def standing() -> dict[str, tuple[str, str | None, int]]:
        rows = await shop.pool.fetch(
            "SELECT s.flow_id, s.status, s.reason,"
            " (SELECT count(*) FROM messages m WHERE m.session_id = s.id AND m.direction = 'out')"
            " FROM sessions s WHERE s.flow_id = ANY($1)",
            list(flow_ids),
        )
        return {flow_ids[row["flow_id"]]: tuple(row)[1:] for row in rows}

    async def are_begun() -> bool:
        return len(await standing()) == len(NODE_KINDS)

    async def are_as_played() -> bool:
        now = await standing()
        waiting = [
            await shop.pool.fetchval("SELECT count(*) FROM messages WHERE status = 'queued'")
        ]
        return waiting == [0] and all(
            now[kind] == expected[kind] for kind in NODE_KINDS if kind not in BY_RECEIPT
        )

    async with shop.worker():
        for kind, phone in phones.items():
            shop.simulator.say(phone, phone_number_id=PHONE_NUMBER_ID, text=word_of(kind))
        try:
            await shop.until(are_begun)
        except TimeoutError:
            assert set(await standing()) == set(NODE_KINDS)
            raise
        for kind, move in MOVES.items():
            if isinstance(move, Answer):
                shop.simulator.say(phones[kind], phone_number_id=PHONE_NUMBER_ID, text=move.text)
        try:
            await shop.until(are_as_played)
        except TimeoutError:
            now = await standing()
            assert now == expected  # tells which kind went another way
            raise
    delivery = (await standing())["delivery_branch"]
    assert delivery[0] in ("waiting", "completed")
    # What was written has left; a channel without a sender has written nothing.
    left = await shop.pool.fetch(
        "SELECT channel, status, content->>'kind' AS kind FROM messages WHERE direction = 'out'"
    )
    assert {row["channel"] for row in left} == {"whatsapp"}
    assert {row["kind"]: row["status"] for row in left if row["kind"] != "template"} == {
        "text": "accepted",
        "typing": "accepted",
    }
    for kind in ("viber_message", "messenger_message", "instagram_message", "sms", "email"):
        assert expected[f"send_{kind}"] == ("completed", "no_sender_of_channel", 0)


CONVERSATION: dict[str, Any] = {
    "schema": SCHEMA,
    "name": "A visit",
    "trigger": {"kind": "whatsapp"},
    "nodes": [
        {"id": "start", "kind": "start", "exits": {"next": "typing"}},
        {"id": "typing", "kind": "send_whatsapp_typing_indicator", "exits": {"next": "link"}},
        {
            "id": "link",
            "kind": "send_whatsapp_message",
            "config": {
                "link": {
                    "body": "Our menu",
                    "title": "See it",
                    "url": "https://inn.example.com/menu?for={{ contact.phone }}",
                }
            },
            "exits": {"next": "place"},
        },
        {
            "id": "place",
            "kind": "send_whatsapp_message",
            "config": {"location": {"latitude": 48.2, "longitude": 16.37, "name": "The inn"}},
            "exits": {"next": "where"},
        },
        {
            "id": "where",
            "kind": "send_whatsapp_message",
            "config": {"location_request": {"body": "And where are you?"}},
            "exits": {"next": "there"},
        },
        {
            "id": "there",
            "kind": "wait_for_reply",
            "config": {"save_as": "home"},
            "exits": {"other": "book", "timeout": "end"},
        },
        {
            "id": "book",
            "kind": "send_whatsapp_message",
            "config": {
                "form": {
                    "body": "From {{ reply.location.latitude }}. For how many?",
                    "button": "Book",
                    "form_id": "4711",
                    "screen": "TABLE",
                }
            },
            "exits": {"next": "booked"},
        },
        {"id": "booked", "kind": "wait_for_reply", "exits": {"other": "thanks", "timeout": "end"}},
        {
            "id": "thanks",
            "kind": "send_whatsapp_message",
            "config": {"text": {"body": "A table for {{ reply.form.people }}."}},
            "exits": {"next": "end"},
        },
        {"id": "end", "kind": "end"},
    ],
}


async def test_links_places_and_forms_reach_the_phone_and_their_answers_come_back(
    shop: Shop,
) -> None:
    await listen(shop, CONVERSATION)

    def sent() -> list[tuple[str, str | None, str | None]]:
        rows = shop.simulator.ledger(phone=ANA.lstrip("+"))
        return [(row["type"], row["interactive"], row["text"]) for row in rows]

    async def until_sent(count: int) -> None:
        async def is_there() -> bool:
            return len(sent()) == count

        await shop.until(is_there)

    async with shop.worker():
        shop.simulator.say(ANA, phone_number_id=PHONE_NUMBER_ID, text="Hello")
        await until_sent(3)
        place = {"latitude": 47.5, "longitude": 9.75, "name": "Home"}
        content = {"type": "location", "location": place}
        shop.simulator.say(ANA, phone_number_id=PHONE_NUMBER_ID, content=content)
        await until_sent(4)
        answer = {"name": "flow", "body": "Sent", "response_json": '{"people": 4}'}
        form = {"type": "nfm_reply", "nfm_reply": answer}
        content = {"type": "interactive", "interactive": form}
        shop.simulator.say(ANA, phone_number_id=PHONE_NUMBER_ID, content=content)
        await said(shop, ANA, ["A table for 4."])
    assert sent() == [
        ("interactive", "cta_url", "Our menu"),
        ("location", None, "48.2,16.37"),
        ("interactive", "location_request_message", "And where are you?"),
        ("interactive", "flow", "From 47.5. For how many?"),
        ("text", None, "A table for 4."),
    ]
    (mark,) = shop.simulator.marks()
    first = await shop.pool.fetchval(
        "SELECT provider_id FROM messages WHERE direction = 'in' ORDER BY id LIMIT 1"
    )
    assert mark == {"phone_number_id": PHONE_NUMBER_ID, "wamid": first, "is_typing": True}
    statuses = await shop.pool.fetch("SELECT status FROM messages WHERE direction = 'out'")
    assert {row["status"] for row in statuses} == {"accepted"}


async def test_a_campaign_skips_people_of_a_channel_without_a_sender(shop: Shop) -> None:
    await shop.add_people(2)
    definition = {
        "schema": SCHEMA,
        "name": "By SMS",
        "nodes": [
            {"id": "start", "kind": "start", "exits": {"next": "sms"}},
            {"id": "sms", "kind": "send_sms", "config": {"text": "Hi"}, "exits": {"next": "end"}},
            {"id": "end", "kind": "end"},
        ],
    }
    async with transaction(shop.pool) as connection:
        flow = await create_flow(connection, shop.fresh_scope, definition)
        await publish_flow(connection, shop.fresh_scope, flow.id)
    async with shop.worker():
        campaign = await shop.plan(flow_id=flow.id)
        campaign = await shop.until_settled(campaign.id)
    assert campaign.counts.skipped_count == 2
    reasons = await shop.pool.fetch("SELECT DISTINCT outcome, reason FROM participants")
    assert [tuple(row) for row in reasons] == [("skipped", "no_sender_of_channel")]


async def test_a_branch_tells_people_apart_by_group_and_consent(shop: Shop) -> None:
    phones = await shop.add_people(3)
    rules = {
        "regular": {"variable": "contact.groups", "operator": "listContains", "value": "Regulars"},
        "agreed": {
            "variable": "contact.consents.whatsapp",
            "operator": "stringEquals",
            "value": "opted_in",
        },
    }
    offer = {**OFFER["nodes"][1]["config"], "body": ["{{ way }}"]}
    ways = [*rules, "else"]
    definition = {
        "schema": SCHEMA,
        "name": "By group",
        "nodes": [
            {"id": "start", "kind": "start", "exits": {"next": "who"}},
            {
                "id": "who",
                "kind": "branch",
                "config": {
                    "branches": [{"exit": way, "rules": [rule]} for way, rule in rules.items()]
                },
                "exits": {way: f"set_{way}" for way in ways},
            },
            *(
                {
                    "id": f"set_{way}",
                    "kind": "set_variables",
                    "config": {"variables": {"way": way}},
                    "exits": {"next": "offer"},
                }
                for way in ways
            ),
            {
                "id": "offer",
                "kind": "send_whatsapp_template",
                "config": offer,
                "exits": {"next": "end"},
            },
            {"id": "end", "kind": "end"},
        ],
    }
    async with transaction(shop.pool) as connection:
        await connection.execute(
            "WITH g AS (INSERT INTO groups (workspace_id, name) VALUES ($1, 'Regulars') RETURNING id)"
            " INSERT INTO group_members (group_id, contact_id)"
            " SELECT g.id, c.id FROM g, contacts c WHERE c.phone = $2",
            shop.scope.workspace_id,
            phones[0],
        )
        await connection.execute(
            "INSERT INTO consents (contact_id, channel, state, source, at)"
            " SELECT id, 'whatsapp', 'opted_in', 'person', $2 FROM contacts WHERE phone = $1",
            phones[1],
            shop.now,
        )
        flow = await create_flow(connection, shop.fresh_scope, definition)
        await publish_flow(connection, shop.fresh_scope, flow.id)
    async with shop.worker():
        campaign = await shop.plan(flow_id=flow.id)
        await shop.until_settled(campaign.id)
    rows = await shop.pool.fetch(
        "SELECT c.phone, m.content->'body'->'parameters'->0->>'value' AS way"
        " FROM messages m JOIN contacts c ON c.id = m.contact_id"
    )
    assert {row["phone"]: row["way"] for row in rows} == dict(zip(phones, ways, strict=True))
