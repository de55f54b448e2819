"""Wake-ups: who appends work rings for who does it, in this process and over PostgreSQL.

Theory of operation.  A loop waits on its topic with a timeout.  A ring only makes it look sooner;
nothing is ever carried in it, and a ring that is lost costs one timeout, never work.  Inside a
transaction a ring is a ``NOTIFY`` (``store/queries``), heard at commit by every process that
listens on the channel ``clarion``.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

from clarion.store.pool import Connection

__all__ = ["CHANNEL", "Wakeups"]

CHANNEL = "clarion"


class Wakeups:
    """Events by topic: ``outbox``, ``results``, ``inbox``, ``fires``."""

    def __init__(self) -> None:
        self._events: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    def ring(self, topic: str) -> None:
        """Wake whoever waits on the topic (``outbox:12`` also rings ``outbox``)."""
        self._events[topic].set()
        head, colon, _ = topic.partition(":")
        if colon:
            self._events[head].set()

    async def wait(self, topic: str, timeout_seconds: float) -> None:
        """Wait for a ring, at most this long; a ring that came before counts."""
        event = self._events[topic]
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(event.wait(), timeout_seconds)
        event.clear()

    @contextlib.asynccontextmanager
    async def listening(self, connection: Connection) -> AsyncIterator[None]:
        """Turn notifications of the database into rings, until the block ends."""
        await connection.add_listener(CHANNEL, self._heard)
        try:
            yield
        finally:
            await connection.remove_listener(CHANNEL, self._heard)

    def _heard(self, _connection: Any, _pid: int, _channel: str, payload: Any) -> None:
        self.ring(str(payload))
