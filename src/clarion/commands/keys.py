"""``clarion key``: keys for programs, for the REST API and the CAMS endpoint."""

from __future__ import annotations

from typing import Annotated

import typer

from clarion.commands.output import AsJson, print_facts, print_json, print_note, print_table, run
from clarion.commands.place import InWorkspace, open_desk
from clarion.domain.identity import Role
from clarion.services import keys
from clarion.services.keys import Key, NewKey
from clarion.web.keys.schemas import KeyAnswer

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Keys for programs.")
MOST_KEYS = 10_000


@app.command("create")
def key_create(
    name: Annotated[str, typer.Option(help="What the key is for.")] = "command line",
    role: Annotated[Role, typer.Option(help="What the key may do.")] = Role.ADMIN,
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Make a key; its token and secret are printed this once."""

    async def work() -> NewKey:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            return await keys.create_key(
                connection, desk.scope, desk.place.sealer, name=name, role=role
            )

    new = run(work())
    facts = {
        "id": new.key.id,
        "name": new.key.name,
        "role": str(new.key.role),
        "access_key_id": new.key.access_key_id,
        "access_key_secret": new.access_key_secret,
        "token": new.token,
    }
    (print_json if as_json else print_facts)(facts)


@app.command("list")
def key_list(*, workspace: InWorkspace = None, as_json: AsJson = False) -> None:
    """List the keys, the revoked ones too."""

    async def work() -> list[Key]:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            return await keys.list_keys(connection, desk.scope, below_id=None, limit=MOST_KEYS)

    rows = [KeyAnswer.model_validate(key).model_dump() for key in run(work())]
    if as_json:
        print_json({"items": rows})
    else:
        print_table(rows, nothing="No key yet: `clarion key create`.")


@app.command("revoke")
def key_revoke(
    key_id: Annotated[int, typer.Argument(help="The key's id, from `clarion key list`.")],
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Let a key open nothing more."""

    async def work() -> Key:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            return await keys.revoke_key(connection, desk.scope, key_id)

    key = run(work())
    if as_json:
        print_json(KeyAnswer.model_validate(key))
    else:
        print_note(f"The key {key.name} opens nothing any more.")
