"""Stories of files that become contacts."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.services.import_files import balance, csv_of, phone

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
from clarion.services.groups import list_groups
from clarion.services.import_runs import import_file
from clarion.services.imports import (
    export_rejections,
    list_rejections,
)
from clarion.services.scope import Scope
from clarion.store.pool import Pool, transaction


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


async def test_the_contacts_of_a_file_are_deleted_and_nobody_is_added(
    pool: Pool, scope: Scope, import_rows: Any
) -> None:
    await import_rows([["phone"], *([phone(number)] for number in range(20))])
    gone = [[phone(number)] for number in (3, 11, 19)]
    done = await import_rows(
        [["phone"], *gone, gone[0], [phone(99)], ["nobody"]], mode="delete", group=""
    )
    assert (done.counts.deleted_count, *balance(done)) == (3, 6, 0, 0, 2, 1)
    async with pool.acquire() as connection:
        left = await list_contacts(connection, scope, ContactFilter(), above_id=None, limit=50)
    assert {each.phone for each in left} == {phone(n) for n in range(20)} - {row[0] for row in gone}
    with pytest.raises(ClarionError, match="join no groups"):
        await import_rows([["phone"], *gone], mode="delete")


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
