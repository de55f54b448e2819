"""A sender's outbox as its owner sees it: rows to send, results to append; values only.

``Row`` is one claimed outbox row.  ``Result`` is the end of one attempt, ready to be appended.
``withheld`` and ``result_of`` are the two ways to get one: by a last look that refused, or by the
adapter's reading of the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from clarion.channels.contract import Outcome, Reaction
from clarion.domain.message import Address, AddressKind, Channel, Content, Lane
from clarion.store.queries import Row as Record

__all__ = [
    "WITHHELD_STATUS",
    "Result",
    "Row",
    "attempt_id_of",
    "read_attempt_id",
    "result_of",
    "row_from_record",
    "withheld",
]

# What becomes of a message that the last look before the send refused.
WITHHELD_STATUS: Mapping[str, str] = MappingProxyType(
    {
        "campaign_suspended": "held",
        "sender_paused": "held",
        "day_limit": "held",
        "campaign_deleted": "skipped",
        "opted_out": "skipped",
        "suppressed": "skipped",
        "template_stopped": "skipped",
        "window_closed": "failed",
        "content_invalid": "failed",
        "stale": "stale",
    }
)

_ATTEMPT_PREFIX = "c"


@dataclass(frozen=True, slots=True)
class Row:
    """One row that lies below the committed intent mark.

    ``tried_count`` is how often its message was on the wire before; an attempt that a suspension
    held back does not count.
    """

    lane: Lane
    position: int
    message_id: int
    attempt: int
    to: Address
    content: Content
    tried_count: int = 0
    reply_to: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """The end of one attempt; ``kind`` is an ``OutcomeKind`` or ``withheld``."""

    lane: Lane
    position: int
    message_id: int
    attempt: int
    kind: str
    reaction: str
    reason: str | None
    at: datetime
    delay_seconds: float | None = None
    max_attempts: int = 5
    provider_id: str | None = None
    wa_id: str | None = None
    error_code: str | None = None
    error_title: str | None = None
    http_status: int = 0


def attempt_id_of(message_id: int, attempt: int) -> str:
    """The id that goes out with a message and comes back in its receipts."""
    return f"{_ATTEMPT_PREFIX}{message_id}.{attempt}"


def read_attempt_id(text: str | None) -> int | None:
    """The message id in an attempt id of ours; ``None`` for anything else."""
    if not text or not text.startswith(_ATTEMPT_PREFIX):
        return None
    number, dot, attempt = text[1:].partition(".")
    if not (dot and number.isascii() and number.isdigit() and attempt.isdigit()):
        return None
    value = int(number)
    return value if value < 1 << 63 else None


def row_from_record(lane: Lane, record: Record, content: Content) -> Row:
    """A row from ``outbox.next_rows``."""
    return Row(
        lane=lane,
        position=record["position"],
        message_id=record["message_id"],
        attempt=record["attempt"],
        to=Address(Channel(record["channel"]), AddressKind(record["to_kind"]), record["to_value"]),
        content=content,
        tried_count=record["tried_count"],
        reply_to=record["reply_to"],
    )


def withheld(
    lane: Lane, position: int, message_id: int, attempt: int, reason: str, at: datetime
) -> Result:
    """The last look refused: nothing left."""
    return Result(lane, position, message_id, attempt, "withheld", "none", reason, at)


def delay_of(reaction: Reaction, tried_count: int) -> float | None:
    """How long to wait after so many earlier tries; it grows by the reaction's factor."""
    if reaction.delay_seconds is None:
        return None
    return reaction.delay_seconds * reaction.backoff_factor**tried_count


def _rewritten(asked: Address, resolved: Address | None) -> str | None:
    """The number that the channel uses for the one we asked for, when it is another (BR, MX)."""
    if resolved is None or resolved.kind is not AddressKind.WA_ID:
        return None
    return None if resolved.value == asked.value.lstrip("+") else resolved.value


def _storable(text: str | None) -> str | None:
    """PostgreSQL keeps every character but one."""
    return text and text.replace("\x00", "\ufffd")


def result_of(row: Row, outcome: Outcome, at: datetime) -> Result:
    """What the adapter makes of the answer."""
    reaction = outcome.reaction
    return Result(
        lane=row.lane,
        position=row.position,
        message_id=row.message_id,
        attempt=row.attempt,
        kind=outcome.kind.value,
        reaction=reaction.kind.value,
        reason=reaction.reason or None,
        at=at,
        delay_seconds=delay_of(reaction, row.tried_count),
        max_attempts=reaction.max_attempts,
        provider_id=_storable(outcome.provider_id),
        wa_id=_rewritten(row.to, outcome.resolved_address),
        error_code=_storable(outcome.error_code),
        error_title=_storable(outcome.error_title),
        http_status=outcome.http_status,
    )
