"""Rules of the importer that hold for any file."""

from __future__ import annotations

import csv
import io
from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clarion.domain.errors import ClarionError
from clarion.imports.cells import guarded, text_of
from clarion.imports.columns import resolve
from clarion.imports.files import ImportOptions, batches, open_file
from clarion.imports.rows import ContactRow, fold
from clarion.imports.text import detect_separator

SAFE = st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffd\ufeff")
CELL = st.text(SAFE | st.sampled_from(list('",;\t\n|')), max_size=20)
GOOD_ROWS = st.lists(st.tuples(st.integers(0, 99_999_999), CELL), max_size=30)
SEPARATORS = st.sampled_from([",", ";", "\t", "|"])
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])


def phone(number: int) -> str:
    return f"+86138{number:08d}"


def read(content: bytes, **options: object) -> tuple[list[ContactRow], list[int], int]:
    """The accepted rows unfolded, the numbers of the rejected ones, and the count of rows."""
    opened = open_file(io.BytesIO(content), ImportOptions(**options))  # type: ignore[arg-type]
    lots = list(batches(opened, ImportOptions(), batch_rows=1))
    accepted = [row for batch in lots for row in batch.contacts]
    rejected = [item.row_number for batch in lots for item in batch.rejections]
    return accepted, rejected, sum(batch.row_count for batch in lots)


@given(rows=GOOD_ROWS, separator=SEPARATORS, encoding=ENCODINGS)
def test_good_rows_are_never_lost_whatever_is_in_their_cells(
    rows: list[tuple[int, str]], separator: str, encoding: str
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    writer.writerows([["phone", "remark", "name"], *([phone(n), cell, "x"] for n, cell in rows)])
    accepted, rejected, _ = read(text.getvalue().encode(encoding))
    assert rejected == []
    assert [(row.phone, row.remark) for row in accepted] == [
        (phone(number), text_of(cell)) for number, cell in rows
    ]


@given(
    good=st.lists(st.integers(0, 99_999_999), min_size=1, max_size=20),
    junk=st.lists(st.text(SAFE | st.sampled_from(list(',;"')), max_size=30), max_size=10),
)
@example(good=[1, 2], junk=['"'])
@example(good=[1, 2], junk=['"x', 'y"z'])
def test_bad_lines_among_good_ones_cost_nobody_else(good: list[int], junk: list[str]) -> None:
    """A quote in junk may swallow a line only if a later quote makes a well-formed cell of it."""
    lines = [f"{phone(number)},Ann" for number in good]
    lines[1:1] = [f"?,{line}" for line in junk]
    content = "\n".join(["phone,name", *lines]) + "\n"
    accepted, _, _ = read(content.encode())
    closes = sum(1 for line in junk if line.endswith('"'))
    found = Counter(row.phone for row in accepted)
    expected = Counter(phone(number) for number in good)
    assert found <= expected
    if closes == 0 or all('"' not in line for line in junk):
        assert found == expected


@given(content=st.binary(max_size=400))
@example(content=b'phone\n"')
@example(content=b"phone\n\xff\xfe")
@example(content=b"\xff\xfephone")
@example(content=b"PK\x03\x04")
def test_any_bytes_are_read_or_refused_with_a_known_reason(content: bytes) -> None:
    for data in (content, b"phone,name\n" + content):
        assert outcome_of(data) in {
            "read",
            "import.file_unreadable",
            "import.no_phone_column",
        }


def outcome_of(content: bytes) -> str:
    try:
        accepted, rejected, row_count = read(content)
    except ClarionError as error:
        return error.code
    assert len(accepted) + len(rejected) == row_count
    return "read"


ROW = st.builds(
    ContactRow,
    number=st.integers(2, 100),
    phone=st.sampled_from([phone(1), phone(2), phone(3)]),
    name=st.sampled_from(["", "Ann", "Bo"]),
    zone=st.sampled_from([None, "UTC"]),
    is_opted_out=st.booleans(),
    attributes=st.dictionaries(st.sampled_from("ab"), st.sampled_from("xy"), max_size=2),
)


@given(
    rows=st.lists(ROW, max_size=12),
    cut=st.integers(0, 12),
    mode=st.sampled_from(["overwrite", "ignore"]),
)
def test_folding_does_not_depend_on_where_batches_end(
    rows: list[ContactRow], cut: int, mode: str
) -> None:
    whole = fold(rows, mode)  # type: ignore[arg-type]
    in_two = fold([*fold(rows[:cut], mode), *fold(rows[cut:], mode)], mode)  # type: ignore[arg-type]
    assert whole == in_two
    assert {row.phone for row in whole} == {row.phone for row in rows}
    assert all(
        row.is_opted_out == any(r.is_opted_out for r in rows if r.phone == row.phone)
        for row in whole
    )


@given(skip=st.integers(0, 12), batch_rows=st.integers(1, 5))
def test_reading_again_after_some_rows_gives_exactly_the_rest(skip: int, batch_rows: int) -> None:
    lines = [f"{phone(i)},n{i}" if i % 3 else "?,x" for i in range(10)]
    content = "\n\n".join(["phone,name", *lines]).encode()
    options = ImportOptions()

    def rest(skip_rows: int) -> list[str]:
        opened = open_file(io.BytesIO(content), options)
        read = batches(opened, options, skip_rows=skip_rows, batch_rows=batch_rows)
        return [
            name
            for batch in read
            for name in sorted(
                [f"{row.number}" for row in batch.contacts]
                + [f"{item.row_number}" for item in batch.rejections],
                key=int,
            )
        ]

    assert rest(skip) == rest(0)[skip:]


@given(text=st.text())
def test_no_exported_cell_is_a_formula_and_every_one_comes_back(text: str) -> None:
    cell = guarded(text_of(text))
    assert not cell.startswith(("=", "@", "\t", "\r"))
    if cell.startswith(("+", "-")):
        assert set(cell[1:]) <= set("0123456789.٠") or cell[1:].replace(".", "").isdigit()
    assert text_of(cell) == text_of(text_of(text)) or text_of(cell) == text_of(text)


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Phone Number", "phone"),
        ("MOBILE_NO.", "phone"),
        ("WhatsApp", "phone"),
        ("手机号码", "phone"),
        ("联系电话", "phone"),
        ("Full name", "name"),
        ("客户姓名", "name"),
        ("国家/地区", "country"),
        ("E-Mail", "email"),
        ("備註", "remark"),
        ("Time-Zone", "zone"),
    ],
)
def test_headers_are_known_however_they_are_written(header: str, field: str) -> None:
    other = "phone" if field != "phone" else "city"
    columns = resolve([header, other], {})
    assert columns[0].target == field


@pytest.mark.parametrize(
    "mapping",
    [{"tel": "phone"}, {"a": "age"}, {"a": "phone", "b": "phone"}, {"a": "attributes."}],
)
def test_a_mapping_that_does_not_fit_is_refused(mapping: dict[str, str]) -> None:
    with pytest.raises(ClarionError) as refused:
        resolve(["a", "b"], mapping)
    assert refused.value.code == "import.mapping_invalid"


def test_a_comma_inside_names_does_not_hide_the_semicolons() -> None:
    lines = ["name;phone\n", "Lee, Ann;+1\n", "Roe, Bo;+2\n"]
    assert detect_separator(lines) == ";"


@pytest.mark.parametrize("options", [{"encoding": "idna"}, {"separator": '"'}])
def test_hints_that_no_file_can_have_are_refused(options: dict[str, str]) -> None:
    with pytest.raises(ClarionError) as refused:
        read(b"phone\n", **options)
    assert refused.value.code == "import.file_unreadable"


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_read() -> None:
    import openpyxl

    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["phone"] * 100)
    file = io.BytesIO()
    book.save(file)
    with pytest.raises(ClarionError) as refused:
        open_file(file, ImportOptions(), unpacked_byte_limit=1_000)
    assert refused.value.code == "import.too_large"
