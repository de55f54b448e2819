"""A play under way: the one place where a session is walked without a database.

Theory of operation.  A stage has a session, a clock that only its methods push forward, and the notes
of what happened.  Whatever deadline the clock passes on its way resumes the session at that deadline,
as it would in production.  Calls of the flow are answered at once from recorded answers, node by node
and one after the other, for as long as there are any; then the session waits for its call as for
anything else.  Who decides what happens next is somebody else: ``flow.play`` takes the moves of a
person, ``flow.simulate`` a script.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from clarion.domain.message import ReceiptState, Reply
from clarion.flow import engine
from clarion.flow.calls import CallAnswer
from clarion.flow.context import Context
from clarion.flow.definition import Flow
from clarion.flow.engine import CallAnswered, ReceiptsTold, ReplyReceived, Resume, Triggered
from clarion.flow.limits import DEFAULT_LIMITS, Limits
from clarion.flow.session import Session, Wait
from clarion.flow.sprint import Effect, Event, Sprint
from clarion.flow.transcript import Said, Transcript

__all__ = ["NO_ANSWERS", "CallAnswers", "Stage"]

CallAnswers = Mapping[str, Sequence[CallAnswer]]
"""What the calls of a node (by its id) are answered with, one after the other."""

NO_ANSWERS: CallAnswers = MappingProxyType({})
_MAX_DEADLINES = 1000
_NOTHING = Triggered()


@dataclass(slots=True)
class Stage:
    """Where a play stands; see the module's theory of operation.  Nothing here raises or hangs."""

    flow: Flow
    context: Context
    limits: Limits
    answers: CallAnswers
    now: datetime
    session: Session
    deadlines_left_count: int = _MAX_DEADLINES
    said: list[Said] = field(default_factory=list)
    events: list[tuple[datetime, Event]] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    told: dict[int, frozenset[ReceiptState]] = field(default_factory=dict)
    used_answer_counts: Counter[str] = field(default_factory=Counter)

    @classmethod
    def begin(
        cls,
        flow: Flow,
        context: Context,
        trigger: Triggered = _NOTHING,
        limits: Limits = DEFAULT_LIMITS,
        answers: CallAnswers = NO_ANSWERS,
    ) -> Stage:
        """Start the flow at ``context.now``, and go to its first wait."""
        sprint = engine.start(flow, trigger=trigger, context=context, limits=limits)
        stage = cls(flow, context, limits, answers, context.now, sprint.session)
        stage._settle(sprint)
        return stage

    @property
    def wait(self) -> Wait | None:
        """What the session waits for."""
        return self.session.wait

    @property
    def is_cut(self) -> bool:
        """Whether too many deadlines came for the play to go on with them."""
        return self.deadlines_left_count == 0

    def advance(self, until: datetime) -> None:
        """Move the clock, and meet every deadline on the way."""
        while (
            (wait := self.session.wait) is not None
            and wait.deadline_at <= until
            and not self.is_cut
        ):
            self.deadlines_left_count -= 1
            self.now = max(self.now, wait.deadline_at)
            self._resume(engine.at_deadline(wait.kind))
        self.now = max(self.now, until)

    def answer(self, text: str, payload: str | None, kind: str) -> None:
        """Write down what the person says now, and hand it to the session."""
        node_id = self.session.wait.node_id if self.session.wait else self.session.node_id
        reply = Reply(kind, text, self.now, payload=payload)
        self.said.append(Said(self.now, "contact", reply, node_id or ""))
        self._resume(ReplyReceived(reply))

    def answer_call(self, answer: CallAnswer) -> None:
        """Answer the call that is waited for; nothing happens when none is."""
        wait = self.session.wait
        if wait is not None and wait.kind == "call":
            self._resume(CallAnswered(wait.number, answer))

    def tell(self, state: ReceiptState) -> None:
        """Add a receipt to what is known of the message that is waited for."""
        wait = self.session.wait
        if wait is not None and wait.kind == "delivery":
            states = self.told.get(wait.number, frozenset()) | {state}
            self.told[wait.number] = states
            self._resume(ReceiptsTold(wait.number, states))

    def transcript(self) -> Transcript:
        """All that happened so far."""
        return Transcript(
            self.session,
            tuple(self.said),
            tuple(self.events),
            tuple(self.effects),
            self.now,
            self.is_cut,
            dict(self.used_answer_counts),
        )

    def _resume(self, resume: Resume) -> None:
        """Let the session go on with what happened now."""
        self._settle(self._sprint(resume))

    def _sprint(self, resume: Resume) -> Sprint:
        context = replace(self.context, now=self.now)
        return engine.resume(self.flow, self.session, resume, context=context, limits=self.limits)

    def _settle(self, sprint: Sprint) -> None:
        """Note a sprint, and go on for as long as the calls that it began have recorded answers."""
        self._note(sprint)
        while (wait := self.session.wait) is not None and wait.kind == "call":
            used_count = self.used_answer_counts[wait.node_id]
            recorded = self.answers.get(wait.node_id, ())
            if used_count >= len(recorded):
                return
            self.used_answer_counts[wait.node_id] += 1
            self._note(self._sprint(CallAnswered(wait.number, recorded[used_count])))

    def _note(self, sprint: Sprint) -> None:
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
