"""What WhatsApp's error codes mean, and what to do about each: one table.

Theory of operation.  Errors come in the answer to a send, in a ``failed`` status, or in both, and
the same row serves both.  The code decides, never the HTTP status and never the title: sources
disagree on the statuses, and titles change.  A code that stands in no row is judged by Meta's own
``is_transient`` flag, else by its hundred's family (200 to 299 are permissions), else it fails the
message: repeating what we do not understand would be worse.

``OutcomeKind`` of a row: ``throttled`` where Meta says "not now", else ``rejected``.  In both cases
the message was not sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from clarion.channels.contract import OutcomeKind, Reaction, ReactionKind

__all__ = ["ERROR_RULES", "ErrorRule", "rule_of"]

_MINUTE = 60.0
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR


@dataclass(frozen=True, slots=True)
class ErrorRule:
    """One row: Meta's code, what it means for us, and the reaction."""

    code: int
    meaning: str
    reaction: Reaction
    kind: OutcomeKind = OutcomeKind.REJECTED


def _retry(code: int, meaning: str, seconds: float, attempts: int = 5) -> ErrorRule:
    return ErrorRule(code, meaning, Reaction(ReactionKind.RETRY, meaning, seconds, attempts))


def _slow(code: int, meaning: str, seconds: float) -> ErrorRule:
    # The delay need not grow: the sender's rate is cut, that is the back-off.
    reaction = Reaction(ReactionKind.SLOW_SENDER, meaning, seconds, 100, backoff_factor=1.0)
    return ErrorRule(code, meaning, reaction, OutcomeKind.THROTTLED)


def _fail(code: int, meaning: str) -> ErrorRule:
    return ErrorRule(code, meaning, Reaction(ReactionKind.FAIL_MESSAGE, meaning))


def _suppress(code: int, meaning: str, seconds: float | None) -> ErrorRule:
    return ErrorRule(code, meaning, Reaction(ReactionKind.SUPPRESS_CONTACT, meaning, seconds))


def _pause_sender(code: int, meaning: str, seconds: float | None = None) -> ErrorRule:
    return ErrorRule(code, meaning, Reaction(ReactionKind.PAUSE_SENDER, meaning, seconds))


def _pause_template(code: int, meaning: str) -> ErrorRule:
    return ErrorRule(code, meaning, Reaction(ReactionKind.PAUSE_TEMPLATE, meaning))


def _pause_campaign(code: int, meaning: str) -> ErrorRule:
    return ErrorRule(code, meaning, Reaction(ReactionKind.PAUSE_CAMPAIGN, meaning))


_RULES = (
    # The key to the house: nothing can be sent with it until a person acts.
    _pause_sender(0, "token_invalid"),
    _pause_sender(190, "token_invalid"),
    _pause_sender(3, "permission_missing"),
    _pause_sender(10, "permission_missing"),
    _pause_sender(200, "permission_missing"),
    _pause_sender(131005, "permission_missing"),
    _pause_sender(33, "number_deleted"),
    _pause_sender(368, "account_restricted"),
    _pause_sender(131031, "account_locked"),
    _pause_sender(131037, "display_name_not_approved"),
    _pause_sender(131045, "number_not_registered"),
    _pause_sender(131042, "payment_problem"),
    _pause_sender(131048, "spam_restriction"),
    _pause_sender(131063, "marketing_off_on_messages"),
    _pause_sender(131064, "template_classification_violations"),
    # Not now.
    _slow(4, "app_call_rate", _MINUTE),
    _slow(80007, "account_call_rate", _MINUTE),
    _slow(130429, "throughput", 2.0),
    _slow(132069, "flow_throttled", 6 * _MINUTE),
    ErrorRule(
        131056,
        "pair_rate",
        Reaction(ReactionKind.HOLD_CONTACT, "pair_rate", 4.0, 6, backoff_factor=4.0),
        OutcomeKind.THROTTLED,
    ),
    ErrorRule(
        131057,
        "maintenance",
        Reaction(ReactionKind.PAUSE_SENDER, "maintenance", 90.0),
        OutcomeKind.THROTTLED,
    ),
    _retry(1, "unknown_or_bad_request", 4.0, attempts=3),
    _retry(2, "service_unavailable", 4.0),
    _retry(131000, "unknown", 4.0, attempts=3),
    _retry(131016, "service_overloaded", 4.0),
    _retry(133004, "server_unavailable", 10.0),
    _retry(135000, "generic", 4.0),
    # This message cannot go as it is: our bug, or data that do not fit.
    _fail(100, "bad_parameter"),
    _fail(131008, "parameter_missing"),
    _fail(131009, "parameter_invalid"),
    _fail(131021, "recipient_is_sender"),
    _fail(131047, "window_closed"),
    _fail(131051, "type_unsupported"),
    _fail(131052, "inbound_media_lost"),
    _retry(131053, "media_unusable", 10.0, attempts=2),
    _fail(131062, "bsuid_unsupported"),
    _fail(132000, "parameter_count"),
    _fail(132005, "text_too_long"),
    _fail(132012, "parameter_format"),
    _fail(132018, "parameter_text_refused"),
    _fail(133016, "register_attempts"),
    _fail(137000, "identity_key_mismatch"),
    # This person, now or ever.
    _fail(130472, "user_in_experiment"),
    _fail(130497, "country_not_allowed"),
    _fail(131030, "not_on_test_list"),
    _suppress(130403, "blocked_by_us", None),
    _suppress(131026, "undeliverable", 30 * _DAY),
    ErrorRule(
        131049,
        "marketing_cap",
        # At most one later try: more of them lengthen Meta's own block of this person.
        Reaction(ReactionKind.HOLD_CONTACT, "marketing_cap", _DAY, max_attempts=2),
    ),
    ErrorRule(
        131050, "stopped_marketing", Reaction(ReactionKind.OPT_OUT_CONTACT, "stopped_marketing")
    ),
    # The template: every further message of it would fail too.
    _pause_template(132015, "template_paused"),
    _pause_template(132016, "template_disabled"),
    _pause_campaign(132001, "template_missing"),
    _pause_campaign(132007, "template_policy"),
    _pause_campaign(132068, "flow_blocked"),
)

ERROR_RULES: Mapping[int, ErrorRule] = MappingProxyType({rule.code: rule for rule in _RULES})

_TRANSIENT = Reaction(ReactionKind.RETRY, "transient", 4.0)
_UNKNOWN = Reaction(ReactionKind.FAIL_MESSAGE, "unknown_code")


def rule_of(code: int, *, is_transient: bool = False) -> ErrorRule:
    """The row for a code; total: an unknown code gets a rule by family, flag or default."""
    rule = ERROR_RULES.get(code)
    if rule is not None:
        return rule
    if 200 <= code <= 299:
        return _pause_sender(code, "permission_missing")
    if is_transient:
        return ErrorRule(code, "transient", _TRANSIENT)
    return ErrorRule(code, "unknown_code", _UNKNOWN)
