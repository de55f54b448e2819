"""How long each list of the REST API takes on a large workspace: its first page, and one deep inside.

    clarion bench lists -- [--contacts 1000000] [--messages 10000000] [--data-dir DIR]

One process of the web on an embedded PostgreSQL, asked over ASGI as the console asks, one question
at a time.  `lists_seed.sql` fills the database; with a data directory it is kept and used again.
A figure is the median of five answers after one that warms up, in milliseconds, `limit` 50.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import httpx

from clarion.config import Settings
from clarion.domain.identity import Role
from clarion.services.keys import create_key
from clarion.services.place import Place
from clarion.services.scope import Actor, Scope
from clarion.services.workspaces import first_workspace
from clarion.store.embedded import embedded_postgres
from clarion.store.migrate import migrate
from clarion.store.pool import Pool, create_pool
from clarion.store.secrets import Sealer
from clarion.web.app import create_app
from clarion.web.limits import RateLimits
from clarion.web.paging import cursor_of

SEED = Path(__file__).with_name("lists_seed.sql")
REPEATS = 5


@dataclass(frozen=True, slots=True)
class Question:
    """One request; ``deep_key`` is the cursor of a page deep inside (None: it has no pages)."""

    label: str
    path: str
    parameters: dict[str, Any]
    deep_key: int | None = None


@dataclass(frozen=True, slots=True)
class Things:
    """What the seed made, as far as questions name it."""

    contact_count: int
    last_contact_id: int
    last_message_id: int
    last_audit_id: int
    last_rejected_row: int
    everybody: int
    tenth: int
    few: int
    sender: int
    rare_sender: int
    campaign: int
    minutely: int
    occurrence: int
    oldest_occurrence: int
    last_occurrence: int
    import_id: int
    phone: str


def questions(of: Things) -> Iterator[Question]:
    """Every list as the console asks for it, with each filter alone and the hard pairs."""
    deep = of.last_contact_id * 9 // 10
    contacts = "/api/v1/contacts"
    for label, query in (
        ("all", {}),
        ("part of a name, common", {"text": "anna"}),
        ("part of a name, one", {"text": f"novak {of.contact_count - 7}"[:14]}),
        ("part of a name, none", {"text": "zzyzx"}),
        ("part of a name, two letters, none", {"text": "zy"}),
        ("part of a number, one", {"text": of.phone[-7:]}),
        ("part of a number, three digits", {"text": of.phone[-3:]}),
        ("part of a number, none", {"text": "999999999999"}),
        ("whole number", {"text": of.phone}),
        ("attribute, common", {"attribute": "city:Berlin"}),
        ("attribute, one in 10,000", {"attribute": "vip:yes"}),
        ("attribute, none", {"attribute": "city:Atlantis"}),
        ("opted out", {"consent_state": "opted_out"}),
        ("opted in", {"consent_state": "opted_in"}),
        ("never said anything", {"consent_state": "none"}),
        ("opted out, part of a number", {"consent_state": "opted_out", "text": of.phone[-4:]}),
        ("opted out, none found", {"consent_state": "opted_out", "text": "zzyzx"}),
        ("of a group of all", {"group_id": of.everybody}),
        ("of a group of a tenth", {"group_id": of.tenth}),
        ("of a group of few", {"group_id": of.few}),
        ("of a group of all, part of a number", {"group_id": of.everybody, "text": of.phone[-7:]}),
        ("of a group of all, none found", {"group_id": of.everybody, "text": "zzyzx"}),
        ("of a group of all, opted out", {"group_id": of.everybody, "consent_state": "opted_out"}),
        ("of a group of few, opted out", {"group_id": of.few, "consent_state": "opted_out"}),
    ):
        yield Question(f"contacts: {label}", contacts, query, deep)
    yield Question("groups with counts", "/api/v1/groups", {"limit": 500})
    yield Question("imports", "/api/v1/imports", {}, 2500)
    path = f"/api/v1/imports/{of.import_id}/rejections"
    yield Question("rejected rows", path, {}, of.last_rejected_row * 9 // 10)
    deep = of.last_message_id // 10
    for label, query in (
        ("all", {}),
        ("out", {"direction": "out"}),
        ("in", {"direction": "in"}),
        *((status, {"status": status}) for status in
          ("accepted", "failed", "in_doubt", "skipped", "queued", "held", "received")),
        ("failed, out", {"status": "failed", "direction": "out"}),
        ("of a sender", {"sender_id": of.sender}),
        ("of a sender without any", {"sender_id": of.rare_sender}),
        ("of a campaign", {"campaign_id": of.campaign}),
        ("of a campaign, failed", {"campaign_id": of.campaign, "status": "failed"}),
        ("of a campaign, queued", {"campaign_id": of.campaign, "status": "queued"}),
        ("of an occurrence", {"occurrence_id": of.occurrence}),
        ("of the oldest occurrence", {"occurrence_id": of.oldest_occurrence}),
        ("of the oldest occurrence, failed",
         {"occurrence_id": of.oldest_occurrence, "status": "failed"}),
        ("of a contact", {"contact_id": of.last_contact_id}),
        ("by the provider's id", {"provider_id": f"wamid.{of.occurrence}.{of.last_contact_id}"}),
    ):  # fmt: skip
        yield Question(f"messages: {label}", "/api/v1/messages", query, deep)
    path = f"/api/v1/contacts/{of.last_contact_id}"
    yield Question("messages: conversation", f"{path}/messages", {})
    yield Question("participations of a contact", f"{path}/participations", {})
    path = f"/api/v1/occurrences/{of.occurrence}"
    deep = of.last_contact_id * 9 // 10
    for label, query in (
        ("all", {}),
        *((outcome, {"outcome": outcome}) for outcome in
          ("accepted", "failed", "skipped", "in_doubt", "pending", "held")),
        ("by reason, common", {"outcome": "skipped", "reason": "opted_out"}),
        ("by reason, rare", {"outcome": "skipped", "reason": "suppressed"}),
        ("by reason alone", {"reason": "template_paused"}),
        ("part of a number", {"text": of.phone[-7:]}),
        ("none found", {"text": "zzyzx"}),
        ("failed, part of a name", {"outcome": "failed", "text": "anna"}),
    ):  # fmt: skip
        yield Question(f"participants: {label}", f"{path}/participants", query, deep)
    yield Question("reasons of an occurrence", f"{path}/reasons", {})
    yield Question("nodes of an occurrence", f"{path}/nodes", {})
    path = f"/api/v1/campaigns/{of.minutely}/occurrences"
    yield Question("occurrences", path, {}, of.last_occurrence // 10)
    campaigns = "/api/v1/campaigns"
    yield Question("campaigns", campaigns, {}, 250)
    yield Question("campaigns: by name", campaigns, {"name": "campaign 4"})
    for status in ("pending", "in_progress", "suspended", "ended"):  # the home page's questions
        yield Question(f"campaigns: {status}", campaigns, {"status": status})
    yield Question("campaigns: of a group", campaigns, {"group_id": of.everybody})
    yield Question("progress of all campaigns", f"{campaigns}/progress", {})
    audit = "/api/v1/audit-entries"
    for label, query in (
        ("all", {}),
        ("of a common noun", {"noun": "contact"}),
        ("of a rare noun", {"noun": "campaign"}),
        ("of a noun without any", {"noun": "sender"}),
        ("of one thing", {"noun": "contact", "noun_id": 77}),
    ):
        yield Question(f"audit log: {label}", audit, query, of.last_audit_id // 10)
    for state in ("open", "closed"):
        yield Question(f"conversations: {state}", "/api/v1/conversations", {"state": state}, 90_000)
    yield Question("flows", "/api/v1/flows", {})
    yield Question("templates", "/api/v1/templates", {})
    yield Question("live versions", "/api/v1/live", {})


async def seed(pool: Pool, workspace_id: int, contacts: int, messages: int) -> None:
    """Fill an empty database; each statement is told on the way, for it takes minutes."""
    lines = SEED.read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.startswith("--"))
    text = text.replace(":workspace_id", str(workspace_id))
    text = text.replace("{contacts}", str(contacts)).replace("{messages}", str(messages))
    async with pool.acquire() as connection:
        for statement in filter(None, map(str.strip, text.split(";"))):
            started = time.perf_counter()
            status = await connection.execute(statement)
            print(f"{time.perf_counter() - started:7.1f} s  {status}", file=sys.stderr)


async def things(pool: Pool) -> Things:
    """Read what the seed made."""
    values = await pool.fetchrow(
        """SELECT (SELECT count(*) FROM contacts) AS contact_count,
            (SELECT max(id) FROM contacts) AS last_contact_id,
            (SELECT max(id) FROM messages) AS last_message_id,
            (SELECT max(id) FROM audit_entries) AS last_audit_id,
            (SELECT max(row_number) FROM import_rejections) AS last_rejected_row,
            (SELECT id FROM groups WHERE name = 'Everybody') AS everybody,
            (SELECT id FROM groups WHERE name = 'A tenth') AS tenth,
            (SELECT id FROM groups WHERE name = 'A few') AS few,
            (SELECT id FROM senders WHERE name = 'First') AS sender,
            (SELECT id FROM senders WHERE name = 'Rare') AS rare_sender,
            (SELECT min(id) FROM campaigns) AS campaign,
            (SELECT max(id) FROM campaigns) AS minutely,
            (SELECT min(occurrence_id) FROM participants) AS occurrence,
            (SELECT min(id) FROM occurrences) AS oldest_occurrence,
            (SELECT max(id) FROM occurrences) AS last_occurrence,
            (SELECT max(import_id) FROM import_rejections) AS import_id,
            (SELECT phone FROM contacts ORDER BY id DESC LIMIT 1) AS phone"""
    )
    return Things(**dict(values))


async def milliseconds(client: httpx.AsyncClient, path: str, parameters: dict[str, Any]) -> float:
    """The median of some answers, after one that warms up."""
    taken = []
    for _ in range(1 + REPEATS):
        started = time.perf_counter()
        answer = await client.get(path, params=parameters)
        taken.append((time.perf_counter() - started) * 1000)
        assert answer.status_code == 200, (path, parameters, answer.text)
        if len(taken) > 1 and taken[-1] > 3_000:  # slow is slow: no need to wait for more of it
            break
    return round(statistics.median(taken[1:]), 1)


async def ask(client: httpx.AsyncClient, all_questions: Sequence[Question]) -> list[dict[str, Any]]:
    """The figures of all questions, told as they come."""
    figures: list[dict[str, Any]] = []
    for question in all_questions:
        parameters = {"limit": 50, **question.parameters}
        first = await milliseconds(client, question.path, parameters)
        deep = None
        if question.deep_key is not None:
            parameters["cursor"] = cursor_of(question.deep_key)
            deep = await milliseconds(client, question.path, parameters)
        figures.append({"question": question.label, "first_page": first, "deep_page": deep})
        print(
            f"{question.label:48} {first:8.1f} {'' if deep is None else f'{deep:8.1f}'}", flush=True
        )
    return figures


async def measure(url: str, contacts: int, messages: int, only: str) -> dict[str, Any]:
    """Fill the database unless it is full, then ask."""
    await migrate(url)
    pool = await create_pool(url, command_timeout_seconds=None)
    now = datetime.now(UTC)
    async with pool.acquire() as connection:
        workspace = await first_workspace(connection, now=now)
        if not await connection.fetchval("SELECT EXISTS (SELECT FROM contacts)"):
            await seed(pool, workspace.id, contacts, messages)
        scope = Scope(workspace.id, Actor("command", "bench", Role.ADMIN), now)
        sealer = Sealer("bench")
        key = await create_key(connection, scope, sealer, name=f"bench {now}", role=Role.ADMIN)
    async with aiohttp.ClientSession() as http:
        place = Place(pool, Settings(), lambda: datetime.now(UTC), sealer, http)
        app = create_app(place, rates=RateLimits(rate_per_second=1e6, burst_count=1e6))
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app),
            base_url="http://bench",
            headers={"Authorization": f"Bearer {key.token}"},
            timeout=None,
        ) as client:
            known = await things(pool)
            figures = await ask(client, [q for q in questions(known) if only in q.label])
    sizes = await pool.fetch(
        """SELECT relname AS table, pg_size_pretty(pg_total_relation_size(oid)) AS size
        FROM pg_class WHERE relname IN ('contacts', 'messages', 'participants')"""
    )
    await pool.close()
    pages = [page for one in figures for page in (one["first_page"], one["deep_page"]) if page]
    return {
        "bench": "lists",
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "contacts": known.contact_count,
        "messages": known.last_message_id,
        "sizes": {row["table"]: row["size"] for row in sizes},
        "slowest_milliseconds": max(pages, default=None),
        "median_milliseconds": statistics.median(pages) if pages else None,
        "lists": figures,
    }


async def main(given: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory(prefix="clarion-bench-") as folder:
        os.chmod(folder, 0o711)  # noqa: PTH101 - a blocking call that nobody waits for
        data_dir = given.data_dir or Path(folder) / "data"
        async with embedded_postgres(data_dir) as url:
            answer = await measure(url, given.contacts, given.messages, given.only)
    print(json.dumps(answer))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--messages", type=int, default=10_000_000)
    parser.add_argument("--data-dir", type=Path, help="Kept, and used again when it is full.")
    parser.add_argument("--only", default="", help="Questions whose name contains this.")
    asyncio.run(main(parser.parse_args()))
