"""How fast a file becomes contacts, and how much memory that takes.

    python bench/imports.py [--rows 1000000] [--database-url URL]

Prints a table and one line of JSON.  Without a URL an embedded PostgreSQL runs in a temporary
folder.  Memory is the peak of this process, above what it had before the import began.
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
from datetime import UTC, datetime
from pathlib import Path

from clarion.domain.identity import Role
from clarion.imports.files import ImportOptions
from clarion.services.contacts import ContactFilter, list_contacts
from clarion.services.groups import delete_group, list_groups
from clarion.services.import_runs import import_file
from clarion.services.imports import ImportCounts
from clarion.services.scope import Actor, Scope
from clarion.services.workspaces import first_workspace
from clarion.store.embedded import embedded_postgres
from clarion.store.migrate import migrate
from clarion.store.pool import Pool, create_pool, transaction

BAD_EVERY = 100


def write_file(path: Path, row_count: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write("手机,姓名,邮箱,城市,等级\n")
        for i in range(row_count):
            phone = "?" if i % BAD_EVERY == 0 else f"+861{380_000_0000 + i:010d}"
            file.write(f"{phone},Person {i},p{i}@example.com,西安,{i % 7}\n")


def peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


async def timed_import(pool: Pool, scope: Scope, path: Path, mode: str) -> dict[str, object]:
    started = time.perf_counter()
    base_bytes = peak_bytes()
    peaks: list[int] = []

    def watch(_: ImportCounts) -> None:
        peaks.append(peak_bytes())

    done = await import_file(
        pool,
        scope,
        path,
        ImportOptions(mode=mode),  # type: ignore[arg-type]  # one of the two
        watch,
        clock=lambda: datetime.now(UTC),
        group_names=["All", f"Import {mode}"],
    )
    seconds = time.perf_counter() - started
    assert done.status == "finished", done.reason
    return {
        "mode": mode,
        "rows": done.counts.row_count,
        "added": done.counts.added_count,
        "updated": done.counts.updated_count,
        "rejected": done.counts.rejected_count,
        "seconds": round(seconds, 1),
        "rows_per_second": round(done.counts.row_count / seconds),
        "peak_mebibytes": round(peaks[-1] / 2**20),
        "peak_mebibytes_at_a_tenth": round(peaks[len(peaks) // 10] / 2**20),
        "mebibytes_before": round(base_bytes / 2**20),
    }


async def timed(label: str, pool: Pool, scope: Scope, what: object) -> dict[str, object]:
    started = time.perf_counter()
    async with transaction(pool) as connection:
        await what(connection, scope)  # type: ignore[operator]
    return {"question": label, "milliseconds": round((time.perf_counter() - started) * 1000)}


async def measure(database_url: str, row_count: int) -> dict[str, object]:
    await migrate(database_url)
    pool = await create_pool(database_url, command_timeout_seconds=None)
    async with pool.acquire() as connection:
        workspace = await first_workspace(connection, now=datetime.now(UTC))
    scope = Scope(workspace.id, Actor("command", "bench", Role.ADMIN), datetime.now(UTC))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        write_file(path, row_count)
        imports = [await timed_import(pool, scope, path, mode) for mode in ("overwrite", "ignore")]

    async def groups(connection: object, scope: Scope) -> None:
        await list_groups(connection, scope, above_id=None, limit=50)  # type: ignore[arg-type]

    def contacts(wanted: ContactFilter) -> object:
        async def ask(connection: object, scope: Scope) -> None:
            await list_contacts(connection, scope, wanted, above_id=None, limit=51)  # type: ignore[arg-type]

        return ask

    before = await timed("groups with counts, before vacuum", pool, scope, groups)
    await pool.execute("VACUUM ANALYZE contacts")
    await pool.execute("VACUUM ANALYZE group_members")
    last = f"Person {row_count - 1}"
    group_id = await pool.fetchval("SELECT max(id) FROM groups")

    async def drop(connection: object, scope: Scope) -> None:
        await delete_group(connection, scope, group_id)  # type: ignore[arg-type]

    questions = [
        before,
        await timed("groups with counts", pool, scope, groups),
        await timed("first page of contacts", pool, scope, contacts(ContactFilter())),
        await timed("the rarest name", pool, scope, contacts(ContactFilter(text=last))),
        await timed(
            "the rarest phone",
            pool,
            scope,
            contacts(ContactFilter(text=f"{3_800_000_000 + row_count - 1}")),
        ),
        await timed(
            "a rare attribute", pool, scope, contacts(ContactFilter(attributes={"等级": "x"}))
        ),
        await timed(
            "nobody opted out", pool, scope, contacts(ContactFilter(consent_state="opted_out"))
        ),
        await timed("page of a group", pool, scope, contacts(ContactFilter(group_id=group_id))),
        await timed("delete a group of all", pool, scope, drop),
    ]
    await pool.close()
    machine = {
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }
    return {"bench": "imports", **machine, "imports": imports, "questions": questions}


async def main(row_count: int, database_url: str | None) -> None:
    if database_url is not None:
        answer = await measure(database_url, row_count)
    else:
        with tempfile.TemporaryDirectory(prefix="clarion-bench-") as folder:
            os.chmod(folder, 0o711)  # noqa: PTH101 - a blocking call that nobody waits for
            async with embedded_postgres(Path(folder) / "data") as url:
                answer = await measure(url, row_count)
    for line in [*answer["imports"], *answer["questions"]]:  # type: ignore[misc]
        print("  ".join(f"{name}={value}" for name, value in line.items()))
    print(json.dumps(answer))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--database-url")
    given = parser.parse_args()
    asyncio.run(main(given.rows, given.database_url))
