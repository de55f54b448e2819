"""What is wrong with a flow in this workspace: with its templates, groups and other flows."""

from __future__ import annotations

from typing import Any

from clarion.domain.errors import Problem
from clarion.domain.identity import Permission
from clarion.flow.check import check_flow
from clarion.services.flow_rows import read_row
from clarion.services.scope import Scope
from clarion.services.templates import shapes_of_workspace
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["check_definition", "check_draft"]

QUERIES = load("flows")

# What a definition may name besides templates.
_NAMED_NOUNS = ("group", "flow", "secret")


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
    flow = await read_row(connection, scope, flow_id)
    return await check_definition(connection, scope, flow.draft)
