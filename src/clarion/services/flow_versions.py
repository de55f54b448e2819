"""Versions of flows: publish a draft, take it down, read, compare and restore what was published.

Theory of operation.  Publishing checks the draft with the workspace's templates and makes the next
immutable version, with a note of its author.  Sessions stay with the version that they began in
(``finish``), unless the publisher says that those who wait go on in the new one (``move``) or end
(``stop``): a *changeover*, which a job carries out in bulk (``services.changeovers``).  Restoring
makes an old version the draft again; it is published like any other.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict

from clarion.domain.errors import ClarionError
from clarion.domain.identity import Permission
from clarion.flow.check import has_errors
from clarion.flow.difference import Difference, compare
from clarion.flow.draft import trigger_kind_of
from clarion.flow.run_tests import problems_of_tests
from clarion.services import audit
from clarion.services.changeovers import Waiting, begin_changeover
from clarion.services.flow_checks import check_definition
from clarion.services.flow_rows import (
    Flow,
    FlowVersion,
    demand_unused,
    lock_flow,
    read_row,
    stale,
)
from clarion.services.scope import Scope
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = [
    "compare_versions",
    "list_versions",
    "publish_flow",
    "read_version",
    "restore_version",
    "unpublish_flow",
]

QUERIES = load("flows")
MAX_NOTE_CHARS = 500


async def publish_flow(
    connection: Connection,
    scope: Scope,
    flow_id: int,
    *,
    revision: int | None = None,
    note: str = "",
    waiting: Waiting = "finish",
    despite_tests: bool = False,
) -> FlowVersion:
    """Make the draft (of ``revision``, if it is given) the next version.

    Tests of the draft that fail keep it from being published, unless ``despite_tests``.
    Publishing an unchanged draft again answers the version that is published.
    ``note`` is for the list of versions, at most 500 characters; ``waiting`` says what becomes of
    the sessions that wait in older versions.
    Raises ``flow.not_found``, ``flow.stale``; ``flow.invalid`` with ``problems``.
    """
    scope.require(Permission.PUBLISH_FLOWS)
    flow = await lock_flow(connection, scope, flow_id)
    if revision is not None and revision != flow.draft_revision:
        raise stale(flow, revision)
    problems = await check_definition(connection, scope, flow.draft)
    if not despite_tests:
        problems += await asyncio.to_thread(problems_of_tests, flow.draft)
    if has_errors(problems):
        faults = [problem for problem in problems if problem.severity == "error"]
        raise ClarionError(
            "flow.invalid",
            f"The flow cannot be published: {faults[0].where}: {faults[0].message}",
            problems=[asdict(problem) for problem in problems],
        )
    if flow.published_number is not None and not flow.has_unpublished_changes:
        return await read_version(connection, scope, flow_id, flow.published_number)
    number = await QUERIES.fetchval(
        connection,
        "insert_version",
        flow_id=flow_id,
        now=scope.now,
        published_by=scope.actor.name,
        note=note.strip()[:MAX_NOTE_CHARS],
    )
    await audit.record(connection, scope, "published", "flow", flow_id, {"number": number})
    version = await read_version(connection, scope, flow_id, number)
    if waiting != "finish":
        await begin_changeover(connection, scope, version, waiting)
    return version


async def unpublish_flow(connection: Connection, scope: Scope, flow_id: int) -> Flow:
    """Let no campaign start the flow any more; versions and sessions stay.

    Raises ``flow.not_found``, ``flow.in_use``.
    """
    scope.require(Permission.PUBLISH_FLOWS)
    flow = await lock_flow(connection, scope, flow_id)
    if flow.published_version_id is None:
        return flow
    await demand_unused(connection, flow)
    await QUERIES.execute(connection, "unpublish", flow_id=flow_id, now=scope.now)
    await audit.record(connection, scope, "unpublished", "flow", flow_id)
    return await read_row(connection, scope, flow_id)


async def list_versions(
    connection: Connection, scope: Scope, flow_id: int, *, below_number: int | None, limit: int
) -> list[FlowVersion]:
    """The versions of a flow without their definitions, the newest first.

    Raises ``flow.not_found``.
    """
    scope.require(Permission.READ)
    await read_row(connection, scope, flow_id)
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


async def compare_versions(
    connection: Connection, scope: Scope, flow_id: int, before: int, after: int | None
) -> Difference:
    """What version ``after`` (None: the draft) has not in common with version ``before``.

    Raises ``flow.not_found``, ``flow.version_not_found``.
    """
    scope.require(Permission.READ)
    old = await read_version(connection, scope, flow_id, before)
    if after is None:
        return compare(old.definition, (await read_row(connection, scope, flow_id)).draft)
    new = await read_version(connection, scope, flow_id, after)
    return compare(old.definition, new.definition)


async def restore_version(
    connection: Connection, scope: Scope, flow_id: int, number: int, *, revision: int
) -> Flow:
    """Make an old version the draft again; ``revision`` is that of the draft that was read.

    The flow keeps its present name.
    Raises ``flow.not_found``, ``flow.version_not_found``, ``flow.stale``.
    """
    scope.require(Permission.EDIT_FLOWS)
    version = await read_version(connection, scope, flow_id, number)
    flow = await lock_flow(connection, scope, flow_id)
    if revision != flow.draft_revision:
        raise stale(flow, revision)
    draft = {**(version.definition or {}), "name": flow.name}
    await QUERIES.execute(
        connection,
        "update_draft",
        flow_id=flow_id,
        name=flow.name,
        trigger_kind=trigger_kind_of(draft),
        draft=draft,
        now=scope.now,
    )
    await audit.record(connection, scope, "restored", "flow", flow_id, {"number": number})
    return await read_row(connection, scope, flow_id)
