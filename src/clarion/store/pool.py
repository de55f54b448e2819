"""Connections to PostgreSQL.

Theory of operation.  One asyncpg pool a process.  Every connection speaks ``jsonb`` and ``json`` as
Python values through orjson, carries an ``application_name`` that ``pg_stat_activity`` shows, and
is ended by the server when it idles inside a transaction, so that a stuck process cannot hold
locks for ever.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar
from urllib.parse import urlsplit

import asyncpg
import orjson
from asyncpg.pool import PoolConnectionProxy

from clarion.domain.errors import ClarionError

__all__ = [
    "DATABASE_AWAY",
    "Connection",
    "Pool",
    "connect",
    "create_pool",
    "plan_by_values",
    "snapshot",
    "transaction",
    "transaction_again",
]

if TYPE_CHECKING:
    Connection: TypeAlias = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]
    Pool: TypeAlias = asyncpg.Pool[asyncpg.Record]
else:
    # asyncpg's classes are generic only in their stubs.
    Connection = asyncpg.Connection | PoolConnectionProxy
    Pool = asyncpg.Pool

_Result = TypeVar("_Result")

_CONNECT_TIMEOUT_SECONDS = 10.0
_DEADLOCK_REPEATS = 2
_IDLE_IN_TRANSACTION_SECONDS = 30.0
_JSONB_VERSION = b"\x01"  # the first byte of every jsonb value in PostgreSQL's binary format

_REFUSALS = (
    OSError,  # no server there; TimeoutError is one of these too
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InterfaceError,
)

# What a statement meets while the server is away, comes back, or undid a transaction on its own
# account: it may be repeated, once the caller has made sure that nothing of it took effect.
DATABASE_AWAY = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a connection that broke in the middle of its own protocol
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.TooManyConnectionsError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
)


async def create_pool(
    database_url: str,
    *,
    minimum_size: int = 1,
    maximum_size: int = 10,
    application_name: str = "clarion",
    command_timeout_seconds: float | None = 60.0,
    idle_in_transaction_seconds: float = _IDLE_IN_TRANSACTION_SECONDS,
) -> Pool:
    """Open a pool; close it with ``await pool.close()``.

    ``command_timeout_seconds`` is the longest that one statement may take (None: no limit);
    ``idle_in_transaction_seconds`` is how long a frozen process may keep its locks.
    Raises ``database.unreachable``.
    """
    with _refusals_explained(database_url):
        return await asyncpg.create_pool(
            database_url,
            min_size=minimum_size,
            max_size=maximum_size,
            timeout=_CONNECT_TIMEOUT_SECONDS,
            command_timeout=command_timeout_seconds,
            init=_teach_json,
            server_settings=_server_settings(application_name, idle_in_transaction_seconds),
        )


@contextlib.asynccontextmanager
async def connect(
    database_url: str, *, application_name: str = "clarion"
) -> AsyncIterator[Connection]:
    """One connection of its own, for a command that needs no pool.

    Raises ``database.unreachable``.
    """
    with _refusals_explained(database_url):
        connection = await asyncpg.connect(
            database_url,
            timeout=_CONNECT_TIMEOUT_SECONDS,
            server_settings=_server_settings(application_name),
        )
    try:
        await _teach_json(connection)
        yield connection
    finally:
        await connection.close()


@contextlib.asynccontextmanager
async def transaction(pool: Pool) -> AsyncIterator[Connection]:
    """A connection of the pool inside a transaction: committed at the end, undone by an error."""
    async with pool.acquire() as connection, connection.transaction():
        yield connection


async def transaction_again(
    pool: Pool, work: Callable[[Connection], Awaitable[_Result]]
) -> _Result:
    """Do ``work`` in a transaction; once more when PostgreSQL ended ours to free another one.

    For changes that take locks from the other end than the folds do: two that meet head-on wait for
    each other, and PostgreSQL undoes one of them.  ``work`` must change nothing but the database.
    """
    for _ in range(_DEADLOCK_REPEATS):
        with contextlib.suppress(asyncpg.DeadlockDetectedError):
            async with transaction(pool) as connection:
                return await work(connection)
    async with transaction(pool) as connection:
        return await work(connection)


@contextlib.asynccontextmanager
async def snapshot(pool: Pool) -> AsyncIterator[Connection]:
    """A connection that sees the database as it is now, throughout, and that cannot write."""
    async with (
        pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        yield connection


async def plan_by_values(connection: Connection) -> None:
    """Let the transaction's statements be planned for the values that they are given.

    A list with optional filters is one statement with many good plans; PostgreSQL would soon settle
    for one that fits all filters and is good for none.
    """
    await connection.execute("SET LOCAL plan_cache_mode = force_custom_plan")


def _server_settings(
    application_name: str, idle_seconds: float = _IDLE_IN_TRANSACTION_SECONDS
) -> dict[str, str]:
    return {
        "application_name": application_name,
        "idle_in_transaction_session_timeout": f"{round(idle_seconds * 1000)}ms",
        "TimeZone": "UTC",
    }


@contextlib.contextmanager
def _refusals_explained(database_url: str) -> Iterator[None]:
    try:
        yield
    except _REFUSALS as error:
        raise ClarionError(
            "database.unreachable",
            f"PostgreSQL at {_place(database_url)} could not be reached: {error}.",
            database=_place(database_url),
        ) from error


def _place(database_url: str) -> str:
    """The server and database of a DSN, without its password."""
    parts = urlsplit(database_url)
    host = parts.netloc.rpartition("@")[2] or "a local socket"
    return f"{host}{parts.path}"


async def _teach_json(connection: Any) -> None:
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=lambda value: _JSONB_VERSION + orjson.dumps(value),
        decoder=lambda data: orjson.loads(data[1:]),
        format="binary",
    )
    await connection.set_type_codec(
        "json", schema="pg_catalog", encoder=orjson.dumps, decoder=orjson.loads, format="binary"
    )
