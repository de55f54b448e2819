"""The golden files: what becomes of each row of files as people really have them."""

from __future__ import annotations

import base64
import dataclasses
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from clarion.imports.files import ImportOptions, batches, open_file
from clarion.imports.rows import REJECTION_CODES, ContactRow

CASES = sorted((Path(__file__).parents[1] / "cases" / "imports").glob("*.json"))
EMPTY = ContactRow(number=0, phone="")


def content_of(case: dict[str, Any]) -> bytes:
    if "text" in case:
        return str(case["text"]).encode(case["encoding"])
    if "base64" in case:
        return base64.b64decode(case["base64"])
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in case["workbook"]:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def told(row: ContactRow) -> dict[str, Any]:
    """What a row says, without what it leaves out."""
    said = dataclasses.asdict(row)
    return {name: value for name, value in said.items() if value != getattr(EMPTY, name)}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_file_is_read_as_its_golden_case_tells(path: Path) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))
    options = ImportOptions(**case["options"])
    opened = open_file(io.BytesIO(content_of(case)), options)
    if "columns" in case:
        assert {column.header: column.target for column in opened.columns} == case["columns"]
    read = list(batches(opened, options, batch_rows=3))
    accepted = [told(row) for batch in read for row in batch.contacts]
    rejected = [item for batch in read for item in batch.rejections]
    assert accepted == case["accepted"]
    assert [
        {"row_number": r.row_number, "column": r.column, "code": r.code, "raw": list(r.raw)}
        for r in rejected
    ] == case["rejected"]


def test_every_rejection_code_has_a_golden_case() -> None:
    shown = {
        rejection["code"]
        for path in CASES
        for rejection in json.loads(path.read_text(encoding="utf-8"))["rejected"]
    }
    assert shown == set(REJECTION_CODES)
