"""Every knob of the simulator, as frozen values that are also its JSON.

Theory of operation.  A scenario is one ``SimulatorSettings`` value.  The control API shows it as JSON
and changes it by a partial document (``merged``), checked by type; nothing else holds a knob.
``calm()`` is the world for most tests: everybody is on WhatsApp, nothing fails, nobody writes,
receipts come at once.  The plain constructor is a believable world for demos.

Units: ``_seconds`` are seconds of *people's time* in ``TimingSettings`` (divided by ``speed``) and
seconds of the *wire* (never scaled) everywhere else.  Shares lie between 0 and 1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Any, Literal, Self

import msgspec

from clarion.channels.simulator.faults import FaultRule

__all__ = [
    "AnswerSettings",
    "PeopleSettings",
    "RateSettings",
    "SettingsError",
    "SimulatorSettings",
    "Spread",
    "TimingSettings",
    "WebhookSettings",
]

_NORMAL = NormalDist()

Refusal = Literal["refuse", "fail"]  # an error in the answer, or accepted and then `failed`


class SettingsError(ValueError):
    """A partial settings document that does not fit; the message names the place."""


@dataclass(frozen=True, slots=True)
class Spread:
    """A lognormal duration: its median, its sigma (0: always the median) and its ceiling."""

    median_seconds: float = 0.0
    sigma: float = 0.0
    max_seconds: float = 86_400.0

    def at(self, draw: float) -> float:
        """The duration in seconds at quantile ``draw`` (0 < draw < 1)."""
        if self.sigma == 0 or self.median_seconds == 0:
            return min(self.median_seconds, self.max_seconds)
        stretched = self.median_seconds * math.exp(self.sigma * _NORMAL.inv_cdf(draw))
        return min(stretched, self.max_seconds)


def _everyday_personas() -> dict[str, float]:
    return {"yes": 0.14, "no": 0.06, "text": 0.08, "stop": 0.02, "silent": 0.70}


@dataclass(frozen=True, slots=True)
class PeopleSettings:
    """Who lives behind the phone numbers.

    ``personas`` are weights of ``yes | no | text | stop | silent``.  ``unreachable`` and
    ``unwanted`` tell how a message to somebody who is not on WhatsApp (131026), or whom the platform
    shields (131049, 131050, 130472), comes to nothing; ``outside_window`` the same for free form (131047).  ``marketing_per_day_count`` is the cap of
    marketing messages per person and 24 hours, ``None`` for no cap.  While ``is_answering`` is off nobody says
    anything by herself; what they are made to say is said.
    """

    not_on_whatsapp_share: float = 0.02
    blocked_share: float = 0.005
    phone_hidden_share: float = 0.0
    username_share: float = 0.1
    experiment_share: float = 0.0
    capped_share: float = 0.005
    stopped_share: float = 0.002
    reads_share: float = 0.65
    never_delivered_share: float = 0.01
    read_without_delivered_share: float = 0.02
    personas: dict[str, float] = field(default_factory=_everyday_personas)
    chats_on_share: float = 0.3
    unreachable: Refusal = "fail"
    unwanted: Refusal = "fail"
    outside_window: Refusal = "refuse"
    marketing_per_day_count: int | None = None
    is_us_marketing_off: bool = False
    is_wa_id_rewritten: bool = True
    is_country_code_prepended: bool = False
    is_answering: bool = True


@dataclass(frozen=True, slots=True)
class TimingSettings:
    """When things happen to people and reviewers, before division by ``speed``."""

    sent: Spread = Spread(0.6, 0.5, 5.0)
    delivered: Spread = Spread(2.0, 1.0, 21_600.0)
    read: Spread = Spread(90.0, 1.2, 21_600.0)
    reply: Spread = Spread(30.0, 0.8, 21_600.0)
    failed: Spread = Spread(1.5, 0.5, 60.0)
    template_review_seconds: float = 60.0
    window_seconds: float = 86_400.0


@dataclass(frozen=True, slots=True)
class RateSettings:
    """How much the platform takes.  ``messages_per_second`` None switches the bucket off.

    ``people_per_day_count`` is how many people the portfolio may open conversations with in
    ``day_seconds``, ``None`` for no limit.  What the platform answers beyond it is not documented:
    ``day_limit_code`` is the code.
    """

    messages_per_second: float | None = 80.0
    burst_seconds: float = 1.0
    is_inbound_counted: bool = True
    throttle_http_status: Literal[400, 429] = 400
    is_pair_limited: bool = True
    pair_seconds: float = 6.0
    pair_burst_count: int = 45
    people_per_day_count: int | None = 100_000
    day_seconds: float = 86_400.0
    day_limit_code: Literal[130429, 131048] = 131048


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """How updates travel to the callback.

    ``batch_max_count`` updates at most share one POST; ``spread_share`` of the batches are laid out
    over several entries and changes.  A failed POST is repeated after ``retry_first_seconds``, then
    after ``retry_base_seconds`` doubled each time up to ``retry_max_seconds``, until
    ``give_up_after_seconds``.
    """

    is_on: bool = True
    is_handshake_required: bool = True
    batch_max_count: int = 100
    spread_share: float = 0.2
    concurrency_count: int = 8
    timeout_seconds: float = 10.0
    retry_first_seconds: float = 0.0
    retry_base_seconds: float = 1.0
    retry_max_seconds: float = 60.0
    give_up_after_seconds: float = 604_800.0
    duplicate_share: float = 0.01
    disorder_share: float = 0.02
    disorder_seconds: float = 2.0
    early_share: float = 0.01
    pricing_on_sent_share: float = 0.8
    has_conversation: bool = False
    has_contacts_on_failed: bool = False
    is_callback_data_echoed_on_failed: bool = True


@dataclass(frozen=True, slots=True)
class AnswerSettings:
    """How the API answers: latency of an answer, and how long a silent one stays open."""

    latency: Spread = Spread(0.1, 0.5, 2.0)
    stall_seconds: float = 60.0
    early_receipt_seconds: float = 0.05
    api_version: str = "v25.0"


@dataclass(frozen=True, slots=True)
class SimulatorSettings:
    """A whole scenario.  Equal settings and equal traffic per person give equal fates."""

    seed: int = 1
    speed: float = 1.0
    people: PeopleSettings = PeopleSettings()
    timing: TimingSettings = TimingSettings()
    rates: RateSettings = RateSettings()
    webhooks: WebhookSettings = WebhookSettings()
    answers: AnswerSettings = AnswerSettings()
    faults: tuple[FaultRule, ...] = ()

    @classmethod
    def calm(cls, *, seed: int = 1) -> Self:
        """A world without surprises: for tests that add the one surprise that they are about."""
        at_once = Spread()
        return cls(
            seed=seed,
            people=PeopleSettings(
                not_on_whatsapp_share=0.0,
                blocked_share=0.0,
                username_share=0.0,
                capped_share=0.0,
                stopped_share=0.0,
                reads_share=1.0,
                never_delivered_share=0.0,
                read_without_delivered_share=0.0,
                personas={"silent": 1.0},
            ),
            timing=TimingSettings(
                sent=at_once,
                delivered=at_once,
                read=at_once,
                reply=at_once,
                failed=at_once,
                template_review_seconds=0.0,
            ),
            rates=RateSettings(
                messages_per_second=None, is_pair_limited=False, people_per_day_count=None
            ),
            webhooks=WebhookSettings(
                duplicate_share=0.0,
                disorder_share=0.0,
                early_share=0.0,
                spread_share=0.0,
                retry_base_seconds=0.05,
            ),
            answers=AnswerSettings(latency=at_once),
        )

    def as_document(self) -> dict[str, Any]:
        """The settings as plain JSON values."""
        document: dict[str, Any] = msgspec.to_builtins(self)
        return document

    def merged(self, changes: Mapping[str, Any]) -> SimulatorSettings:
        """These settings with a partial document laid over them; ``SettingsError`` if it is wrong."""
        document = _laid_over(self.as_document(), changes, "settings")
        try:
            return msgspec.convert(document, SimulatorSettings)
        except msgspec.ValidationError as error:
            raise SettingsError(str(error)) from error


def _laid_over(base: dict[str, Any], changes: Mapping[str, Any], where: str) -> dict[str, Any]:
    merged = dict(base)
    for name, value in changes.items():
        if name not in base:
            raise SettingsError(f"{where} has no field {name!r}; it has {', '.join(sorted(base))}")
        inner = base[name]
        if isinstance(inner, dict) and isinstance(value, Mapping) and name != "personas":
            merged[name] = _laid_over(inner, value, f"{where}.{name}")
        else:
            merged[name] = value
    return merged
