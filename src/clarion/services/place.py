"""Where the program stands: what a process opens once and hands to everything in it.

Theory of operation.  The web, the workers and the command line each open one ``Place`` and pass it
on; nothing below them reads an environment variable, a clock or a global.  Jobs need no member
here: they are deferred by ``clarion.store.jobs.defer`` inside the transaction that asks for them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from clarion.config import Settings
from clarion.store.pool import Pool
from clarion.store.secrets import Sealer

__all__ = ["Clock", "Place", "utc_now"]

# Tells the time, aware UTC.
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The clock of every real process."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """The database, the settings, the clock and the key of the secrets."""

    pool: Pool
    settings: Settings
    clock: Clock
    sealer: Sealer
