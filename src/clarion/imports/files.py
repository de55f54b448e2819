"""An import file of either kind, opened as a stream of judged batches.

Theory of operation.  ``open_file`` looks at the first bytes (never at the file's name), reads the
header row and decides the columns; ``batches`` then gives rows in lots of a fixed count of raw
rows, skipping those that an earlier run has already stored.  Reading again always gives the same
rows in the same order, which is what makes an import resumable by a mere count of rows.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from clarion.domain.errors import ClarionError
from clarion.imports.cells import text_of
from clarion.imports.columns import Column, resolve, suggest
from clarion.imports.rows import ContactRow, Rejection, RowMode, RowRules, fold, judge
from clarion.imports.sheets import XLSX_SIGNATURE, read_sheet
from clarion.imports.text import SEPARATORS, TEXT_ENCODINGS, RawRow, read_text_rows

__all__ = ["Batch", "ImportOptions", "OpenFile", "Peek", "batches", "open_file", "peek"]

BATCH_ROWS = 5_000
UNPACKED_BYTE_LIMIT = 1_000_000_000
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How to read a file.

    ``mode``: what a row does (``rows.RowMode``).  ``mapping`` (header -> field, ``attributes.<name>`` or ``-``) overrides the known headers;
    ``default_country`` (ISO) reads numbers without a country code; opt-outs of the file hold for
    ``channel``.  ``encoding`` and ``separator`` override what the bytes seem to tell.
    """

    mode: RowMode = "overwrite"
    default_country: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    channel: str = "whatsapp"
    encoding: str | None = None
    separator: str | None = None


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file whose header is read: its columns, and the rows below.

    ``last_row_number`` is known of workbooks only.
    """

    columns: tuple[Column, ...]
    rows: Iterator[RawRow]
    last_row_number: int | None


@dataclass(frozen=True, slots=True)
class Peek:
    """The head of a file: what each column would feed, and its first rows as text.

    Every row has as many cells as there are columns.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """What some rows of a file came to.

    ``row_count`` rows = ``accepted_count`` + the rejections; ``contacts`` are the accepted ones
    with one row a phone number.  ``last_row_number`` is that of its last row in the file.
    """

    row_count: int
    last_row_number: int
    accepted_count: int
    contacts: tuple[ContactRow, ...]
    rejections: tuple[Rejection, ...]


def open_file(
    file: BinaryIO, options: ImportOptions, *, unpacked_byte_limit: int = UNPACKED_BYTE_LIMIT
) -> OpenFile:
    """Read the header of a CSV or XLSX file.

    Raises ``import.file_unreadable``, ``import.no_phone_column``, ``import.mapping_invalid`` and
    ``import.too_large`` (of a workbook that unpacks to more than ``unpacked_byte_limit``).
    """
    header, rows, last_row_number = _split_head(file, options, unpacked_byte_limit)
    columns = resolve([text_of(cell) for cell in header.cells], options.mapping)
    return OpenFile(columns, rows, last_row_number)


def peek(
    file: BinaryIO,
    options: ImportOptions,
    *,
    row_count: int,
    unpacked_byte_limit: int = UNPACKED_BYTE_LIMIT,
) -> Peek:
    """Look at the columns and the first ``row_count`` rows; no column needs to hold phones yet.

    Raises ``import.file_unreadable``, ``import.mapping_invalid`` and ``import.too_large``.
    """
    header, rows, _ = _split_head(file, options, unpacked_byte_limit)
    columns = suggest([text_of(cell) for cell in header.cells], options.mapping)
    shown = []
    for row in itertools.islice(rows, row_count):
        cells = [text_of(cell) for cell in row.cells[: len(columns)]]
        shown.append((*cells, *[""] * (len(columns) - len(cells))))
    return Peek(columns, tuple(shown))


def _split_head(
    file: BinaryIO, options: ImportOptions, unpacked_byte_limit: int
) -> tuple[RawRow, Iterator[RawRow], int | None]:
    """The header row, the rows below, and the last row's number where it is known."""
    _check_hints(options)
    file.seek(0)
    signature = file.read(4)
    file.seek(0)
    if signature == _OLD_WORKBOOK:
        raise ClarionError(
            "import.file_unreadable", "This is an .xls or an encrypted workbook; save it as .xlsx."
        )
    last_row_number = None
    if signature == XLSX_SIGNATURE:
        sheet = read_sheet(file, unpacked_byte_limit=unpacked_byte_limit)
        rows, last_row_number = sheet.rows, sheet.last_row_number
    else:
        rows = read_text_rows(file, encoding=options.encoding, separator=options.separator)
    header = next(rows, None)
    if header is None or header.fault:
        raise ClarionError(
            "import.file_unreadable",
            "The file has no rows." if header is None else f"The header row: {header.fault}",
        )
    return header, rows, last_row_number


def _check_hints(options: ImportOptions) -> None:
    """Refuse an encoding or a separator, given by hand, that no file of people has."""
    for what, given, known in (
        ("encoding", options.encoding, TEXT_ENCODINGS),
        ("separator", options.separator, SEPARATORS),
    ):
        if given is not None and given not in known:
            raise ClarionError(
                "import.file_unreadable",
                f"{given!r} is no {what} that is read here; known are "
                f"{', '.join(repr(one) for one in known)}.",
            )


def batches(
    opened: OpenFile, options: ImportOptions, *, skip_rows: int = 0, batch_rows: int = BATCH_ROWS
) -> Iterator[Batch]:
    """Judge the rows of a file, ``batch_rows`` at a time, after the first ``skip_rows`` rows."""
    rules = RowRules(opened.columns, options.default_country)
    rows = itertools.islice(opened.rows, skip_rows, None)
    while raw := list(itertools.islice(rows, batch_rows)):
        lot = [judge(row, rules) for row in raw]
        accepted = [row for row in lot if isinstance(row, ContactRow)]
        yield Batch(
            row_count=len(lot),
            last_row_number=raw[-1].number,
            accepted_count=len(accepted),
            contacts=tuple(fold(accepted, options.mode)),
            rejections=tuple(row for row in lot if isinstance(row, Rejection)),
        )
