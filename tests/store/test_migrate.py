from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from procrastinate.schema import SchemaManager

from clarion.domain.errors import ClarionError
from clarion.store.migrate import check_schema, migrate, read_migrations
from clarion.store.pool import connect


def write(folder: Path, **files: str) -> Path:
    for name, sql in files.items():
        (folder / f"{name.removeprefix('_')}.sql").write_text(sql)
    return folder


async def test_a_fresh_database_gets_every_step_once(
    empty_database_url: str, tmp_path: Path
) -> None:
    folder = write(tmp_path, _0001_shop="CREATE TABLE shop (id bigint)", _0002_more="SELECT 1")
    first = await migrate(empty_database_url, folder)
    assert first[1:] == ("0001_shop", "0002_more")
    assert first[0].startswith("procrastinate ")
    assert await migrate(empty_database_url, folder) == ()
    async with connect(empty_database_url) as connection:
        await check_schema(connection, folder)
        assert await connection.fetchval("SELECT to_regclass('procrastinate_jobs') IS NOT NULL")


async def test_servers_that_start_together_apply_each_step_once(
    empty_database_url: str, tmp_path: Path
) -> None:
    folder = write(tmp_path, _0001_shop="CREATE TABLE shop (id bigint)")
    applied = await asyncio.gather(*(migrate(empty_database_url, folder) for _ in range(4)))
    assert sorted(len(labels) for labels in applied) == [0, 0, 0, 2]


async def test_a_failing_step_leaves_nothing_behind(
    empty_database_url: str, tmp_path: Path
) -> None:
    folder = write(tmp_path, _0001_half="CREATE TABLE half (id bigint); SELECT 1 / 0")
    with pytest.raises(Exception, match="division by zero"):
        await migrate(empty_database_url, folder)
    async with connect(empty_database_url) as connection:
        assert await connection.fetchval("SELECT to_regclass('half') IS NULL")
        with pytest.raises(ClarionError, match="lacks 0001_half") as caught:
            await check_schema(connection, folder)
    assert caught.value.code == "database.schema_behind"


async def test_a_step_that_changed_after_it_was_applied_is_refused(
    empty_database_url: str, tmp_path: Path
) -> None:
    folder = write(tmp_path, _0001_shop="CREATE TABLE shop (id bigint)")
    await migrate(empty_database_url, folder)
    write(tmp_path, _0001_shop="CREATE TABLE shop (id integer)", _0002_more="CREATE TABLE m ()")
    with pytest.raises(ClarionError, match="0001_shop") as caught:
        await migrate(empty_database_url, folder)
    assert caught.value.code == "database.schema_changed"
    async with connect(empty_database_url) as connection:
        assert await connection.fetchval("SELECT to_regclass('m') IS NULL")


async def test_an_older_version_refuses_a_newer_database(
    empty_database_url: str, tmp_path: Path
) -> None:
    folder = write(tmp_path, _0001_shop="SELECT 1", _0002_more="SELECT 1")
    await migrate(empty_database_url, folder)
    (folder / "0002_more.sql").unlink()
    with pytest.raises(ClarionError, match="0002_more") as caught:
        await migrate(empty_database_url, folder)
    assert caught.value.code == "database.schema_ahead"


async def test_a_database_without_tables_is_behind(empty_database_url: str, tmp_path: Path) -> None:
    async with connect(empty_database_url) as connection:
        with pytest.raises(ClarionError) as caught:
            await check_schema(connection, write(tmp_path, _0001_shop="SELECT 1"))
    assert caught.value.code == "database.schema_behind"


@pytest.mark.parametrize("name", ["_0002_second", "_1_short", "_0001_Upper"])
def test_misnamed_or_misnumbered_steps_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"named|numbered"):
        read_migrations(write(tmp_path, **{name: "SELECT 1"}))


def queue_steps_before(version: str) -> list[str]:
    paths = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    return [path.read_text() for path in paths if path.name < version]


async def test_the_queue_of_an_older_version_is_brought_up_to_date(
    empty_database_url: str, tmp_path: Path
) -> None:
    async with connect(empty_database_url) as connection:
        for step in queue_steps_before("03.04"):
            await connection.execute(step)
        await connection.execute(
            "CREATE TABLE schema_components (name text PRIMARY KEY, version text NOT NULL,"
            " applied_at timestamptz NOT NULL DEFAULT now());"
            "INSERT INTO schema_components VALUES ('procrastinate', '3.3.0')"
        )
    assert len(await migrate(empty_database_url, tmp_path)) == 1
    async with connect(empty_database_url) as connection:
        await check_schema(connection, tmp_path)
        assert await connection.fetchval(
            "SELECT count(*) FROM pg_proc WHERE proname = 'procrastinate_retry_job_v2'"
        )
