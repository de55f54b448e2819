"""Hook: write what many sprints ask of the world outside, in one bulk statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from clarion.flow.calls import call_kind, call_to_json
from clarion.flow.sprint import StartCall
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["insert_calls"]

CALLS = load("calls")


async def insert_calls(
    connection: Connection,
    workspace_id: int,
    calls: Sequence[tuple[int, StartCall]],
    now: datetime,
) -> None:
    """Write the calls of sessions (by id), and ring for who makes them."""
    if not calls:
        return
    await CALLS.execute(
        connection,
        "insert_calls",
        workspace_id=workspace_id,
        now=now,
        session_ids=[session_id for session_id, _ in calls],
        node_ids=[call.node_id for _, call in calls],
        numbers=[call.number for _, call in calls],
        kinds=[call_kind(call.request) for _, call in calls],
        requests=[call_to_json(call.request).replace("\\u0000", "\\ufffd") for _, call in calls],
        idempotency_keys=[
            _key(workspace_id, session_id, call.number, now) for session_id, call in calls
        ],
    )
    await CALLS.execute(connection, "ring_calls")


def _key(workspace_id: int, session_id: int, number: int, now: datetime) -> str:
    """The same for every attempt of one call, and no other's on any installation."""
    name = f"clarion:{workspace_id}:{session_id}:{number}:{now.isoformat()}"
    return str(uuid5(NAMESPACE_URL, name))
