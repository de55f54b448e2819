"""Where the program stands: what a process opens once and hands to everything in it.

Theory of operation.  The web, the workers and the command line each open one ``Place`` and pass it
on; nothing below them reads an environment variable, a clock or a global.  Jobs need no member
here: they are deferred by ``clarion.store.jobs.defer`` inside the transaction that asks for them.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp

from clarion.config import Settings, secret_key_of
from clarion.store.embedded import embedded_postgres
from clarion.store.pool import Pool, create_pool
from clarion.store.secrets import Sealer

__all__ = ["Clock", "Place", "database_of", "open_place", "utc_now"]

_SHORTEST_IDLE_SECONDS = 5.0  # a busy machine is not a frozen process

# Tells the time, aware UTC.
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The clock of every real process."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """The database, the settings, the clock, the key of the secrets, and a way out.

    ``http`` is for everything but sends: template sync, health, media.
    """

    pool: Pool
    settings: Settings
    clock: Clock
    sealer: Sealer
    http: aiohttp.ClientSession


@contextlib.asynccontextmanager
async def database_of(settings: Settings) -> AsyncIterator[str]:
    """The DSN of the settings' database; an embedded server is started, or joined, meanwhile.

    Raises ``data_dir.unusable``.
    """
    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
        return
    async with embedded_postgres(settings.data_dir) as database_url:
        yield database_url


@contextlib.asynccontextmanager
async def open_place(
    settings: Settings,
    database_url: str,
    *,
    clock: Clock = utc_now,
    application_name: str = "clarion",
) -> AsyncIterator[Place]:
    """Open everything; closed again at the end.

    Raises ``database.unreachable``, ``data_dir.unusable``.
    """
    sealer = Sealer(secret_key_of(settings))
    pool = await create_pool(
        database_url,
        minimum_size=settings.database_pool_minimum,
        maximum_size=settings.database_pool_maximum,
        application_name=application_name,
        # Whoever takes over a frozen worker's lease must not wait much longer for its locks.
        idle_in_transaction_seconds=max(_SHORTEST_IDLE_SECONDS, settings.lease_seconds),
    )
    try:
        async with aiohttp.ClientSession() as http:
            yield Place(pool, settings, clock, sealer, http)
    finally:
        await pool.close()
