"""Time, behind one object.

Theory of operation.  ``Clock`` tells the time and nothing else; a virtual one can take its place.
``Agenda`` is what will happen: a wheel of short slots, each a plain list, with one timer of the event
loop for the earliest slot.  A hundred thousand receipts that wait cost a tuple each, not a timer.
Slots run in order; inside a slot, in the order of entry.  A turn runs a bounded number of actions and
then lets the loop breathe, so that a burst of receipts does not stall the answers.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any, Protocol

__all__ = ["Agenda", "Clock", "RealClock"]

_SLOT_SECONDS = 0.005
_TURN_COUNT = 1_000


class Clock(Protocol):
    """Where the simulator reads the time."""

    def now(self) -> float:
        """Seconds since 1970, for what is shown."""

    def elapsed(self) -> float:
        """Seconds on a scale that never goes back, for what is measured."""


class RealClock:
    """The time of the machine."""

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time()

    def elapsed(self) -> float:
        """Seconds of the monotonic clock."""
        return time.monotonic()


class Agenda:
    """Actions that are due later; ``speed`` divides people's time only."""

    def __init__(self, clock: Clock, speed: float) -> None:
        self._clock = clock
        self.speed = speed
        self._slots: dict[int, deque[tuple[Callable[[Any], None], Any]]] = {}
        self._order: list[int] = []
        self._timer: asyncio.Handle | None = None
        self._timer_slot = 0
        self._is_closed = False

    def after(self, seconds: float, action: Callable[[Any], None], subject: Any) -> None:
        """Call ``action(subject)`` in ``seconds`` of the wire."""
        slot = int((self._clock.elapsed() + seconds) / _SLOT_SECONDS) + 1
        waiting = self._slots.get(slot)
        if waiting is None:
            waiting = self._slots[slot] = deque()
            heappush(self._order, slot)
            if self._timer is None or slot < self._timer_slot:
                self._arm()
        waiting.append((action, subject))

    def after_people(self, seconds: float, action: Callable[[Any], None], subject: Any) -> None:
        """Call ``action(subject)`` in ``seconds`` of people's time."""
        self.after(seconds / self.speed, action, subject)

    def waiting_count(self) -> int:
        """How many actions are to come."""
        return sum(len(waiting) for waiting in self._slots.values())

    def clear(self) -> None:
        """Forget everything that was to come."""
        self._slots.clear()
        self._order.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def close(self) -> None:
        """Forget everything, and take nothing more."""
        self._is_closed = True
        self.clear()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._order or self._is_closed:
            return
        self._timer_slot = self._order[0]
        delay = self._timer_slot * _SLOT_SECONDS - self._clock.elapsed()
        loop = asyncio.get_running_loop()
        self._timer = (
            loop.call_later(delay, self._turn) if delay > 0 else loop.call_soon(self._turn)
        )

    def _turn(self) -> None:
        self._timer = None
        left_count = _TURN_COUNT
        now_slot = int(self._clock.elapsed() / _SLOT_SECONDS)
        try:
            while self._order and self._order[0] <= now_slot and left_count:
                waiting = self._slots[self._order[0]]
                while waiting and left_count:
                    action, subject = waiting.popleft()
                    left_count -= 1
                    action(subject)
                if not waiting:
                    self._slots.pop(heappop(self._order), None)
        finally:
            self._arm()
