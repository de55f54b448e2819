"""Insight: what the sessions of a flow do at its nodes.

Theory of operation.  The engine appends what each sprint did (``engine.node_steps``), a fold adds it
up, and a question reads a few hundred rows, however many sessions there were.  For every node

    entered = left + waiting + ended + failed

so the people who wait now are a difference, not a count of their own.  Versions are added up by the
ids of their nodes, unless one of them is asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from clarion.domain.errors import ClarionError
from clarion.domain.wait_buckets import NO_WAIT, median_seconds
from clarion.store.pool import Connection
from clarion.store.queries import Row, load

__all__ = [
    "ExitInsight",
    "FailedSession",
    "FailureInsight",
    "FlowInsight",
    "InsightFilter",
    "NodeInsight",
    "insight_of_flow",
    "node_insights",
    "nodes_from_steps",
]

QUERIES = load("insight")
_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class ExitInsight:
    """One way out of a node: how many left by it, and the median wait before, in seconds."""

    exit: str
    left_count: int
    median_wait_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class FailedSession:
    """One of the last sessions that failed at a node."""

    session_id: int
    contact_id: int
    reason: str | None
    failed_at: datetime | None


@dataclass(frozen=True, slots=True)
class FailureInsight:
    """Why sessions failed at a node, and how many."""

    reason: str
    failed_count: int


@dataclass(frozen=True, slots=True)
class NodeInsight:
    """One node; ``waiting_count`` is what was neither left nor ended.

    ``ended`` counts by status the sessions that ended here without leaving.
    """

    node_id: str
    entered_count: int = 0
    left_count: int = 0
    waiting_count: int = 0
    failed_count: int = 0
    ended: Mapping[str, int] = field(default_factory=dict)
    median_wait_seconds: float | None = None
    exits: tuple[ExitInsight, ...] = ()
    failures: tuple[FailureInsight, ...] = ()
    examples: tuple[FailedSession, ...] = ()

    @property
    def ended_count(self) -> int:
        """All that ended here, except those that failed."""
        return sum(self.ended.values())


@dataclass(frozen=True, slots=True)
class InsightFilter:
    """Which sessions are counted; None: all.

    With ``from_at`` and ``until_at`` (aware) the steps of those whole hours are counted, of all
    sessions of the flow: then nothing is known of waits, and ``waiting_count`` is the change.
    """

    version_number: int | None = None
    campaign_id: int | None = None
    occurrence_id: int | None = None
    from_at: datetime | None = None
    until_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FlowInsight:
    """The nodes at which something happened, of one version or of all of them added up."""

    flow_id: int
    version_number: int | None
    started_count: int
    waiting_count: int
    failed_count: int
    nodes: tuple[NodeInsight, ...]


async def insight_of_flow(
    connection: Connection, workspace_id: int, flow_id: int, wanted: InsightFilter
) -> FlowInsight:
    """What happens at the nodes of a flow.

    Raises ``flow.version_not_found``; ``request.invalid`` for half a stretch of time, or for one
    together with a campaign.
    """
    versions = await QUERIES.fetch(
        connection,
        "versions_of_flow",
        workspace_id=workspace_id,
        flow_id=flow_id,
        number=wanted.version_number,
    )
    if wanted.version_number is not None and not versions:
        raise ClarionError(
            "flow.version_not_found",
            f"There is no version {wanted.version_number} of the flow {flow_id}.",
        )
    version_ids = [row["id"] for row in versions]
    nodes = await _nodes(connection, version_ids, wanted)
    examples = await QUERIES.fetch(
        connection,
        "failed_examples",
        workspace_id=workspace_id,
        flow_version_ids=version_ids,
        node_ids=[node.node_id for node in nodes if node.failed_count],
        campaign_id=wanted.campaign_id or 0,
        occurrence_id=wanted.occurrence_id or 0,
        limit=_EXAMPLES,
    )
    nodes = tuple(replace(node, examples=_examples(node.node_id, examples)) for node in nodes)
    return FlowInsight(
        flow_id,
        wanted.version_number,
        sum(node.entered_count for node in nodes if node.node_id == "start"),
        sum(node.waiting_count for node in nodes),
        sum(node.failed_count for node in nodes),
        nodes,
    )


async def _nodes(
    connection: Connection, version_ids: Sequence[int], wanted: InsightFilter
) -> tuple[NodeInsight, ...]:
    if wanted.from_at is None and wanted.until_at is None:
        return await node_insights(
            connection, version_ids, wanted.campaign_id or 0, wanted.occurrence_id or 0
        )
    if wanted.from_at is None or wanted.until_at is None or wanted.campaign_id is not None:
        raise ClarionError(
            "request.invalid",
            "A stretch of time has a beginning and an end, and is counted for all campaigns.",
        )
    return nodes_from_steps(
        await QUERIES.fetch(
            connection,
            "node_counts_between",
            flow_version_ids=version_ids,
            from_at=wanted.from_at,
            until_at=wanted.until_at,
        )
    )


async def node_insights(
    connection: Connection, version_ids: Sequence[int], campaign_id: int, occurrence_id: int
) -> tuple[NodeInsight, ...]:
    """The nodes of some versions; campaign and occurrence are 0 for all of them."""
    rows = await QUERIES.fetch(
        connection,
        "node_counts",
        flow_version_ids=list(version_ids),
        campaign_id=campaign_id,
        occurrence_id=occurrence_id,
    )
    return nodes_from_steps(rows)


def nodes_from_steps(rows: Iterable[Row]) -> tuple[NodeInsight, ...]:
    """Put steps (node_id, kind, way, bucket, count) together, one entry a node.  Pure."""
    by_node: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_node[row["node_id"]].append(row)
    return tuple(_node(node_id, steps) for node_id, steps in sorted(by_node.items()))


def _node(node_id: str, steps: Sequence[Row]) -> NodeInsight:
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    waits: defaultdict[str, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
    all_waits: defaultdict[int, int] = defaultdict(int)
    for row in steps:
        sums[row["kind"], row["way"]] += row["count"]
        if row["kind"] == "left" and row["bucket"] != NO_WAIT:
            waits[row["way"]][row["bucket"]] += row["count"]
            all_waits[row["bucket"]] += row["count"]

    def of(kind: str) -> dict[str, int]:
        return {way: count for (each, way), count in sums.items() if each == kind}

    entered, left, ended, failed = (of(each) for each in ("entered", "left", "ended", "failed"))
    entered_count, left_count, failed_count = (
        sum(each.values()) for each in (entered, left, failed)
    )
    return NodeInsight(
        node_id,
        entered_count,
        left_count,
        entered_count - left_count - sum(ended.values()) - failed_count,
        failed_count,
        ended,
        median_seconds(all_waits),
        tuple(
            ExitInsight(name, count, median_seconds(waits[name])) for name, count in left.items()
        ),
        tuple(FailureInsight(reason, count) for reason, count in failed.items()),
    )


def _examples(node_id: str, rows: Iterable[Row]) -> tuple[FailedSession, ...]:
    found = [row for row in rows if row["node_id"] == node_id]
    found.sort(key=lambda row: -int(row["session_id"]))
    return tuple(
        FailedSession(row["session_id"], row["contact_id"], row["reason"], row["ended_at"])
        for row in found[:_EXAMPLES]
    )
