"""The business numbers, and where their webhooks go.

A ``Number`` is mutable on purpose: it is the simulator's account of one business number while it runs.  What
it keeps per person is one counter (``ordinals``), and for those who wrote, the time of their last message.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from clarion.channels.simulator.payloads import Update
from clarion.channels.simulator.rates import PairLimit, TokenBucket
from clarion.channels.simulator.settings import RateSettings

__all__ = ["Number", "Subscription", "tier_of"]

_HIGH_THROUGHPUT = 1_000


@dataclass(slots=True, eq=False)
class Subscription:
    """A callback that wants updates; shared by the numbers that name the same one.

    ``is_verified`` after the handshake succeeded; ``waiting`` and ``repeats`` (ready bodies with the number of tries
    and the time of the first) are what is still to be told.
    """

    callback_url: str
    verify_token: str
    app_secret: str
    is_verified: bool = False
    handshake_problem: str | None = None
    handshake_count: int = 0
    waiting: deque[Update] = field(default_factory=deque)
    repeats: deque[tuple[bytes, int, int, float]] = field(default_factory=deque)
    resting_count: int = 0
    worker_count: int = 0
    batch_count: int = 0

    @property
    def is_idle(self) -> bool:
        """Whether everything was told."""
        return not (self.waiting or self.repeats or self.resting_count or self.worker_count)

    def as_document(self) -> dict[str, Any]:
        """The subscription without its secrets."""
        return {
            "callback_url": self.callback_url,
            "is_verified": self.is_verified,
            "handshake_problem": self.handshake_problem,
            "waiting_count": len(self.waiting) + len(self.repeats) + self.resting_count,
        }


@dataclass(slots=True, eq=False)
class Number:
    """One business number.  ``ordinals`` counts the requests to each person (digits).

    ``usage_header`` is the value of ``x-business-use-case-usage``.
    """

    phone_number_id: str
    waba_id: str
    token: str
    display_phone_number: str
    verified_name: str
    subscription: Subscription | None
    bucket: TokenBucket | None
    pairs: PairLimit | None
    is_subscribed: bool = True
    quality: str = "GREEN"
    people_per_day_count: int | None = None
    ordinals: dict[str, int] = field(default_factory=dict)
    inbound_ordinals: dict[str, int] = field(default_factory=dict)
    window_opened: dict[str, float] = field(default_factory=dict)
    marketing_counts: dict[str, tuple[float, int]] = field(default_factory=dict)

    usage_header: bytes = b""

    def __post_init__(self) -> None:
        self.usage_header = (
            b'{"%s":[{"type":"whatsapp","call_count":1,"total_cputime":1,"total_time":1,'
            b'"estimated_time_to_regain_access":0}]}' % self.waba_id.encode()
        )

    def next_ordinal(self, phone: str) -> int:
        """The ordinal of one more request to a person."""
        ordinal = self.ordinals.get(phone, 0)
        self.ordinals[phone] = ordinal + 1
        return ordinal

    def apply(self, rates: RateSettings, rate: float | None, now: float) -> None:
        """Set the limits: ``rate`` messages a second, or none."""
        self.bucket = None if rate is None else TokenBucket(rate, rates.burst_seconds, now)
        self.people_per_day_count = rates.people_per_day_count
        self.pairs = (
            PairLimit(rates.pair_seconds, rates.pair_burst_count) if rates.is_pair_limited else None
        )

    def as_document(self, fields: str | None = None) -> Mapping[str, Any]:
        """The number as the platform shows it; ``fields`` is a comma-separated choice."""
        rate = None if self.bucket is None else self.bucket.rate_per_second
        level = "HIGH" if rate is None or rate >= _HIGH_THROUGHPUT else "STANDARD"
        subscription = self.subscription
        document: dict[str, Any] = {
            "verified_name": self.verified_name,
            "code_verification_status": "VERIFIED",
            "display_phone_number": self.display_phone_number,
            "quality_rating": self.quality,
            "platform_type": "CLOUD_API",
            "throughput": {"level": level},
            "name_status": "APPROVED",
            "status": "CONNECTED",
            "whatsapp_business_manager_messaging_limit": tier_of(self.people_per_day_count),
            "health_status": {"can_send_message": "AVAILABLE", "entities": []},
            "webhook_configuration": {
                "application": subscription.callback_url if subscription else None
            },
        }
        names = {name.strip() for name in fields.split(",")} if fields else _PLAIN_FIELDS
        chosen = {name: value for name, value in document.items() if name in names}
        return chosen | {"id": self.phone_number_id}


def tier_of(people_count: int | None) -> str:
    """The platform's word for a limit of people a day."""
    if people_count is None:
        return "TIER_UNLIMITED"
    if people_count and people_count % 1_000 == 0:
        return f"TIER_{people_count // 1_000}K"
    return f"TIER_{people_count}"


_PLAIN_FIELDS = frozenset(
    {
        "verified_name",
        "code_verification_status",
        "display_phone_number",
        "quality_rating",
        "platform_type",
        "throughput",
    }
)
