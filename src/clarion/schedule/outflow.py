"""When the messages of one sender will leave: the forecast of its outbox.  Pure.

Theory of operation.  An ``Outflow`` is asked once a message, in the order in which the messages
are queued, and answers when each leaves.  It is a queue that works at a steady rate: a message that
comes while others wait leaves after them; one that comes to an empty queue leaves at once.  What
already waits in the outbox goes first.  How long a queue takes stands in ``seconds_to_finish``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from clarion.schedule.pacing import seconds_to_finish

__all__ = ["Outflow", "SenderPace"]

_FAR = timedelta(days=36_500)


@dataclass(frozen=True, slots=True)
class SenderPace:
    """What is known of a sender at ``known_at`` (aware).

    ``waiting_count`` messages are in its outbox.
    """

    rate_per_second: float
    known_at: datetime
    waiting_count: int = 0


class Outflow:
    """The moments at which one sender's messages leave."""

    def __init__(self, pace: SenderPace) -> None:
        self._pace = pace
        self._busy_since = pace.known_at
        self._count = pace.waiting_count
        self._free_at = self._leaves_at()

    @property
    def free_at(self) -> datetime:
        """When everything that it was told of so far has left."""
        return self._free_at

    def take(self, queued_at: datetime) -> datetime:
        """One more message, queued at an instant (aware, never earlier than the one before)."""
        if queued_at > self._free_at:
            self._busy_since, self._count = queued_at, 0
        self._count += 1
        self._free_at = self._leaves_at()
        return self._free_at

    def _leaves_at(self) -> datetime:
        seconds = seconds_to_finish(self._count, self._pace.rate_per_second)
        return self._busy_since + min(_FAR, timedelta(seconds=min(seconds, _FAR.total_seconds())))
