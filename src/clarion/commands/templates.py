"""``clarion template``: copies of what the providers have approved."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from clarion.commands.message_counts import LastDays, OfWidth, print_counts, stretch_of
from clarion.commands.output import AsJson, print_facts, print_json, print_note, print_table, run
from clarion.commands.place import InWorkspace, open_desk
from clarion.domain.errors import ClarionError
from clarion.reports.message_counts import MessageCounts, counts_of_template
from clarion.services import senders, templates
from clarion.services.scope import Scope
from clarion.services.template_switches import TemplateSwitches, switch_template
from clarion.services.templates import NewTemplate, SyncResult, Template, TemplateFilter
from clarion.store.pool import Connection
from clarion.web.templates.schemas import NewTemplateBody, SyncAnswer, TemplateAnswer

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Templates that the providers have approved.")
MOST_TEMPLATES = 100_000

Name = Annotated[str, typer.Argument(help="The template's name.")]
Language = Annotated[str, typer.Argument(help="Its language, such as en or zh_CN.")]


@app.command("sync")
def template_sync(
    sender: Annotated[
        str | None,
        typer.Argument(help="The name of a sender of the account; without it, all accounts."),
    ] = None,
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Read the templates of one sender's account, or of all, from their providers."""
    if sender is None:
        _sync_all(workspace, is_json=as_json)
        return

    async def work() -> SyncResult:
        async with open_desk(workspace) as desk:
            async with desk.transaction() as connection:
                found = await senders.sender_named(connection, desk.scope, sender)
            return await templates.sync_templates(desk.place, desk.scope, found.id)

    facts = SyncAnswer.model_validate(run(work())).model_dump()
    (print_json if as_json else print_facts)(facts)


def _sync_all(workspace: str | None, *, is_json: bool) -> None:
    async def work() -> Mapping[str, SyncResult | ClarionError]:
        async with open_desk(workspace) as desk:
            return await templates.sync_workspace(desk.place, desk.scope)

    rows: list[dict[str, Any]] = []
    for name, result in run(work()).items():
        told = (
            {"problem": result.message}
            if isinstance(result, ClarionError)
            else {**SyncAnswer.model_validate(result).model_dump(), "problem": None}
        )
        rows.append({"sender": name, **told})
    if is_json:
        print_json({"items": rows})
    else:
        print_table(rows, nothing="There is no sender: `clarion sender add`.")


@app.command("create")
def template_create(
    file: Annotated[
        Path,
        typer.Argument(
            help="A JSON file: {name, language, category, components, parameter_format}."
        ),
    ],
    sender: Annotated[str, typer.Option(help="The name of a sender of the account.")],
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Hand a template in for approval."""

    async def work() -> Template:
        new = _read(file)
        async with open_desk(workspace) as desk:
            async with desk.transaction() as connection:
                found = await senders.sender_named(connection, desk.scope, sender)
            return await templates.create_template(desk.place, desk.scope, found.id, new)

    made = TemplateAnswer.model_validate(run(work())).model_dump(mode="json")
    shown = made if as_json else {name: made[name] for name in ("id", "name", "language", "status")}
    (print_json if as_json else print_facts)(shown)


def _read(file: Path) -> NewTemplate:
    """The template of a file, by the rules of the REST API; any sender stands in for the own."""
    try:
        given = json.loads(file.read_text("utf-8"))
        body = NewTemplateBody.model_validate({**given, "sender_id": 1})
    except (OSError, ValueError, TypeError) as error:
        raise ClarionError("request.invalid", f"{file} holds no template: {error}") from error
    return NewTemplate(
        body.name, body.language, body.category, body.components, body.parameter_format
    )


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


@app.command("counts")
def template_counts(
    name: Name,
    language: Language,
    days: LastDays = 7,
    width: OfWidth = "day",
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Tell how a template's messages fared over time."""

    async def work() -> list[MessageCounts]:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            found = await _named(connection, desk.scope, name, language)
            return await counts_of_template(
                connection,
                desk.scope.workspace_id,
                found.name,
                found.language,
                stretch_of(desk.scope.now, days, width),
            )

    print_counts(run(work()), as_json=as_json)


@app.command("switch")
def template_switch(
    name: Name,
    language: Language,
    *,
    sending: Annotated[
        bool | None, typer.Option("--allow/--stop", help="Let it be sent, or to nobody.")
    ] = None,
    stop_as_marketing: Annotated[
        bool | None,
        typer.Option(
            "--stop-as-marketing/--go-on-as-marketing",
            help="When the provider turns the utility template into a marketing one.",
        ),
    ] = None,
    archived: Annotated[
        bool | None, typer.Option("--archive/--unarchive", help="Put it away; it is not sent.")
    ] = None,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Stop or allow the sending of a template; campaigns that send a stopped one are suspended."""

    async def work() -> Template:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            found = await _named(connection, desk.scope, name, language)
            return await switch_template(
                connection,
                desk.scope,
                found.id,
                TemplateSwitches(sending, stop_as_marketing, archived),
            )

    changed = run(work())
    if as_json:
        print_json(TemplateAnswer.model_validate(changed))
    else:
        print_note(f"{changed.name} ({changed.language}) is {changed.sending_status}.")


async def _named(connection: Connection, scope: Scope, name: str, language: str) -> Template:
    """A template by name and language.  Raises ``template.not_found``."""
    found = await templates.list_templates(
        connection,
        scope,
        TemplateFilter(search=name, language=language),
        after=None,
        limit=MOST_TEMPLATES,
    )
    for template in found:
        if template.name == name:
            return template
    raise ClarionError("template.not_found", f"There is no template {name} in {language}.")
