"""What a channel's adapter must be able to do; pure declarations, no I/O.

Theory of operation.  The dispatcher owns rates, retries, leases and state; an adapter owns the wire.
Going out, it turns an ``OutMessage`` into one request (``request_for``) and the answer into an
``Outcome`` (``outcome_of``): both pure, so the whole reaction table is tested without a network.
The one thing that an adapter cannot know is whether a request that got no answer took effect; the
HTTP client tells that apart (``Answer.was_written``) and ``OutcomeKind.IN_DOUBT`` says so.

Coming in, a webhook's raw bytes are verified (``verify``) and stored; later the same bytes are
turned into ``Event`` values (``parse_webhook``), a whole batch at a time, total: an update that we
do not know becomes ``UnknownEvent``, never an exception.

Shapes follow the needs of WhatsApp's Cloud API, the strictest case: no idempotency key, receipts
that echo our own id (``attempt_id``), one message a request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Protocol

from clarion.domain.errors import Problem
from clarion.domain.message import Address, Channel, Content, ReceiptState, Reply

__all__ = [
    "Adapter",
    "AddressChanged",
    "Answer",
    "Event",
    "Inbound",
    "OutMessage",
    "Outcome",
    "OutcomeKind",
    "Preference",
    "Reaction",
    "ReactionKind",
    "Receipt",
    "Request",
    "SenderAccount",
    "SenderChanged",
    "TemplateChanged",
    "TemplateInfo",
    "UnknownEvent",
]


@dataclass(frozen=True, slots=True)
class SenderAccount:
    """What an adapter needs to know about a sender; secrets are plain here, never logged.

    ``config`` holds the channel's own settings.  WhatsApp: ``base_url``, ``version``,
    ``phone_number_id``, ``waba_id``, ``endpoint`` (``messages`` | ``marketing_messages``).
    ``secrets``: ``token``, ``app_secret``, ``verify_token``.
    """

    id: int
    channel: Channel
    config: Mapping[str, Any]
    secrets: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class OutMessage:
    """A fully rendered message; the adapter adds nothing but the wire form.

    ``attempt_id`` is ours, unique per attempt, and comes back in receipts (at most 512 characters).
    """

    attempt_id: str
    to: Address
    content: Content
    reply_to: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, ready to be written.  ``path`` is absolute, with its query."""

    method: str
    origin: str
    path: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for a request.

    ``status`` is 0 when no complete answer came; then ``was_written`` tells whether a byte of the
    request had left (nothing written: safe to repeat; else the effect is unknown) and ``failure``
    is a short reason.  Before a byte: ``bad_origin``, ``dns``, ``connect_refused``,
    ``connect_timeout``, ``connect_failed``, ``tls``, ``pool_timeout``.  After: ``write_timeout``,
    ``response_timeout``, ``malformed``, ``too_large``.  Either: ``reset``, ``closed``.
    Header names are lower case.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    was_written: bool = True
    failure: str | None = None


class OutcomeKind(StrEnum):
    """What became of an attempt."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"  # the provider said no; nothing was sent
    THROTTLED = "throttled"  # the provider said "not now"; nothing was sent
    NOT_SENT = "not_sent"  # no byte left
    IN_DOUBT = "in_doubt"  # bytes left, no answer that settles it


class ReactionKind(StrEnum):
    """What to do about an outcome; the adapter's table decides, the engine acts."""

    NONE = "none"
    RETRY = "retry"  # this message again, after `delay_seconds`
    SLOW_SENDER = "slow_sender"  # cut the sender's rate, and retry
    HOLD_CONTACT = "hold_contact"  # this recipient again after `delay_seconds`
    FAIL_MESSAGE = "fail_message"
    SUPPRESS_CONTACT = "suppress_contact"  # fail, and do not try this address for a while
    OPT_OUT_CONTACT = "opt_out_contact"
    PAUSE_SENDER = "pause_sender"  # requeue unsent; until `delay_seconds` or a person
    PAUSE_TEMPLATE = "pause_template"
    PAUSE_CAMPAIGN = "pause_campaign"


@dataclass(frozen=True, slots=True)
class Reaction:
    """A reaction with its size.

    ``delay_seconds`` None means: until a person acts, or never.  It is the delay after the first
    attempt; each further one multiplies it by ``backoff_factor`` (the engine adds the jitter).
    """

    kind: ReactionKind
    reason: str = ""
    delay_seconds: float | None = None
    max_attempts: int = 5
    backoff_factor: float = 2.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one attempt, as far as it is known now."""

    kind: OutcomeKind
    reaction: Reaction
    provider_id: str | None = None
    resolved_address: Address | None = None
    is_held_by_provider: bool = False
    error_code: str | None = None
    error_title: str | None = None
    http_status: int = 0


@dataclass(frozen=True, slots=True)
class Receipt:
    """The channel tells what became of a message that it accepted."""

    sender_key: str
    provider_id: str
    state: ReceiptState
    at: datetime
    attempt_id: str | None = None
    error_code: str | None = None
    error_title: str | None = None
    reaction: Reaction | None = None
    addresses: tuple[Address, ...] = ()
    pricing_category: str | None = None


@dataclass(frozen=True, slots=True)
class Inbound:
    """A person wrote or tapped something.  ``addresses`` has at least one entry."""

    sender_key: str
    provider_id: str
    addresses: tuple[Address, ...]
    reply: Reply
    profile_name: str | None = None


@dataclass(frozen=True, slots=True)
class Preference:
    """A person told the channel itself to stop (or resume) marketing from us."""

    sender_key: str
    addresses: tuple[Address, ...]
    is_opt_out: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class TemplateChanged:
    """The provider changed a template's status, category or quality."""

    account_key: str
    template_id: str
    name: str
    language: str
    status: str | None = None
    category: str | None = None
    quality: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class SenderChanged:
    """The provider changed a sender's or an account's limits, quality or permissions."""

    account_key: str
    sender_key: str | None
    facts: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    reaction: Reaction | None = None


@dataclass(frozen=True, slots=True)
class AddressChanged:
    """A person moved to another address; both name the same person."""

    sender_key: str | None
    old: Address
    new: Address


@dataclass(frozen=True, slots=True)
class UnknownEvent:
    """An update that we could not understand; kept as it came, with the reason."""

    reason: str
    raw: Any


Event = (
    Receipt | Inbound | Preference | TemplateChanged | SenderChanged | AddressChanged | UnknownEvent
)


@dataclass(frozen=True, slots=True)
class TemplateInfo:
    """A template as the provider stores it.

    ``parameter_format`` is ``positional`` or ``named``; ``components`` is the provider's own list;
    ``status`` and ``category`` are lower-case words (``approved``, ``paused``, ``marketing``).
    """

    provider_id: str
    name: str
    language: str
    status: str
    category: str
    parameter_format: str
    components: Sequence[Mapping[str, Any]]
    quality: str | None = None
    rejected_reason: str | None = None


class Adapter(Protocol):
    """The pure half of a channel; ``channels.<provider>.adapter`` holds one instance each."""

    channel: Channel

    def check(self, message: OutMessage, template: TemplateInfo | None) -> Sequence[Problem]:
        """What the provider would refuse, found before anything is sent (lengths, parameters)."""

    def origin_of(self, account: SenderAccount) -> str:
        """Where the account's requests go (``scheme://host[:port]``), to open connections ahead."""

    def request_for(self, account: SenderAccount, message: OutMessage) -> Request:
        """The wire form of one message.  ``ValueError`` if the content cannot be expressed."""

    def outcome_of(self, answer: Answer) -> Outcome:
        """What an answer (or its absence) means; total, by table."""

    def handshake(self, account: SenderAccount, query: Mapping[str, str]) -> str | None:
        """The body to answer to a subscription challenge, ``None`` to refuse it."""

    def verify(self, account: SenderAccount, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether the raw body was signed with the account's secret, in constant time.

        The names in ``headers`` are lower case.
        """

    def parse_webhook(self, body: bytes) -> Sequence[Event]:
        """Every update of a webhook's body, in its order; total for any JSON document.

        ``ValueError`` if the body is not JSON at all.
        """
