"""``clarion groups``: list, create, rename, delete."""

from __future__ import annotations

from typing import Annotated

import typer

from clarion.commands.output import AsJson, print_json, print_note, print_table, run
from clarion.commands.place import InWorkspace, open_desk
from clarion.domain.errors import ClarionError
from clarion.services import groups
from clarion.services.groups import Group
from clarion.services.scope import Scope
from clarion.store.pool import Connection
from clarion.web.groups.schemas import GroupAnswer

__all__ = ["app", "group_id_of"]

app = typer.Typer(no_args_is_help=True, help="Groups of contacts.")

GroupName = Annotated[str, typer.Argument(help="The name of the group.")]
MOST_GROUPS = 10_000


async def group_id_of(connection: Connection, scope: Scope, name: str) -> int:
    """The id of the group with this name.  Raises ``group.not_found``."""
    group_id = await groups.find_group(connection, scope, name)
    if group_id is None:
        raise ClarionError("group.not_found", f"There is no group {name!r} in this workspace.")
    return group_id


@app.command("list")
def group_list(*, workspace: InWorkspace = None, as_json: AsJson = False) -> None:
    """List the groups with their counts."""

    async def work() -> list[Group]:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            return await groups.list_groups(
                connection, desk.scope, above_id=None, limit=MOST_GROUPS
            )

    rows = [GroupAnswer.model_validate(group).model_dump() for group in run(work())]
    if as_json:
        print_json({"items": rows})
        return
    names = ("id", "name", "contact_count", "created_at")
    print_table(
        [{name: row[name] for name in names} for row in rows],
        nothing="No group yet: `clarion groups create NAME`.",
    )


@app.command("create")
def group_create(
    name: GroupName, *, workspace: InWorkspace = None, as_json: AsJson = False
) -> None:
    """Make an empty group."""

    async def work() -> Group:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            return await groups.create_group(connection, desk.scope, name)

    made = run(work())
    if as_json:
        print_json(GroupAnswer.model_validate(made))
    else:
        print_note(f"The group {made.name} is made; its id is {made.id}.")


@app.command("rename")
def group_rename(
    name: GroupName,
    new_name: Annotated[str, typer.Argument(help="Its new name.")],
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Give a group another name."""

    async def work() -> Group:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            group_id = await group_id_of(connection, desk.scope, name)
            return await groups.rename_group(connection, desk.scope, group_id, new_name)

    renamed = run(work())
    if as_json:
        print_json(GroupAnswer.model_validate(renamed))
    else:
        print_note(f"The group {renamed.id} is now {renamed.name}.")


@app.command("delete")
def group_delete(
    name: GroupName, *, workspace: InWorkspace = None, as_json: AsJson = False
) -> None:
    """Delete a group; its contacts stay."""

    async def work() -> int:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            group_id = await group_id_of(connection, desk.scope, name)
            return await groups.delete_group(connection, desk.scope, group_id)

    moved_count = run(work())
    if as_json:
        print_json({"moved_count": moved_count})
    else:
        print_note(f'Deleted; {moved_count:,} contacts without another are now in "Ungrouped".')
