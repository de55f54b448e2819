"""A dry run tells beforehand what then happens, and does nothing itself."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from tests.engine.conftest import PHONE_NUMBER_ID, Shop
from tests.flows import OFFER

from clarion.flow.sprint import NodeEntered
from clarion.services.dry_run_work import run_dry_run
from clarion.services.dry_runs import (
    DryRun,
    DryRunPerson,
    PeopleFilter,
    ask_dry_run,
    explain_person,
    list_people,
    read_dry_run,
)
from clarion.services.flows import create_flow, publish_flow
from clarion.store.pool import snapshot, transaction

# What a dry run writes, and nothing else may.
OWN_TABLES = {"dry_runs", "dry_run_people"}


async def everything(shop: Shop) -> dict[str, list[str]]:
    """Every row of every table as text, but those of dry runs."""
    tables = await shop.pool.fetch(
        "SELECT table_name FROM information_schema.tables "
        "WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
    )
    found = {}
    for name in sorted({row["table_name"] for row in tables} - OWN_TABLES):
        rows = await shop.pool.fetch(f'SELECT t::text AS row FROM "{name}" t')
        found[name] = sorted(row["row"] for row in rows)
    return found


async def dry_run_of(shop: Shop, campaign_id: int, chunk_size: int = 7, **asked: Any) -> DryRun:
    async with transaction(shop.pool) as connection:
        asked_for = await ask_dry_run(
            connection, shop.fresh_scope, campaign_id=campaign_id, is_deferred=False, **asked
        )
    await run_dry_run(shop.pool, asked_for.id, clock=shop.place.clock, chunk_size=chunk_size)
    async with shop.pool.acquire() as connection:
        return await read_dry_run(connection, shop.fresh_scope, asked_for.id)


async def people_of(shop: Shop, dry_run: DryRun, **wanted: Any) -> list[DryRunPerson]:
    async with shop.pool.acquire() as connection:
        return await list_people(
            connection, shop.fresh_scope, dry_run.id, PeopleFilter(**wanted), limit=500
        )


def tier_is(tier: str) -> dict[str, str]:
    return {"variable": "contact.attributes.tier", "operator": "stringEquals", "value": tier}


def flow_with_many_ends() -> dict[str, Any]:
    """VIPs get the offer by template, friends get free text, the others nothing."""
    return {
        **OFFER,
        "name": "many ends",
        "nodes": [
            {"id": "start", "kind": "start", "exits": {"next": "who"}},
            {
                "id": "who",
                "kind": "branch",
                "config": {
                    "branches": [
                        {"exit": tier, "rules": [tier_is(tier)]} for tier in ("vip", "friend")
                    ]
                },
                "exits": {"vip": "offer", "friend": "hello", "else": "end"},
            },
            {
                "id": "offer",
                "kind": "send_whatsapp_template",
                "config": {
                    "template": "spring_offer",
                    "language": "en_US",
                    "body": ["{{ contact.attributes.nickname }}"],
                    "buttons": [
                        {"index": 0, "sub_type": "quick_reply", "value": "YES"},
                        {"index": 1, "sub_type": "quick_reply", "value": "NO"},
                    ],
                },
                "exits": {"next": "end"},
            },
            {
                "id": "hello",
                "kind": "send_whatsapp_message",
                "config": {"text": {"body": "Hello {{ contact.name }}!"}},
                "exits": {"next": "end"},
            },
            {"id": "end", "kind": "end"},
        ],
    }


async def a_mixed_audience(shop: Shop) -> int:
    """Forty people of all sorts, four of whom wrote; returns the flow that treats them differently."""
    async with transaction(shop.pool) as connection:
        flow = await create_flow(connection, shop.fresh_scope, flow_with_many_ends())
        await publish_flow(connection, shop.fresh_scope, flow.id)
    await shop.add_people(40)
    ids = [
        row["id"] for row in await shop.pool.fetch("SELECT id FROM contacts ORDER BY id LIMIT 40")
    ]
    change = shop.pool.execute
    # 0-19 are VIPs, of whom 0-4 have no nickname; 20-29 friends, of whom 20-23 wrote lately.
    await change(
        """UPDATE contacts SET attributes = '{"tier": "vip", "nickname": "Sunny"}' WHERE id = ANY($1)""",
        ids[:20],
    )
    await change(
        """UPDATE contacts SET attributes = '{"tier": "vip"}' WHERE id = ANY($1)""", ids[:5]
    )
    await change(
        """UPDATE contacts SET attributes = '{"tier": "friend"}' WHERE id = ANY($1)""", ids[20:30]
    )
    # 10-12 opted out, 13 is suppressed, 14 has no address.
    await change(
        "INSERT INTO consents (contact_id, channel, state, source, at) "
        "SELECT unnest($1::bigint[]), 'whatsapp', 'opted_out', 'word', $2",
        ids[10:13],
        shop.now,
    )
    await change(
        "INSERT INTO suppressions (contact_id, channel, reason, until_at) "
        "VALUES ($1, 'whatsapp', 'not_on_whatsapp', $2)",
        ids[13],
        shop.now + timedelta(days=1),
    )
    await change("UPDATE contacts SET phone = NULL WHERE id = $1", ids[14])
    async with shop.worker():
        for phone in shop.phones[20:24]:
            shop.simulator.say(
                phone, phone_number_id=PHONE_NUMBER_ID, text="Hello, are you open today?"
            )

        async def all_heard() -> bool:
            return await shop.pool.fetchval("SELECT count(*) FROM windows") == 4

        await shop.until(all_heard)
    return flow.id


async def test_what_a_dry_run_tells_is_what_then_happens(shop: Shop) -> None:
    flow_id = await a_mixed_audience(shop)
    campaign = await shop.plan(flow_id=flow_id, start_at=shop.now + timedelta(seconds=20))
    before = await everything(shop)
    told = await dry_run_of(shop, campaign.id)

    # Nothing was written and nothing was sent.
    assert await everything(shop) == before
    assert shop.simulator.ledger() == []

    # It adds up, and says why.
    summary = told.summary
    assert told.status == "finished"
    assert summary["audience_count"] == told.audience_count == 40
    assert (
        summary["send_count"]
        + summary["held_count"]
        + summary["skipped_count"]
        + summary["failed_count"]
    ) == 40
    counts = {(each["outcome"], each["reason"]): 0 for each in summary["reasons"]}
    for each in summary["reasons"]:
        counts[each["outcome"], each["reason"]] += each["people_count"]
    assert counts == {
        ("send", None): 14,  # ten VIPs with a nickname and four friends who wrote lately
        ("failed", "template_parameter_empty"): 5,
        ("failed", "window_closed"): 6,
        ("skipped", "opted_out"): 3,
        ("skipped", "suppressed"): 1,
        ("skipped", "no_address"): 1,
        ("skipped", "flow_sent_nothing"): 10,
    }

    # The real run: the same people, the same reasons.
    people = {each.contact_id: each for each in await people_of(shop, told)}
    await shop.pool.execute(
        "UPDATE campaigns SET start_at = $2, next_tick_at = $2 WHERE id = $1",
        campaign.id,
        shop.now,
    )
    await shop.pool.execute("UPDATE fires SET due_at = $1 WHERE kind = 'campaign'", shop.now)
    async with shop.worker():
        await shop.until_settled(campaign.id)
    rows = await shop.pool.fetch(
        "SELECT p.contact_id, p.outcome, p.reason, m.content FROM participants p "
        "LEFT JOIN messages m ON m.id = p.message_id"
    )
    really = {row["contact_id"]: (row["outcome"], row["reason"]) for row in rows}
    words = {"accepted": "send"}
    assert {
        contact_id: (words.get(outcome, outcome), reason)
        for contact_id, (outcome, reason) in really.items()
    } == {contact_id: (each.outcome, each.reason) for contact_id, each in people.items()}

    # The same texts: all these branches are small enough to be sampled as a whole.
    texts = {row["contact_id"]: row["content"] for row in rows if row["content"] is not None}
    assert texts == {
        contact_id: each.content for contact_id, each in people.items() if each.content is not None
    }
    sent = Counter(entry["to"].lstrip("+") for entry in shop.simulator.ledger())
    assert sent == Counter(
        (each.phone or "").lstrip("+") for each in people.values() if each.outcome == "send"
    )


async def test_the_snapshot_of_a_dry_run_cannot_be_written_to(shop: Shop) -> None:
    async with snapshot(shop.pool) as connection:
        assert await connection.fetchval("SHOW transaction_isolation") == "repeatable read"
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await connection.execute("UPDATE campaigns SET name = 'x'")


async def test_the_last_message_leaves_when_the_senders_rate_allows_it(shop: Shop) -> None:
    await shop.add_people(30)
    await shop.pool.execute("UPDATE senders SET rate_per_second = 2")
    campaign = await shop.plan(start_at=shop.now + timedelta(hours=1))
    told = await dry_run_of(shop, campaign.id)
    [sender] = told.summary["senders"]
    assert sender["send_count"] == 30
    assert sender["finish_at"] == (campaign.draft.start_at + timedelta(seconds=15)).isoformat()
    assert sum(step["send_count"] for step in told.summary["histogram"]["steps"]) == 30
    people = await people_of(shop, told, outcome="send")
    assert [each.send_at for each in people] == [
        campaign.draft.start_at + timedelta(seconds=number / 2) for number in range(1, 31)
    ]


async def test_people_of_a_paused_sender_are_held_and_sessions_that_would_end_are_told(
    shop: Shop,
) -> None:
    await shop.add_people(3)
    async with shop.worker():
        first = await shop.plan()
        await shop.until_settled(first.id)
    # They all wait for the answer now; the next campaign of the flow takes over.
    await shop.pool.execute("UPDATE senders SET status = 'paused'")
    second = await shop.plan(start_at=shop.now + timedelta(hours=1))
    told = await dry_run_of(shop, second.id)
    assert told.summary["held_count"] == 3
    assert {each.reason for each in await people_of(shop, told)} == {"sender_paused"}
    assert {"code": "sessions_end", "session_count": 3} in told.summary["notices"]


async def test_one_person_explains_the_way_through_the_flow(shop: Shop) -> None:
    await shop.add_people(1)
    campaign = await shop.plan(start_at=shop.now + timedelta(hours=1))
    told = await dry_run_of(shop, campaign.id)
    [person] = await people_of(shop, told)
    explained = await explain_person(shop.pool, shop.fresh_scope, told.id, person.contact_id)
    assert not explained.is_changed
    [walk] = explained.forecast.walks
    assert walk.flow_version_id == told.flow_version_id
    entered = [each.node_id for each in walk.sprint.events if isinstance(each, NodeEntered)]
    assert entered == ["start", "offer", "answer"]
    # Somebody opts out meanwhile: the old answer stays, and says that it is old.
    await shop.pool.execute(
        "INSERT INTO consents (contact_id, channel, state, source, at) "
        "VALUES ($1, 'whatsapp', 'opted_out', 'word', now())",
        person.contact_id,
    )
    explained = await explain_person(shop.pool, shop.fresh_scope, told.id, person.contact_id)
    assert explained.person.outcome == "send"
    assert explained.is_changed
    assert explained.forecast.reason == "opted_out"
