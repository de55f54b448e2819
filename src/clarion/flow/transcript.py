"""What a play tells: who said what and when, by which way the flow went, what would be written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from clarion.domain.message import Content, Reply
from clarion.flow.session import Session
from clarion.flow.sprint import Effect, Event, ExitLeft, NodeEntered, SendMessage

__all__ = ["Said", "Transcript"]


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

    ``is_cut`` tells that the play was ended for its length.  ``used_answer_counts`` is how many of the
    recorded answers each node's calls took.
    """

    session: Session
    said: tuple[Said, ...]
    events: tuple[tuple[datetime, Event], ...]
    effects: tuple[Effect, ...]
    ended_at: datetime
    is_cut: bool = False
    used_answer_counts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

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
