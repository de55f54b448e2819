"""A judge of insight: the numbers at the nodes must be what the sessions say."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import Any

from clarion.reports.insight import node_insights
from clarion.store.pool import Pool, transaction


async def judge_insight(pool: Pool) -> dict[str, Any]:
    """The nodes of all versions by id, after comparing them with the table of sessions."""
    async with transaction(pool) as connection:
        rows = await connection.fetch(
            "SELECT flow_version_id, status, state->>'node' AS node_id, count(*) AS n"
            " FROM sessions GROUP BY 1, 2, 3"
        )
        version_ids = [row["id"] for row in await connection.fetch("SELECT id FROM flow_versions")]
        nodes = {each.node_id: each for each in await node_insights(connection, version_ids, 0, 0)}
        by_version = {each: await node_insights(connection, [each], 0, 0) for each in version_ids}
    stored: Counter[tuple[str, str]] = Counter()
    for row in rows:
        stored[row["status"], row["node_id"]] += row["n"]
    waiting_of = {
        (row["flow_version_id"], row["node_id"]): row["n"]
        for row in rows
        if row["status"] == "waiting"
    }
    for each in nodes.values():
        assert each.waiting_count == stored["waiting", each.node_id], each
        assert each.failed_count == stored["failed", each.node_id], each
    for version_id, of_version in by_version.items():
        for each in of_version:
            assert each.waiting_count == waiting_of.get((version_id, each.node_id), 0), each
    for each in chain(nodes.values(), *by_version.values()):
        assert each.entered_count == (
            each.left_count + each.waiting_count + each.ended_count + each.failed_count
        ), each
    session_count = sum(stored.values())
    assert nodes["start"].entered_count == session_count if session_count else not nodes
    waiting = {node_id for status, node_id in stored if status == "waiting"}
    assert waiting <= nodes.keys()
    return nodes
