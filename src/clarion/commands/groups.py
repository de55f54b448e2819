"""``clarion groups``: list, create, rename, delete."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from clarion.commands.place import AsJson, DataDir, InWorkspace, open_place, run, show_json
from clarion.config import load_settings
from clarion.domain.errors import ClarionError
from clarion.services import groups
from clarion.services.groups import Group
from clarion.services.scope import Scope
from clarion.store.pool import Connection, transaction

__all__ = ["app", "group_id_of"]

app = typer.Typer(no_args_is_help=True, help="Groups of contacts.")

GroupName = Annotated[str, typer.Argument(help="The name of the group.")]
MOST_GROUPS = 10_000


async def group_id_of(connection: Connection, scope: Scope, name: str) -> int:
    """The id of the group with this name.  Raises ``group.not_found``."""
    rows = await groups.list_groups(
        connection, scope, above_id=None, limit=MOST_GROUPS, name_part=name
    )
    for row in rows:
        if row.name == name:
            return row.id
    raise ClarionError("group.not_found", f"There is no group {name!r} in this workspace.")


@app.command("list")
def list_command(
    workspace: InWorkspace = None, data_dir: DataDir = None, as_json: AsJson = False
) -> None:
    """List the groups with their counts."""

    async def command() -> list[Group]:
        async with open_place(load_settings(data_dir=data_dir)) as place:
            scope = await place.scope(workspace)
            async with transaction(place.pool) as connection:
                return await groups.list_groups(connection, scope, above_id=None, limit=MOST_GROUPS)

    found = run(command())
    if as_json:
        show_json(found)
        return
    table = Table("id", "group", "contacts", "made at")
    for group in found:
        made_at = f"{group.created_at:%Y-%m-%d %H:%M}"
        table.add_row(str(group.id), group.name, f"{group.contact_count:,}", made_at)
    Console(markup=False).print(table)


@app.command("create")
def create_command(
    name: GroupName,
    workspace: InWorkspace = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make an empty group."""

    async def command() -> Group:
        async with open_place(load_settings(data_dir=data_dir)) as place:
            scope = await place.scope(workspace)
            async with transaction(place.pool) as connection:
                return await groups.create_group(connection, scope, name)

    made = run(command())
    if as_json:
        show_json(made)
    else:
        typer.echo(f"Group {made.id} {made.name} is made.")


@app.command("rename")
def rename_command(
    name: GroupName,
    new_name: Annotated[str, typer.Argument(help="Its new name.")],
    workspace: InWorkspace = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Give a group another name."""

    async def command() -> Group:
        async with open_place(load_settings(data_dir=data_dir)) as place:
            scope = await place.scope(workspace)
            async with transaction(place.pool) as connection:
                group_id = await group_id_of(connection, scope, name)
                return await groups.rename_group(connection, scope, group_id, new_name)

    renamed = run(command())
    if as_json:
        show_json(renamed)
    else:
        typer.echo(f"Group {renamed.id} is now {renamed.name}.")


@app.command("delete")
def delete_command(
    name: GroupName,
    workspace: InWorkspace = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Delete a group; its contacts stay."""

    async def command() -> int:
        async with open_place(load_settings(data_dir=data_dir)) as place:
            scope = await place.scope(workspace)
            async with transaction(place.pool) as connection:
                group_id = await group_id_of(connection, scope, name)
                return await groups.delete_group(connection, scope, group_id)

    moved_count = run(command())
    if as_json:
        show_json({"moved_count": moved_count})
    else:
        typer.echo(f'Deleted; {moved_count:,} contacts without another are now in "Ungrouped".')
