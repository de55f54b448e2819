"""``clarion template``: copies of what the providers have approved."""

from __future__ import annotations

from typing import Annotated

import typer

from clarion.commands.output import AsJson, print_facts, print_json, print_table, run
from clarion.commands.place import InWorkspace, open_desk
from clarion.services import senders, templates
from clarion.services.templates import SyncResult, Template, TemplateFilter
from clarion.web.templates.schemas import SyncAnswer, TemplateAnswer

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Templates that the providers have approved.")
MOST_TEMPLATES = 100_000


@app.command("sync")
def template_sync(
    sender: Annotated[str, typer.Argument(help="The name of a sender of the account.")],
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Read the templates of a sender's account from its provider."""

    async def work() -> SyncResult:
        async with open_desk(workspace) as desk:
            async with desk.transaction() as connection:
                found = await senders.sender_named(connection, desk.scope, sender)
            return await templates.sync_templates(desk.place, desk.scope, found.id)

    facts = SyncAnswer.model_validate(run(work())).model_dump()
    (print_json if as_json else print_facts)(facts)


@app.command("list")
def template_list(
    search: Annotated[str | None, typer.Option(help="A part of the name.")] = None,
    language: Annotated[str | None, typer.Option(help="The language, exactly.")] = None,
    status: Annotated[str | None, typer.Option(help="approved, paused, …")] = None,
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """List the templates by name and language."""

    async def work() -> list[Template]:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            return await templates.list_templates(
                connection,
                desk.scope,
                TemplateFilter(search=search, language=language, status=status),
                after=None,
                limit=MOST_TEMPLATES,
            )

    found = run(work())
    if as_json:
        print_json({"items": [TemplateAnswer.model_validate(template) for template in found]})
        return
    rows = [
        {
            "name": template.name,
            "language": template.language,
            "status": template.status,
            "category": template.category,
            "quality": template.quality,
            "synced_at": template.synced_at,
        }
        for template in found
    ]
    print_table(rows, nothing="No template is known: `clarion template sync SENDER`.")
