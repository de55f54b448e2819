"""Hook: append what sprints did at the nodes of their flows, one row a kind of step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from clarion.engine.node_steps import NodeStep
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["append_node_deltas"]

INSIGHT = load("insight")


async def append_node_deltas(
    connection: Connection, counts: Mapping[NodeStep, int], now: datetime
) -> None:
    """Append the counts of one transaction; ``services.upkeep`` folds them later."""
    if not counts:
        return
    await INSIGHT.execute(
        connection,
        "append_node_deltas",
        flow_version_ids=[step.flow_version_id for step in counts],
        campaign_ids=[step.campaign_id for step in counts],
        occurrence_ids=[step.occurrence_id for step in counts],
        node_ids=[step.node_id for step in counts],
        kinds=[step.kind for step in counts],
        ways=[step.way for step in counts],
        buckets=[step.bucket for step in counts],
        counts=list(counts.values()),
        now=now,
    )
