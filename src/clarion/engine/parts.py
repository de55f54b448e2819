"""What every part of the engine is handed: connections, time, secrets, sizes.

Time comes in through ``now`` (aware UTC) and nowhere else, so that a scenario test can run a week in
a second.  Sizes are values, not module constants, so that a test can make a chunk of three.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from clarion.domain.network import Network
from clarion.engine.outside import ANY_NETWORK
from clarion.engine.wakeups import Wakeups
from clarion.flow.limits import DEFAULT_LIMITS, Limits
from clarion.store.pool import Pool
from clarion.store.secrets import Sealer

__all__ = ["Breaker", "CallSettings", "EngineSizes", "Parts"]


@dataclass(frozen=True, slots=True)
class Breaker:
    """When a campaign suspends itself: after ``minimum_count`` results, above one of the shares.

    Shares are 0 to 1: of failed openings among those that ended, of opt-outs among those accepted.
    """

    minimum_count: int = 50
    failed_share: float = 0.5
    opted_out_share: float = 0.1


@dataclass(frozen=True, slots=True)
class EngineSizes:
    """How much at once, and how long; durations in seconds.

    ``backlog_seconds`` is how far the runner may be ahead of a sender, in seconds of its rate, but
    never below ``backlog_floor`` messages.  ``in_flight`` bounds the open requests of one sender.
    ``day_limit_seconds`` is the platform's day of 24 hours, and a margin.
    """

    chunk: int = 500
    runners_per_occurrence: int = 2
    backlog_seconds: float = 20.0
    backlog_floor: int = 2000
    in_flight: int = 256
    tick_seconds: float = 0.02
    lease_seconds: float = 10.0
    doubt_window_seconds: float = 600.0
    day_limit_seconds: float = 86_460.0
    fold: int = 5000
    webhook_fold: int = 500
    fires: int = 1000
    breaker: Breaker = Breaker()


@dataclass(frozen=True, slots=True)
class CallSettings:
    """How calls of flows are made.

    ``allowed_networks`` are private networks that flows may reach; ``llm_networks`` those in which
    the language model may live.  ``in_flight`` bounds the calls of one process.
    """

    in_flight: int = 32
    allowed_networks: tuple[Network, ...] = ()
    llm_base_url: str | None = None
    llm_api_key: str | None = field(default=None, repr=False)
    llm_model: str | None = None
    llm_networks: tuple[Network, ...] = ANY_NETWORK


@dataclass(frozen=True, slots=True)
class Parts:
    """The engine's surroundings.

    ``owner`` names this process in leases; ``journal_folder`` is where owners on this machine note
    what they have written (``None``: nowhere).
    """

    pool: Pool
    now: Callable[[], datetime]
    sealer: Sealer
    owner: str
    journal_folder: Path | None = None
    wakeups: Wakeups = field(default_factory=Wakeups)
    sizes: EngineSizes = field(default_factory=EngineSizes)
    calls: CallSettings = field(default_factory=CallSettings)
    limits: Limits = DEFAULT_LIMITS
