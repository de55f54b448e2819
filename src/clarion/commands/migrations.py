"""``clarion migrate``: bring the database's schema up to date."""

from __future__ import annotations

from clarion.commands.output import AsJson, print_json, print_note, run
from clarion.commands.place import command_settings
from clarion.services.place import database_of, utc_now
from clarion.services.workspaces import Workspace, first_workspace
from clarion.store.migrate import migrate
from clarion.store.pool import connect

__all__ = ["migrate_database"]


def migrate_database(*, as_json: AsJson = False) -> None:
    """Bring the database up to date; makes the first workspace when there is none."""

    async def work() -> tuple[tuple[str, ...], Workspace]:
        async with database_of(command_settings()) as database_url:
            applied = await migrate(database_url)
            async with connect(database_url) as connection, connection.transaction():
                return applied, await first_workspace(connection, now=utc_now())

    applied, workspace = run(work())
    if as_json:
        print_json({"applied": applied, "workspace_id": workspace.id})
    else:
        print_note(f"Applied: {', '.join(applied)}." if applied else "Nothing to do.")
