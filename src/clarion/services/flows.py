"""Flows: a draft that is edited, and published versions that never change.

Theory of operation.  A draft may be broken in every way but its size, because an author saves in
the middle of a thought; who saves names the revision that was read, so nobody overwrites another's
work unseen.  Publishing checks the draft with the workspace's templates and makes the next
immutable version.  Campaigns start the published version; sessions stay with the version that they
began in, so unpublishing and publishing disturb nobody under way.  A deleted flow keeps its rows,
because sessions and campaigns that are over name them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import asyncpg

from clarion.domain.errors import ClarionError, Problem
from clarion.domain.identity import Permission
from clarion.flow.check import check_flow, has_errors
from clarion.flow.draft import check_storable, name_of, trigger_kind_of
from clarion.flow.run_tests import problems_of_tests
from clarion.flow.trigger import TriggerKind
from clarion.services import audit
from clarion.services.scope import Scope
from clarion.services.templates import shapes_of_workspace
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = [
    "Flow",
    "FlowFilter",
    "FlowSummary",
    "FlowVersion",
    "check_definition",
    "check_draft",
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
    "unpublish_flow",
    "update_draft",
]

QUERIES = load("flows")

# What a definition may name besides templates.
_NAMED_NOUNS = ("group", "flow", "secret")


@dataclass(frozen=True, slots=True)
class FlowSummary:
    """A flow without its draft; ``live_campaign_count`` campaigns use it and are not over."""

    id: int
    name: str
    trigger_kind: TriggerKind
    draft_revision: int
    published_version_id: int | None
    published_number: int | None
    published_at: datetime | None
    has_unpublished_changes: bool
    live_campaign_count: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Flow(FlowSummary):
    """A flow with its draft."""

    draft: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FlowVersion:
    """A published version; ``definition`` is None in lists."""

    id: int
    flow_id: int
    number: int
    published_at: datetime
    published_by: str
    definition: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class FlowFilter:
    """Which flows are wanted; None: any.  ``search`` is a part of the name."""

    search: str | None = None
    trigger_kind: str | None = None
    is_published: bool | None = None


def _not_found(flow: int | str) -> ClarionError:
    return ClarionError("flow.not_found", f"There is no flow {flow} in this workspace.", flow=flow)


def _name_taken(name: str) -> ClarionError:
    return ClarionError("flow.name_taken", f"A flow named {name!r} exists.", name=name)


def _stale(flow: FlowSummary, revision: int) -> ClarionError:
    return ClarionError(
        "flow.stale",
        f"The draft is at revision {flow.draft_revision}, not {revision}.",
        draft_revision=flow.draft_revision,
    )


async def create_flow(
    connection: Connection, scope: Scope, definition: Mapping[str, Any], *, name: str | None = None
) -> Flow:
    """Make a flow of a definition (a flow file); ``name`` stands in for the definition's.

    Raises ``request.invalid``, ``flow.name_taken``.
    """
    scope.require(Permission.EDIT_FLOWS)
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
        raise _name_taken(draft["name"]) from error
    await audit.record(connection, scope, "created", "flow", flow_id, {"name": draft["name"]})
    return await _read(connection, scope, flow_id)


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
    return await _read(connection, scope, flow_id)


async def _read(connection: Connection, scope: Scope, flow_id: int) -> Flow:
    row = await QUERIES.fetchrow(
        connection, "read_flow", workspace_id=scope.workspace_id, flow_id=flow_id
    )
    if row is None:
        raise _not_found(flow_id)
    return Flow(**dict(row))


async def _lock(connection: Connection, scope: Scope, flow_id: int) -> Flow:
    """The flow as it stands when nobody else may change it any more in this transaction."""
    await QUERIES.execute(connection, "lock_flow", flow_id=flow_id)
    return await _read(connection, scope, flow_id)


async def flow_named(connection: Connection, scope: Scope, name_or_id: str) -> Flow:
    """A flow by its id or its name.  Raises ``flow.not_found``."""
    scope.require(Permission.READ)
    flow_id = await QUERIES.fetchval(
        connection, "flow_id_named", workspace_id=scope.workspace_id, name_or_id=name_or_id
    )
    if flow_id is None:
        raise _not_found(name_or_id)
    return await _read(connection, scope, flow_id)


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
    check_storable(definition)
    draft = {**definition, "name": name_of(definition)}
    before = await _lock(connection, scope, flow_id)
    if before.draft_revision != revision:
        raise _stale(before, revision)
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
        raise _name_taken(draft["name"]) from error
    await audit.record(
        connection, scope, "edited", "flow", flow_id, {"draft_revision": revision + 1}
    )
    return await _read(connection, scope, flow_id)


async def check_definition(connection: Connection, scope: Scope, definition: Any) -> list[Problem]:
    """Every problem of a definition, with the workspace's templates, groups and published flows."""
    scope.require(Permission.READ)
    templates = await shapes_of_workspace(connection, scope.workspace_id)
    rows = await QUERIES.fetch(connection, "names_for_check", workspace_id=scope.workspace_id)
    groups, flows, secrets = (
        {row["name"] for row in rows if row["noun"] == noun} for noun in _NAMED_NOUNS
    )
    names = {"group_names": groups, "flow_names": flows, "secret_names": secrets}
    return check_flow(definition, templates=templates, **names)


async def check_draft(connection: Connection, scope: Scope, flow_id: int) -> list[Problem]:
    """Every problem of a flow's draft.  Raises ``flow.not_found``."""
    draft = (await read_flow(connection, scope, flow_id)).draft
    return await check_definition(connection, scope, draft)


async def publish_flow(
    connection: Connection,
    scope: Scope,
    flow_id: int,
    *,
    revision: int | None = None,
    despite_tests: bool = False,
) -> FlowVersion:
    """Make the draft (of ``revision``, if it is given) the next version.

    Tests of the draft that fail keep it from being published, unless ``despite_tests``.  Publishing an unchanged draft again answers the version that is published.
    Raises ``flow.not_found``, ``flow.stale``; ``flow.invalid`` with ``problems``.
    """
    scope.require(Permission.PUBLISH_FLOWS)
    flow = await _lock(connection, scope, flow_id)
    if revision is not None and revision != flow.draft_revision:
        raise _stale(flow, revision)
    problems = await check_definition(connection, scope, flow.draft)
    if not despite_tests:
        problems += await asyncio.to_thread(problems_of_tests, flow.draft)
    if has_errors(problems):
        fault = next(problem for problem in problems if problem.severity == "error")
        raise ClarionError(
            "flow.invalid",
            f"The flow cannot be published: {fault.where}: {fault.message}",
            problems=[asdict(problem) for problem in problems],
        )
    if flow.published_number is not None and not flow.has_unpublished_changes:
        return await read_version(connection, scope, flow_id, flow.published_number)
    number = await QUERIES.fetchval(
        connection, "insert_version", flow_id=flow_id, now=scope.now, published_by=scope.actor.name
    )
    await audit.record(connection, scope, "published", "flow", flow_id, {"number": number})
    return await read_version(connection, scope, flow_id, number)


async def unpublish_flow(connection: Connection, scope: Scope, flow_id: int) -> Flow:
    """Let no campaign start the flow any more; versions and sessions stay.

    Raises ``flow.not_found``, ``flow.in_use``.
    """
    scope.require(Permission.PUBLISH_FLOWS)
    flow = await _lock(connection, scope, flow_id)
    if flow.published_version_id is None:
        return flow
    await _demand_unused(connection, flow)
    await QUERIES.execute(connection, "unpublish", flow_id=flow_id, now=scope.now)
    await audit.record(connection, scope, "unpublished", "flow", flow_id)
    return await _read(connection, scope, flow_id)


async def delete_flow(connection: Connection, scope: Scope, flow_id: int) -> None:
    """Delete a flow that is neither published nor used by a campaign that is not over.

    Raises ``flow.not_found``, ``flow.in_use``, ``flow.published``.
    """
    scope.require(Permission.EDIT_FLOWS)
    flow = await _lock(connection, scope, flow_id)
    await _demand_unused(connection, flow)
    if flow.published_version_id is not None:
        raise ClarionError(
            "flow.published", f"The flow {flow.name!r} is published.", flow_id=flow_id
        )
    await QUERIES.execute(connection, "delete_flow", flow_id=flow_id, now=scope.now)
    await audit.record(connection, scope, "deleted", "flow", flow_id, {"name": flow.name})


async def _demand_unused(connection: Connection, flow: Flow) -> None:
    campaigns = await QUERIES.fetch(connection, "live_campaigns_of", flow_id=flow.id)
    if campaigns:
        names = ", ".join(row["name"] for row in campaigns)
        raise ClarionError(
            "flow.in_use",
            f"The flow {flow.name!r} is used by campaigns that are not over: {names}.",
            campaigns=[dict(row) for row in campaigns],
        )


async def list_versions(
    connection: Connection, scope: Scope, flow_id: int, *, below_number: int | None, limit: int
) -> list[FlowVersion]:
    """The versions of a flow without their definitions, the newest first.

    Raises ``flow.not_found``.
    """
    await read_flow(connection, scope, flow_id)
    rows = await QUERIES.fetch(
        connection, "versions_page", flow_id=flow_id, below_number=below_number, limit=limit
    )
    return [FlowVersion(**dict(row)) for row in rows]


async def read_version(
    connection: Connection, scope: Scope, flow_id: int, number: int
) -> FlowVersion:
    """One version with its definition.  Raises ``flow.version_not_found``."""
    scope.require(Permission.READ)
    row = await QUERIES.fetchrow(
        connection,
        "read_version",
        workspace_id=scope.workspace_id,
        flow_id=flow_id,
        number=number,
    )
    if row is None:
        raise ClarionError(
            "flow.version_not_found",
            f"There is no version {number} of the flow {flow_id}.",
            flow_id=flow_id,
            number=number,
        )
    return FlowVersion(**dict(row))
