from __future__ import annotations

import socket

import pytest

from clarion.domain.errors import ClarionError
from clarion.store.pool import Pool, connect, create_pool, transaction


@pytest.fixture
def silent_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


async def test_an_unreachable_database_is_named_without_its_password(silent_port: int) -> None:
    with pytest.raises(ClarionError, match=f"127.0.0.1:{silent_port}/shop") as caught:
        await create_pool(f"postgresql://clarion:hunter22@127.0.0.1:{silent_port}/shop")
    assert caught.value.code == "database.unreachable"
    assert "hunter22" not in str(caught.value)


async def test_a_database_that_does_not_exist_is_unreachable(postgres_dsn: str) -> None:
    with pytest.raises(ClarionError, match="nowhere") as caught:
        async with connect(postgres_dsn.replace("/postgres?", "/nowhere?")):
            pass
    assert caught.value.code == "database.unreachable"


@pytest.mark.parametrize("kind", ["json", "jsonb"])
@pytest.mark.parametrize("value", [{"имя": ["Zoë", 1, 2.5, None, True]}, [], "text", 3, None])
async def test_json_goes_in_and_out_as_python_values(pool: Pool, kind: str, value: object) -> None:
    assert await pool.fetchval(f"SELECT $1::{kind}", value) == value


async def test_an_error_undoes_the_whole_transaction(pool: Pool) -> None:
    await pool.execute("CREATE TABLE shop (id integer)")

    async def add_and_fail() -> None:
        async with transaction(pool) as connection:
            await connection.execute("INSERT INTO shop VALUES (1)")
            raise LookupError

    with pytest.raises(LookupError):
        await add_and_fail()
    async with transaction(pool) as connection:
        await connection.execute("INSERT INTO shop VALUES (2)")
    assert await pool.fetchval("SELECT array_agg(id) FROM shop") == [2]


async def test_a_stuck_process_cannot_hold_locks_for_ever(pool: Pool) -> None:
    assert await pool.fetchval("SHOW idle_in_transaction_session_timeout") == "30s"
    assert await pool.fetchval("SHOW application_name") == "test"
