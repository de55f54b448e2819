"""A workspace, and those who act in it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.services.import_files import SMALL_BATCHES, csv_of

from clarion.domain.identity import Role
from clarion.imports.files import ImportOptions
from clarion.services.import_runs import import_file
from clarion.services.imports import Import
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


@pytest.fixture
def import_rows(pool: Pool, scope: Scope, tmp_path: Path) -> Any:
    """Imports some rows from a file, in batches of seven."""

    async def run(rows: list[list[str]] | bytes, group: str = "Shop", **options: Any) -> Import:
        path = tmp_path / "people.csv"
        path.write_bytes(rows if isinstance(rows, bytes) else csv_of(rows))
        return await import_file(
            pool,
            scope,
            path,
            ImportOptions(**options),
            clock=lambda: scope.now,
            group_names=[group] if group else [],
            limits=SMALL_BATCHES,
        )

    return run
