"""What is wrong with a flow in this workspace: with its templates, groups and other flows."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from clarion.domain.errors import Problem
from clarion.domain.identity import Permission
from clarion.domain.message import Channel
from clarion.flow.check import check_flow
from clarion.services.flow_rows import read_row
from clarion.services.scope import Scope
from clarion.services.templates import shapes_of_workspace
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["ProblemCounts", "check_definition", "check_draft", "count_problems"]

QUERIES = load("flows")

# What a definition may name besides templates.
_NAMED_NOUNS = ("group", "flow", "secret")


@dataclass(frozen=True, slots=True)
class ProblemCounts:
    """How much is wrong with a flow's draft."""

    flow_id: int
    error_count: int
    warning_count: int


async def check_definition(connection: Connection, scope: Scope, definition: Any) -> list[Problem]:
    """Every problem of a definition, with the workspace's templates, groups and published flows."""
    scope.require(Permission.READ)
    known = await _known_names(connection, scope)
    return check_flow(definition, **known)


async def check_draft(connection: Connection, scope: Scope, flow_id: int) -> list[Problem]:
    """Every problem of a flow's draft.  Raises ``flow.not_found``."""
    flow = await read_row(connection, scope, flow_id)
    return await check_definition(connection, scope, flow.draft)


async def count_problems(
    connection: Connection, scope: Scope, flow_ids: Sequence[int]
) -> list[ProblemCounts]:
    """How many problems the drafts of some flows have; flows that are not there are left out."""
    scope.require(Permission.READ)
    rows = await QUERIES.fetch(
        connection, "drafts_of", workspace_id=scope.workspace_id, flow_ids=list(flow_ids)
    )
    known = await _known_names(connection, scope)

    def count() -> list[ProblemCounts]:
        return [_counted(row["id"], check_flow(row["draft"], **known)) for row in rows]

    # A page of long flows computes for a while; nobody else shall wait for it.
    return await asyncio.to_thread(count)


def _counted(flow_id: int, problems: Sequence[Problem]) -> ProblemCounts:
    error_count = sum(problem.severity == "error" for problem in problems)
    return ProblemCounts(flow_id, error_count, len(problems) - error_count)


async def _known_names(connection: Connection, scope: Scope) -> dict[str, Any]:
    """What a check is told of the workspace."""
    templates = await shapes_of_workspace(connection, scope.workspace_id)
    rows = await QUERIES.fetch(connection, "names_for_check", workspace_id=scope.workspace_id)
    groups, flows, secrets = (
        {row["name"] for row in rows if row["noun"] == noun} for noun in _NAMED_NOUNS
    )
    return {
        "templates": templates,
        "group_names": groups,
        "flow_names": flows,
        "secret_names": secrets,
        "channels": {Channel(row["name"]) for row in rows if row["noun"] == "channel"},
    }
