"""What happens at each node of a flow while a campaign runs: the numbers on the canvas.

Theory of operation.  Sessions are counted as they walk (``reports.insight``), messages by the node that
wrote them, in one pass over an index.  Put together by node, they are shown on the version that the
occurrence began; a node of an older version keeps its numbers, under its own id.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from clarion.domain.errors import ClarionError
from clarion.reports.insight import ExitInsight, NodeInsight, node_insights
from clarion.store.pool import Connection
from clarion.store.queries import Row, load

__all__ = ["NodeCounts", "NodesReport", "nodes_from", "nodes_of_campaign", "nodes_of_occurrence"]

INSIGHT = load("insight")
QUERIES = load("nodes")


@dataclass(frozen=True, slots=True)
class NodeCounts:
    """One node.

    Of sessions: ``entered_count`` came here, ``left_count`` went on by one of ``exits``,
    ``waiting_count`` stand here now, ``completed_count``, ``failed_session_count`` and
    ``stopped_count`` ended here; ``median_wait_seconds`` is how long those who went on had waited.
    Of messages that the node wrote: ``message_count`` in all,
    ``queued_count`` not yet gone, ``accepted_count`` taken by the channel, ``failed_count``, and by
    receipts ``sent_count``, ``delivered_count``, ``read_count``.
    """

    node_id: str
    entered_count: int = 0
    left_count: int = 0
    waiting_count: int = 0
    completed_count: int = 0
    failed_session_count: int = 0
    stopped_count: int = 0
    message_count: int = 0
    queued_count: int = 0
    accepted_count: int = 0
    sent_count: int = 0
    delivered_count: int = 0
    read_count: int = 0
    failed_count: int = 0
    median_wait_seconds: float | None = None
    exits: tuple[ExitInsight, ...] = ()


@dataclass(frozen=True, slots=True)
class NodesReport:
    """The numbers, and the version of the flow to show them on.

    ``occurrence_id`` is None for all occurrences of the campaign; ``version_number`` is None when
    nothing was started or published.
    """

    campaign_id: int
    occurrence_id: int | None
    flow_id: int
    version_number: int | None
    nodes: tuple[NodeCounts, ...]


async def nodes_of_occurrence(
    connection: Connection, workspace_id: int, occurrence_id: int
) -> NodesReport:
    """The nodes of one occurrence.  Raises ``occurrence.not_found``."""
    row = await _occurrence(connection, workspace_id, occurrence_id=occurrence_id)
    if row is None:
        raise ClarionError(
            "occurrence.not_found",
            f"There is no occurrence {occurrence_id} in this workspace.",
            occurrence_id=occurrence_id,
        )
    nodes = await _count(connection, workspace_id, row["campaign_id"], occurrence_id)
    return NodesReport(
        row["campaign_id"], occurrence_id, row["flow_id"], row["version_number"], nodes
    )


async def nodes_of_campaign(
    connection: Connection, workspace_id: int, campaign_id: int
) -> NodesReport:
    """The nodes of all occurrences of a campaign.  Raises ``campaign.not_found``."""
    row = await _occurrence(connection, workspace_id, campaign_id=campaign_id)
    row = row or await QUERIES.fetchrow(
        connection, "flow_of_campaign", workspace_id=workspace_id, campaign_id=campaign_id
    )
    if row is None:
        raise ClarionError(
            "campaign.not_found",
            f"There is no campaign {campaign_id} in this workspace.",
            campaign_id=campaign_id,
        )
    nodes = await _count(connection, workspace_id, campaign_id, None)
    return NodesReport(campaign_id, None, row["flow_id"], row["version_number"], nodes)


async def _occurrence(
    connection: Connection,
    workspace_id: int,
    *,
    campaign_id: int | None = None,
    occurrence_id: int | None = None,
) -> Row | None:
    return await QUERIES.fetchrow(
        connection,
        "occurrence_of_nodes",
        workspace_id=workspace_id,
        campaign_id=campaign_id,
        occurrence_id=occurrence_id,
    )


async def _count(
    connection: Connection, workspace_id: int, campaign_id: int, occurrence_id: int | None
) -> tuple[NodeCounts, ...]:
    versions = await INSIGHT.fetch(
        connection,
        "version_ids_of_campaign",
        workspace_id=workspace_id,
        campaign_id=campaign_id,
    )
    version_ids = [row["id"] for row in versions]
    sessions = await node_insights(connection, version_ids, campaign_id, occurrence_id or 0)
    messages = await QUERIES.fetch(
        connection, "message_counts", campaign_id=campaign_id, occurrence_id=occurrence_id
    )
    return nodes_from([*(_row_of(each) for each in sessions), *messages])


def _row_of(node: NodeInsight) -> Row:
    """An insight in the names of ``NodeCounts``."""
    return {
        "node_id": node.node_id,
        "entered_count": node.entered_count,
        "left_count": node.left_count,
        "waiting_count": node.waiting_count,
        "completed_count": node.ended.get("completed", 0),
        "failed_session_count": node.failed_count,
        "stopped_count": node.ended_count - node.ended.get("completed", 0),
        "median_wait_seconds": node.median_wait_seconds,
        "exits": node.exits,
    }


def nodes_from(rows: Iterable[Row]) -> tuple[NodeCounts, ...]:
    """Put rows of several counts together, one entry a node, in the order of their ids."""
    names = {each.name for each in fields(NodeCounts)} - {"node_id"}
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row["node_id"] is not None:
            counts = found.setdefault(row["node_id"], {})
            counts |= {name: row[name] for name in names if name in row}
    return tuple(NodeCounts(node_id, **counts) for node_id, counts in sorted(found.items()))
