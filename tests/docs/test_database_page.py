"""The page of the database names what a real database has."""

from __future__ import annotations

import re

from docs.pages.database import database_page

from clarion.store.pool import Pool


async def test_the_page_names_every_table_and_column(pool: Pool) -> None:
    rows = await pool.fetch(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name !~ '^(procrastinate|schema)_'"
        "   AND table_name IN (SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')"
        "     AND NOT relispartition)"
    )
    there = {(row["table_name"], row["column_name"]) for row in rows}
    told: set[tuple[str, str]] = set()
    table = ""
    for line in database_page().splitlines():
        if heading := re.fullmatch(r"### `(\w+)`", line):
            table = heading[1]
        elif column := re.match(r"\| `(\w+)` \|", line):
            told.add((table, column[1]))
    assert told == there
