"""How long a dry run of a large audience takes, and how much memory.

    python bench/dry_run.py [--people 1000000] [--database-url URL]

Prints a table and one line of JSON.  Without a URL an embedded PostgreSQL runs in a temporary
folder.  Everybody gets a template with the name in it; one in ten has opted out.  Memory is the peak
of this process, and the same when a tenth of the people was done: it must not grow.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import resource
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from clarion.domain.campaign import CampaignDraft
from clarion.domain.identity import Role
from clarion.domain.plan import Once
from clarion.flow.samples import sample
from clarion.services.dry_run_work import run_dry_run
from clarion.services.dry_runs import PeopleFilter, ask_dry_run, list_people, read_dry_run
from clarion.services.flows import create_flow, publish_flow
from clarion.services.scope import Actor, Scope
from clarion.services.senders import NewSender, WhatsAppConfig, create_sender
from clarion.services.workspaces import first_workspace
from clarion.store.embedded import embedded_postgres
from clarion.store.migrate import migrate
from clarion.store.pool import Pool, create_pool, transaction
from clarion.store.secrets import Sealer

AUDIENCE = """
WITH made AS (
    INSERT INTO contacts (workspace_id, name, phone)
    SELECT $1, 'Person ' || i, '+861' || (3000000000 + i) FROM generate_series(1, $2) i
    RETURNING id
), joined AS (
    INSERT INTO group_members (group_id, contact_id) SELECT $3, id FROM made
)
INSERT INTO consents (contact_id, channel, state, source, at)
SELECT id, 'whatsapp', 'opted_out', 'import', now() FROM made WHERE id % 10 = 0
"""


def peak_mebibytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


async def fill(pool: Pool, scope: Scope, people_count: int) -> CampaignDraft:
    async with transaction(pool) as connection:
        await create_sender(
            connection,
            scope,
            Sealer("a key"),
            NewSender("shop", WhatsAppConfig("1", "2"), "token", "secret", rate_per_second=80),
        )
        flow = await create_flow(connection, scope, sample("spring_offer"))
        await publish_flow(connection, scope, flow.id)
        group_id = await connection.fetchval(
            "INSERT INTO groups (workspace_id, name) VALUES ($1, 'All') RETURNING id",
            scope.workspace_id,
        )
        await connection.execute(AUDIENCE, scope.workspace_id, people_count, group_id)
    await pool.execute("VACUUM ANALYZE")
    return CampaignDraft(
        name="Everybody",
        flow_id=flow.id,
        include_group_ids=(group_id,),
        start_at=scope.now + timedelta(days=1),
        end_at=scope.now + timedelta(days=9),
        plan=Once(),
    )


async def measure(database_url: str, people_count: int) -> dict[str, object]:
    await migrate(database_url)
    pool = await create_pool(database_url, command_timeout_seconds=None)
    async with pool.acquire() as connection:
        workspace = await first_workspace(connection, now=datetime.now(UTC))
    scope = Scope(workspace.id, Actor("command", "bench", Role.ADMIN), datetime.now(UTC))
    draft = await fill(pool, scope, people_count)
    async with transaction(pool) as connection:
        asked = await ask_dry_run(connection, scope, draft=draft, is_deferred=False)
    peaks: list[int] = []

    def watch(done_count: int, audience_count: int) -> None:
        peaks.append(peak_mebibytes())

    started, started_cpu = time.perf_counter(), time.process_time()
    await run_dry_run(pool, asked.id, clock=lambda: datetime.now(UTC), progress=watch)
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - started_cpu
    async with pool.acquire() as connection:
        done = await read_dry_run(connection, scope, asked.id)
        listing = time.perf_counter()
        page = await list_people(
            connection, scope, asked.id, PeopleFilter(reason="opted_out"), limit=50
        )
        listing = time.perf_counter() - listing
    assert len(page) == 50
    summary = done.summary
    assert summary["send_count"] + summary["skipped_count"] == people_count
    size = await pool.fetchval("SELECT pg_total_relation_size('dry_run_people')")
    await pool.close()
    return {
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "people": people_count,
        "seconds": round(seconds, 1),
        "people_per_second": round(people_count / seconds),
        "cpu_microseconds_a_person": round(cpu_seconds / people_count * 1e6),
        "peak_mebibytes": peaks[-1],
        "peak_mebibytes_at_a_tenth": peaks[len(peaks) // 10],
        "stored_mebibytes": round(size / 2**20),
        "page_by_reason_milliseconds": round(listing * 1000, 1),
        "finish_at": summary["finish_at"],
    }


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--database-url")
    given = parser.parse_args()
    if given.database_url:
        found = await measure(given.database_url, given.people)
    else:
        with tempfile.TemporaryDirectory(prefix="clarion-bench-") as folder:
            async with embedded_postgres(Path(folder)) as database_url:
                found = await measure(database_url, given.people)
    for name, value in found.items():
        print(f"{name:<30} {value}")
    print(json.dumps(found))


if __name__ == "__main__":
    asyncio.run(main())
