"""What a node kind is: the contract that each module of this folder fulfils.

Theory of operation.  A kind is one constant, ``KIND``, of one module, and one row of the table in
``nodes/__init__.py``.  Its config is a pydantic model: it is the JSON Schema, the check of each
field, and (texts being compiled when it is read) the form that runs.  ``run`` takes a node and the
state and returns how to go on: ``Leave`` by an exit, ``Stay`` at a wait, ``GoTo`` another node, or
``Finish``.  A kind that stays also has ``resume``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Generic, Literal, TypeVar

from clarion.domain.message import Channel, ReceiptState, Reply
from clarion.flow.calls import CallAnswer
from clarion.flow.nodes.config import Config
from clarion.flow.session import Wait
from clarion.flow.state import State

__all__ = [
    "NEXT",
    "NEXT_ONLY",
    "NO_SENDER",
    "NO_SENDER_MEANING",
    "SEND_EXITS",
    "SEND_EXIT_MEANINGS",
    "CallAnswered",
    "Exit",
    "Finish",
    "GoTo",
    "Leave",
    "Node",
    "NodeKind",
    "ReceiptsTold",
    "ReplyReceived",
    "Result",
    "Resume",
    "Stay",
    "TimedOut",
    "Woken",
]

C = TypeVar("C", bound=Config)


@dataclass(frozen=True, slots=True)
class Node(Generic[C]):
    """A step of a flow.  ``exits`` maps the names of exits to node ids."""

    id: str
    kind: str
    config: C
    exits: Mapping[str, str] = field(default_factory=dict)
    label: str = ""
    position: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class ReplyReceived:
    """The person sent something on the channel of the wait."""

    reply: Reply


@dataclass(frozen=True, slots=True)
class TimedOut:
    """The deadline of a wait for a reply has passed."""


@dataclass(frozen=True, slots=True)
class Woken:
    """A delay is over."""


@dataclass(frozen=True, slots=True)
class CallAnswered:
    """The call with this number was answered, or failed for good."""

    number: int
    answer: CallAnswer


@dataclass(frozen=True, slots=True)
class ReceiptsTold:
    """What is known of the message with this step: all states that receipts have told so far."""

    step: int
    states: frozenset[ReceiptState]


Resume = ReplyReceived | TimedOut | Woken | CallAnswered | ReceiptsTold


@dataclass(frozen=True, slots=True)
class Leave:
    """Go on by this exit."""

    exit: str


@dataclass(frozen=True, slots=True)
class GoTo:
    """Go on at this node, whatever the exits say."""

    node_id: str


@dataclass(frozen=True, slots=True)
class Stay:
    """End the sprint here and wait."""

    wait: Wait


@dataclass(frozen=True, slots=True)
class Finish:
    """The session is complete.  ``reason`` tells how, when not by an end node."""

    reason: str | None = None


Result = Leave | GoTo | Stay | Finish
NEXT = Leave("next")


@dataclass(frozen=True, slots=True)
class Exit:
    """A way out of a node.

    A required exit that leads nowhere is an error, another one a warning: the session ends there.
    ``is_after_reply`` says that the person has just written, so that free text may be sent.
    ``is_missed`` is false for one that is nothing to warn of: whoever needs it is told elsewhere.
    """

    name: str
    is_required: bool = True
    is_after_reply: bool = False
    is_missed: bool = True


NEXT_ONLY = (Exit("next"),)
NO_SENDER = Exit("no_sender", is_required=False, is_missed=False)
NO_SENDER_MEANING = (
    "The workspace has no sender of this channel. Without this way the session ends here, with the "
    "reason `no_sender_of_channel`."
)

SEND_EXITS = (Exit("next"), NO_SENDER)
SEND_EXIT_MEANINGS = MappingProxyType(
    {"next": "The message is written.", "no_sender": NO_SENDER_MEANING}
)


@dataclass(frozen=True, slots=True)
class NodeKind(Generic[C]):
    """One row of the table of node kinds.

    ``summary`` is Markdown for the reference; ``exit_meanings`` tells each exit (or family of
    exits); ``example`` is a node of this kind, as JSON.  ``sends`` says whether the kind sends, and
    whether it needs an open conversation; ``waits`` whether a sprint ends here, which makes a loop
    through it harmless.  ``is_comment`` marks what stands on the canvas only and is
    never run.  ``channel_of`` names the channel without whose senders the node cannot be run; the
    session leaves by ``no_sender`` then.  ``writes`` names the variables that the node sets, ``targets`` the nodes
    to which it may go without an exit, ``secrets`` the secrets of the workspace that it names.
    """

    name: str
    title: str
    summary: str
    config: type[C]
    run: Callable[[Node[C], State], Result]
    example: Mapping[str, Any]
    exits: Callable[[C], Sequence[Exit]] = lambda _config: NEXT_ONLY
    exit_meanings: Mapping[str, str] = field(default_factory=lambda: {"next": "Always."})
    resume: Callable[[Node[C], State, Resume], Result] | None = None
    sends: Literal["template", "free_form"] | None = None
    waits: bool = False
    is_comment: bool = False
    channel_of: Callable[[C], Channel | None] = lambda _config: None
    writes: Callable[[C], Sequence[str]] = lambda _config: ()
    targets: Callable[[C], Sequence[str]] = lambda _config: ()
    secrets: Callable[[C], Sequence[str]] = lambda _config: ()
