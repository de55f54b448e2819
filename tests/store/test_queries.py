from __future__ import annotations

from pathlib import Path

import pytest

from clarion.store.pool import Pool
from clarion.store.queries import QUERIES_FOLDER, load, parse_queries

NOUNS = sorted(path.stem for path in QUERIES_FOLDER.glob("*.sql"))


def parse_one(sql: str) -> tuple[str, tuple[str, ...]]:
    query = parse_queries("noun", f"-- name: one\n-- Does one thing.\n{sql}")["one"]
    return query.sql, query.parameter_names


@pytest.mark.parametrize(
    ("sql", "expected", "names"),
    [
        ("SELECT :a, :b, :a", "SELECT $1, $2, $1", ("a", "b")),
        ("SELECT :ids::bigint[]", "SELECT $1::bigint[]", ("ids",)),
        ("SELECT now()::text", "SELECT now()::text", ()),
        ("SELECT ':a', :b", "SELECT ':a', $1", ("b",)),
        ("SELECT 'it''s :a', :b", "SELECT 'it''s :a', $1", ("b",)),
        (r"SELECT E'\':a', :b", r"SELECT E'\':a', $1", ("b",)),
        ('SELECT ":a", :b', 'SELECT ":a", $1', ("b",)),
        ("SELECT 1 -- not :a\n, :b", "SELECT 1 -- not :a\n, $1", ("b",)),
        ("SELECT /* :a */ :b", "SELECT /* :a */ $1", ("b",)),
        ("SELECT $x$ :a $x$, :b", "SELECT $x$ :a $x$, $1", ("b",)),
        ("SELECT f(x := :a)", "SELECT f(x := $1)", ("a",)),
        ("SELECT a[1:2], a[i:j], :b", "SELECT a[1:2], a[i:j], $1", ("b",)),
    ],
)
def test_only_named_parameters_are_numbered(
    sql: str, expected: str, names: tuple[str, ...]
) -> None:
    assert parse_one(sql) == (expected, names)


def test_missing_and_unknown_parameters_are_named() -> None:
    query = parse_queries("noun", "-- name: one\n-- Does it.\nSELECT :a, :b")["one"]
    with pytest.raises(TypeError, match=r"one: missing \['b'\], unknown \['c'\]"):
        query.arguments({"a": 1, "c": 2})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("-- name: one\nSELECT 1", "needs a comment"),
        ("-- name: one\n-- Only words.", "needs a comment, then SQL"),
        ("-- name: One\n-- Words.\nSELECT 1", "not a name"),
        ("-- name: one\n-- W.\nSELECT 1;\n-- name: one\n-- W.\nSELECT 2;", "two queries"),
        ("SELECT 1", "no query"),
    ],
)
def test_a_malformed_file_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_queries("noun", text)


def test_what_several_queries_say_in_the_same_words_stands_once(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "fits.sql").write_text("-- What fits.\n  AND id > :limit\n")
    file = tmp_path / "things.sql"
    file.write_text(
        "-- name: one\n-- Some.\nSELECT :a FROM things WHERE true\n-- part: fits\n;\n"
        "-- name: two\n-- Others.\nSELECT 1 FROM things WHERE false\n-- part: fits\n;\n"
    )
    queries = load("things", tmp_path)
    assert queries["one"].sql == "SELECT $1 FROM things WHERE true\n  AND id > $2\n;"
    assert queries["two"].parameter_names == ("limit",)
    file.write_text("-- name: one\n-- Some.\nSELECT 1\n-- part: nobody\n;\n")
    with pytest.raises(ValueError, match="no part 'nobody'"):
        load("things", tmp_path)


async def test_a_query_is_used_by_its_name(pool: Pool, tmp_path: Path) -> None:
    (tmp_path / "things.sql").write_text(
        "-- The things.\n"
        "-- name: make_table\n-- Makes it.\nCREATE TABLE things (id int, data jsonb);\n"
        "-- name: add\n-- Adds one.\nINSERT INTO things VALUES (:id, :data);\n"
        "-- name: above\n-- Those above a number.\n"
        "SELECT id, data FROM things WHERE id > :limit ORDER BY id;\n"
    )
    queries = load("things", tmp_path)
    assert await queries.execute(pool, "make_table") == 0
    assert await queries.execute(pool, "add", id=1, data={"a": [1, None]}) == 1
    await queries.executemany(pool, "add", [{"id": n, "data": None} for n in (2, 3)])
    assert [row["id"] for row in await queries.fetch(pool, "above", limit=1)] == [2, 3]
    row = await queries.fetchrow(pool, "above", limit=0)
    assert row is not None
    assert row["data"] == {"a": [1, None]}
    assert await queries.fetchval(pool, "above", limit=9) is None
    with pytest.raises(KeyError):
        queries["no_such_query"]


@pytest.mark.parametrize("noun", NOUNS)
async def test_every_query_of_the_house_is_understood_by_postgresql(pool: Pool, noun: str) -> None:
    async with pool.acquire() as connection:
        for query in load(noun).by_name.values():
            statement = await connection.prepare(query.sql)
            assert len(statement.get_parameters()) == len(query.parameter_names), query.name
