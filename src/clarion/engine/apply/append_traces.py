"""Hook: keep the events of sprints whose flow is logging."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import orjson

from clarion.engine.traces import trace_of
from clarion.flow.sprint import Sprint
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["append_traces"]

TRACES = load("traces")


async def append_traces(
    connection: Connection,
    workspace_id: int,
    sprints: Sequence[tuple[int, int, int, int, Sprint]],
    now: datetime,
) -> None:
    """Append traces; each sprint comes with its session, revision, flow and version.

    The switch is read in this transaction: what it says now holds for the whole batch.
    """
    rows = await TRACES.fetch(
        connection, "logging_flows", flow_ids=sorted({flow_id for _, _, flow_id, _, _ in sprints})
    )
    logging = {row["id"] for row in rows}
    kept = [each for each in sprints if each[2] in logging]
    if not kept:
        return
    await TRACES.execute(
        connection,
        "append_traces",
        workspace_id=workspace_id,
        session_ids=[session_id for session_id, *_ in kept],
        revisions=[revision for _, revision, *_ in kept],
        flow_version_ids=[version_id for _, _, _, version_id, _ in kept],
        events=[orjson.dumps(trace_of(sprint)).decode() for *_, sprint in kept],
        now=now,
    )
