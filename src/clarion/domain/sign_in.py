"""When a sign-in must wait, and how long it lasts; pure arithmetic.

Theory of operation.  Failures are counted for an e-mail address (guessing one person's password)
and for a peer address (guessing many people's).  The first few are free; from then on each failure
doubles the wait, up to a ceiling, so that guessing becomes hopeless while a person who remembers
the password after some tries is not locked out for the day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

__all__ = [
    "BY_EMAIL",
    "BY_PEER",
    "COUNTED_FOR",
    "IDLE_LIFE",
    "Throttle",
    "locked_until",
]

IDLE_LIFE = timedelta(hours=12)
COUNTED_FOR = timedelta(hours=1)
MOST_DOUBLINGS = 16


@dataclass(frozen=True, slots=True)
class Throttle:
    """How many failures are free, and how the wait grows after them."""

    free_count: int
    first_wait: timedelta
    longest_wait: timedelta


BY_EMAIL = Throttle(5, timedelta(seconds=30), timedelta(minutes=15))
BY_PEER = Throttle(30, timedelta(seconds=30), timedelta(minutes=15))


def locked_until(failures: Sequence[datetime], throttle: Throttle) -> datetime | None:
    """The instant before which no sign-in is tried, for the failures of the last hour.

    ``failures`` rise in time; None when nothing is locked by them.
    """
    over_count = len(failures) - throttle.free_count
    if over_count < 0 or not failures:
        return None
    wait = throttle.first_wait * 2 ** min(over_count, MOST_DOUBLINGS)
    longest: timedelta = min(wait, throttle.longest_wait)
    return failures[-1] + longest
