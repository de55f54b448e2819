"""How much the platform takes: three limits, pure arithmetic over a clock that is given.

``TokenBucket``: messages a second of one business number; inbound messages take tokens too and may
push it below zero.  ``PairLimit``: one message in six seconds to the same person, with a burst that is
borrowed from the future (the generic cell rate algorithm: one number a person).  ``DayLimit``: so many
different people a moving day to whom the business may open a conversation, all numbers of the portfolio together.
"""

from __future__ import annotations

__all__ = ["DayLimit", "PairLimit", "TokenBucket"]

_PURGE_AT_COUNT = 100_000


class TokenBucket:
    """A bucket of ``rate_per_second * burst_seconds`` tokens, full at first."""

    def __init__(self, rate_per_second: float, burst_seconds: float, now: float) -> None:
        self.rate_per_second = rate_per_second
        self._capacity = max(1.0, rate_per_second * burst_seconds)
        self._tokens = self._capacity
        self._at = now

    def _fill(self, now: float) -> None:
        grown = self._tokens + (now - self._at) * self.rate_per_second
        self._tokens = min(self._capacity, grown)
        self._at = now

    def take(self, now: float) -> bool:
        """Take one token if there is one."""
        self._fill(now)
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True

    def force(self, now: float) -> None:
        """Take one token even if there is none: an inbound message cannot be refused."""
        self._fill(now)
        self._tokens = max(self._tokens - 1.0, -self._capacity)


class PairLimit:
    """One message in ``pair_seconds`` to a person, ``burst_count`` of them borrowed at most."""

    def __init__(self, pair_seconds: float, burst_count: int) -> None:
        self._interval = pair_seconds
        self._allowance = pair_seconds * (burst_count - 1)
        self._due_at: dict[str, float] = {}
        self._purge_at_count = _PURGE_AT_COUNT

    def take(self, to: str, now: float) -> bool:
        """Whether one more message to ``to`` fits now."""
        due_at = max(self._due_at.get(to, now), now)
        if due_at - now > self._allowance:
            return False
        if len(self._due_at) >= self._purge_at_count:
            self._due_at = {key: due for key, due in self._due_at.items() if due > now}
            self._purge_at_count = max(_PURGE_AT_COUNT, 2 * len(self._due_at))
        self._due_at[to] = due_at + self._interval
        return True


class DayLimit:
    """At most ``people_count`` different people within ``day_seconds``; ``None`` for no limit.

    Who is written to again stays one person, counted from the last time.
    """

    def __init__(self, people_count: int | None, day_seconds: float) -> None:
        self.people_count = people_count
        self.day_seconds = day_seconds
        self._reached_at: dict[str, float] = {}  # the longest ago first

    def take(self, phone: str, now: float) -> bool:
        """Whether a conversation with ``phone`` may be opened now; it counts if so."""
        if self.people_count is None:
            return True
        self._forget(now)
        is_known = self._reached_at.pop(phone, None) is not None
        if not is_known and len(self._reached_at) >= self.people_count:
            return False
        self._reached_at[phone] = now
        return True

    def used_count(self, now: float) -> int:
        """How many people count now."""
        self._forget(now)
        return len(self._reached_at)

    def _forget(self, now: float) -> None:
        while self._reached_at:
            phone, reached_at = next(iter(self._reached_at.items()))
            if now - reached_at < self.day_seconds:
                return
            del self._reached_at[phone]
