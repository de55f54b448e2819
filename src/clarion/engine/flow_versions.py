"""Published versions of flows, read once: they never change."""

from __future__ import annotations

from clarion.flow.definition import Flow, parse_flow
from clarion.flow.limits import DEFAULT_LIMITS, Limits
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["FlowVersions"]

SESSIONS = load("sessions")


class FlowVersions:
    """Parsed flows by version id, the most recently used ``size`` of them.

    ``limits`` are those that sessions of all flows keep.
    """

    def __init__(self, limits: Limits = DEFAULT_LIMITS, size: int = 200) -> None:
        self.limits = limits
        self._size = size
        self._flows: dict[int, Flow] = {}

    async def get(self, connection: Connection, flow_version_id: int) -> Flow:
        """The flow of a version.  ``KeyError`` if there is no such version."""
        flow = self._flows.pop(flow_version_id, None)
        if flow is None:
            row = await SESSIONS.fetchrow(
                connection, "flow_version", flow_version_id=flow_version_id
            )
            if row is None:
                raise KeyError(flow_version_id)
            flow = parse_flow(row["definition"])
        self._flows[flow_version_id] = flow
        if len(self._flows) > self._size:
            del self._flows[next(iter(self._flows))]
        return flow
