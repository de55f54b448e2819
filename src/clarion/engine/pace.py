"""The pace of one sender: how many may leave now, and how the channel's complaints slow it.

Reads no clock: every call says what time it is, in seconds of a monotonic clock.
"""

from __future__ import annotations

from clarion.schedule.pacing import Bucket, RateControl

__all__ = ["Pace"]

# The complaints of one moment count once.
_ONE_MOMENT_SECONDS = 1.0


class Pace:
    """A token bucket whose rate is cut by complaints and recovers with time.

    ``burst_seconds`` is how much of the rate may leave at one instant.
    """

    def __init__(self, burst_seconds: float) -> None:
        self._burst_seconds = burst_seconds
        self._control = RateControl(ceiling=1.0)
        self._bucket = Bucket(1.0, 1.0)
        self._cut_rate = 1.0
        self._cut_at = float("-inf")
        self._inbound_count: int | None = None

    @property
    def rate_per_second(self) -> float:
        """How fast it goes now."""
        return self._bucket.rate_per_second

    def set_ceiling(self, rate_per_second: float) -> None:
        """The configured rate; a new one starts afresh."""
        if rate_per_second == self._control.ceiling:
            return
        self._control = RateControl(ceiling=rate_per_second, step=max(1.0, rate_per_second / 60))
        self._cut_rate = rate_per_second
        self._bucket = Bucket(rate_per_second, max(1.0, rate_per_second * self._burst_seconds))

    def take_up_to(self, now_seconds: float, count: int) -> int:
        """Take leave for at most ``count`` messages; how many may go."""
        rate = self._control.recover(self._cut_rate, now_seconds - self._cut_at)
        if rate != self._bucket.rate_per_second:
            self._bucket.set_rate(now_seconds, rate)
        return self._bucket.take_up_to(now_seconds, count)

    def give_back(self, now_seconds: float, count: int) -> None:
        """Leave that was not used."""
        self._bucket.charge(now_seconds, -count)

    def count_inbound(self, now_seconds: float, total_count: int) -> None:
        """Platforms count what people write against the sender's rate; ``total_count`` is of all time."""
        if self._inbound_count is not None:
            self._bucket.charge(now_seconds, total_count - self._inbound_count)
        self._inbound_count = total_count

    def seconds_until_next(self) -> float:
        """How long until one more may go."""
        return self._bucket.seconds_until(1)

    def slow(self, now_seconds: float) -> None:
        """The channel complained."""
        if now_seconds - self._cut_at >= _ONE_MOMENT_SECONDS:
            self._cut_rate = self._control.slow(self._bucket.rate_per_second)
            self._cut_at = now_seconds
            self._bucket.set_rate(now_seconds, self._cut_rate)
