"""Rows out of XLSX workbooks.

Theory of operation.  calamine reads the first worksheet that holds anything.  It loads that sheet
as a whole (some 100 bytes a cell), so the memory of an XLSX import grows with the sheet: the size
of the file, and what it unpacks to, are bounded before calamine sees it.  CSV has no such bound.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import python_calamine

from clarion.domain.errors import ClarionError
from clarion.imports.text import RawRow

__all__ = ["XLSX_SIGNATURE", "Sheet", "read_sheet"]

XLSX_SIGNATURE = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet: its rows (the header first, blank ones left out), and the last row's number."""

    rows: Iterator[RawRow]
    last_row_number: int


def read_sheet(file: BinaryIO, *, unpacked_byte_limit: int) -> Sheet:
    """Load the first worksheet with content.

    Raises ``import.file_unreadable`` and ``import.too_large``.
    """
    _check_size(file, unpacked_byte_limit)
    file.seek(0)
    try:
        with python_calamine.CalamineWorkbook.from_filelike(file) as workbook:
            sheets = (workbook.get_sheet_by_index(i) for i in range(len(workbook.sheet_names)))
            sheet = next((sheet for sheet in sheets if sheet.start is not None), None)
    except python_calamine.CalamineError as error:
        raise _unreadable(f"The workbook could not be read: {error}.") from error
    if sheet is None:
        raise _unreadable("The workbook holds no rows.")
    rows = (
        RawRow(number, cells)
        for number, cells in enumerate(sheet.iter_rows(), start=1)
        if any(cell != "" for cell in cells)
    )
    return Sheet(rows, sheet.total_height)


def _check_size(file: BinaryIO, unpacked_byte_limit: int) -> None:
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile as error:
        raise _unreadable("The file begins like a workbook but is none.") from error
    if unpacked > unpacked_byte_limit:
        raise ClarionError(
            "import.too_large",
            f"The workbook unpacks to {unpacked:,} bytes; the limit is {unpacked_byte_limit:,}. "
            "Save it as CSV, which has no such limit, or split it.",
            byte_count=unpacked,
            byte_limit=unpacked_byte_limit,
        )


def _unreadable(message: str) -> ClarionError:
    return ClarionError("import.file_unreadable", message)
