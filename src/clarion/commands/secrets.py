"""``clarion secret``: secrets that requests of flows name; set and forgotten, never shown."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from clarion.commands.output import AsJson, print_json, print_note, print_table, run
from clarion.commands.place import InWorkspace, open_desk
from clarion.services import secrets
from clarion.services.secrets import Secret

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Secrets that requests of flows name.")

_Name = Annotated[str, typer.Argument(help="The name, as flows write it: `{{ secrets.NAME }}`.")]


@app.command("set")
def secret_set(
    name: _Name,
    *,
    is_from_stdin: Annotated[
        bool, typer.Option("--stdin", help="Read the value from standard input.")
    ] = False,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Keep a secret; a new value replaces the old one."""
    value: str = (
        sys.stdin.readline().rstrip("\r\n")
        if is_from_stdin
        else typer.prompt("Value", hide_input=True, err=True)
    )

    async def work() -> None:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            await secrets.set_secret(connection, desk.scope, desk.place.sealer, name, value)

    run(work())
    if as_json:
        print_json({"name": name})
    else:
        print_note(f"The secret {name} is set.")


@app.command("list")
def secret_list(*, workspace: InWorkspace = None, as_json: AsJson = False) -> None:
    """List the names of the secrets."""

    async def work() -> list[Secret]:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            return await secrets.list_secrets(connection, desk.scope)

    rows = [{"name": each.name, "changed_at": each.changed_at.isoformat()} for each in run(work())]
    if as_json:
        print_json({"items": rows})
    else:
        print_table(rows, nothing="No secret yet: `clarion secret set NAME`.")


@app.command("delete")
def secret_delete(name: _Name, *, workspace: InWorkspace = None, as_json: AsJson = False) -> None:
    """Forget a secret; requests that name it fail from now on."""

    async def work() -> None:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            await secrets.delete_secret(connection, desk.scope, name)

    run(work())
    if as_json:
        print_json({"name": name})
    else:
        print_note(f"The secret {name} is forgotten.")
