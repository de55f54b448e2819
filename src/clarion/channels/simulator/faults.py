"""What can go wrong between a request and its answer.

Theory of operation.  A fault is a row of ``FAULTS``: does the message take effect, and what does
the caller see (an HTTP answer, a broken one, a reset, silence).  *Rules* say when: to a share of the
requests, to the next N, after skipping some, for one person or one business number.  A rule of share
1 and no count is a condition that holds until it is removed (maintenance, an expired token).

Whether a rule of share below 1 strikes is drawn from (seed, rule, person, ordinal), so the same
traffic meets the same faults in whatever order it comes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from clarion.channels.simulator.ids import share_of

__all__ = ["FAULTS", "Ending", "Fault", "FaultKind", "FaultRule", "Faults"]


class FaultKind(StrEnum):
    """The name of a fault in settings and in the control API."""

    LATENCY = "latency"
    RESET_BEFORE_READ = "reset_before_read"
    RESET_AFTER_ACCEPT = "reset_after_accept"
    TIMEOUT_LOST = "timeout_lost"
    TIMEOUT_ACCEPTED = "timeout_accepted"
    SERVER_ERROR = "server_error"
    SERVICE_UNAVAILABLE = "service_unavailable"
    BAD_GATEWAY = "bad_gateway"
    BAD_GATEWAY_ACCEPTED = "bad_gateway_accepted"
    TRUNCATED = "truncated"
    TOKEN_EXPIRED = "token_expired"  # noqa: S105 - the name of a fault
    PERMISSION_REVOKED = "permission_revoked"
    PAYMENT = "payment"
    MAINTENANCE = "maintenance"
    RESTRICTED = "restricted"
    SPAM = "spam"
    THROTTLED = "throttled"


class Ending(StrEnum):
    """How the connection treats the caller."""

    COMPLETE = "complete"
    RESET = "reset"
    SILENCE = "silence"  # no answer for `stall_seconds`, then the connection closes
    TRUNCATED = "truncated"  # half of the body, then the connection closes


@dataclass(frozen=True, slots=True)
class Fault:
    """What a kind of fault does.

    ``error_code`` answers with that Graph error; ``html_status`` with a page that is not JSON.
    """

    is_accepted: bool
    ending: Ending = Ending.COMPLETE
    error_code: int | None = None
    html_status: int | None = None


FAULTS: Mapping[FaultKind, Fault] = MappingProxyType(
    {
        FaultKind.LATENCY: Fault(is_accepted=True),
        FaultKind.RESET_BEFORE_READ: Fault(is_accepted=False, ending=Ending.RESET),
        FaultKind.RESET_AFTER_ACCEPT: Fault(is_accepted=True, ending=Ending.RESET),
        FaultKind.TIMEOUT_LOST: Fault(is_accepted=False, ending=Ending.SILENCE),
        FaultKind.TIMEOUT_ACCEPTED: Fault(is_accepted=True, ending=Ending.SILENCE),
        FaultKind.SERVER_ERROR: Fault(is_accepted=False, error_code=2),
        FaultKind.SERVICE_UNAVAILABLE: Fault(is_accepted=False, error_code=131016),
        FaultKind.BAD_GATEWAY: Fault(is_accepted=False, html_status=502),
        FaultKind.BAD_GATEWAY_ACCEPTED: Fault(is_accepted=True, html_status=502),
        FaultKind.TRUNCATED: Fault(is_accepted=True, ending=Ending.TRUNCATED),
        FaultKind.TOKEN_EXPIRED: Fault(is_accepted=False, error_code=190),
        FaultKind.PERMISSION_REVOKED: Fault(is_accepted=False, error_code=10),
        FaultKind.PAYMENT: Fault(is_accepted=False, error_code=131042),
        FaultKind.MAINTENANCE: Fault(is_accepted=False, error_code=131057),
        FaultKind.RESTRICTED: Fault(is_accepted=False, error_code=368),
        FaultKind.SPAM: Fault(is_accepted=False, error_code=131048),
        FaultKind.THROTTLED: Fault(is_accepted=False, error_code=130429),
    }
)


@dataclass(frozen=True, slots=True)
class FaultRule:
    """When a fault strikes.

    ``share`` of the matching requests; at most ``count`` times (``None``: no end); the first
    ``skip_count`` matching requests are spared; ``to`` (digits) and ``phone_number_id`` narrow the
    rule; ``seconds`` is the added delay of ``latency`` and the stall of the silent ones.
    """

    kind: FaultKind
    share: float = 1.0
    count: int | None = None
    skip_count: int = 0
    to: str | None = None
    phone_number_id: str | None = None
    seconds: float | None = None


class Faults:
    """The rules in force, in order; the first that strikes wins."""

    def __init__(self, seed: int, rules: Iterable[FaultRule] = ()) -> None:
        self._seed = seed
        self._rules: dict[int, FaultRule] = {}
        self._next_id = 1
        self.struck_counts: Counter[str] = Counter()
        for rule in rules:
            self.add(rule)

    def add(self, rule: FaultRule) -> int:
        """Put a rule in force; its id, for ``remove``."""
        rule_id = self._next_id
        self._next_id += 1
        self._rules[rule_id] = rule
        return rule_id

    def remove(self, rule_id: int) -> bool:
        """Whether there was such a rule."""
        return self._rules.pop(rule_id, None) is not None

    def clear(self) -> None:
        """Take every rule out of force."""
        self._rules.clear()

    def rules(self) -> Mapping[int, FaultRule]:
        """The rules in force by id, with what is left of their counts."""
        return MappingProxyType(self._rules)

    def strike(self, phone_number_id: str, to: str, ordinal: int) -> FaultRule | None:
        """The rule that strikes this request, spending one of its count."""
        if not self._rules:
            return None
        for rule_id, rule in list(self._rules.items()):
            if rule.to is not None and rule.to.lstrip("+") != to:
                continue
            if rule.phone_number_id is not None and rule.phone_number_id != phone_number_id:
                continue
            if rule.share < 1.0 and (
                share_of(self._seed, f"fault|{rule_id}|{phone_number_id}|{to}|{ordinal}")
                >= rule.share
            ):
                continue
            if rule.skip_count > 0:
                self._rules[rule_id] = replace(rule, skip_count=rule.skip_count - 1)
                continue
            self._spend(rule_id, rule)
            return rule
        return None

    def _spend(self, rule_id: int, rule: FaultRule) -> None:
        self.struck_counts[rule.kind.value] += 1
        if rule.count is None:
            return
        if rule.count <= 1:
            del self._rules[rule_id]
        else:
            self._rules[rule_id] = replace(rule, count=rule.count - 1)
