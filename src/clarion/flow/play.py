"""Play a flow move by move, as a person at a phone does, and stop where the moves stop.

Theory of operation.  A play has a clock that only its moves push forward: an answer after so many
seconds, time that passes, or the end of a wait.  Whatever deadline the clock passes on its way
resumes the session at that deadline, as it would in production.  Unlike ``simulate``, which plays
to the end, a play stays where the last move left it, so that a person looks and decides what comes
next.  Playing again with one more move gives the same beginning: nothing is kept between plays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from clarion.domain.message import ReceiptState, Reply
from clarion.flow import engine
from clarion.flow.context import Context
from clarion.flow.definition import Flow
from clarion.flow.engine import CallAnswered, ReceiptsTold, ReplyReceived, Resume, Triggered
from clarion.flow.limits import DEFAULT_LIMITS, Limits
from clarion.flow.moves import (
    MAX_PASSING_SECONDS,
    Answer,
    AnswerCall,
    Move,
    Pass,
    SkipWait,
    TellReceipt,
)
from clarion.flow.session import Session
from clarion.flow.simulate import Said, Transcript
from clarion.flow.sprint import Effect, Event, Sprint

__all__ = [
    "MAX_PASSING_SECONDS",
    "Answer",
    "AnswerCall",
    "Move",
    "Pass",
    "SkipWait",
    "TellReceipt",
    "play",
]

_MAX_DEADLINES = 1000
_NOTHING = Triggered()


@dataclass(slots=True)
class _Stage:
    """A play under way: where the session is, what the clock shows, and the notes."""

    flow: Flow
    context: Context
    limits: Limits
    now: datetime
    session: Session
    deadlines_left_count: int = _MAX_DEADLINES
    said: list[Said] = field(default_factory=list)
    events: list[tuple[datetime, Event]] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    told: dict[int, frozenset[ReceiptState]] = field(default_factory=dict)

    def note(self, sprint: Sprint) -> None:
        """Take over what a sprint left."""
        self.session = sprint.session
        # What the flow writes into the contact, it reads there from then on.
        contact = sprint.contact_after(self.context.contact)
        self.context = replace(self.context, contact=contact)
        self.events += [(self.now, event) for event in sprint.events]
        self.effects += sprint.effects
        self.said += [
            Said(self.now, "flow", each.content, each.node_id) for each in sprint.messages
        ]

    def resume(self, resume: Resume) -> None:
        """Let the session go on with what happened now."""
        context = replace(self.context, now=self.now)
        self.note(
            engine.resume(self.flow, self.session, resume, context=context, limits=self.limits)
        )

    def advance(self, until: datetime) -> None:
        """Move the clock, and meet every deadline on the way."""
        while (
            (wait := self.session.wait) is not None
            and wait.deadline_at <= until
            and self.deadlines_left_count > 0
        ):
            self.deadlines_left_count -= 1
            self.now = max(self.now, wait.deadline_at)
            self.resume(engine.at_deadline(wait.kind))
        self.now = max(self.now, until)

    def answer(self, move: Answer) -> None:
        """Write down what the person says, and hand it to the session."""
        node_id = self.session.wait.node_id if self.session.wait else self.session.node_id
        reply = Reply(move.kind, move.text, self.now, payload=move.payload)
        self.said.append(Said(self.now, "contact", reply, node_id or ""))
        self.resume(ReplyReceived(reply))

    def tell(self, state: ReceiptState) -> None:
        """Add a receipt to what is known of the message that is waited for."""
        wait = self.session.wait
        if wait is not None and wait.kind == "delivery":
            states = self.told.get(wait.number, frozenset()) | {state}
            self.told[wait.number] = states
            self.resume(ReceiptsTold(wait.number, states))


def play(
    flow: Flow,
    moves: Sequence[Move],
    *,
    context: Context,
    trigger: Triggered = _NOTHING,
    limits: Limits = DEFAULT_LIMITS,
) -> Transcript:
    """Play a flow from its start, at ``context.now``, through the moves.  Never raises.

    ``is_cut`` of the transcript tells that deadlines were left out for their number.
    """
    sprint = engine.start(flow, trigger=trigger, context=context, limits=limits)
    stage = _Stage(flow, context, limits, context.now, sprint.session)
    stage.note(sprint)
    for move in moves:
        match move:
            case Answer():
                stage.advance(stage.now + timedelta(seconds=move.after_seconds))
                stage.answer(move)
            case Pass():
                stage.advance(stage.now + timedelta(seconds=move.seconds))
            case SkipWait():
                if stage.session.wait is not None:
                    stage.advance(stage.session.wait.deadline_at)
            case AnswerCall():
                wait = stage.session.wait
                if wait is not None and wait.kind == "call":
                    stage.resume(CallAnswered(wait.number, move.answer))
            case TellReceipt():
                stage.tell(move.state)
    return Transcript(
        stage.session,
        tuple(stage.said),
        tuple(stage.events),
        tuple(stage.effects),
        stage.now,
        stage.deadlines_left_count == 0,
    )
