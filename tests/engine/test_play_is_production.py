"""What a play shows is what people get: the same flow and answers give the same messages."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from tests.engine.conftest import PHONE_NUMBER_ID, Shop
from tests.flows import OFFER

from clarion.flow.context import ContactFields
from clarion.flow.moves import Answer
from clarion.flow.phone import taps_of
from clarion.flow.samples import sample
from clarion.services.flows import create_flow, publish_flow
from clarion.services.plays import prepared
from clarion.store.content import content_to_json
from clarion.store.pool import transaction

# A flow, and what the person does: a number taps that button, a text is written.
CASES: tuple[tuple[str, dict[str, Any], tuple[int | str, ...]], ...] = (
    ("offer", OFFER, (0,)),
    ("offer, no", OFFER, (1,)),
    ("feedback", sample("feedback_score"), ("5",)),
    ("feedback, low", sample("feedback_score"), ("2",)),
    ("feedback, unclear", sample("feedback_score"), ("rather good", 0)),
    ("spring offer", sample("spring_offer"), (0,)),
    ("spring offer, asked twice", sample("spring_offer"), ("What is it?", 0)),
)


@pytest.mark.parametrize(("name", "definition", "answers"), CASES, ids=[each[0] for each in CASES])
async def test_playing_is_production(
    shop: Shop, name: str, definition: dict[str, Any], answers: tuple[int | str, ...]
) -> None:
    (phone,) = await shop.add_people(1)
    async with transaction(shop.pool) as connection:
        flow = await create_flow(connection, shop.scope, definition, name=f"{name}, played")
        await publish_flow(connection, shop.scope, flow.id)
    person = ContactFields(0, f"Person {phone}", phone)
    play = prepared(flow.draft, person, {}, shop.now, "UTC")
    moves: list[Answer] = []
    transcript = play.run(moves)

    async def contents() -> list[Any]:
        rows = await shop.pool.fetch(
            "SELECT m.content FROM messages m JOIN contacts c ON c.id = m.contact_id"
            " WHERE c.phone = $1 AND m.direction = 'out' ORDER BY m.step",
            phone,
        )
        return [row["content"] for row in rows]

    async def is_said() -> bool:
        status = await shop.pool.fetchval("SELECT status FROM sessions ORDER BY id DESC LIMIT 1")
        is_there: bool = status == transcript.session.status.value
        return is_there and len(await contents()) == len(transcript.messages)

    async with shop.worker():
        campaign = await shop.plan(flow_id=flow.id)
        await shop.until_settled(campaign.id)
        for answer in answers:
            if isinstance(answer, int):
                tap = taps_of(transcript)[answer]
                moves.append(Answer(tap.title, tap.payload, tap.kind, 5))
                said: dict[str, Any] = {"tap": tap.payload, "reply_to": "last"}
            else:
                moves.append(Answer(answer, after_seconds=5))
                said = {"text": answer}
            before = transcript
            transcript = play.run(moves)
            assert len(transcript.exits) > len(before.exits), "an answer that nobody waits for"
            shop.simulator.say(phone, phone_number_id=PHONE_NUMBER_ID, **said)
            await shop.until(is_said)
    expected = [orjson.loads(content_to_json(each.content)) for each in transcript.messages]
    assert await contents() == expected
