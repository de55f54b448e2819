"""What a worker tells of itself: that it lives, and why its jobs failed.

Nothing of it decides anything; it is for people.  So a database that is away is no failure here.
"""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime

import asyncpg
import structlog

from clarion import __version__
from clarion.store.jobs import HEARTBEAT_SECONDS, ErrorNote
from clarion.store.pool import DATABASE_AWAY, Pool
from clarion.store.queries import load

__all__ = ["end_life", "error_note", "tell_life"]

QUERIES = load("system")

_MOST_CHARACTERS = 2_000
_PASSING = (asyncpg.PostgresError, *DATABASE_AWAY)

log = structlog.get_logger(__name__)


async def tell_life(pool: Pool, owner: str, started_at: datetime) -> None:
    """Tell for ever that this worker lives."""
    while True:
        try:
            await QUERIES.execute(
                pool, "note_worker", owner=owner, version=__version__, started_at=started_at
            )
        except _PASSING as error:
            log.warning("life_not_told", error=repr(error))
        await asyncio.sleep(HEARTBEAT_SECONDS)


async def end_life(pool: Pool, owner: str, life: asyncio.Task[None]) -> None:
    """Stop telling, and leave in order."""
    life.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await life
    with contextlib.suppress(*_PASSING):
        await QUERIES.execute(pool, "forget_worker", owner=owner)


def error_note(pool: Pool) -> ErrorNote:
    """Keeps the last error of each job that failed, without what led there."""

    async def note(job_id: int, error: Exception) -> None:
        text = f"{type(error).__name__}: {error}".replace("\x00", "\ufffd")[:_MOST_CHARACTERS]
        log.warning("job_failed", job_id=job_id, error=text)
        with contextlib.suppress(*_PASSING):
            await QUERIES.execute(pool, "note_job_error", job_id=job_id, error=text)

    return note
