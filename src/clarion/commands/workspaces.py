"""``clarion workspace``: the rooms in which everything else lives."""

from __future__ import annotations

from typing import Annotated, cast

import typer

from clarion.commands.output import AsJson, print_facts, print_json, print_table, run
from clarion.commands.place import InWorkspace, open_desk
from clarion.services import workspaces
from clarion.services.workspaces import Language, Workspace
from clarion.web.workspaces.routes import WorkspaceAnswer

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Workspaces, with their zone and language.")

Zone = Annotated[str | None, typer.Option(help="IANA name of a time zone, as Asia/Shanghai.")]
Country = Annotated[str | None, typer.Option(help="Two letters; how local phones are read.")]
LanguageOption = Annotated[str | None, typer.Option(help="en or zh.")]


def _checked_language(language: str | None) -> Language | None:
    if language not in (None, "en", "zh"):
        raise typer.BadParameter("en or zh", param_hint="--language")
    return cast("Language | None", language)


def _print(workspace: Workspace, *, as_json: bool) -> None:
    facts = WorkspaceAnswer.model_validate(workspace).model_dump(mode="json")
    (print_json if as_json else print_facts)(facts)


@app.command("list")
def workspace_list(*, as_json: AsJson = False) -> None:
    """List every workspace of this server."""

    async def work() -> list[Workspace]:
        async with open_desk() as desk, desk.transaction() as connection:
            return await workspaces.list_workspaces(connection)

    rows = [WorkspaceAnswer.model_validate(each).model_dump() for each in run(work())]
    if as_json:
        print_json({"items": rows})
    else:
        print_table(rows, nothing="No workspace.")


@app.command("create")
def workspace_create(
    name: Annotated[str, typer.Argument(help="The workspace's name.")],
    zone: Zone = None,
    language: LanguageOption = None,
    default_country: Country = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Make a workspace."""
    checked = _checked_language(language)

    async def work() -> Workspace:
        async with open_desk() as desk, desk.transaction() as connection:
            return await workspaces.create_workspace(
                connection,
                name=name,
                now=desk.scope.now,
                zone=zone or "UTC",
                language=checked or "en",
                default_country=default_country,
            )

    _print(run(work()), as_json=as_json)


@app.command("update")
def workspace_update(
    name: Annotated[str | None, typer.Option(help="Another name.")] = None,
    zone: Zone = None,
    language: LanguageOption = None,
    default_country: Country = None,
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Change a workspace."""
    checked = _checked_language(language)

    async def work() -> Workspace:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            return await workspaces.update_workspace(
                connection,
                desk.scope,
                name=name,
                zone=zone,
                language=checked,
                default_country=default_country,
            )

    _print(run(work()), as_json=as_json)
