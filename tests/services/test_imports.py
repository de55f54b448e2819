"""Stories of files that become contacts."""

from __future__ import annotations

import asyncio
import csv
import io
import os
import random
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from clarion.domain.errors import ClarionError
from clarion.domain.message import Channel
from clarion.imports.files import ImportOptions
from clarion.services.consents import consent_history, set_consent
from clarion.services.contacts import (
    ContactDraft,
    ContactFilter,
    create_contact,
    find_by_phone,
    list_contacts,
)
from clarion.services.groups import change_memberships, create_group, delete_group, list_groups
from clarion.services.import_runs import ImportLimits, import_file, import_tasks, run_import
from clarion.services.imports import (
    Import,
    delete_import,
    export_rejections,
    list_rejections,
    read_import,
    start_upload,
)
from clarion.services.scope import Scope
from clarion.store.jobs import create_app, run_worker
from clarion.store.pool import Pool, transaction

SMALL_BATCHES = ImportLimits(batch_rows=7)


class Arriving:
    """A file that comes in small pieces, as from a network."""

    def __init__(self, content: bytes) -> None:
        self._rest = io.BytesIO(content)

    async def read(self, size: int = -1, /) -> bytes:
        return self._rest.read(size)


def phone(number: int) -> str:
    return f"+86138{number:08d}"


def csv_of(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def balance(done: Import) -> tuple[int, int, int, int, int]:
    counts = done.counts
    assert counts.row_count == (
        counts.added_count + counts.updated_count + counts.ignored_count + counts.rejected_count
    )
    return (
        counts.row_count,
        counts.added_count,
        counts.updated_count,
        counts.ignored_count,
        counts.rejected_count,
    )


@pytest.fixture
def import_rows(pool: Pool, scope: Scope, tmp_path: Path) -> Any:
    """Imports some rows from a file, in batches of seven."""

    async def run(rows: list[list[str]] | bytes, group: str = "Shop", **options: Any) -> Import:
        path = tmp_path / "people.csv"
        path.write_bytes(rows if isinstance(rows, bytes) else csv_of(rows))
        return await import_file(
            pool,
            scope,
            path,
            ImportOptions(**options),
            clock=lambda: scope.now,
            group_names=[group],
            limits=SMALL_BATCHES,
        )

    return run


async def test_a_file_becomes_contacts_of_a_new_group(
    pool: Pool, scope: Scope, import_rows: Any
) -> None:
    done = await import_rows(
        [["phone", "name", "city"], *([phone(i), f"Person {i}", "Xi'an"] for i in range(20))]
    )
    assert done.status == "finished"
    assert balance(done) == (20, 20, 0, 0, 0)
    async with pool.acquire() as connection:
        (group,) = await list_groups(connection, scope, above_id=None, limit=10)
        assert (group.name, group.contact_count) == ("Shop", 20)
        found = await find_by_phone(connection, scope, phone(3))
    assert found is not None
    assert (found.name, found.country, dict(found.attributes)) == (
        "Person 3",
        "CN",
        {"city": "Xi'an"},
    )


async def test_overwriting_replaces_what_the_file_tells_and_keeps_the_rest(
    pool: Pool, scope: Scope, import_rows: Any
) -> None:
    await import_rows([["phone", "name", "email", "city"], [phone(1), "Ann", "a@b.cn", "Xi'an"]])
    done = await import_rows(
        [
            ["phone", "name", "email", "size"],
            [phone(1), "Anna", "", "L"],
            [phone(2), "Bo", "", "M"],
        ],
        "Second",
    )
    assert balance(done) == (2, 1, 1, 0, 0)
    async with pool.acquire() as connection:
        ann = await find_by_phone(connection, scope, phone(1))
    assert ann is not None
    assert (ann.name, ann.email) == ("Anna", "a@b.cn")
    assert dict(ann.attributes) == {"city": "Xi'an", "size": "L"}
    assert [group.name for group in ann.groups] == ["Shop", "Second"]


async def test_ignoring_changes_nothing_but_links_the_group(
    pool: Pool, scope: Scope, import_rows: Any
) -> None:
    await import_rows([["phone", "name"], [phone(1), "Ann"]])
    rows = [["phone", "name"], [phone(1), "Anna"], [phone(2), "Bo"], [phone(2), "Bob"]]
    done = await import_rows(rows, "Second", mode="ignore")
    assert balance(done) == (3, 1, 0, 2, 0)
    async with pool.acquire() as connection:
        ann = await find_by_phone(connection, scope, phone(1))
        bo = await find_by_phone(connection, scope, phone(2))
    assert ann is not None
    assert bo is not None
    assert (ann.name, bo.name) == ("Ann", "Bo")
    assert [group.name for group in ann.groups] == ["Shop", "Second"]


@pytest.mark.parametrize("gap", [1, 9])
async def test_within_a_file_the_last_row_wins_wherever_batches_end(
    pool: Pool, scope: Scope, import_rows: Any, gap: int
) -> None:
    others = [[phone(10 + i), "", ""] for i in range(gap)]
    rows = [["phone", "name", "city"], [phone(1), "Ann", "Xi'an"], *others, [phone(1), "Anna", ""]]
    done = await import_rows(rows)
    assert balance(done) == (gap + 2, gap + 1, 1, 0, 0)
    async with pool.acquire() as connection:
        ann = await find_by_phone(connection, scope, phone(1))
    assert ann is not None
    assert (ann.name, ann.attributes["city"]) == ("Anna", "Xi'an")


async def test_an_opt_out_in_a_file_holds_and_none_is_ever_undone(
    pool: Pool, scope: Scope, import_rows: Any
) -> None:
    rows = [["phone", "opted out"], [phone(1), "yes"], [phone(2), "no"], [phone(3), ""]]
    await import_rows(rows)
    await import_rows([["phone", "opted out"], [phone(1), "no"]], mode="ignore")
    async with pool.acquire() as connection:
        wanted = ContactFilter(consent_state="opted_out")
        (gone,) = await list_contacts(connection, scope, wanted, above_id=None, limit=10)
        assert gone.phone == phone(1)
        history = await consent_history(connection, scope, gone.id)
    assert [(change.state, change.source) for change in history] == [("opted_out", "import")]


async def test_an_opt_out_counts_even_where_duplicates_are_ignored(
    pool: Pool, scope: Scope, import_rows: Any
) -> None:
    async with transaction(pool) as connection:
        ann = await create_contact(connection, scope, ContactDraft(phone=phone(1)))
        await set_consent(connection, scope, ann.id, Channel.WHATSAPP, "opted_in")
    await import_rows([["phone", "退订"], [phone(1), "是"]], mode="ignore")
    async with pool.acquire() as connection:
        again = await find_by_phone(connection, scope, phone(1))
    assert again is not None
    assert again.consents == {"whatsapp": "opted_out"}


BAD_ROWS: list[tuple[list[str], str, str]] = [
    (["", "x", "", "", "", ""], "phone_empty", "phone"),
    (["8.6E+12", "x", "", "", "", ""], "phone_scientific_notation", "phone"),
    (["13800138000", "x", "", "", "", ""], "phone_no_country", "phone"),
    (["nobody", "x", "", "", "", ""], "phone_not_a_number", "phone"),
    (["+8613", "x", "", "", "", ""], "phone_too_short", "phone"),
    (["+86138001380001234", "x", "", "", "", ""], "phone_too_long", "phone"),
    ([phone(1), "x", "Atlantis", "", "", ""], "country_unknown", "country"),
    ([phone(1), "x", "", "a@b", "", ""], "email_invalid", "email"),
    ([phone(1), "x", "", "", "Mars/Olympus", ""], "zone_unknown", "zone"),
    ([phone(1), "x", "", "", "", "perhaps"], "opted_out_unclear", "unsubscribed"),
    ([phone(1), "x" * 101, "", "", "", ""], "too_long", "name"),
    ([phone(1), "\x00", "", "", "", ""], "text_unreadable", "name"),
    ([phone(1), "x", "", "", "", "", "surplus"], "row_too_wide", ""),
]


async def test_ten_thousand_rows_with_three_hundred_bad_ones_lose_no_good_row(
    pool: Pool, scope: Scope, tmp_path: Path
) -> None:
    header = ["phone", "name", "country", "email", "zone", "unsubscribed"]
    places = sorted(random.Random(7).sample(range(10_000), 300))
    kinds = {place: BAD_ROWS[i % len(BAD_ROWS)] for i, place in enumerate(places)}
    good = [[phone(i), f"Person {i}", "", "", "", ""] for i in range(10_000)]
    rows = [kinds[i][0] if i in kinds else good[i] for i in range(10_000)]
    path = tmp_path / "people.csv"
    path.write_bytes(csv_of([header, *rows]))
    seen: list[int] = []
    done = await import_file(
        pool,
        scope,
        path,
        ImportOptions(),
        lambda counts: seen.append(counts.row_count),
        clock=lambda: scope.now,
        group_names=["All"],
    )
    assert balance(done) == (10_000, 9_700, 0, 0, 300)
    assert seen == [5_000, 10_000]
    stored = {
        row["phone"]
        for row in await pool.fetch(
            "SELECT c.phone FROM contacts c JOIN group_members m ON m.contact_id = c.id"
        )
    }
    assert stored == {phone(i) for i in range(10_000) if i not in kinds}
    rejections = await list_rejections(pool, scope, done.id, above_row_number=None, limit=1_000)
    assert [(item.row_number, item.code, item.column_name) for item in rejections] == [
        (place + 2, kinds[place][1], kinds[place][2]) for place in places
    ]
    text = b"".join([piece async for piece in export_rejections(pool, scope, done.id)])
    lines = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
    assert len(lines) == 301
    assert lines[1][:3] == [str(places[0] + 2), kinds[places[0]][2], kinds[places[0]][1]]


async def test_a_workbook_is_imported_like_a_text(pool: Pool, scope: Scope, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [
        ["手机号", "姓名", "分数"],
        [13800138001, "张三", 3.5],
        [None, None, None],
        ["8.6E+12", "李四", 1],
    ]:
        sheet.append(row)
    book.save(tmp_path / "people.xlsx")
    done = await import_file(
        pool,
        scope,
        tmp_path / "people.xlsx",
        ImportOptions(default_country="中国"),
        clock=lambda: scope.now,
        group_names=["All"],
    )
    assert balance(done) == (2, 1, 0, 0, 1)
    (rejection,) = await list_rejections(pool, scope, done.id, above_row_number=None, limit=5)
    assert (rejection.row_number, rejection.code) == (4, "phone_scientific_notation")
    async with pool.acquire() as connection:
        found = await find_by_phone(connection, scope, "+8613800138001")
    assert found is not None
    assert (found.name, found.attributes["分数"]) == ("张三", "3.5")


@pytest.mark.parametrize(
    ("content", "options", "code"),
    [
        (b"", {}, "import.file_unreadable"),
        (b"PK\x03\x04 not a workbook", {}, "import.file_unreadable"),
        (b"name,city\nAnn,Rome\n", {}, "import.no_phone_column"),
        (b"phone\n1\n", {"mapping": {"tel": "phone"}}, "import.mapping_invalid"),
    ],
)
async def test_a_file_that_cannot_be_read_fails_with_its_reason(
    import_rows: Any, content: bytes, options: dict[str, Any], code: str
) -> None:
    done = await import_rows(content, **options)
    assert done.status == "failed"
    assert f"[{code}]" in done.reason


async def test_an_upload_waits_for_a_worker_and_leaves_no_copy_behind(
    pool: Pool, scope: Scope
) -> None:
    rows = [["phone", "name"], *([phone(i), "x" * 90] for i in range(30))]
    async with transaction(pool) as connection:
        group = await create_group(connection, scope, "Uploaded")
        made = await start_upload(
            connection,
            scope,
            Arriving(csv_of(rows)),
            file_name="people.csv",
            options=ImportOptions(),
            byte_limit=10_000,
            group_ids=[group.id],
        )
    assert made.status == "waiting"
    assert (
        await pool.fetchval("SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'imports'")
        == 1
    )
    await run_import(pool, made.id, clock=lambda: scope.now)
    done = await read_import(pool, scope, made.id)
    assert (done.status, balance(done)) == ("finished", (30, 30, 0, 0, 0))
    assert done.counts.done_byte_count == done.counts.byte_count == len(csv_of(rows))
    assert await pool.fetchval("SELECT count(*) FROM import_pieces") == 0


async def test_an_upload_above_the_limit_is_refused(pool: Pool, scope: Scope) -> None:
    with pytest.raises(ClarionError, match=r"import\.too_large"):
        async with transaction(pool) as connection:
            await start_upload(
                connection,
                scope,
                Arriving(b"phone\n" * 1_000),
                file_name="people.csv",
                options=ImportOptions(),
                byte_limit=5_000,
            )
    assert await pool.fetchval("SELECT count(*) FROM imports") == 0


async def test_two_workers_on_one_import_store_every_row_once(pool: Pool, scope: Scope) -> None:
    rows = [["phone", "name"], *([phone(i % 50), f"Person {i}"] for i in range(100))]
    async with transaction(pool) as connection:
        made = await start_upload(
            connection,
            scope,
            Arriving(csv_of(rows)),
            file_name="people.csv",
            options=ImportOptions(),
            byte_limit=10_000,
        )
    await asyncio.gather(
        *(
            run_import(pool, made.id, clock=lambda: scope.now, limits=SMALL_BATCHES)
            for _ in range(3)
        )
    )
    done = await read_import(pool, scope, made.id)
    assert balance(done) == (100, 50, 50, 0, 0)


async def test_whoever_loses_its_group_meanwhile_is_ungrouped_until_it_joins_another(
    pool: Pool, scope: Scope, import_rows: Any
) -> None:
    await import_rows([["phone"], [phone(1)]], "Doomed")
    async with transaction(pool) as connection:
        (doomed,) = await list_groups(connection, scope, above_id=None, limit=5)
        assert await delete_group(connection, scope, doomed.id) == 1
        ann = await find_by_phone(connection, scope, phone(1))
        assert ann is not None
        assert [group.name for group in ann.groups] == ["Ungrouped"]
        vip = await create_group(connection, scope, "VIP")
        await change_memberships(connection, scope, [ann.id], [vip.id], "add")
        ann = await find_by_phone(connection, scope, phone(1))
    assert ann is not None
    assert [group.name for group in ann.groups] == ["VIP"]


async def test_rows_above_the_limit_are_not_taken_and_those_before_are(
    pool: Pool, scope: Scope, tmp_path: Path
) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(csv_of([["phone"], *([phone(i)] for i in range(25))]))
    done = await import_file(
        pool,
        scope,
        path,
        ImportOptions(),
        clock=lambda: scope.now,
        limits=ImportLimits(row_limit=20, batch_rows=8),
    )
    assert (done.status, balance(done)) == ("failed", (16, 16, 0, 0, 0))
    assert done.reason is not None
    assert "the first 16 are imported" in done.reason


async def test_a_group_deleted_while_its_import_waits_loses_no_contact(
    pool: Pool, scope: Scope
) -> None:
    async with transaction(pool) as connection:
        made = await start_upload(
            connection,
            scope,
            Arriving(csv_of([["phone"], [phone(1)]])),
            file_name="people.csv",
            options=ImportOptions(),
            byte_limit=1_000,
            group_names=["Doomed"],
        )
        await delete_group(connection, scope, made.group_ids[0])
    await run_import(pool, made.id, clock=lambda: scope.now)
    async with pool.acquire() as connection:
        found = await find_by_phone(connection, scope, phone(1))
    assert found is not None
    assert [group.name for group in found.groups] == ["Ungrouped"]


async def test_an_import_that_is_forgotten_while_it_runs_stops(pool: Pool, scope: Scope) -> None:
    async with transaction(pool) as connection:
        made = await start_upload(
            connection,
            scope,
            Arriving(csv_of([["phone"], *([phone(i)] for i in range(5_000))])),
            file_name="people.csv",
            options=ImportOptions(),
            byte_limit=1_000_000,
        )
    running = asyncio.create_task(
        run_import(pool, made.id, clock=lambda: scope.now, limits=ImportLimits(batch_rows=50))
    )
    while not await pool.fetchval("SELECT count(*) FROM contacts"):
        await asyncio.sleep(0.005)
    async with transaction(pool) as connection:
        await delete_import(connection, scope, made.id)
    await running
    assert await pool.fetchval("SELECT count(*) FROM contacts") < 5_000
    assert await pool.fetchval("SELECT count(*) FROM import_pieces") == 0


async def test_a_worker_takes_the_job_of_an_upload(
    pool: Pool, scope: Scope, database_url: str
) -> None:
    async with transaction(pool) as connection:
        made = await start_upload(
            connection,
            scope,
            Arriving(csv_of([["phone"], [phone(1)]])),
            file_name="people.csv",
            options=ImportOptions(),
            byte_limit=1_000,
        )
    stop = asyncio.Event()
    app = create_app(database_url, import_tasks(pool, lambda: scope.now), concurrency=1)
    async with app.open_async():
        working = asyncio.create_task(run_worker(app, ["imports"], 1, stop))
        while (await read_import(pool, scope, made.id)).status != "finished":
            await asyncio.sleep(0.02)
        stop.set()
        await working
    assert await pool.fetchval("SELECT count(*) FROM contacts") == 1


async def test_a_worker_that_is_asked_to_stop_leaves_the_rest_to_the_next_one(
    pool: Pool, scope: Scope, database_url: str
) -> None:
    async with transaction(pool) as connection:
        made = await start_upload(
            connection,
            scope,
            Arriving(csv_of([["phone"], *([phone(i)] for i in range(6_000))])),
            file_name="people.csv",
            options=ImportOptions(),
            byte_limit=1_000_000,
        )
    stop = asyncio.Event()
    tasks = import_tasks(pool, lambda: scope.now, ImportLimits(batch_rows=50))
    app = create_app(database_url, tasks, concurrency=1)
    async with app.open_async():
        working = asyncio.create_task(run_worker(app, ["imports"], 1, stop, shutdown_seconds=0.01))
        while not await pool.fetchval("SELECT count(*) FROM contacts"):
            await asyncio.sleep(0.005)
        stop.set()
        await working
    half = await read_import(pool, scope, made.id)
    assert half.status == "running"
    assert 0 < half.counts.row_count < 6_000
    assert await pool.fetchval("SELECT status::text FROM procrastinate_jobs") == "todo"
    await run_import(pool, made.id, clock=lambda: scope.now)
    assert balance(await read_import(pool, scope, made.id)) == (6_000, 6_000, 0, 0, 0)


WORKER = """
    import asyncio, sys
    from datetime import UTC, datetime
    from clarion.services.import_runs import ImportLimits, run_import
    from clarion.store.pool import create_pool

    async def main() -> None:
        pool = await create_pool(sys.argv[1])
        print("ready", flush=True)
        limits = ImportLimits(batch_rows=100)
        await run_import(pool, int(sys.argv[2]), clock=lambda: datetime.now(UTC), limits=limits)
        await pool.close()

    asyncio.run(main())
"""


@pytest.mark.parametrize("mode", ["overwrite", "ignore"])
async def test_an_import_killed_half_way_goes_on_with_right_counters(
    pool: Pool, scope: Scope, database_url: str, mode: str
) -> None:
    people = [[phone(i % 4_500), f"Person {i}"] for i in range(9_000)]
    bad = set(range(0, 9_000, 90))
    rows = [["phone", "name"], *(["?", "x"] if i in bad else people[i] for i in range(9_000))]
    async with transaction(pool) as connection:
        made = await start_upload(
            connection,
            scope,
            Arriving(csv_of(rows)),
            file_name="people.csv",
            options=ImportOptions(mode=mode),  # type: ignore[arg-type]  # one of the two
            byte_limit=10_000_000,
            group_names=["All"],
        )

    def start() -> subprocess.Popen[bytes]:
        program = [sys.executable, "-c", textwrap.dedent(WORKER), database_url, str(made.id)]
        return subprocess.Popen(program, stdout=subprocess.PIPE)

    killed_at: list[int] = []
    for beyond in (1_000, 4_000):
        worker = start()
        while (await read_import(pool, scope, made.id)).counts.row_count < beyond:
            assert worker.poll() is None, "the worker ended before it could be killed"
            await asyncio.sleep(0.005)
        os.kill(worker.pid, signal.SIGKILL)
        worker.communicate()
        killed_at.append((await read_import(pool, scope, made.id)).counts.row_count)
    half = await read_import(pool, scope, made.id)
    assert half.status == "running"
    assert killed_at[-1] < 9_000
    await run_import(pool, made.id, clock=lambda: scope.now)
    done = await read_import(pool, scope, made.id)
    assert done.status == "finished"
    rejected = len(bad)
    added = len({people[i][0] for i in range(9_000) if i not in bad})
    again = 9_000 - rejected - added
    expected = (
        (9_000, added, again, 0, rejected)
        if mode == "overwrite"
        else (9_000, added, 0, again, rejected)
    )
    assert balance(done) == expected
    assert await pool.fetchval("SELECT count(*) FROM contacts") == added
    assert await pool.fetchval("SELECT count(*) FROM import_rejections") == rejected
