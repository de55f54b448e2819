"""What changed lately, for everybody who looks: one question a second for each process.

Theory of operation.  A *version* is a short text about everything that a topic's pages show; it
differs whenever they would.  While at least one stream is open, the board asks for the versions of
the workspaces that are looked at, once a second, and wakes the streams of those that changed.
Nobody looks: nothing is asked.  A database that cannot be reached keeps the last versions; the next
second asks again.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence

import asyncpg
import structlog

from clarion.store.pool import Connection, Pool
from clarion.store.queries import load

__all__ = ["TOPICS", "LiveBoard", "Versions", "versions_of"]

log = structlog.get_logger(__name__)

QUERIES = load("live")
# The beginnings of the console's query keys.
TOPICS = ("campaigns", "occurrences", "imports")
_PERIOD_SECONDS = 1.0

# Topic to version.
Versions = Mapping[str, str]


async def versions_of(
    connection: Connection | Pool, workspace_ids: Sequence[int]
) -> dict[int, dict[str, str]]:
    """The versions of every topic, by workspace."""
    rows = await QUERIES.fetch(connection, "versions", workspace_ids=list(workspace_ids))
    return {row["workspace_id"]: {topic: row[topic] for topic in TOPICS} for row in rows}


class LiveBoard:
    """The versions of the workspaces that somebody looks at."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._lookers: Counter[int] = Counter()
        self._versions: dict[int, dict[str, str]] = {}
        self._changed = asyncio.Event()
        self._is_closed = False
        self._task: asyncio.Task[None] | None = None

    async def follow(self, workspace_id: int) -> AsyncIterator[Versions]:
        """The versions of a workspace now, then again at every change, until the board closes.

        Gives the same versions again when nothing changed for a while, so that the reader of the
        stream is heard of.
        """
        self._lookers[workspace_id] += 1
        if self._task is None:
            self._task = asyncio.create_task(self._ask_on(), name="clarion live board")
        try:
            while not self._is_closed:
                changed = self._changed
                known = self._versions.get(workspace_id)
                if known is not None:
                    yield known
                await changed.wait()
        finally:
            self._lookers[workspace_id] -= 1
            if not self._lookers[workspace_id]:
                del self._lookers[workspace_id]
                self._versions.pop(workspace_id, None)

    async def close(self) -> None:
        """End every stream; a server that stops need not wait for them."""
        self._is_closed = True
        self._wake()
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def _wake(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def _ask_on(self) -> None:
        while self._lookers:
            try:
                now = await versions_of(self._pool, sorted(self._lookers))
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("the live board could not ask", error=str(error))
            else:
                if any(self._versions.get(key) != value for key, value in now.items()):
                    self._versions.update(now)
                    self._wake()
            await asyncio.sleep(_PERIOD_SECONDS)
        self._task = None
