"""The working copy of a session during one sprint: all that a node may do.

Theory of operation.  A node's ``run`` gets its node and this state.  It reads (``render``,
``value_of``), notes what happens (``set_variable``, ``send``, ``warn``) and says how to go on by
returning a result.  A node that cannot go on raises ``NodeFailed``; the engine turns that into a
failed session.  ``NodeFailed`` never leaves the engine.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from clarion.domain.message import Channel, Content, Reply
from clarion.flow.calls import CallRequest, call_kind
from clarion.flow.context import MISSING, Context, Path, lookup
from clarion.flow.expressions import Expression, ExpressionError
from clarion.flow.limits import Limits
from clarion.flow.session import Session, Wait
from clarion.flow.sprint import (
    CallStarted,
    Effect,
    Event,
    MessageCreated,
    ReplyTaken,
    SendMessage,
    StartCall,
    UpdateContact,
    VariableSet,
    Warned,
)

__all__ = ["NodeFailed", "State"]

# CAMS calls an answer from a list `interactive`; its other kinds have our names.
_INCOMING_TYPES = {"list": "interactive"}
_MAX_WARNINGS = 100
_MAX_PAYLOAD_CHARS = 512
_MAX_DEPTH = 8
_MAX_INTEGER_BITS = 256
# How long a call may take beyond its own time limit: workers restart, an attempt is repeated.
CALL_PATIENCE = timedelta(minutes=15)


class NodeFailed(Exception):  # noqa: N818 - the word of the session's status
    """A node cannot go on: a stable ``reason`` and a sentence for a person."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


class State:
    """A session being walked.  Lives for one sprint and is seen by one thread."""

    __slots__ = (
        "_warning_count",
        "call_count",
        "context",
        "effects",
        "events",
        "forward_count",
        "is_opted_out",
        "jump_counts",
        "kept_replies",
        "limits",
        "message_steps",
        "node_id",
        "notes",
        "sprint_count",
        "started_at",
        "step_count",
        "variables",
        "wait",
    )

    def __init__(self, session: Session, context: Context, limits: Limits) -> None:
        self.context = context
        self.limits = limits
        self.events: list[Event] = []
        self.effects: list[Effect] = []
        self.variables: dict[str, Any] = dict(session.variables)
        self.jump_counts: dict[str, int] = dict(session.jump_counts)
        self.step_count = session.step_count
        self.started_at = session.started_at
        self.sprint_count = session.sprint_count
        self.node_id = session.node_id or ""
        self.forward_count = session.forward_count
        self.call_count = session.call_count
        self.kept_replies = session.kept_replies
        self.notes: Mapping[str, Any] = session.notes
        self.message_steps: dict[str, int] = dict(session.message_steps)
        self.wait = session.wait
        self.is_opted_out = False
        self._warning_count = 0

    def render(self, expression: Expression) -> str:
        """The finished text; unknown names become nothing, with a warning."""
        missing: list[Path] = []
        try:
            text = expression.render(self.variables, self.context, missing)
        except ExpressionError as error:
            raise NodeFailed(
                "expression_failed", f"`{expression.source}` failed: {error}"
            ) from error
        for path in missing:
            self.warn("variable_undefined", f"Nothing is known as `{'.'.join(path)}`.")
        if len(text) > self.limits.max_text_chars:
            raise NodeFailed(
                "text_too_long",
                f"A text came out with {len(text)} characters; "
                f"{self.limits.max_text_chars} are allowed.",
            )
        return text

    def value_of(self, path: Path) -> Any:
        """The value at a path; ``None`` with a warning when nobody knows the name."""
        value = lookup(path, self.variables, self.context)
        if value is MISSING:
            self.warn("variable_undefined", f"Nothing is known as `{'.'.join(path)}`.")
            return None
        return value

    def set_variable(self, name: str, value: Any) -> None:
        """Set a variable of the session, within the limits of number and size."""
        limits = self.limits
        if name not in self.variables and len(self.variables) >= limits.max_variables:
            raise NodeFailed(
                "too_many_variables", f"A session has at most {limits.max_variables} variables."
            )
        size = _size_of(value, name)
        if size > limits.max_value_chars:
            raise NodeFailed(
                "variable_too_long",
                f"`{name}` would have {size} characters; {limits.max_value_chars} are allowed.",
            )
        self.variables[name] = value
        if sum(_size_of(each, key) for key, each in self.variables.items()) > (
            limits.max_variables_chars
        ):
            raise NodeFailed(
                "variables_too_large",
                f"All variables together have more than {limits.max_variables_chars} characters.",
            )
        self.events.append(VariableSet(self.node_id, name, value))

    def take_reply(self, reply: Reply) -> None:
        """Note what the person sent: ``reply`` is the latest, ``incomingMessage`` the first."""
        text = reply.text[: self.limits.max_value_chars]
        payload = None if reply.payload is None else reply.payload[:_MAX_PAYLOAD_CHARS]
        self.events.append(ReplyTaken(self.node_id, reply.kind, text, payload))
        said: dict[str, Any] = {"kind": reply.kind, "text": text, "payload": payload}
        if reply.kind == "form":
            said["form"] = _form_of(reply.payload, self.limits.max_value_chars)
        elif reply.kind == "location" and (place := _place_of(reply.media)):
            said["location"] = place
        self.variables["reply"] = said
        if "incomingMessage" not in self.variables:
            self.variables["incomingMessage"] = text
            self.variables["incomingMessageType"] = _INCOMING_TYPES.get(reply.kind, reply.kind)

    def send(self, channel: Channel, content: Content, senders: tuple[str, ...] = ()) -> None:
        """Write a message; it gets the session's next step."""
        self.step_count += 1
        self.message_steps[self.node_id] = self.step_count
        self.effects.append(SendMessage(self.step_count, self.node_id, channel, content, senders))
        self.events.append(MessageCreated(self.node_id, self.step_count))

    def start_call(self, request: CallRequest) -> Wait:
        """Ask the world outside; the wait for the answer."""
        self.call_count += 1
        self.effects.append(StartCall(self.node_id, self.call_count, request))
        self.events.append(CallStarted(self.node_id, self.call_count, call_kind(request)))
        patience = timedelta(seconds=request.timeout_seconds) + CALL_PATIENCE
        deadline_at = self.context.now + patience
        return Wait("call", self.node_id, deadline_at, number=self.call_count)

    def next_kept_reply(self) -> Reply | None:
        """The oldest reply that came while the session waited for something else.

        Those that came before the flow's latest message answer an earlier one and are dropped.
        """
        while self.kept_replies:
            kept, *rest = self.kept_replies
            self.kept_replies = tuple(rest)
            if kept.step_count == self.step_count:
                return kept.reply
        return None

    def remember(self, note: Any) -> None:
        """Keep a note of the node for its next sprint; ``None`` forgets it."""
        self.notes = {key: each for key, each in self.notes.items() if key != self.node_id}
        if note is not None:
            self.notes[self.node_id] = note

    @property
    def note(self) -> Any:
        """What the node remembered; ``None`` if nothing."""
        return self.notes.get(self.node_id)

    def update_contact(self, change: UpdateContact) -> None:
        """Change the contact; the nodes that follow see it changed."""
        self.effects.append(change)
        contact = change.applied_to(self.context.contact)
        self.context = replace(self.context, contact=contact)
        if change.consent is not None:
            self.is_opted_out = change.consent == "opted_out"

    def warn(self, code: str, message: str) -> None:
        """Tell the author something; the walk goes on."""
        self._warning_count += 1
        if self._warning_count <= _MAX_WARNINGS:
            self.events.append(Warned(self.node_id, code, message))


def _form_of(payload: str | None, max_chars: int) -> Mapping[str, Any]:
    """What was filled in, by the names of the form; empty when it cannot be read or kept."""
    try:
        form = json.loads(payload or "{}")
        if not isinstance(form, dict) or _size_of(form, "reply.form") > max_chars:
            return {}
    except (ValueError, RecursionError, NodeFailed):
        return {}
    return {name: value for name, value in form.items() if name != "flow_token"}


def _place_of(media: Mapping[str, Any]) -> Mapping[str, float]:
    """Latitude and longitude in degrees, as far as they were sent."""
    degrees = {name: media.get(name) for name in ("latitude", "longitude")}
    return {name: value for name, value in degrees.items() if isinstance(value, int | float)}


def _size_of(value: Any, name: str, depth: int = 0) -> int:
    """How many characters a value has, all its parts counted; refuses what is not JSON."""
    if isinstance(value, str):
        return len(value)
    if value is None or isinstance(value, bool | float):
        return 1
    if isinstance(value, int) and value.bit_length() <= _MAX_INTEGER_BITS:
        return 1 + value.bit_length() // 3
    if depth < _MAX_DEPTH:
        if isinstance(value, Mapping):
            return sum(
                len(str(key)) + _size_of(each, name, depth + 1) for key, each in value.items()
            )
        if isinstance(value, list | tuple):
            return sum(1 + _size_of(each, name, depth + 1) for each in value)
    raise NodeFailed("variable_not_json", f"`{name}` is no JSON value, or nested too deep.")
