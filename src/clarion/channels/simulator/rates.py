"""How much the platform takes: two limits, pure arithmetic over a clock that is given.

``TokenBucket``: messages a second of one business number; inbound messages take tokens too and may
push it below zero.  ``PairLimit``: one message in six seconds to the same person, with a burst that is
borrowed from the future (the generic cell rate algorithm: one number a person).
"""

from __future__ import annotations

__all__ = ["PairLimit", "TokenBucket"]

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
