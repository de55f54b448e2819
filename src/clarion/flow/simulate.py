"""Play a flow against a script of answers, on a clock that only the script moves.

Theory of operation.  A script is a list of lines, each an answer that comes so many seconds after
the moment the session began to wait (``Line``).  Whatever comes first, the next line or the
deadline, resumes the session; when the script is over only deadlines come.  A flow that hands the contact on ends the play.  The result is a
transcript: who said what, when, and by which way the flow went.  A week of waiting plays in no
time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal

from clarion.domain.message import Content, ReceiptState, Reply
from clarion.flow import engine
from clarion.flow.calls import CallAnswer
from clarion.flow.context import Context
from clarion.flow.definition import Flow
from clarion.flow.engine import (
    CallAnswered,
    ReceiptsTold,
    ReplyReceived,
    Resume,
    TimedOut,
    Triggered,
)
from clarion.flow.limits import DEFAULT_LIMITS, Limits
from clarion.flow.session import Session, Wait
from clarion.flow.sprint import (
    Effect,
    Event,
    ExitLeft,
    NodeEntered,
    SendMessage,
    Sprint,
)

__all__ = ["Line", "Said", "Told", "Transcript", "simulate"]

_MAX_TURNS = 1000
_NOTHING = Triggered()


@dataclass(frozen=True, slots=True)
class Line:
    """An answer of the script: so many seconds after the session began to wait.

    ``payload`` is the id of the button that is tapped, if one is; ``kind`` as in ``Reply``.
    """

    text: str
    payload: str | None = None
    kind: str = "text"
    after_seconds: float = 60


@dataclass(frozen=True, slots=True)
class Said:
    """One utterance.  ``by`` is ``flow`` or ``contact``; ``content`` is a message or an answer."""

    at: datetime
    by: Literal["flow", "contact"]
    content: Content | Reply
    node_id: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """What happened: the session at its end, everything said, everything noted.

    ``is_cut`` tells that the play was ended for its length.
    """

    session: Session
    said: tuple[Said, ...]
    events: tuple[tuple[datetime, Event], ...]
    effects: tuple[Effect, ...]
    ended_at: datetime
    is_cut: bool = False

    @property
    def messages(self) -> tuple[SendMessage, ...]:
        """The messages among the effects."""
        return tuple(each for each in self.effects if isinstance(each, SendMessage))

    @property
    def path(self) -> tuple[str, ...]:
        """The ids of the nodes, in the order of entering."""
        return tuple(event.node_id for _, event in self.events if isinstance(event, NodeEntered))

    @property
    def exits(self) -> tuple[tuple[str, str], ...]:
        """Node and exit, in the order of leaving."""
        return tuple(
            (event.node_id, event.exit) for _, event in self.events if isinstance(event, ExitLeft)
        )


@dataclass(frozen=True, slots=True)
class Told:
    """A receipt of the script: so many seconds after the session began to wait for it."""

    state: ReceiptState
    after_seconds: float = 0


@dataclass(slots=True)
class _Play:
    """The notes of one play."""

    said: list[Said] = field(default_factory=list)
    events: list[tuple[datetime, Event]] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)

    def note(self, sprint: Sprint, now: datetime) -> None:
        self.events += [(now, event) for event in sprint.events]
        self.effects += sprint.effects
        self.said += [Said(now, "flow", each.content, each.node_id) for each in sprint.messages]


@dataclass(slots=True)
class _Outside:
    """What calls are still answered with, and what is still told of messages; the last is next."""

    answers: dict[str, list[CallAnswer]]
    receipts: dict[str, list[Told]]
    told: dict[int, frozenset[ReceiptState]] = field(default_factory=dict)

    def next_resume(self, flow: Flow, wait: Wait, now: datetime) -> tuple[datetime, Resume]:
        """What ends a wait for the outside, and when."""
        if wait.kind == "call":
            left = self.answers.get(wait.node_id)
            answer = left.pop() if left else CallAnswer(failure="no_answer")
            return now, CallAnswered(wait.number, answer)
        config = flow.nodes_by_id[wait.node_id].config
        receipts = self.receipts.get(getattr(config, "message", ""))
        if receipts:
            receipt = receipts.pop()
            at = now + timedelta(seconds=receipt.after_seconds)
            states = self.told.get(wait.number, frozenset()) | {receipt.state}
            self.told[wait.number] = states
            if at < wait.deadline_at:
                return at, ReceiptsTold(wait.number, states)
        return wait.deadline_at, TimedOut()


def simulate(
    flow: Flow,
    script: Sequence[Line],
    *,
    context: Context,
    trigger: Triggered = _NOTHING,
    limits: Limits = DEFAULT_LIMITS,
    answers: Mapping[str, Sequence[CallAnswer]] = MappingProxyType({}),
    receipts: Mapping[str, Sequence[Told]] = MappingProxyType({}),
) -> Transcript:
    """Play a flow from its start, at ``context.now``, until it ends.  Never raises, never hangs.

    ``answers`` are what calls of a node get, one after the other, then ``no_answer``;  ``receipts``
    what is told of a node's message, by the node's id.
    """
    outside = _Outside(
        {node_id: list(reversed(each)) for node_id, each in answers.items()},
        {node_id: list(reversed(each)) for node_id, each in receipts.items()},
    )
    play = _Play()
    now = context.now
    sprint = engine.start(flow, trigger=trigger, context=context, limits=limits)
    play.note(sprint, now)
    lines = list(reversed(script))
    turn_count = 0
    while (wait := sprint.session.wait) is not None and turn_count < _MAX_TURNS:
        turn_count += 1
        resume: Resume
        answers_at = now + timedelta(seconds=lines[-1].after_seconds) if lines else None
        if wait.kind in ("call", "delivery"):
            now, resume = outside.next_resume(flow, wait, now)
        elif answers_at is not None and answers_at < wait.deadline_at:
            line = lines.pop()
            now = answers_at
            reply = Reply(line.kind, line.text, now, payload=line.payload)
            play.said.append(Said(now, "contact", reply, wait.node_id))
            resume = ReplyReceived(reply)
        else:
            now = wait.deadline_at
            resume = engine.at_deadline(wait.kind)
        contact = sprint.contact_after(context.contact)
        context = replace(context, now=now, contact=contact)
        sprint = engine.resume(flow, sprint.session, resume, context=context, limits=limits)
        play.note(sprint, now)
    return Transcript(
        sprint.session,
        tuple(play.said),
        tuple(play.events),
        tuple(play.effects),
        now,
        sprint.session.wait is not None,
    )
