"""Named queries: SQL that lives in its own commented files.

Theory of operation.  ``queries/<noun>.sql`` holds the queries of one noun, each like this:

    -- name: claim_chunk
    -- Takes the oldest free chunk of a campaign under a lease.
    UPDATE chunk SET ... WHERE campaign_id = :campaign_id::bigint ... RETURNING id;

``load("campaigns")`` reads a file once and turns the named parameters (``:campaign_id``) into the
numbered ones that PostgreSQL knows; one name used twice is one parameter.  Strings, quoted names,
dollar quotes, comments, casts (``::text``), ``:=`` and slices (``a[1:2]``, ``a[i:j]``) are left
alone.  A query is then used by its name:

    QUERIES = load("campaigns")
    row = await QUERIES.fetchrow(connection, "claim_chunk", campaign_id=12)

What several queries say in the same words stands once, in ``queries/parts/<name>.sql``; a line
``-- part: <name>`` of a query stands for it.  That is text put in place of a line: the server sees
no function and no view, so a shared part costs a plan nothing.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, cast

from clarion.store.pool import Connection, Pool

__all__ = ["QUERIES_FOLDER", "Queries", "Query", "Row", "load", "parse_queries"]

Row: TypeAlias = Mapping[str, Any]
"""One row of an answer, by the names of its columns.

It is an ``asyncpg.Record``, which is a mapping in all but name (and in that iterating over it gives
the values); pure functions that take a row can so be given a plain dictionary.
"""

QUERIES_FOLDER = Path(__file__).parent / "queries"

_HEADER = re.compile(r"^--[ \t]*name:[ \t]*(\S+)[ \t]*$", re.MULTILINE)
_PART = re.compile(r"^--[ \t]*part:[ \t]*(\w+)[ \t]*$", re.MULTILINE)
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_TOKENS = re.compile(
    r"""
      (?P<left_alone>
          [eE]'(?:[^'\\]|''|\\.)*'           # a string with escapes
        | '(?:[^']|'')*'                     # a string
        | "(?:[^"]|"")*"                     # a quoted name
        | \$(?P<tag>[A-Za-z_]*)\$.*?\$(?P=tag)\$   # a dollar quote
        | --[^\n]*                           # comments
        | /\*.*?\*/
        | :: | :=
      )
    | (?<![\w\]:]):(?P<parameter>[a-z_][a-z0-9_]*)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Query:
    """One query: its SQL with numbered parameters, and the parameters' names in that order."""

    name: str
    comment: str
    sql: str
    parameter_names: tuple[str, ...]

    def arguments(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """The values in the order of the numbered parameters.

        Raises ``TypeError`` naming what is missing or unknown: a bug of the caller.
        """
        if values.keys() != set(self.parameter_names):
            missing = sorted(set(self.parameter_names) - values.keys())
            unknown = sorted(values.keys() - set(self.parameter_names))
            raise TypeError(f"query {self.name}: missing {missing}, unknown {unknown}")
        return tuple(values[name] for name in self.parameter_names)


@dataclass(frozen=True, slots=True)
class Queries:
    """The queries of one file, by name; an unknown name is a ``KeyError``.

    The values of the parameters are given by keyword.  The connection may be a pool, when the
    query needs no transaction around it.
    """

    noun: str
    by_name: Mapping[str, Query]

    def __getitem__(self, name: str) -> Query:
        return self.by_name[name]

    async def fetch(self, connection: Connection | Pool, name: str, /, **values: Any) -> list[Row]:
        """All rows."""
        query = self.by_name[name]
        rows = await connection.fetch(query.sql, *query.arguments(values))
        return cast("list[Row]", rows)

    async def fetchrow(
        self, connection: Connection | Pool, name: str, /, **values: Any
    ) -> Row | None:
        """The first row, or None."""
        query = self.by_name[name]
        row = await connection.fetchrow(query.sql, *query.arguments(values))
        return cast("Row | None", row)

    async def fetchval(self, connection: Connection | Pool, name: str, /, **values: Any) -> Any:
        """The first column of the first row, or None."""
        query = self.by_name[name]
        return await connection.fetchval(query.sql, *query.arguments(values))

    async def execute(self, connection: Connection | Pool, name: str, /, **values: Any) -> int:
        """Run a statement; return how many rows it touched (0 when it has no such number)."""
        query = self.by_name[name]
        status = await connection.execute(query.sql, *query.arguments(values))
        count = status.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    async def batches(
        self, connection: Connection, name: str, size: int, /, **values: Any
    ) -> AsyncIterator[list[Row]]:
        """All rows, ``size`` at a time, through a cursor; needs a transaction.

        Other queries may run on the connection between two batches.
        """
        query = self.by_name[name]
        cursor = await connection.cursor(query.sql, *query.arguments(values))
        while rows := await cursor.fetch(size):
            yield cast("list[Row]", rows)

    async def executemany(
        self, connection: Connection | Pool, name: str, rows: Iterable[Mapping[str, Any]], /
    ) -> None:
        """Run a statement once for each mapping of values."""
        query = self.by_name[name]
        await connection.executemany(query.sql, [query.arguments(row) for row in rows])


def load(noun: str, folder: Path = QUERIES_FOLDER) -> Queries:
    """Read ``<folder>/<noun>.sql``.  Raises ``ValueError`` when the file is not well formed."""

    def part(match: re.Match[str]) -> str:
        path = folder / "parts" / f"{match[1]}.sql"
        if not path.exists():
            raise ValueError(f"{noun}.sql: there is no part {match[1]!r}")
        return _without_comment(path.read_text(encoding="utf-8"))

    return parse_queries(
        noun, _PART.sub(part, (folder / f"{noun}.sql").read_text(encoding="utf-8"))
    )


def _without_comment(text: str) -> str:
    """The SQL of a part, which begins with lines that tell what it is."""
    lines = text.strip().splitlines()
    return "\n".join(line for line in lines if not line.startswith("--"))


def parse_queries(noun: str, text: str) -> Queries:
    """Parse the text of a file of queries.  Raises ``ValueError`` when it is not well formed."""
    _, *bodies = _HEADER.split(text)
    by_name: dict[str, Query] = {}
    for name, body in zip(bodies[::2], bodies[1::2], strict=True):
        if not _NAME.fullmatch(name):
            raise ValueError(f"{noun}.sql: {name!r} is not a name like claim_chunk")
        if name in by_name:
            raise ValueError(f"{noun}.sql: there are two queries {name}")
        by_name[name] = _parse_query(noun, name, body.strip())
    if not by_name:
        raise ValueError(f"{noun}.sql holds no query (`-- name: …`)")
    return Queries(noun, by_name)


def _parse_query(noun: str, name: str, body: str) -> Query:
    lines = body.splitlines()
    comment: list[str] = []
    for line in lines:
        if not line.startswith("--"):
            break
        comment.append(line.removeprefix("--").strip())
    text = "\n".join(lines[len(comment) :]).strip()
    if not comment or not text:
        raise ValueError(f"{noun}.sql: {name} needs a comment, then SQL")
    numbers: dict[str, int] = {}

    def positional(match: re.Match[str]) -> str:
        parameter = match["parameter"]
        if parameter is None:
            return match[0]
        return f"${numbers.setdefault(parameter, len(numbers) + 1)}"

    sql = _TOKENS.sub(positional, text)
    return Query(name, " ".join(comment), sql, tuple(numbers))
