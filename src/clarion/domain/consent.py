"""May this contact be messaged on this channel now?  One decision, asked at each gate.

Theory of operation.  The runner asks before a contact enters a flow and the dispatcher asks again
before a message leaves, with fresh facts, so that an opt-out beats what is already queued.  The
facts come in as a value; the answer is one of three values.  The order of the rules is the order of
what a person should be told first: who opted out is told "opted out" even without an address.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from clarion.domain.local_time import instant_of, wall_of
from clarion.domain.reasons import REASONS, Reason, reason_in_words

__all__ = [
    "REASONS",
    "Allow",
    "ConsentDecision",
    "ConsentFacts",
    "Hold",
    "QuietHours",
    "Reason",
    "Refuse",
    "Suppression",
    "decide_consent",
    "reason_in_words",
]


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A daily window in which nothing is sent, on the clock of ``zone`` (the contact's).

    From ``start`` up to ``end``; over midnight if ``end`` is earlier.  Equal times: no window.
    """

    start: time
    end: time
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Suppression:
    """A contact's address on the do-not-send list; ``until`` None means until a person lifts it."""

    reason: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ConsentFacts:
    """What the decision looks at, for one contact and one channel."""

    has_address: bool
    is_opted_out: bool = False
    suppression: Suppression | None = None
    quiet_hours: QuietHours | None = None


@dataclass(frozen=True, slots=True)
class Allow:
    """A message may leave now."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Not now, but at ``until``.  ``reason`` is a code of ``REASONS``."""

    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Refuse:
    """Not at all.  ``reason`` is a code of ``REASONS``; ``detail`` is for a person, or empty."""

    reason: str
    detail: str = ""


ConsentDecision = Allow | Hold | Refuse


def decide_consent(facts: ConsentFacts, now: datetime) -> ConsentDecision:
    """Whether a message may leave at ``now`` (aware)."""
    if facts.is_opted_out:
        return Refuse("opted_out")
    suppression = facts.suppression
    if suppression and (suppression.until is None or now < suppression.until):
        return Refuse("suppressed", suppression.reason)
    if not facts.has_address:
        return Refuse("no_address")
    until = _end_of_quiet(facts.quiet_hours, now) if facts.quiet_hours else None
    return Allow() if until is None else Hold(until, "quiet_hours")


def _end_of_quiet(quiet: QuietHours, now: datetime) -> datetime | None:
    """When the window that contains ``now`` ends; ``None`` outside of it."""
    wall = wall_of(now, quiet.zone)
    clock = wall.time()
    if quiet.start <= quiet.end:
        is_quiet, ends_tomorrow = quiet.start <= clock < quiet.end, False
    else:
        is_quiet, ends_tomorrow = clock >= quiet.start or clock < quiet.end, clock >= quiet.start
    if not is_quiet:
        return None
    day = wall.date() + timedelta(days=1) if ends_tomorrow else wall.date()
    end = datetime.combine(day, quiet.end)
    until = instant_of(end, quiet.zone)
    if until <= now:  # in the second of two equal hours: the window ends the second time as well
        until = end.replace(tzinfo=quiet.zone, fold=1).astimezone(UTC)
    return until
