"""The execution plan of a campaign: when it starts its flow, as frozen values.

Theory of operation.  There are two families.  *Elapsed* plans (``EveryMinute``, ``Hourly``,
``Every`` with minutes or hours) count real time from the start of the campaign and do not notice
daylight saving.  *Calendar* plans (``Daily``, ``Weekly``, ``Monthly``, ``Every`` with days, ``Cron``)
name wall-clock times of a zone; ``clarion.domain.local_time`` says what a wall time means when the
clock jumps.  A time of day that is not given (``at`` is ``None``) is taken from the start.

The JSON form is read and written by ``clarion.schedule.plan``; the instants are computed by
``clarion.schedule.ticks``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from enum import StrEnum

__all__ = [
    "LAST_DAY",
    "WEEKDAYS",
    "Cron",
    "Daily",
    "Every",
    "EveryMinute",
    "Hourly",
    "Monthly",
    "Once",
    "Plan",
    "Unit",
    "Weekly",
]

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""The words for the days of the week, in the order of ``date.weekday()``."""

LAST_DAY = -1
"""The day of a monthly plan that means "the last day of the month"."""


class Unit(StrEnum):
    """What ``Every`` counts."""

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class Once:
    """One firing, at the start."""


@dataclass(frozen=True, slots=True)
class EveryMinute:
    """Every 60 seconds from the start."""


@dataclass(frozen=True, slots=True)
class Hourly:
    """Every 60 minutes from the start."""


@dataclass(frozen=True, slots=True)
class Daily:
    """Every day at the same wall-clock time."""

    at: time | None = None


@dataclass(frozen=True, slots=True)
class Every:
    """Every so many minutes, hours (elapsed) or days (same wall-clock time) from the start."""

    every: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Weekly:
    """On some days of the week; ``weekdays`` holds words of ``WEEKDAYS``, in week order."""

    weekdays: tuple[str, ...]
    at: time | None = None


@dataclass(frozen=True, slots=True)
class Monthly:
    """On some days of the month, 1 to 31 or ``LAST_DAY``, in order.

    A month that has no such day (the 31st of April) is skipped.
    """

    days: tuple[int, ...]
    at: time | None = None


@dataclass(frozen=True, slots=True)
class Cron:
    """Five fields, or six or seven in the Quartz form; see ``clarion.schedule.cron``."""

    expression: str


Plan = Once | EveryMinute | Hourly | Daily | Every | Weekly | Monthly | Cron
