"""When somebody may be written to at last, where so many people a day may be: a forecast.  Pure.

Theory of operation.  ``DayPlaces`` holds the instants at which people took a place.  Who asks while
all are taken gets the one that is free first, a day after it was taken: exactly what happens, since
the day moves and is not the calendar's.  It keeps one instant a place, however many ask.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from datetime import datetime, timedelta

__all__ = ["DayPlaces"]

_DAY = timedelta(days=1)
_FAR = timedelta(days=36_500)


class DayPlaces:
    """``people_count`` places; ``taken_at`` (aware) are those that are taken already."""

    def __init__(self, people_count: int, taken_at: Iterable[datetime] = ()) -> None:
        self._people_count = people_count
        self._taken_at = heapq.nlargest(people_count, taken_at)
        heapq.heapify(self._taken_at)

    def take(self, at: datetime) -> datetime:
        """Take a place for somebody whose turn is at an instant; when it is there."""
        if self._people_count <= 0:
            return at + _FAR
        if len(self._taken_at) < self._people_count:
            heapq.heappush(self._taken_at, at)
            return at
        free_at = max(at, self._taken_at[0] + _DAY)
        heapq.heapreplace(self._taken_at, free_at)
        return free_at
