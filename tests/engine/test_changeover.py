"""A new version is published while people wait in the old one."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from tests.engine.conftest import PHONE_NUMBER_ID, Shop
from tests.engine.insight_judge import judge_insight
from tests.engine.test_conversation import texts_to
from tests.flows import OFFER

from clarion.services.changeovers import Changeover, list_changeovers
from clarion.services.flows import publish_flow, read_flow, update_draft
from clarion.store.pool import transaction


async def publish(shop: Shop, waiting: Any, *, is_answer_kept: bool = True) -> None:
    """New thanks; ``is_answer_kept``: the node at which people wait is still there."""
    definition = copy.deepcopy(OFFER)
    definition["nodes"][3]["config"]["text"]["body"] = "New thanks!"
    if not is_answer_kept:
        definition["nodes"][2]["id"] = definition["nodes"][1]["exits"]["next"] = "another"
    async with transaction(shop.pool) as connection:
        scope = shop.fresh_scope
        flow = await read_flow(connection, scope, shop.flow_id)
        await update_draft(connection, scope, flow.id, definition, revision=flow.draft_revision)
        await publish_flow(connection, scope, flow.id, note="New thanks", waiting=waiting)


async def settled(shop: Shop) -> Changeover:
    async def changeovers() -> list[Changeover]:
        async with transaction(shop.pool) as connection:
            return await list_changeovers(
                connection, shop.fresh_scope, shop.flow_id, below_id=None, limit=5
            )

    async def finished() -> bool:
        return (await changeovers())[0].status == "finished"

    await shop.until(finished)
    return (await changeovers())[0]


@pytest.mark.parametrize(
    ("waiting", "is_answer_kept", "counts", "answer"),
    [
        ("move", True, (3, 0, 0), "New thanks!"),
        ("move", False, (0, 0, 3), "Thank you, Person {}!"),
        ("stop", True, (0, 3, 0), None),
        ("finish", True, None, "Thank you, Person {}!"),
    ],
)
async def test_people_who_wait_are_moved_stopped_or_left(
    shop: Shop,
    waiting: str,
    is_answer_kept: bool,  # noqa: FBT001 - pytest calls it by name
    counts: tuple[int, int, int] | None,
    answer: str | None,
) -> None:
    phones = await shop.add_people(3)
    async with shop.worker():
        campaign = await shop.plan()
        await shop.until_settled(campaign.id)
        await publish(shop, waiting, is_answer_kept=is_answer_kept)
        if counts is not None:
            done = await settled(shop)
            assert (done.moved_count, done.stopped_count, done.kept_count) == counts
            assert (done.waiting_count, done.number) == (3, 2)
        shop.simulator.say(phones[0], phone_number_id=PHONE_NUMBER_ID, tap="YES", reply_to="last")
        expected = [] if answer is None else [answer.format(phones[0])]

        async def answered() -> bool:
            inbound = await shop.pool.fetchval(
                "SELECT count(*) FROM messages WHERE direction = 'in'"
            )
            return inbound == 1 and texts_to(shop.simulator, phones[0]) == expected

        await shop.until(answered)
    await judge_insight(shop.pool)
    if waiting == "stop":
        rows = await shop.pool.fetch("SELECT DISTINCT status, reason FROM sessions")
        assert [tuple(row) for row in rows] == [("stopped", "flow_changed")]
        assert await shop.pool.fetchval("SELECT count(*) FROM fires WHERE kind = 'session'") == 0
