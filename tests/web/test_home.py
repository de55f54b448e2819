"""The first page: today, what comes, and every kind of thing that needs a person."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from clarion.domain.identity import Role
from clarion.reports.attention import ATTENTION_KINDS

from .test_campaigns import make_campaign
from .test_senders import SENDER

HOME = "/api/v1/home"


async def _campaign(admin: httpx.AsyncClient, place: Any) -> int:
    return int((await make_campaign(admin))["id"])


async def _sender(admin: httpx.AsyncClient, place: Any) -> int:
    return int((await admin.post("/api/v1/senders", json=SENDER)).json()["id"])


async def worker_silent(admin: httpx.AsyncClient, place: Any) -> None:
    await place.pool.execute("DELETE FROM procrastinate_workers")


async def sender_unreachable(admin: httpx.AsyncClient, place: Any) -> None:
    await _sender(admin, place)
    await place.pool.execute(
        """UPDATE senders SET health = '{"unreachable_since": "2026-03-02T08:00:00Z",
        "unreachable_why": "connect_refused"}'"""
    )


async def campaign_suspended(admin: httpx.AsyncClient, place: Any) -> None:
    campaign_id = await _campaign(admin, place)
    await place.pool.execute(
        "UPDATE campaigns SET status = 'suspended', status_reason = 'breaker_open: 9 of 10 failed'"
    )
    await place.pool.execute(
        "INSERT INTO audit_entries (workspace_id, actor_kind, actor_name, action, noun, noun_id)"
        " SELECT workspace_id, 'system', 'engine', 'suspended', 'campaign', id"
        " FROM campaigns WHERE id = $1",
        campaign_id,
    )


async def occurrence_missed(admin: httpx.AsyncClient, place: Any) -> None:
    campaign_id = await _campaign(admin, place)
    await place.pool.execute(
        "INSERT INTO occurrences (workspace_id, campaign_id, scheduled_at, status, reason)"
        " SELECT workspace_id, id, $2, 'missed', 'too_late' FROM campaigns WHERE id = $1",
        campaign_id,
        place.clock() - timedelta(hours=2),
    )


async def sender_paused(admin: httpx.AsyncClient, place: Any) -> None:
    sender_id = await _sender(admin, place)
    await admin.post(f"/api/v1/senders/{sender_id}/pause", json={})


async def sender_quality(admin: httpx.AsyncClient, place: Any) -> None:
    await _sender(admin, place)
    await place.pool.execute("""UPDATE senders SET health = '{"quality": "RED"}'""")


async def template_stopped(admin: httpx.AsyncClient, place: Any) -> None:
    await place.pool.execute(
        "INSERT INTO templates (workspace_id, channel, account_key, provider_id, name, language,"
        " status, category) SELECT id, 'whatsapp', 'a', 'p', 'hello', 'en', 'rejected', 'marketing'"
        " FROM workspaces"
    )


async def conversation_waiting(admin: httpx.AsyncClient, place: Any) -> None:
    contact = await admin.post("/api/v1/contacts", json={"phone": "+8613800138001"})
    await place.pool.execute(
        "INSERT INTO conversations (workspace_id, contact_id, channel, opened_at)"
        " SELECT id, $1, 'whatsapp', $2 FROM workspaces",
        contact.json()["id"],
        place.clock(),
    )


async def import_rejected(admin: httpx.AsyncClient, place: Any) -> None:
    await place.pool.execute(
        "INSERT INTO imports (workspace_id, file_name, group_ids, status, rejected_count,"
        " finished_at) SELECT id, 'customers.csv', '{}', 'finished', 7, $1 FROM workspaces",
        place.clock() - timedelta(hours=1),
    )


async def jobs_dead(admin: httpx.AsyncClient, place: Any) -> None:
    await place.pool.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, status)"
        " VALUES ('engine', 'run_chunks', 0, 'failed')"
    )


async def sender_day_limit(admin: httpx.AsyncClient, place: Any) -> None:
    made = await admin.post("/api/v1/senders", json=SENDER)
    contact = await admin.post("/api/v1/contacts", json={"phone": "+8613800138001"})
    await place.pool.execute(
        "INSERT INTO messages (workspace_id, direction, channel, sender_id, contact_id, content,"
        " status, reason, created_at)"
        " SELECT id, 'out', 'whatsapp', $1, $2, '{}', 'held', 'day_limit', $3 FROM workspaces",
        made.json()["id"],
        contact.json()["id"],
        place.clock(),
    )


Cause = Callable[[httpx.AsyncClient, Any], Awaitable[None]]
CAUSES: dict[str, Cause] = {
    each.__name__: each
    for each in (
        worker_silent,
        sender_unreachable,
        campaign_suspended,
        occurrence_missed,
        sender_paused,
        sender_day_limit,
        sender_quality,
        template_stopped,
        conversation_waiting,
        import_rejected,
        jobs_dead,
    )
}


def test_every_kind_of_attention_is_caused_below_and_says_what_to_do() -> None:
    assert {kind.code for kind in ATTENTION_KINDS} == set(CAUSES)
    assert all(kind.what_to_do["en"] and kind.what_to_do["zh"] for kind in ATTENTION_KINDS)


@pytest.mark.parametrize("code", CAUSES)
async def test_what_needs_a_person_is_told_with_what_to_do(
    admin: httpx.AsyncClient, place: Any, code: str
) -> None:
    # A worker lives, so that nothing but the cause is told.
    await place.pool.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    assert (await admin.get(HOME)).json()["attention"] == []
    await CAUSES[code](admin, place)
    told = (await admin.get(HOME)).json()["attention"]
    assert [each["code"] for each in told] == [code]
    assert told[0]["what_to_do"]


async def test_another_workspace_is_not_told(
    admin: httpx.AsyncClient, as_role: Any, other_scope: Any, place: Any
) -> None:
    there = await as_role(Role.ADMIN, other_scope)
    for cause in (sender_quality, import_rejected):
        await cause(there, place)
    await place.pool.execute("UPDATE imports SET workspace_id = $1", other_scope.workspace_id)
    codes = {each["code"] for each in (await admin.get(HOME)).json()["attention"]}
    assert codes <= {"worker_silent"}


async def test_a_person_who_suspends_a_campaign_needs_not_be_told(
    admin: httpx.AsyncClient, place: Any
) -> None:
    campaign_id = await _campaign(admin, place)
    await place.pool.execute("UPDATE campaigns SET status = 'in_progress'")
    await admin.post(f"/api/v1/campaigns/{campaign_id}/suspend", json={})
    codes = {each["code"] for each in (await admin.get(HOME)).json()["attention"]}
    assert "campaign_suspended" not in codes


async def test_the_next_day_and_the_first_steps(admin: httpx.AsyncClient, place: Any) -> None:
    before = (await admin.get(HOME)).json()
    assert (before["has_sender"], before["has_contact"], before["has_campaign"]) == (False,) * 3
    assert before["coming"] == []
    made = await make_campaign(admin, plan={"kind": "hourly"})
    home = (await admin.get(HOME)).json()
    assert home["has_campaign"] is True
    assert len(home["coming"]) == 23  # from 10:00 until 09:00 of the next day, it being 09:00
    assert home["coming"][0]["campaign_id"] == made["id"]
    assert home["coming"][0]["scheduled_at"] == "2026-03-02T10:00:00Z"


async def test_today_is_compared_with_the_same_day_last_week(
    admin: httpx.AsyncClient, place: Any
) -> None:
    contact = (await admin.post("/api/v1/contacts", json={"phone": "+8613800138001"})).json()
    now = place.clock()
    for at in (
        now - timedelta(minutes=5),
        now - timedelta(hours=1),
        now - timedelta(hours=10),  # yesterday
        now - timedelta(days=7, hours=1),
        now - timedelta(days=7) + timedelta(hours=1),  # later on that day
    ):
        await place.pool.execute(
            "INSERT INTO messages (workspace_id, direction, channel, contact_id, content, status,"
            " created_at, accepted_at, delivered_at)"
            " SELECT id, 'out', 'whatsapp', $1, '{}', 'accepted', $2, $2, $2 FROM workspaces",
            contact["id"],
            at,
        )
    home = (await admin.get(HOME)).json()
    assert (home["today"]["sent_count"], home["today"]["delivered_count"]) == (2, 2)
    assert home["last_week"]["sent_count"] == 1
