"""Files to import, and what became of them, for the stories of imports."""

from __future__ import annotations

import csv
import io

from clarion.services.import_runs import ImportLimits
from clarion.services.imports import (
    Import,
)

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
        counts.added_count
        + counts.updated_count
        + counts.ignored_count
        + counts.deleted_count
        + counts.rejected_count
    )
    return (
        counts.row_count,
        counts.added_count,
        counts.updated_count,
        counts.ignored_count,
        counts.rejected_count,
    )
