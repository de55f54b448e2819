"""The log of a flow: a switch, and the sessions that were traced while it was on.

Theory of operation.  The switch belongs to the flow, not to a version.  While it is on, each sprint of
the flow's sessions leaves its events (``engine.traces``); turning it on or off is heeded from the next
chunk or answer on.  Traces are forgotten after ``CLARION_TRACE_DAYS``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from clarion.domain.errors import ClarionError
from clarion.domain.identity import Permission
from clarion.services import audit
from clarion.services.scope import Scope
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["FlowLog", "read_log", "switch_log"]

TRACES = load("traces")


@dataclass(frozen=True, slots=True)
class FlowLog:
    """The switch of one flow; ``logging_changed_at`` is None when it was never touched."""

    flow_id: int
    is_logging: bool
    logging_changed_at: datetime | None


async def read_log(connection: Connection, scope: Scope, flow_id: int) -> FlowLog:
    """How the switch stands.  Raises ``flow.not_found``."""
    scope.require(Permission.READ)
    row = await TRACES.fetchrow(
        connection, "read_logging", workspace_id=scope.workspace_id, flow_id=flow_id
    )
    if row is None:
        raise ClarionError(
            "flow.not_found", f"There is no flow {flow_id} in this workspace.", flow=flow_id
        )
    return FlowLog(**dict(row))


async def switch_log(
    connection: Connection, scope: Scope, flow_id: int, *, is_logging: bool
) -> FlowLog:
    """Turn the log on or off; turning it where it is changes nothing.  Raises ``flow.not_found``."""
    scope.require(Permission.EDIT_FLOWS)
    before = await read_log(connection, scope, flow_id)
    if before.is_logging == is_logging:
        return before
    await TRACES.execute(
        connection,
        "set_logging",
        workspace_id=scope.workspace_id,
        flow_id=flow_id,
        is_logging=is_logging,
        now=scope.now,
    )
    action = "log_switched_on" if is_logging else "log_switched_off"
    await audit.record(connection, scope, action, "flow", flow_id)
    return await read_log(connection, scope, flow_id)
