"""The job of a changeover: sessions that wait in older versions move to the new one, or end.

Theory of operation.  A walk through the waiting sessions of a flow in the order of their ids, a
batch a transaction; how far it came is committed with each batch, so a worker that dies is
continued where it stood.  A session can move when the new version has a node of the same id and
kind at which sessions wait; its wait, its reminder and its variables stay as they are.  One that
cannot stays with its version and is counted as kept.

Whoever moves takes along that they came to the node where they stand: the old version counts one less
there and the new one one more, so that the numbers of each add up and their sum stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from clarion.engine.apply.append_node_deltas import append_node_deltas
from clarion.engine.apply.end_sessions import end_sessions
from clarion.engine.node_steps import NodeStep, entered_node
from clarion.engine.parts import Parts
from clarion.store.pool import transaction
from clarion.store.queries import Row, load

__all__ = ["carry_over"]

QUERIES = load("changeovers")
_BATCH = 1000


async def carry_over(parts: Parts, changeover_id: int) -> None:
    """Work on a changeover until nobody is left."""
    while await _carry_batch(parts, changeover_id):
        pass


async def _carry_batch(parts: Parts, changeover_id: int) -> bool:
    """One batch; whether there may be more."""
    async with transaction(parts.pool) as connection:
        changeover = await QUERIES.fetchrow(
            connection, "lock_changeover", changeover_id=changeover_id
        )
        if changeover is None:
            return False
        rows = await QUERIES.fetch(
            connection,
            "next_waiting",
            flow_id=changeover["flow_id"],
            flow_version_id=changeover["flow_version_id"],
            node_ids=changeover["node_ids"],
            above_id=changeover["above_id"],
            limit=_BATCH,
        )
        if not rows:
            await QUERIES.execute(
                connection, "finish_changeover", changeover_id=changeover_id, now=parts.now()
            )
            return False
        is_stop = changeover["mode"] == "stop"
        stopped = [row["id"] for row in rows] if is_stop else []
        movers = [row for row in rows if row["can_move"]] if not is_stop else []
        moved = [row["id"] for row in movers]
        await QUERIES.execute(
            connection, "move_sessions", ids=moved, flow_version_id=changeover["flow_version_id"]
        )
        steps = _moved_steps(movers, changeover["flow_version_id"])
        await append_node_deltas(connection, steps, parts.now())
        await end_sessions(connection, stopped, "stopped", "flow_changed", parts.now())
        await QUERIES.execute(
            connection,
            "advance_changeover",
            changeover_id=changeover_id,
            above_id=rows[-1]["id"],
            moved_count=len(moved),
            stopped_count=len(stopped),
            kept_count=len(rows) - len(moved) - len(stopped),
        )
    return True


def _moved_steps(movers: Sequence[Row], flow_version_id: int) -> Counter[NodeStep]:
    """What the move changes in the numbers of the versions.  Pure."""
    steps: Counter[NodeStep] = Counter()
    for row in movers:
        place = (row["campaign_id"], row["occurrence_id"], row["node_id"])
        steps[entered_node(row["flow_version_id"], *place)] -= 1
        steps[entered_node(flow_version_id, *place)] += 1
    return steps
