"""A session: one contact's walk through one version of a flow.

Theory of operation.  A session is a value.  The engine makes a new one in each sprint; storing it
is storing ``to_json()``.  What is kept is what the next sprint needs, nothing else: events are
stored apart, and what a wait accepts stands in the flow's version, which never changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal

from clarion.domain.message import Channel, Reply

__all__ = ["OPEN_STATUSES", "KeptReply", "Session", "SessionStatus", "Wait", "WaitKind"]

_EMPTY: Mapping[str, Any] = MappingProxyType({})


class SessionStatus(StrEnum):
    """Where a session is."""

    ACTIVE = "active"  # inside a sprint; never stored by one
    WAITING = "waiting"
    COMPLETED = "completed"
    FAILED = "failed"
    SUPERSEDED = "superseded"  # a newer session of the same flow took its place
    STOPPED = "stopped"  # by a person, an opt-out or the end of the campaign


OPEN_STATUSES = frozenset((SessionStatus.ACTIVE, SessionStatus.WAITING))

WaitKind = Literal["reply", "delay", "call", "delivery"]


@dataclass(frozen=True, slots=True)
class Wait:
    """Where a session stands until somebody answers or ``deadline_at`` (aware) is reached.

    ``channel`` is where an answer is expected; ``None`` for a delay.  ``retry_count`` is how often
    the person was asked again because the answer did not fit.  ``number`` says which call (by its
    number) or which message (by its step) is waited for.
    """

    kind: WaitKind
    node_id: str
    deadline_at: datetime
    channel: Channel | None = None
    retry_count: int = 0
    number: int = 0


@dataclass(frozen=True, slots=True)
class KeptReply:
    """What a person sent while the session waited for something else than a reply.

    The next wait for a reply takes it, unless the flow has said something since: ``step_count`` is
    the session's when it came.
    """

    reply: Reply
    step_count: int


@dataclass(frozen=True, slots=True)
class Session:
    """One contact's walk.

    ``node_id`` is the node that was entered last.  ``step_count`` is the number of messages so far:
    the n-th message has the step n, and ``(session, step)`` is its key for ever.  ``forward_count``
    is how many flows handed the contact on before this session began; it goes on with their count
    of messages.  ``call_count`` numbers the calls, ``notes`` is what a node remembers from sprint to
    sprint, by the node's id, ``message_steps`` the step of the latest message of each node.  ``reason`` is a short stable word, set when the session failed, was stopped or
    superseded, and when it was completed in another way than by an end.
    """

    status: SessionStatus
    node_id: str | None = None
    variables: Mapping[str, Any] = field(default_factory=lambda: _EMPTY)
    step_count: int = 0
    sprint_count: int = 0
    jump_counts: Mapping[str, int] = field(default_factory=lambda: _EMPTY)
    wait: Wait | None = None
    reason: str | None = None
    forward_count: int = 0
    call_count: int = 0
    kept_replies: tuple[KeptReply, ...] = ()
    notes: Mapping[str, Any] = field(default_factory=lambda: _EMPTY)
    message_steps: Mapping[str, int] = field(default_factory=lambda: _EMPTY)
    started_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether the session may still go on."""
        return self.status in OPEN_STATUSES

    def ended(self, status: SessionStatus, reason: str) -> Session:
        """The session, ended from outside (superseded, stopped, failed); unchanged if it is over."""
        if not self.is_open:
            return self
        return replace(self, status=status, reason=reason, wait=None)

    def to_json(self) -> dict[str, Any]:
        """A plain dict for a JSON column; empty parts are left out."""
        data: dict[str, Any] = {"status": self.status.value, "node": self.node_id}
        data["sprints"] = self.sprint_count
        for name, value in (
            ("variables", self.variables),
            ("steps", self.step_count),
            ("jumps", self.jump_counts),
            ("reason", self.reason),
            ("forwards", self.forward_count),
            ("calls", self.call_count),
            ("notes", self.notes),
            ("sent", self.message_steps),
        ):
            if value:
                data[name] = value
        if self.started_at is not None:
            data["started_at"] = self.started_at.isoformat()
        if self.wait is not None:
            data["wait"] = _wait_to_json(self.wait)
        if self.kept_replies:
            data["kept"] = [_kept_to_json(each) for each in self.kept_replies]
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Session:
        """What ``to_json`` wrote; ``KeyError`` or ``ValueError`` for anything else."""
        wait = data.get("wait")
        return cls(
            status=SessionStatus(data["status"]),
            node_id=data["node"],
            variables=data.get("variables", _EMPTY),
            step_count=data.get("steps", 0),
            sprint_count=data["sprints"],
            jump_counts=data.get("jumps", _EMPTY),
            wait=None
            if wait is None
            else Wait(
                kind=wait["kind"],
                node_id=wait["node"],
                deadline_at=datetime.fromisoformat(wait["deadline_at"]),
                channel=Channel(wait["channel"]) if "channel" in wait else None,
                retry_count=wait.get("retries", 0),
                number=wait.get("number", 0),
            ),
            reason=data.get("reason"),
            forward_count=data.get("forwards", 0),
            call_count=data.get("calls", 0),
            kept_replies=tuple(_kept_from_json(each) for each in data.get("kept", ())),
            notes=data.get("notes", _EMPTY),
            message_steps=data.get("sent", _EMPTY),
            started_at=datetime.fromisoformat(data["started_at"]) if "started_at" in data else None,
        )


def _wait_to_json(wait: Wait) -> dict[str, Any]:
    data: dict[str, Any] = {
        "kind": wait.kind,
        "node": wait.node_id,
        "deadline_at": wait.deadline_at.isoformat(),
    }
    for name, value in (
        ("channel", wait.channel and wait.channel.value),
        ("retries", wait.retry_count),
        ("number", wait.number),
    ):
        if value:
            data[name] = value
    return data


def _kept_to_json(kept: KeptReply) -> dict[str, Any]:
    reply = kept.reply
    return {
        "kind": reply.kind,
        "text": reply.text,
        "at": reply.at.isoformat(),
        "payload": reply.payload,
        "steps": kept.step_count,
    }


def _kept_from_json(data: Mapping[str, Any]) -> KeptReply:
    at = datetime.fromisoformat(data["at"])
    return KeptReply(Reply(data["kind"], data["text"], at, data["payload"]), data["steps"])
