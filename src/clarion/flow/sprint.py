"""What one start or resume produced: the session, the events, the effects.

Theory of operation.  An *event* is a fact: it happened at the sprint's instant and is only written
down.  An *effect* is a wish: somebody else must carry it out.  Both are small frozen values; their
order is the order of happening.  ``event_to_json`` gives each event's stored form, its ``event``
word first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any, ClassVar, Literal

from clarion.domain.message import Channel, Content
from clarion.flow.calls import CallRequest
from clarion.flow.context import ContactFields
from clarion.flow.session import Session, WaitKind

__all__ = [
    "CallEnded",
    "CallStarted",
    "Effect",
    "Event",
    "ExitLeft",
    "ForwardTo",
    "MessageCreated",
    "NodeEntered",
    "OpenConversation",
    "ReceiptTaken",
    "ReplyKept",
    "ReplyTaken",
    "ResumeIgnored",
    "SendMessage",
    "SessionCompleted",
    "SessionFailed",
    "Sprint",
    "StartCall",
    "UpdateContact",
    "VariableSet",
    "WaitStarted",
    "Warned",
    "event_to_json",
]


@dataclass(frozen=True, slots=True)
class NodeEntered:
    """The walk came to a node."""

    event: ClassVar[str] = "node_entered"
    node_id: str
    kind: str


@dataclass(frozen=True, slots=True)
class ExitLeft:
    """The walk left a node by an exit.  ``to_node_id`` is ``None`` when the exit leads nowhere."""

    event: ClassVar[str] = "exit_left"
    node_id: str
    exit: str
    to_node_id: str | None


@dataclass(frozen=True, slots=True)
class VariableSet:
    """A variable of the session has a new value."""

    event: ClassVar[str] = "variable_set"
    node_id: str
    name: str
    value: Any


@dataclass(frozen=True, slots=True)
class MessageCreated:
    """A message was written; the effect of the same step carries it."""

    event: ClassVar[str] = "message_created"
    node_id: str
    step: int


@dataclass(frozen=True, slots=True)
class WaitStarted:
    """The session stands still until an answer or the deadline."""

    event: ClassVar[str] = "wait_started"
    node_id: str
    kind: WaitKind
    deadline_at: datetime


@dataclass(frozen=True, slots=True)
class ReplyTaken:
    """What the person sent was taken as the answer that the session waited for."""

    event: ClassVar[str] = "reply_taken"
    node_id: str
    kind: str
    text: str
    payload: str | None


@dataclass(frozen=True, slots=True)
class ReplyKept:
    """A reply came while the session waited for something else; the next wait for one takes it."""

    event: ClassVar[str] = "reply_kept"
    node_id: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class CallStarted:
    """The world outside is asked; the effect with the same number carries the request."""

    event: ClassVar[str] = "call_started"
    node_id: str
    number: int
    kind: str


@dataclass(frozen=True, slots=True)
class CallEnded:
    """A call was answered, or failed (``failure`` is a short stable word)."""

    event: ClassVar[str] = "call_ended"
    node_id: str
    number: int
    status: int
    failure: str | None


@dataclass(frozen=True, slots=True)
class ReceiptTaken:
    """A receipt of an earlier message ended the wait for it."""

    event: ClassVar[str] = "receipt_taken"
    node_id: str
    step: int
    state: str


@dataclass(frozen=True, slots=True)
class Warned:
    """Something an author should know; the walk went on."""

    event: ClassVar[str] = "warning"
    node_id: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ResumeIgnored:
    """A resume that fits nothing that the session waits for; the session is unchanged."""

    event: ClassVar[str] = "resume_ignored"
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class SessionCompleted:
    """The walk came to its end.  ``reason`` tells how, when not by an end node."""

    event: ClassVar[str] = "session_completed"
    node_id: str | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class SessionFailed:
    """The walk cannot go on.  ``reason`` is a stable word, ``message`` is for a person."""

    event: ClassVar[str] = "session_failed"
    node_id: str | None
    reason: str
    message: str


Event = (
    NodeEntered
    | ExitLeft
    | VariableSet
    | MessageCreated
    | WaitStarted
    | ReplyTaken
    | ReplyKept
    | CallStarted
    | CallEnded
    | ReceiptTaken
    | Warned
    | ResumeIgnored
    | SessionCompleted
    | SessionFailed
)


@dataclass(frozen=True, slots=True)
class SendMessage:
    """Send this to the contact.

    ``step`` counts the session's messages from 1.  ``senders`` are the names of the senders that
    may be used (a pool); empty means whichever sender the campaign or workspace has.
    """

    step: int
    node_id: str
    channel: Channel
    content: Content
    senders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UpdateContact:
    """Change the contact for good.

    ``None`` leaves a field as it is.  ``attributes`` are set to their values, those in
    ``removed_attributes`` are taken away.  Groups are named; names that the workspace does not have
    change nothing.  ``consent`` is for ``channel``, that of the session.
    """

    node_id: str
    name: str | None = None
    language: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    removed_attributes: tuple[str, ...] = ()
    add_to_groups: tuple[str, ...] = ()
    remove_from_groups: tuple[str, ...] = ()
    consent: Literal["opted_in", "opted_out"] | None = None
    channel: Channel | None = None

    def applied_to(self, contact: ContactFields) -> ContactFields:
        """The contact as flows see it after the change."""
        attributes = {
            name: value
            for name, value in contact.attributes.items()
            if name not in self.removed_attributes
        }
        attributes.update(self.attributes)
        if self.language is not None:
            attributes["language"] = self.language
        name = contact.name if self.name is None else self.name
        groups = tuple(
            dict.fromkeys(
                each
                for each in (*contact.groups, *self.add_to_groups)
                if each not in self.remove_from_groups
            )
        )
        consents = dict(contact.consents)
        if self.consent is not None and self.channel is not None:
            consents[self.channel.value] = self.consent
        return replace(contact, name=name, attributes=attributes, groups=groups, consents=consents)


@dataclass(frozen=True, slots=True)
class OpenConversation:
    """Tell the people of the workspace that somebody waits for one of them.

    ``note`` is what the flow wants them to know first.
    """

    node_id: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ForwardTo:
    """Start the published version of another flow for this contact; always the last effect."""

    node_id: str
    flow_name: str
    inputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StartCall:
    """Ask the world outside, and resume the session with the answer.

    ``number`` counts the calls of the session from 1; ``(session, number)`` is the call's key for
    ever.
    """

    node_id: str
    number: int
    request: CallRequest


Effect = SendMessage | UpdateContact | OpenConversation | ForwardTo | StartCall


@dataclass(frozen=True, slots=True)
class Sprint:
    """What one start or resume produced, in the order of happening."""

    session: Session
    events: tuple[Event, ...]
    effects: tuple[Effect, ...]

    @property
    def messages(self) -> tuple[SendMessage, ...]:
        """The messages among the effects."""
        return tuple(each for each in self.effects if type(each) is SendMessage)

    def contact_after(self, contact: ContactFields) -> ContactFields:
        """The contact as flows see it after this sprint."""
        for each in self.effects:
            if type(each) is UpdateContact:
                contact = each.applied_to(contact)
        return contact

    @property
    def forward(self) -> ForwardTo | None:
        """Where the contact goes on, if this sprint forwards it."""
        last = self.effects[-1] if self.effects else None
        return last if type(last) is ForwardTo else None


def event_to_json(event: Event) -> dict[str, Any]:
    """An event as a plain dict: its word under ``event``, then its fields."""
    data: dict[str, Any] = {"event": event.event}
    for each in fields(event):
        value = getattr(event, each.name)
        data[each.name] = value.isoformat() if isinstance(value, datetime) else value
    return data
