"""What sprints did at the nodes of their flows, counted.  Pure.

Theory of operation.  Each session enters a node, and then leaves it by an exit, stands there in a
wait, or ends there.  ``tally`` reads a sprint's events as such steps, so that for every node

    entered = left + waiting + ended + failed

holds by itself, whatever happens.  A walk that breaks off between two nodes (a loop that became too
long) has failed at the node before, and has not left it.  Steps that are the same are one number: a
chunk of 500 people makes a handful of rows.

How long a session stood in a wait is kept as a bucket (``domain.wait_buckets``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from clarion.domain.wait_buckets import NO_WAIT, bucket_of
from clarion.flow.definition import START_NODE_ID
from clarion.flow.session import SessionStatus
from clarion.flow.sprint import ExitLeft, NodeEntered, Sprint

__all__ = ["NodeStep", "Stood", "ended_from_outside", "entered_node", "tally"]


@dataclass(frozen=True, slots=True)
class Stood:
    """Where a session stood before it was resumed, and since when (None: not known)."""

    node_id: str
    began_at: datetime | None


class NodeStep(NamedTuple):
    """One kind of step at one node; campaign and occurrence are 0 where there is none.

    ``kind`` is ``entered``, ``left`` (``way``: the exit), ``ended`` (the status) or ``failed`` (the
    reason).
    """

    flow_version_id: int
    campaign_id: int
    occurrence_id: int
    node_id: str
    kind: str
    way: str = ""
    bucket: int = NO_WAIT


class _Walk(Protocol):
    """What is read of a walk."""

    @property
    def sprint(self) -> Sprint: ...
    @property
    def flow_version_id(self) -> int: ...
    @property
    def campaign_id(self) -> int | None: ...
    @property
    def occurrence_id(self) -> int | None: ...
    @property
    def stood(self) -> Stood | None: ...


def tally(walks: Iterable[_Walk], now: datetime) -> Counter[NodeStep]:
    """How often each step was made in some sprints."""
    counts: Counter[NodeStep] = Counter()
    for walk in walks:
        counts.update(_steps_of(walk, now))
    return counts


def ended_from_outside(
    flow_version_id: int,
    campaign_id: int | None,
    occurrence_id: int | None,
    node_id: str,
    status: str,
) -> NodeStep:
    """The step of a session that somebody ended where it stood."""
    return NodeStep(flow_version_id, campaign_id or 0, occurrence_id or 0, node_id, "ended", status)


def entered_node(
    flow_version_id: int, campaign_id: int | None, occurrence_id: int | None, node_id: str
) -> NodeStep:
    """The step of a session that came to a node."""
    return NodeStep(flow_version_id, campaign_id or 0, occurrence_id or 0, node_id, "entered")


def _steps_of(walk: _Walk, now: datetime) -> list[NodeStep]:
    place = (walk.flow_version_id, walk.campaign_id or 0, walk.occurrence_id or 0)
    stood = walk.stood
    node_id = None if stood is None else stood.node_id
    bucket = NO_WAIT
    if stood is not None and stood.began_at is not None:
        bucket = bucket_of((now - stood.began_at).total_seconds())
    steps: list[NodeStep] = []
    for event in walk.sprint.events:
        kind = type(event)
        if kind is NodeEntered:
            entered: NodeEntered = event  # type: ignore[assignment]
            node_id = entered.node_id
            steps.append(NodeStep(*place, node_id, "entered"))
        elif kind is ExitLeft:
            left: ExitLeft = event  # type: ignore[assignment]
            steps.append(NodeStep(*place, left.node_id, "left", left.exit, bucket))
            node_id, bucket = None, NO_WAIT
    session = walk.sprint.session
    if session.is_open:
        return steps
    if session.status is SessionStatus.FAILED:
        if node_id is None and steps and steps[-1].kind == "left":
            node_id = steps.pop().node_id
        elif node_id is None:  # it failed before it came to the first node
            node_id = START_NODE_ID
            steps.append(NodeStep(*place, node_id, "entered"))
        steps.append(NodeStep(*place, node_id, "failed", session.reason or ""))
    elif node_id is not None:
        steps.append(NodeStep(*place, node_id, "ended", session.status.value))
    return steps
