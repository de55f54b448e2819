"""Pacing: how many may leave now, how fast to go, and when it will be over.

Theory of operation.  A ``Bucket`` holds tokens; one token lets one message leave.  It fills at the
sender's rate up to ``burst``.  It reads no clock: every call says what time it is (seconds of any
monotonic clock), so a test plays a day in a microsecond.

The rate itself follows the platform: ``slow`` multiplies it down when the platform says "too fast",
``recover`` adds to it while nothing complains (AIMD, as TCP does), never above what was configured.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["Bucket", "RateControl", "seconds_to_finish"]


class Bucket:
    """A token bucket; one owner, no locks.

    ``rate_per_second`` 0 means stopped.  ``burst`` is the most that may leave at one instant.
    It starts full at the first instant that it is told.
    """

    __slots__ = ("_burst", "_rate", "_seen_at", "_tokens")

    def __init__(self, rate_per_second: float, burst: float) -> None:
        if rate_per_second < 0 or burst <= 0:
            raise ValueError("A bucket needs a rate of at least 0 and a burst above 0")
        self._rate = rate_per_second
        self._burst = burst
        self._tokens = burst
        self._seen_at: float | None = None

    @property
    def rate_per_second(self) -> float:
        """How fast it fills now."""
        return self._rate

    def take(self, now_seconds: float, n: int = 1) -> bool:
        """Take ``n`` tokens, or nothing.  Whether they were there."""
        self._fill(now_seconds)
        if self._tokens < n:
            return False
        self._tokens -= n
        return True

    def take_up_to(self, now_seconds: float, n: int) -> int:
        """Take as many whole tokens as there are, at most ``n``; how many it took."""
        self._fill(now_seconds)
        count = max(0, min(n, math.floor(self._tokens)))
        self._tokens -= count
        return count

    def charge(self, now_seconds: float, n: int = 1) -> None:
        """Take ``n`` tokens for what cannot be refused (an inbound message counts, too).

        The bucket may go below zero; what leaves afterwards waits for it.
        """
        self._fill(now_seconds)
        self._tokens -= n

    def seconds_until(self, n: int = 1) -> float:
        """How long after the last call ``n`` tokens will be there; infinite if they never will."""
        if self._tokens >= n:
            return 0.0
        if self._rate == 0 or n > self._burst:
            return math.inf
        return (n - self._tokens) / self._rate

    def set_rate(self, now_seconds: float, rate_per_second: float) -> None:
        """Fill at another rate from now on; what is in the bucket stays."""
        if rate_per_second < 0:
            raise ValueError("A rate is at least 0")
        self._fill(now_seconds)
        self._rate = rate_per_second

    def _fill(self, now_seconds: float) -> None:
        if self._seen_at is not None and now_seconds > self._seen_at:
            added = (now_seconds - self._seen_at) * self._rate
            # The tiny surplus lets a caller who slept exactly seconds_until() find its tokens.
            self._tokens = min(self._burst, self._tokens + added + 1e-9)
        if self._seen_at is None or now_seconds > self._seen_at:
            self._seen_at = now_seconds


@dataclass(frozen=True, slots=True)
class RateControl:
    """How a sender's rate follows the platform's complaints (additive up, multiplicative down).

    ``ceiling`` and ``floor`` bound the rate (messages a second).  A complaint multiplies it by
    ``factor``; after ``calm_seconds`` without another it grows by ``step`` a second, each second.
    """

    ceiling: float
    floor: float = 1.0
    factor: float = 0.5
    calm_seconds: float = 5.0
    step: float = 1.0

    def slow(self, rate: float) -> float:
        """The rate after one complaint."""
        return max(min(self.floor, self.ceiling), min(rate, self.ceiling) * self.factor)

    def recover(self, rate: float, seconds_without_throttle: float) -> float:
        """The rate to use so long after the last complaint; ``rate`` is what it was cut to then.

        A function of the time that passed, not of how often it is asked.
        """
        growth = self.step * max(0.0, seconds_without_throttle - self.calm_seconds)
        return min(self.ceiling, rate + growth)


def seconds_to_finish(remaining_count: int, rate_per_second: float) -> float:
    """How long ``remaining_count`` messages take at a steady rate; infinite at rate 0."""
    if remaining_count <= 0:
        return 0.0
    if rate_per_second <= 0:
        return math.inf
    return remaining_count / rate_per_second
