"""What changed lately, for everybody who looks: one question a second for each process.

Theory of operation.  While at least one stream is open, the board asks for the versions of the
workspaces that are looked at, once a second, and wakes the streams when one changed.  Nobody looks:
nothing is asked.  While the database cannot be reached the last versions stand; the next second
asks again.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncGenerator

import asyncpg
import structlog

from clarion.reports.versions import Versions, versions_of
from clarion.store.pool import Pool

__all__ = ["LiveBoard"]

log = structlog.get_logger(__name__)

_PERIOD_SECONDS = 1.0


class LiveBoard:
    """The versions of the workspaces that somebody looks at."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._lookers: Counter[int] = Counter()
        self._versions: dict[int, Versions] = {}
        self._changed = asyncio.Event()
        self._is_closed = False
        self._task: asyncio.Task[None] | None = None

    async def follow(self, workspace_id: int, *, seconds: float) -> AsyncGenerator[Versions, None]:
        """The versions of a workspace now, and again whenever they changed.

        Ends after ``seconds``, or when the board closes.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        shown: Versions | None = None
        self._lookers[workspace_id] += 1
        if self._task is None:
            self._task = asyncio.create_task(self._ask_on(), name="clarion live board")
        try:
            while not self._is_closed and loop.time() < until:
                changed, versions = self._changed, self._versions.get(workspace_id)
                if versions is not None and versions != shown:
                    shown = versions
                    yield versions
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), max(0.0, until - loop.time()))
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
