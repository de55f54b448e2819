"""CSV files as downloads: guarded lines, and the one loop that writes a file page by page.

Theory of operation.  Each page takes a connection for one moment only, so a slow reader holds
nothing; what comes or goes meanwhile may or may not be in the file.  Cells that a spreadsheet would
run as formulas get an apostrophe, which an import takes off again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from clarion.imports.cells import guarded, text_of
from clarion.store.pool import Connection, Pool

__all__ = ["PAGE_ROWS", "CsvPage", "csv_file", "csv_head", "csv_lines"]

PAGE_ROWS = 2_000
_BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes UTF-8 for something else


@dataclass(frozen=True, slots=True)
class CsvPage:
    """Some rows of a file; the next page begins above ``last_key``."""

    rows: Iterable[Sequence[object]]
    last_key: int


# The rows above a key (None: from the first on); None when there are no more.
ReadPage = Callable[[Connection, int | None], Awaitable[CsvPage | None]]


async def csv_file(pool: Pool, columns: Sequence[str], read_page: ReadPage) -> AsyncIterator[bytes]:
    """A file as pieces in UTF-8.  What the first page raises comes before the first piece."""
    above_key: int | None = None
    while True:
        async with pool.acquire() as connection:
            page = await read_page(connection, above_key)
        if above_key is None:
            yield csv_head(columns)
        if page is None:
            return
        yield csv_lines(page.rows)
        above_key = page.last_key


def csv_head(columns: Sequence[str]) -> bytes:
    """The beginning of a file."""
    return _BYTE_ORDER_MARK.encode() + csv_lines([columns])


def csv_lines(rows: Iterable[Sequence[object]]) -> bytes:
    """Rows as lines of CSV in UTF-8, guarded against formulas."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(
        [guarded(text_of(cell)) for cell in row] for row in rows
    )
    return text.getvalue().encode()
