"""What an answer to a send means: pure and total.

Theory of operation.  Four questions, in this order.  Did a byte leave?  If not, nothing was sent.
Is it Meta's own error body?  Then the code decides (``errors``), whatever the HTTP status: Meta has
read the message and refused it.  Is it a whole acceptance?  Then it carries the message's id.
Otherwise something between Meta and us answered: a 4xx means that the message was not taken, and
anything else (5xx, a strange 200, no answer at all) leaves it in doubt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import msgspec

from clarion.channels.contract import Answer, Outcome, OutcomeKind, Reaction, ReactionKind
from clarion.channels.whatsapp.errors import rule_of
from clarion.domain.message import Address, AddressKind, Channel

__all__ = ["outcome_of"]


class _Contact(msgspec.Struct):
    wa_id: str | None = None
    user_id: str | None = None


class _Message(msgspec.Struct):
    id: str
    message_status: str | None = None


class _Accepted(msgspec.Struct):
    messages: list[_Message] = msgspec.field(default_factory=list)
    success: bool = False
    contacts: list[_Contact] = msgspec.field(default_factory=list)


_decode_accepted = msgspec.json.Decoder(_Accepted).decode

_NONE = Reaction(ReactionKind.NONE)
_NOT_SENT = Reaction(ReactionKind.RETRY, "not_sent", 1.0)
_IN_DOUBT = Outcome(OutcomeKind.IN_DOUBT, _NONE)
# `held_for_quality_assessment` and `paused` both mean: taken, and Meta decides later by receipt.
_HELD = frozenset({"held_for_quality_assessment", "paused"})

# Answers below 500 that are not Meta's: a proxy, a wrong base URL, a portal.
_FOREIGN: Mapping[int, tuple[OutcomeKind, Reaction]] = MappingProxyType(
    {
        408: (OutcomeKind.IN_DOUBT, _NONE),  # who timed out, and how far it got, is unknown
        413: (OutcomeKind.REJECTED, Reaction(ReactionKind.FAIL_MESSAGE, "too_large")),
        414: (OutcomeKind.REJECTED, Reaction(ReactionKind.FAIL_MESSAGE, "too_large")),
        429: (OutcomeKind.THROTTLED, Reaction(ReactionKind.SLOW_SENDER, "throughput", 2.0, 100)),
    }
)
_FOREIGN_OTHERS = (
    OutcomeKind.REJECTED,
    Reaction(ReactionKind.PAUSE_SENDER, "not_the_platform", 60.0),
)


def outcome_of(answer: Answer) -> Outcome:
    """The outcome of one attempt; never raises."""
    if answer.status == 0:
        if answer.was_written:
            return replace(_IN_DOUBT, error_title=answer.failure)
        return Outcome(OutcomeKind.NOT_SENT, _NOT_SENT, error_title=answer.failure)
    if answer.status == 200:
        try:
            accepted = _decode_accepted(answer.body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            pass  # not an acceptance; an error body, or nothing that we know: judged below
        else:
            if accepted.messages and accepted.messages[0].id:
                return _accepted(accepted)
            if accepted.success:  # a mark (read, typing) was taken; there is no message to name
                return Outcome(OutcomeKind.ACCEPTED, _NONE, http_status=200)
    error = _error_of(answer.body)
    if error is not None:
        return _refused(answer, error)
    if 300 <= answer.status < 500:
        kind, reaction = _FOREIGN.get(answer.status, _FOREIGN_OTHERS)
        reaction = _with_delay(reaction, answer)
        return Outcome(kind, reaction, error_title=reaction.reason, http_status=answer.status)
    return replace(_IN_DOUBT, error_title="malformed", http_status=answer.status)


def _accepted(accepted: _Accepted) -> Outcome:
    message = accepted.messages[0]
    return Outcome(
        OutcomeKind.ACCEPTED,
        _NONE,
        provider_id=message.id,
        resolved_address=_resolved(accepted.contacts),
        is_held_by_provider=message.message_status in _HELD,
        http_status=200,
    )


def _resolved(contacts: list[_Contact]) -> Address | None:
    for contact in contacts[:1]:
        if contact.wa_id:
            return Address(Channel.WHATSAPP, AddressKind.WA_ID, contact.wa_id)
        if contact.user_id:
            return Address(Channel.WHATSAPP, AddressKind.BSUID, contact.user_id)
    return None


def _error_of(body: bytes) -> Mapping[str, Any] | None:
    """Meta's error object, known by an integer code."""
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    error = document.get("error") if isinstance(document, dict) else None
    if isinstance(error, dict) and type(error.get("code")) is int:
        return error
    return None


def _refused(answer: Answer, error: Mapping[str, Any]) -> Outcome:
    code: int = error["code"]
    rule = rule_of(code, is_transient=error.get("is_transient") is True)
    return Outcome(
        rule.kind,
        _with_delay(rule.reaction, answer),
        error_code=str(code),
        error_title=_title(error),
        http_status=answer.status,
    )


def _title(error: Mapping[str, Any]) -> str | None:
    """The most telling text: Meta's details, a bare string of them, or the message."""
    data = error.get("error_data")
    details = data.get("details") if isinstance(data, dict) else data
    for text in (details, error.get("error_user_msg"), error.get("message")):
        if isinstance(text, str) and text:
            return text
    return None


_WAITING = frozenset({ReactionKind.RETRY, ReactionKind.SLOW_SENDER})


def _with_delay(reaction: Reaction, answer: Answer) -> Reaction:
    """Wait at least as long as the answer's headers ask."""
    if reaction.kind not in _WAITING:
        return reaction
    asked = max(_retry_after_seconds(answer), _regain_seconds(answer))
    if asked <= (reaction.delay_seconds or 0.0):
        return reaction
    return replace(reaction, delay_seconds=asked)


_LONGEST_WAIT_SECONDS = 86_400.0


def _retry_after_seconds(answer: Answer) -> float:
    value = answer.headers.get("retry-after", "")
    if value.isascii() and value.isdigit():  # the date form is not in use by Meta
        return min(float(value), _LONGEST_WAIT_SECONDS)
    return 0.0


def _regain_seconds(answer: Answer) -> float:
    """The longest ``estimated_time_to_regain_access`` (minutes) of the usage header."""
    header = answer.headers.get("x-business-use-case-usage")
    if header is None:
        return 0.0
    try:
        usage = msgspec.json.decode(header, type=dict[str, list[dict[str, Any]]])
    except msgspec.DecodeError:
        return 0.0
    minutes = [
        row.get("estimated_time_to_regain_access") for rows in usage.values() for row in rows
    ]
    longest = max((m for m in minutes if isinstance(m, int | float)), default=0)
    return min(max(float(longest), 0.0) * 60.0, _LONGEST_WAIT_SECONDS)
