"""Changeovers: what becomes of the people who wait in older versions when a new one is published.

Theory of operation.  As a rule nothing: a session finishes in the version that it began in.  A
publisher may have those who wait moved to the new version, or stopped; either is carried out by a
job (``engine.changeover``) and counted.  ``waiting_by_node`` tells beforehand whom it would concern.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from clarion.domain.identity import Permission
from clarion.engine.jobs import defer_changeover
from clarion.flow.nodes import NODE_KINDS
from clarion.services import audit
from clarion.services.flow_rows import FlowVersion, read_row
from clarion.services.scope import Scope
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = [
    "Changeover",
    "Waiting",
    "WaitingAtNode",
    "begin_changeover",
    "list_changeovers",
    "waiting_by_node",
]

QUERIES = load("changeovers")

Waiting = Literal["finish", "move", "stop"]


@dataclass(frozen=True, slots=True)
class Changeover:
    """``number`` is the version that was published; the counts are sessions."""

    id: int
    flow_id: int
    number: int
    mode: Literal["move", "stop"]
    status: Literal["running", "finished"]
    waiting_count: int
    moved_count: int
    stopped_count: int
    kept_count: int
    asked_by: str
    started_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class WaitingAtNode:
    """How many sessions wait at a node of a version."""

    number: int
    node_id: str
    waiting_count: int


async def waiting_by_node(
    connection: Connection, scope: Scope, flow_id: int
) -> list[WaitingAtNode]:
    """Where the sessions of a flow wait, by version and node.  Raises ``flow.not_found``."""
    scope.require(Permission.READ)
    await read_row(connection, scope, flow_id)
    rows = await QUERIES.fetch(
        connection, "waiting_by_node", workspace_id=scope.workspace_id, flow_id=flow_id
    )
    return [
        WaitingAtNode(row["number"], row["node_id"] or "", row["waiting_count"]) for row in rows
    ]


async def begin_changeover(
    connection: Connection, scope: Scope, version: FlowVersion, mode: Literal["move", "stop"]
) -> None:
    """Have a job move (or stop) those who wait in other versions than this one."""
    scope.require(Permission.PUBLISH_FLOWS)
    waiting_count: int = await QUERIES.fetchval(
        connection,
        "count_waiting_elsewhere",
        flow_id=version.flow_id,
        flow_version_id=version.id,
    )
    rows = await QUERIES.fetch(
        connection, "kinds_elsewhere", flow_id=version.flow_id, flow_version_id=version.id
    )
    kinds = {(row["node_id"], row["kind"]) for row in rows}
    changeover_id: int = await QUERIES.fetchval(
        connection,
        "insert_changeover",
        workspace_id=scope.workspace_id,
        flow_id=version.flow_id,
        flow_version_id=version.id,
        mode=mode,
        node_ids=_waiting_nodes(version.definition or {}, kinds),
        waiting_count=waiting_count,
        asked_by=scope.actor.name,
        now=scope.now,
    )
    await defer_changeover(connection, changeover_id)
    details = {"mode": mode, "number": version.number, "waiting_count": waiting_count}
    await audit.record(connection, scope, "changed_over", "flow", version.flow_id, details)


async def list_changeovers(
    connection: Connection, scope: Scope, flow_id: int, *, below_id: int | None, limit: int
) -> list[Changeover]:
    """The changeovers of a flow, the newest first.  Raises ``flow.not_found``."""
    scope.require(Permission.READ)
    await read_row(connection, scope, flow_id)
    rows = await QUERIES.fetch(
        connection,
        "changeovers_page",
        workspace_id=scope.workspace_id,
        flow_id=flow_id,
        below_id=below_id,
        limit=limit,
    )
    return [Changeover(**dict(row)) for row in rows]


def _waiting_nodes(definition: Mapping[str, Any], elsewhere: set[tuple[str, str]]) -> list[str]:
    """The nodes of a new version at which a session of an older one can go on waiting.

    ``elsewhere`` are the (id, kind) of the older versions' nodes; one that was of another kind once
    is left out.
    """
    kinds = {node["id"]: node["kind"] for node in definition.get("nodes", ())}
    foreign = {node_id for node_id, kind in elsewhere if kinds.get(node_id) != kind}
    return [
        node_id
        for node_id, name in kinds.items()
        if node_id not in foreign
        and (kind := NODE_KINDS.get(name)) is not None
        and kind.resume is not None
    ]
