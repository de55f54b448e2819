"""``reference/database.md``: the tables with the comments and columns of the migrations."""

from __future__ import annotations

import re
from pathlib import Path

from docs.pages.frame import head, page, table

import clarion

__all__ = ["database_page"]

MIGRATIONS = Path(clarion.__file__).parent / "store" / "migrations"

_PIECE = re.compile(
    r"(?P<section>^-- (?P<title>[^\n]*?) -{8,}$)"
    r"|(?P<comment>(?:^--[^\n]*\n)*)^CREATE (?:UNLOGGED )?TABLE (?P<name>\w+) \((?P<body>.*?)^\)[^;]*;",
    re.MULTILINE | re.DOTALL,
)
_ADDED = re.compile(r"^ALTER TABLE (?P<table>\w+)\s+ADD COLUMN (?P<column>[^;]*);", re.MULTILINE)
_COLUMN = re.compile(
    r"^    (?P<name>[a-z_]+) (?P<type>[a-z]+(?:\[\])?)(?P<rest>[^\n]*)$", re.MULTILINE
)


def database_page() -> str:
    """All tables that the migrations make, in their order."""
    lines = head(
        "The database",
        "Clarion keeps everything in one PostgreSQL database, in the schema `public`. This page is",
        "read from the migrations (`src/clarion/store/migrations`); tables may change from version to",
        "version, the [REST API](rest.md) is what other programs should use. The job queue adds the",
        "tables `procrastinate_*`, the migrations `schema_migrations` and `schema_components`.",
    )
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(MIGRATIONS.glob("*.sql")))
    added: dict[str, str] = {}
    for found in _ADDED.finditer(text):
        column = " ".join(found["column"].split())
        added[found["table"]] = f"{added.get(found['table'], '')}\n    {column}"
    for found in _PIECE.finditer(text):
        if found["section"]:
            lines += ["", f"## {found['title'].strip()}"]
        else:
            lines += _table(found, added.get(found["name"], ""))
    return page(lines)


def _table(found: re.Match[str], added: str) -> list[str]:
    comment = " ".join(line.lstrip("- ") for line in found["comment"].splitlines())
    lines = ["", f"### `{found['name']}`"]
    lines += ["", comment] if comment else []
    return lines + table(
        ("column", "type", "points to"),
        (
            (f"`{each['name']}`", each["type"], _target(each["rest"]))
            for each in _COLUMN.finditer(found["body"] + added)
        ),
    )


def _target(rest: str) -> str:
    found = re.search(r"REFERENCES (\w+)", rest)
    return f"`{found[1]}`" if found else ""
