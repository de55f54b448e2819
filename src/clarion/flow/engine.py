"""The flow engine: start a session, resume it; each call returns a sprint.

Theory of operation.  A sprint walks from node to node until one stays (a wait), finishes, or
fails.  The session that comes in is never changed; a new one comes out.  Nothing raises: whatever
goes wrong on the way is a session that ended as ``failed`` with a reason, and a resume that fits
nothing is a sprint with the same session and one ``ResumeIgnored``.  So a resume may be delivered
twice, late, or to the wrong wait, and does no harm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from clarion.domain.errors import FieldError
from clarion.domain.message import Channel, Reply
from clarion.flow.context import ALIASES, MISSING, RESERVED_NAMES, Context, lookup
from clarion.flow.definition import START_NODE_ID, Flow
from clarion.flow.limits import DEFAULT_LIMITS, Limits
from clarion.flow.nodes import NODE_KINDS
from clarion.flow.nodes.kind import (
    NO_SENDER,
    CallAnswered,
    Finish,
    GoTo,
    Leave,
    Node,
    NodeKind,
    ReceiptsTold,
    ReplyReceived,
    Result,
    Resume,
    Stay,
    TimedOut,
    Woken,
)
from clarion.flow.session import KeptReply, Session, SessionStatus, Wait, WaitKind
from clarion.flow.sprint import (
    CallEnded,
    ExitLeft,
    NodeEntered,
    ReplyKept,
    ResumeIgnored,
    SessionCompleted,
    SessionFailed,
    Sprint,
    WaitStarted,
)
from clarion.flow.state import NodeFailed, State

__all__ = [
    "CallAnswered",
    "ReceiptsTold",
    "ReplyReceived",
    "Resume",
    "TimedOut",
    "Triggered",
    "Woken",
    "at_deadline",
    "check_inputs",
    "resume",
    "start",
]


@dataclass(frozen=True, slots=True)
class Triggered:
    """What started a session: the values of the declared inputs, and the message, if one did.

    ``facts`` is what the trigger knows by itself (names of ``context.EXTRA_NAMES``); the session
    keeps them beside its inputs.
    A session that goes on where another flow handed the contact on has that one's ``forward_count``
    plus one, and its ``step_count``: the steps of a contact's messages are counted through.
    """

    inputs: Mapping[str, Any] = field(default_factory=dict)
    reply: Reply | None = None
    forward_count: int = 0
    step_count: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)


_NO_NOTES: Mapping[str, Any] = MappingProxyType({})
_NEW = Session(SessionStatus.ACTIVE)
_RESUMES_OF_WAIT: Mapping[WaitKind, tuple[type, ...]] = {
    "reply": (ReplyReceived, TimedOut),
    "delay": (Woken,),
    "call": (CallAnswered, TimedOut),
    "delivery": (ReceiptsTold, TimedOut),
}
# While a session waits for these, what a person writes is kept for the next wait for a reply.
_WAITS_THAT_KEEP = frozenset(("call", "delivery"))
_MAX_KEPT_REPLIES = 10
_MAX_KEPT_CHARS = 4096
_RESUMES_OF_TIME = (TimedOut, Woken)


def check_inputs(flow: Flow, inputs: Mapping[str, Any]) -> tuple[FieldError, ...]:
    """What is wrong with the inputs for a flow: missing ones and ones that it does not declare."""
    declared = {each.name: each for each in flow.trigger.inputs}
    missing = (
        FieldError(f"inputs.{name}", "missing", f"The flow needs the input `{name}`.")
        for name, each in declared.items()
        if each.is_required and each.default is None and name not in {*inputs, *ALIASES}
    )
    unknown = (
        FieldError(f"inputs.{name}", "unknown", f"The flow declares no input `{name}`.")
        for name in inputs
        if name not in declared
    )
    return (*missing, *unknown)


def start(
    flow: Flow, *, trigger: Triggered, context: Context, limits: Limits = DEFAULT_LIMITS
) -> Sprint:
    """Begin a session.  Inputs that the flow does not declare are ignored, with a warning."""
    state = State(_NEW, context, limits)
    state.sprint_count = 1
    state.started_at = context.now
    state.forward_count = trigger.forward_count
    state.step_count = trigger.step_count
    state.node_id = START_NODE_ID
    try:
        _take_inputs(flow, trigger, state)
        if trigger.reply is not None:
            state.take_reply(trigger.reply)
    except NodeFailed as failed:
        return _fail(state, failed.reason, failed.message)
    return _walk(flow, state, START_NODE_ID)


def at_deadline(kind: WaitKind) -> Resume:
    """What happens when the deadline of such a wait is reached."""
    return Woken() if kind == "delay" else TimedOut()


def resume(
    flow: Flow,
    session: Session,
    resume: Resume,
    *,
    context: Context,
    limits: Limits = DEFAULT_LIMITS,
) -> Sprint:
    """Continue a waiting session with what happened."""
    wait = session.wait
    if session.status is not SessionStatus.WAITING or wait is None:
        return _ignore(session, "not_waiting", f"The session is {session.status.value}.")
    if isinstance(resume, ReplyReceived) and wait.kind in _WAITS_THAT_KEEP:
        return _keep(session, wait, resume)
    if (misfit := _misfit(wait, resume, context)) is not None:
        return _ignore(session, *misfit)
    state = State(session, context, limits)
    state.sprint_count += 1
    state.node_id = wait.node_id
    if state.sprint_count > limits.max_sprints:
        return _fail(
            state, "too_many_sprints", f"A session has at most {limits.max_sprints} sprints."
        )
    if state.started_at is not None and context.now - state.started_at > timedelta(
        days=limits.max_session_days
    ):
        return _fail(
            state, "session_too_old", f"A session lives {limits.max_session_days} days at most."
        )
    node = flow.nodes_by_id.get(wait.node_id)
    kind = None if node is None else NODE_KINDS.get(node.kind)
    if node is None or kind is None or kind.resume is None:
        return _fail(
            state, "node_missing", f"This version has no node `{wait.node_id}` that waits."
        )
    if isinstance(resume, CallAnswered):
        answer = resume.answer
        state.events.append(CallEnded(node.id, resume.number, answer.status, answer.failure))
    try:
        result = kind.resume(node, state, resume)
    except NodeFailed as failed:
        return _fail(state, failed.reason, failed.message)
    if isinstance(result, Stay) and result.wait == wait and not state.effects:
        return _ignore(session, "nothing_new", "What happened does not end the wait.")
    return _go_on(flow, state, node, result)


def _misfit(wait: Wait, resume: Resume, context: Context) -> tuple[str, str] | None:
    """Why what happened does not end the wait: a code and a sentence; ``None`` when it fits."""
    if not isinstance(resume, _RESUMES_OF_WAIT[wait.kind]):
        what = type(resume).__name__
        return ("other_wait", f"{what} does not end a wait for a {wait.kind}.")
    if isinstance(resume, _RESUMES_OF_TIME) and context.now < wait.deadline_at:
        # The reminder of an earlier wait of the same session: this one has more time.
        return ("too_early", "The deadline of the wait is not reached.")
    if isinstance(resume, CallAnswered) and resume.number != wait.number:
        return ("other_call", "The session waits for another call.")
    if isinstance(resume, ReceiptsTold) and resume.step != wait.number:
        return ("other_message", "The session waits for another message.")
    return None


def _keep(session: Session, wait: Wait, received: ReplyReceived) -> Sprint:
    """Keep a reply that came in the middle of something else."""
    reply = received.reply
    if len(session.kept_replies) >= _MAX_KEPT_REPLIES:
        return _ignore(session, "too_many_replies", "Too many messages came in the meantime.")
    short = replace(reply, text=reply.text[:_MAX_KEPT_CHARS], media={})
    kept = (*session.kept_replies, KeptReply(short, session.step_count))
    event = ReplyKept(wait.node_id, reply.kind, short.text)
    return Sprint(replace(session, kept_replies=kept), (event,), ())


def _take_inputs(flow: Flow, trigger: Triggered, state: State) -> None:
    for name, value in trigger.facts.items():
        state.set_variable(name, value)
    given = trigger.inputs
    declared = flow.trigger.inputs
    if not given and not declared:
        return
    for each in declared:
        value = given.get(each.name, each.default)
        if value is None:
            # The contact or the campaign may give it by the same name, now and later.
            if lookup((each.name,), {}, state.context) not in (None, MISSING):
                continue
            if each.is_required:
                raise NodeFailed("input_missing", f"The input `{each.name}` is missing.")
        state.set_variable(each.name, value)
    names = {each.name for each in declared}
    for name in given:
        if name not in names and name not in RESERVED_NAMES:
            state.warn("input_unknown", f"The flow declares no input `{name}`.")


def _walk(flow: Flow, state: State, node_id: str) -> Sprint:
    """From a node until the sprint ends."""
    nodes_by_id = flow.nodes_by_id
    events = state.events
    left_count = state.limits.max_nodes
    next_id: str | None = node_id
    while next_id is not None:
        node = nodes_by_id.get(next_id)
        if node is None:
            return _fail(state, "node_missing", f"There is no node `{next_id}`.")
        if left_count == 0:
            return _fail(
                state,
                "too_many_nodes",
                f"A sprint enters at most {state.limits.max_nodes} nodes; is there a loop?",
            )
        left_count -= 1
        state.node_id = next_id
        events.append(NodeEntered(next_id, node.kind))
        kind = NODE_KINDS[node.kind]
        if (channel := _unserved(kind, node, state.context)) is not None:
            state.warn("no_sender_of_channel", f"There is no sender of the channel {channel}.")
            if NO_SENDER.name not in node.exits:
                return _complete(state, "no_sender_of_channel")
            next_id = node.exits[NO_SENDER.name]
            events.append(ExitLeft(node.id, NO_SENDER.name, next_id))
            continue
        try:
            result = kind.run(node, state)
        except NodeFailed as failed:
            return _fail(state, failed.reason, failed.message)
        if type(result) is Leave:
            next_id = node.exits.get(result.exit)
            events.append(ExitLeft(node.id, result.exit, next_id))
        elif type(result) is GoTo:
            next_id = result.node_id
            events.append(ExitLeft(node.id, "jump", next_id))
        elif type(result) is Stay:
            return _stay(state, result.wait)
        elif type(result) is Finish:
            return _complete(state, result.reason)
    return _complete(state)


def _unserved(kind: NodeKind[Any], node: Node[Any], context: Context) -> Channel | None:
    """The channel that a node needs and that the workspace has no sender of."""
    if context.channels is None:
        return None
    channel = kind.channel_of(node.config)
    return None if channel is None or channel in context.channels else channel


def _go_on(flow: Flow, state: State, node: Node[Any], result: Result) -> Sprint:
    """After a wait: leave its node, or keep waiting."""
    if isinstance(result, Stay):
        return _stay(state, result.wait)
    if isinstance(result, Leave):
        next_id, name = node.exits.get(result.exit), result.exit
    elif isinstance(result, GoTo):
        next_id, name = result.node_id, "jump"
    else:
        return _complete(state, result.reason)
    state.events.append(ExitLeft(node.id, name, next_id))
    return _complete(state) if next_id is None else _walk(flow, state, next_id)


def _sprint(
    state: State, status: SessionStatus, wait: Wait | None = None, reason: str | None = None
) -> Sprint:
    session = Session(
        status,
        state.node_id,
        state.variables,
        state.step_count,
        state.sprint_count,
        state.jump_counts,
        wait,
        reason,
        state.forward_count,
        state.call_count,
        # Whoever ends needs nothing any more.
        state.kept_replies if wait is not None else (),
        state.notes if wait is not None else _NO_NOTES,
        state.message_steps if wait is not None else _NO_NOTES,
        state.started_at,
    )
    return Sprint(session, tuple(state.events), tuple(state.effects))


def _stay(state: State, wait: Wait) -> Sprint:
    if state.is_opted_out and wait.kind != "call":
        # Nobody waits for a person who has just opted out: nothing more could be said.
        return _complete(state, "opted_out")
    state.events.append(WaitStarted(wait.node_id, wait.kind, wait.deadline_at))
    return _sprint(state, SessionStatus.WAITING, wait)


def _complete(state: State, reason: str | None = None) -> Sprint:
    state.events.append(SessionCompleted(state.node_id, reason))
    return _sprint(state, SessionStatus.COMPLETED, None, reason)


def _fail(state: State, reason: str, message: str) -> Sprint:
    state.events.append(SessionFailed(state.node_id, reason, message))
    return _sprint(state, SessionStatus.FAILED, None, reason)


def _ignore(session: Session, code: str, message: str) -> Sprint:
    return Sprint(session, (ResumeIgnored(code, message),), ())
