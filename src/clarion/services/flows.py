"""Flows: a draft that is edited, and published versions that never change.

Theory of operation.  A draft may be broken in every way but its size, because an author saves in
the middle of a thought; who saves names the revision that was read, so nobody overwrites another's
work unseen.  Publishing checks the draft with the workspace's templates and makes the next
immutable version.  Campaigns start the published version; sessions stay with the version that they
began in, so unpublishing and publishing disturb nobody under way.  A deleted flow keeps its rows,
because sessions and campaigns that are over name them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import asyncpg

from clarion.domain.errors import ClarionError
from clarion.domain.identity import Permission
from clarion.flow.draft import check_storable, name_of, trigger_kind_of
from clarion.flow.formats import brought_up_to_date
from clarion.services import audit
from clarion.services.flow_checks import check_definition, check_draft
from clarion.services.flow_rows import (
    Flow,
    FlowSummary,
    FlowVersion,
    demand_unused,
    lock_flow,
    name_taken,
    not_found,
    read_row,
    stale,
)
from clarion.services.flow_versions import (
    compare_versions,
    list_versions,
    publish_flow,
    read_version,
    restore_version,
    unpublish_flow,
)
from clarion.services.scope import Scope
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = [
    "Flow",
    "FlowFilter",
    "FlowSummary",
    "FlowVersion",
    "check_definition",
    "check_draft",
    "compare_versions",
    "count_flows",
    "create_flow",
    "delete_flow",
    "flow_named",
    "import_flow",
    "list_flows",
    "list_versions",
    "publish_flow",
    "read_flow",
    "read_version",
    "restore_version",
    "unpublish_flow",
    "update_draft",
]

QUERIES = load("flows")


@dataclass(frozen=True, slots=True)
class FlowFilter:
    """Which flows are wanted; None: any.  ``search`` is a part of the name."""

    search: str | None = None
    trigger_kind: str | None = None
    is_published: bool | None = None


async def create_flow(
    connection: Connection, scope: Scope, definition: Mapping[str, Any], *, name: str | None = None
) -> Flow:
    """Make a flow of a definition (a flow file); ``name`` stands in for the definition's.

    Raises ``request.invalid``, ``flow.name_taken``.
    """
    scope.require(Permission.EDIT_FLOWS)
    definition = brought_up_to_date(definition)
    check_storable(definition)
    draft = dict(definition) if name is None else {**definition, "name": name}
    draft["name"] = name_of(draft)
    try:
        async with connection.transaction():
            flow_id = await QUERIES.fetchval(
                connection,
                "insert_flow",
                workspace_id=scope.workspace_id,
                name=draft["name"],
                trigger_kind=trigger_kind_of(draft),
                draft=draft,
                now=scope.now,
            )
    except asyncpg.UniqueViolationError as error:
        raise name_taken(draft["name"]) from error
    await audit.record(connection, scope, "created", "flow", flow_id, {"name": draft["name"]})
    return await read_row(connection, scope, flow_id)


async def list_flows(
    connection: Connection,
    scope: Scope,
    wanted: FlowFilter,
    *,
    below_id: int | None,
    limit: int,
    offset_count: int = 0,
) -> list[FlowSummary]:
    """Flows, the newest first; ``offset_count`` of them are passed over."""
    scope.require(Permission.READ)
    rows = await QUERIES.fetch(
        connection,
        "flows_page",
        workspace_id=scope.workspace_id,
        **asdict(wanted),
        below_id=below_id,
        limit=limit,
        offset=offset_count,
    )
    return [FlowSummary(**dict(row)) for row in rows]


async def count_flows(connection: Connection, scope: Scope, wanted: FlowFilter) -> int:
    """How many flows fit."""
    scope.require(Permission.READ)
    count: int = await QUERIES.fetchval(
        connection, "count_flows", workspace_id=scope.workspace_id, **asdict(wanted)
    )
    return count


async def read_flow(connection: Connection, scope: Scope, flow_id: int) -> Flow:
    """One flow with its draft.  Raises ``flow.not_found``."""
    scope.require(Permission.READ)
    return await read_row(connection, scope, flow_id)


async def flow_named(connection: Connection, scope: Scope, name_or_id: str) -> Flow:
    """A flow by its id or its name.  Raises ``flow.not_found``."""
    scope.require(Permission.READ)
    flow_id = await QUERIES.fetchval(
        connection, "flow_id_named", workspace_id=scope.workspace_id, name_or_id=name_or_id
    )
    if flow_id is None:
        raise not_found(name_or_id)
    return await read_row(connection, scope, flow_id)


async def import_flow(connection: Connection, scope: Scope, definition: Mapping[str, Any]) -> Flow:
    """Make a flow of a flow file; a flow of that name gets the file as its new draft.

    Raises ``request.invalid``.
    """
    scope.require(Permission.EDIT_FLOWS)
    known = await QUERIES.fetchrow(
        connection,
        "flow_by_name",
        workspace_id=scope.workspace_id,
        name=name_of(definition),
    )
    if known is None:
        return await create_flow(connection, scope, definition)
    return await update_draft(
        connection, scope, known["id"], definition, revision=known["draft_revision"]
    )


async def update_draft(
    connection: Connection,
    scope: Scope,
    flow_id: int,
    definition: Mapping[str, Any],
    *,
    revision: int,
) -> Flow:
    """Replace the draft that was read at ``revision``.

    Raises ``flow.not_found``, ``flow.stale``, ``flow.name_taken``, ``request.invalid``.
    """
    scope.require(Permission.EDIT_FLOWS)
    definition = brought_up_to_date(definition)
    check_storable(definition)
    draft = {**definition, "name": name_of(definition)}
    before = await lock_flow(connection, scope, flow_id)
    if before.draft_revision != revision:
        raise stale(before, revision)
    try:
        async with connection.transaction():
            await QUERIES.execute(
                connection,
                "update_draft",
                flow_id=flow_id,
                name=draft["name"],
                trigger_kind=trigger_kind_of(draft),
                draft=draft,
                now=scope.now,
            )
    except asyncpg.UniqueViolationError as error:
        raise name_taken(draft["name"]) from error
    await audit.record(
        connection, scope, "edited", "flow", flow_id, {"draft_revision": revision + 1}
    )
    return await read_row(connection, scope, flow_id)


async def delete_flow(connection: Connection, scope: Scope, flow_id: int) -> None:
    """Delete a flow that is neither published nor used by a campaign that is not over.

    Raises ``flow.not_found``, ``flow.in_use``, ``flow.published``.
    """
    scope.require(Permission.EDIT_FLOWS)
    flow = await lock_flow(connection, scope, flow_id)
    await demand_unused(connection, flow)
    if flow.published_version_id is not None:
        raise ClarionError(
            "flow.published", f"The flow {flow.name!r} is published.", flow_id=flow_id
        )
    await QUERIES.execute(connection, "delete_flow", flow_id=flow_id, now=scope.now)
    await audit.record(connection, scope, "deleted", "flow", flow_id, {"name": flow.name})
