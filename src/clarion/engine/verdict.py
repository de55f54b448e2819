"""What the end of an attempt means for its message: pure, by table.

Theory of operation.  An attempt ends with a kind (accepted, rejected, throttled, not sent, in doubt,
or withheld by our last look) and the adapter's reaction.  ``verdict_of`` turns the two into the
message's next status, the participant's outcome, and what else must happen (try again later, wait
for a receipt, suppress, opt out, suspend a campaign).  The fold carries it out in bulk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from clarion.channels.contract import OutcomeKind, ReactionKind
from clarion.domain.campaign import CampaignStatus, Outcome
from clarion.domain.message import MessageStatus
from clarion.engine.outbound import WITHHELD_STATUS
from clarion.store.queries import Row

__all__ = ["OUTCOME_OF_STATUS", "Verdict", "verdict_of"]

OUTCOME_OF_STATUS: Mapping[MessageStatus, Outcome] = MappingProxyType(
    {
        MessageStatus.QUEUED: Outcome.PENDING,
        MessageStatus.HELD: Outcome.HELD,
        MessageStatus.ACCEPTED: Outcome.ACCEPTED,
        MessageStatus.FAILED: Outcome.FAILED,
        MessageStatus.IN_DOUBT: Outcome.IN_DOUBT,
        MessageStatus.SKIPPED: Outcome.SKIPPED,
    }
)

# How long to wait before the n-th attempt when the adapter's table names no time.
_BACKOFF_SECONDS = (1.0, 4.0, 16.0, 64.0, 256.0)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The next status of a message; ``None`` for a row that no longer counts.

    ``retry_after_seconds`` is set when the message is to be tried again.
    """

    status: MessageStatus | None
    reason: str | None = None
    retry_after_seconds: float | None = None


_STALE = Verdict(None)


def verdict_of(result: Row) -> Verdict:
    """The verdict on a row of ``results.take_results``; total."""
    if result["attempt"] != result["message_attempt"]:
        return _STALE
    kind = result["kind"]
    if kind == "withheld":
        status = WITHHELD_STATUS[result["reason"]]
        if status == "stale":
            return _STALE
        return Verdict(MessageStatus(status), result["reason"])
    if kind == OutcomeKind.ACCEPTED:
        return Verdict(MessageStatus.ACCEPTED)
    if kind == OutcomeKind.IN_DOUBT:
        return Verdict(MessageStatus.IN_DOUBT, result["reason"] or "answer_lost")
    return _BY_REACTION[ReactionKind(result["reaction"])](result)


def _again(result: Row) -> Verdict:
    tried_count: int = result["earlier_count"] + 1
    if tried_count >= result["max_attempts"]:
        return Verdict(MessageStatus.FAILED, result["reason"] or "attempts_exhausted")
    delay = result["delay_seconds"]
    if delay is None:
        delay = _BACKOFF_SECONDS[min(tried_count, len(_BACKOFF_SECONDS)) - 1]
    return Verdict(MessageStatus.QUEUED, result["reason"], delay)


def _fail(result: Row) -> Verdict:
    return Verdict(MessageStatus.FAILED, result["reason"] or "provider_rejected")


def _hold(reason: str) -> Callable[[Row], Verdict]:
    return lambda _: Verdict(MessageStatus.HELD, reason)


def _hold_with_campaign(result: Row) -> Verdict:
    """The template or the campaign is stopped: what was refused waits with the rest of it.

    Nothing resumes a campaign that is over, nor a conversation outside any.
    """
    if result["campaign_status"] in (None, CampaignStatus.ENDED):
        return _fail(result)
    return Verdict(MessageStatus.HELD, "campaign_suspended")


_BY_REACTION: Mapping[ReactionKind, Callable[[Row], Verdict]] = MappingProxyType(
    {
        ReactionKind.NONE: _fail,
        ReactionKind.RETRY: _again,
        ReactionKind.SLOW_SENDER: _again,
        ReactionKind.HOLD_CONTACT: _again,
        ReactionKind.FAIL_MESSAGE: _fail,
        ReactionKind.SUPPRESS_CONTACT: _fail,
        ReactionKind.OPT_OUT_CONTACT: _fail,
        ReactionKind.PAUSE_SENDER: _hold("sender_paused"),
        ReactionKind.PAUSE_TEMPLATE: _hold_with_campaign,
        ReactionKind.PAUSE_CAMPAIGN: _hold_with_campaign,
    }
)
