"""``clarion flow``: check, import, publish and export flow files."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from clarion.commands.bindings import flow_bind, flow_bindings, flow_rebind, flow_unbind
from clarion.commands.flow_play import flow_play
from clarion.commands.flow_reports import flow_insight, flow_log
from clarion.commands.flow_tests import flow_test
from clarion.commands.flow_versions import WaitingChoice, flow_changeovers, flow_diff, flow_restore
from clarion.commands.output import AsJson, print_facts, print_json, print_note, print_table, run
from clarion.commands.place import InWorkspace, open_desk
from clarion.commands.starts import flow_starts, flow_trigger
from clarion.domain.errors import ClarionError, Problem
from clarion.flow.check import check_flow, has_errors
from clarion.services import flows
from clarion.services.flows import Flow, FlowFilter, FlowSummary, FlowVersion
from clarion.web.flows.schemas import FlowAnswer, FlowSummaryAnswer, FlowVersionAnswer

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Flows: check, import, publish and start them.")
app.command("trigger")(flow_trigger)
app.command("starts")(flow_starts)
app.command("diff")(flow_diff)
app.command("restore")(flow_restore)
app.command("changeovers")(flow_changeovers)
app.command("bind")(flow_bind)
app.command("rebind")(flow_rebind)
app.command("unbind")(flow_unbind)
app.command("bindings")(flow_bindings)
MOST_FLOWS = 100_000

app.command("insight")(flow_insight)
app.command("log")(flow_log)
app.command("play")(flow_play)
app.command("test")(flow_test)

FileToRead = Annotated[Path, typer.Argument(help="A flow file; `-` reads standard input.")]
NameOrId = Annotated[str, typer.Argument(help="The flow's name or id.")]


def _read(path: Path) -> Any:
    try:
        text = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        return orjson.loads(text)
    except OSError as error:
        raise ClarionError(
            "request.malformed", f"{path} cannot be read: {error.strerror}."
        ) from error
    except orjson.JSONDecodeError as error:
        raise ClarionError("request.malformed", f"{path} is not JSON: {error}.") from error


def _print_problems(problems: Sequence[Problem]) -> None:
    rows = [asdict(problem) for problem in problems]
    print_table(rows, nothing="The flow has no problems.")


@app.command("check")
def flow_check(file: FileToRead, *, as_json: AsJson = False) -> None:
    """Check a flow file without a server; exit code 1 when it could not be published."""

    async def work() -> list[Problem]:
        return check_flow(_read(file))

    problems = run(work())
    is_refused = has_errors(problems)
    if as_json:
        print_json({"problems": [asdict(p) for p in problems], "can_publish": not is_refused})
    else:
        _print_problems(problems)
    if is_refused:
        raise typer.Exit(1)


@app.command("import")
def flow_import(
    file: FileToRead,
    name: Annotated[str | None, typer.Option(help="Another name than the file's.")] = None,
    *,
    publish: Annotated[bool, typer.Option("--publish", help="Publish it at once.")] = False,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Make a flow of a file; a flow of that name gets the file as its new draft."""

    async def work() -> Flow:
        definition = _read(file)
        if not isinstance(definition, dict):
            raise ClarionError("request.malformed", f"{file} is not a JSON object.")
        if name is not None:
            definition["name"] = name
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            flow = await flows.import_flow(connection, desk.scope, definition)
            if publish:
                await flows.publish_flow(connection, desk.scope, flow.id)
            return await flows.read_flow(connection, desk.scope, flow.id)

    _print_flow(run(work()), as_json=as_json)


def _print_flow(flow: Flow, *, as_json: bool) -> None:
    if as_json:
        print_json(FlowAnswer.model_validate(flow))
        return
    print_facts(
        {
            "id": flow.id,
            "name": flow.name,
            "trigger": flow.trigger_kind,
            "draft_revision": flow.draft_revision,
            "published_number": flow.published_number,
        }
    )


@app.command("list")
def flow_list(
    search: Annotated[str | None, typer.Option(help="A part of the name.")] = None,
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """List the flows, the newest first."""

    async def work() -> list[FlowSummary]:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            return await flows.list_flows(
                connection, desk.scope, FlowFilter(search=search), below_id=None, limit=MOST_FLOWS
            )

    found = run(work())
    if as_json:
        print_json({"items": [FlowSummaryAnswer.model_validate(flow) for flow in found]})
        return
    rows = [
        {
            "id": flow.id,
            "name": flow.name,
            "trigger": flow.trigger_kind,
            "published": flow.published_number,
            "changed since": flow.has_unpublished_changes,
            "updated_at": flow.updated_at,
        }
        for flow in found
    ]
    print_table(rows, nothing="No flow yet: `clarion flow import FILE`.")


@app.command("publish")
def flow_publish(
    flow: NameOrId,
    note: Annotated[str, typer.Option(help="What is new.")] = "",
    waiting: Annotated[
        WaitingChoice, typer.Option(help="What becomes of sessions that wait in older versions.")
    ] = WaitingChoice.FINISH,
    *,
    despite_tests: Annotated[
        bool, typer.Option("--despite-tests", help="Even when tests of the flow fail.")
    ] = False,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Make the draft the published version."""

    async def work() -> FlowVersion:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            found = await flows.flow_named(connection, desk.scope, flow)
            return await flows.publish_flow(
                connection,
                desk.scope,
                found.id,
                note=note,
                waiting=waiting.value,
                despite_tests=despite_tests,
            )

    version = run(work())
    if as_json:
        print_json(FlowVersionAnswer.model_validate(version))
    else:
        print_note(f"Version {version.number} is published.")


@app.command("unpublish")
def flow_unpublish(
    flow: NameOrId, *, workspace: InWorkspace = None, as_json: AsJson = False
) -> None:
    """Let no campaign start the flow any more."""

    async def work() -> Flow:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            found = await flows.flow_named(connection, desk.scope, flow)
            return await flows.unpublish_flow(connection, desk.scope, found.id)

    _print_flow(run(work()), as_json=as_json)


@app.command("export")
def flow_export(
    flow: NameOrId,
    number: Annotated[int | None, typer.Option(help="A version; else the draft.")] = None,
    output: Annotated[Path | None, typer.Option(help="A file; else standard output.")] = None,
    *,
    workspace: InWorkspace = None,
) -> None:
    """Write a flow file."""

    async def work() -> Any:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            found = await flows.flow_named(connection, desk.scope, flow)
            if number is None:
                return found.draft
            version = await flows.read_version(connection, desk.scope, found.id, number)
            return version.definition

    definition = run(work())
    if output is None:
        print_json(definition)
    else:
        output.write_bytes(orjson.dumps(definition, option=orjson.OPT_INDENT_2) + b"\n")


@app.command("delete")
def flow_delete(flow: NameOrId, *, workspace: InWorkspace = None) -> None:
    """Delete a flow that is not published and that no campaign uses."""

    async def work() -> None:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            found = await flows.flow_named(connection, desk.scope, flow)
            await flows.delete_flow(connection, desk.scope, found.id)

    run(work())
    print_note(f"{flow} is deleted.")
