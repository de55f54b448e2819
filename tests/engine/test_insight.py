"""Numbers at the nodes and traces of sessions, made by campaigns that really run."""

from __future__ import annotations

import asyncio

from tests.engine.conftest import PHONE_NUMBER_ID, Shop
from tests.engine.insight_judge import judge_insight
from tests.flows import OFFER

from clarion.reports.insight import InsightFilter, insight_of_flow
from clarion.services.contacts import delete_contacts
from clarion.services.flow_logs import switch_log
from clarion.services.flows import publish_flow, read_flow, update_draft
from clarion.services.insight import fold_insight, forget_insight
from clarion.services.sessions import SessionFilter, list_sessions, read_session
from clarion.store.pool import transaction


async def _answer(shop: Shop, phone: str, tap: str, status: str = "completed") -> None:
    shop.simulator.say(phone, phone_number_id=PHONE_NUMBER_ID, tap=tap, reply_to="last")

    async def answered() -> bool:
        return await shop.pool.fetchval(
            "SELECT count(*) = 1 FROM sessions s JOIN contacts c ON c.id = s.contact_id"
            " WHERE c.phone = $1 AND s.status = $2",
            phone,
            status,
        )

    await shop.until(answered)


async def test_numbers_at_the_nodes_are_what_the_sessions_say(shop: Shop) -> None:
    yes, no, stopped, deleted, *_ = await shop.add_people(9)
    async with shop.worker(chunk=4):
        campaign = await shop.plan()
        await shop.until_settled(campaign.id)
        nodes = await judge_insight(shop.pool)
        assert nodes["answer"].waiting_count == 9
        assert await fold_insight(shop.pool) > 0
        await _answer(shop, yes, "YES")
        await _answer(shop, no, "NO")
        shop.simulator.say(stopped, phone_number_id=PHONE_NUMBER_ID, text="STOP")

        async def opted_out() -> bool:
            return bool(await shop.pool.fetchval("SELECT count(*) FROM consents"))

        await shop.until(opted_out)
        contact_id = await shop.pool.fetchval("SELECT id FROM contacts WHERE phone = $1", deleted)
        nodes = await judge_insight(shop.pool)
        assert nodes["answer"].ended == {"stopped": 1}
        async with transaction(shop.pool) as connection:
            await delete_contacts(connection, shop.fresh_scope, [contact_id])
    # Half of it is folded by now, half is not: a number is the sum, folded or not.
    async with transaction(shop.pool) as connection:
        before = await insight_of_flow(
            connection, shop.scope.workspace_id, shop.flow_id, InsightFilter()
        )
    await asyncio.gather(*(fold_insight(shop.pool, batch=3) for _ in range(3)))
    await fold_insight(shop.pool)
    assert await shop.pool.fetchval("SELECT count(*) FROM node_deltas") == 0
    async with transaction(shop.pool) as connection:
        for wanted in (InsightFilter(), InsightFilter(1), InsightFilter(campaign_id=campaign.id)):
            after = await insight_of_flow(connection, shop.scope.workspace_id, shop.flow_id, wanted)
            assert after.nodes == before.nodes
    answer = next(each for each in after.nodes if each.node_id == "answer")
    assert (answer.entered_count, answer.waiting_count, answer.ended) == (9, 5, {"stopped": 2})
    assert {each.exit: each.left_count for each in answer.exits} == {
        "button:YES": 1,
        "button:NO": 1,
    }
    assert answer.median_wait_seconds is not None
    assert (after.started_count, after.waiting_count) == (9, 5)


async def test_failures_are_counted_with_their_reason_and_open_their_people(shop: Shop) -> None:
    broken = {
        **OFFER,
        "nodes": [
            *OFFER["nodes"][:1],
            {
                "id": "offer",
                "kind": "set_variables",
                "config": {"variables": {"x": "{{ contact.name | divided_by: 0 }}"}},
                "exits": {"next": "end"},
            },
            {"id": "end", "kind": "end"},
        ],
    }
    async with transaction(shop.pool) as connection:
        flow = await read_flow(connection, shop.scope, shop.flow_id)
        await update_draft(connection, shop.scope, flow.id, broken, revision=flow.draft_revision)
        await publish_flow(connection, shop.scope, flow.id)
    await shop.add_people(7)
    async with shop.worker():
        campaign = await shop.plan()
        await shop.until_settled(campaign.id)
    await judge_insight(shop.pool)
    async with transaction(shop.pool) as connection:
        insight = await insight_of_flow(
            connection, shop.scope.workspace_id, shop.flow_id, InsightFilter()
        )
        [node] = [each for each in insight.nodes if each.failed_count]
        people = await list_sessions(
            connection,
            shop.scope,
            SessionFilter(flow_id=shop.flow_id, node_id="offer", status="failed"),
            below_id=None,
            limit=50,
        )
    assert [(each.reason, each.failed_count) for each in node.failures] == [
        ("expression_failed", 7)
    ]
    assert [each.session_id for each in node.examples] == [each.id for each in people[:5]]
    assert len(people) == 7


async def test_a_session_is_traced_while_the_log_is_on_and_its_secrets_are_not(
    shop: Shop,
) -> None:
    async with transaction(shop.pool) as connection:
        flow = await read_flow(connection, shop.scope, shop.flow_id)
        secret = {
            "id": "secret",
            "kind": "set_variables",
            "config": {
                "variables": {"api_key": "EAAverysecretindeed", "city": "{{ contact.name }}"}
            },
            "exits": {"next": "offer"},
        }
        nodes = [
            {**OFFER["nodes"][0], "exits": {"next": "secret"}}, secret, *OFFER["nodes"][1:]
        ]  # fmt: skip
        await update_draft(
            connection,
            shop.scope,
            flow.id,
            {**OFFER, "nodes": nodes},
            revision=flow.draft_revision,
        )
        await publish_flow(connection, shop.scope, flow.id)
        await switch_log(connection, shop.scope, flow.id, is_logging=True)
    (phone,) = await shop.add_people(1)
    async with shop.worker():
        campaign = await shop.plan()
        await shop.until_settled(campaign.id)
        await _answer(shop, phone, "YES")
    async with transaction(shop.pool) as connection:
        contact_id = await connection.fetchval("SELECT id FROM contacts WHERE phone = $1", phone)
        [session] = await list_sessions(
            connection, shop.scope, SessionFilter(contact_id=contact_id), below_id=None, limit=5
        )
        story = await read_session(connection, shop.scope, session.id)
    assert story.is_traced_whole
    entered = [each.node_id for each in story.events if each.event == "node_entered"]
    assert entered == ["start", "secret", "offer", "answer", "thanks", "done"]
    values = {
        each.details["name"]: each.details["value"]
        for each in story.events
        if each.event == "variable_set"
    }
    assert values["api_key"] == story.variables["api_key"] == "***"
    assert values["city"] == f"Person {phone}"
    assert [message.direction for message in story.messages] == ["out", "in", "out"]
    kept = await shop.pool.fetchval("SELECT string_agg(events::text, ' ') FROM traces")
    assert "verysecret" not in kept
    # After their time they are gone, and the session still tells what it can.
    forgotten = await forget_insight(shop.pool, shop.now, traces_kept_for=shop.now - shop.now)
    assert forgotten == 2
    async with transaction(shop.pool) as connection:
        story = await read_session(connection, shop.scope, session.id)
    assert (story.events, story.is_traced_whole, story.session.status) == ((), False, "completed")
