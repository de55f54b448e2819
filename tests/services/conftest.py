"""A workspace, and those who act in it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from clarion.domain.identity import Role
from clarion.services.scope import Actor, Scope
from clarion.services.workspaces import create_workspace, first_workspace
from clarion.store.pool import Pool

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
async def scope(pool: Pool) -> Scope:
    """The first workspace, as its author."""
    async with pool.acquire() as connection:
        workspace = await first_workspace(connection, now=NOW)
    return Scope(workspace.id, Actor("user", "Ann", Role.AUTHOR), NOW)


@pytest.fixture
async def other_scope(pool: Pool, scope: Scope) -> Scope:
    """A second workspace on the same server."""
    async with pool.acquire() as connection:
        workspace = await create_workspace(connection, name="Other", now=NOW)
    return Scope(workspace.id, scope.actor, NOW)
