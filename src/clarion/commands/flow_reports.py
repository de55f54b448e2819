"""``clarion flow insight`` and ``clarion flow log``; ``clarion session show``: looking into flows."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from clarion.commands.output import AsJson, print_facts, print_json, print_note, print_table, run
from clarion.commands.place import InWorkspace, open_desk
from clarion.reports.insight import FlowInsight, InsightFilter, NodeInsight, insight_of_flow
from clarion.services import flow_logs, flows, sessions
from clarion.services.flow_logs import FlowLog
from clarion.services.sessions import SessionStory
from clarion.services.workspaces import Language, read_workspace
from clarion.web.sessions.schemas import FlowInsightAnswer, FlowLogAnswer, story_answer

__all__ = ["app", "flow_insight", "flow_log"]

app = typer.Typer(no_args_is_help=True, help="Sessions: what happened to one contact in a flow.")

NameOrId = Annotated[str, typer.Argument(metavar="FLOW", help="The flow's name or id.")]


def flow_insight(
    flow: NameOrId,
    number: Annotated[int | None, typer.Option(help="A version; else all added up.")] = None,
    campaign_id: Annotated[int | None, typer.Option("--campaign", help="Its id.")] = None,
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Show what sessions do at each node: entered, left by which exit, waiting, failed."""

    async def work() -> FlowInsight:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            found = await flows.flow_named(connection, desk.scope, flow)
            return await insight_of_flow(
                connection,
                desk.scope.workspace_id,
                found.id,
                InsightFilter(number, campaign_id=campaign_id),
            )

    insight = run(work())
    if as_json:
        print_json(FlowInsightAnswer.of(insight))
        return
    print_table(
        [_row(node) for node in insight.nodes], nothing="Nobody has walked through this flow yet."
    )


def _row(node: NodeInsight) -> dict[str, Any]:
    exits = sorted(node.exits, key=lambda each: -each.left_count)
    return {
        "node": node.node_id,
        "entered": node.entered_count,
        "waiting": node.waiting_count,
        "ended": node.ended_count,
        "failed": ", ".join(f"{each.failed_count} {each.reason}" for each in node.failures),
        "median wait": _duration(node.median_wait_seconds),
        "left": ", ".join(
            f"{each.exit} {each.left_count} ({each.left_count / node.entered_count:.0%})"
            for each in exits
            if node.entered_count
        ),
    }


def _duration(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.1f} s"


def flow_log(
    flow: NameOrId,
    switch: Annotated[
        Literal["on", "off"] | None,
        typer.Argument(help="Turn it on or off; else how it stands is told."),
    ] = None,
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Read or turn the switch of a flow's log; while it is on, its sessions are traced."""

    async def work() -> FlowLog:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            found = await flows.flow_named(connection, desk.scope, flow)
            if switch is None:
                return await flow_logs.read_log(connection, desk.scope, found.id)
            return await flow_logs.switch_log(
                connection, desk.scope, found.id, is_logging=switch == "on"
            )

    log = run(work())
    if as_json:
        print_json(FlowLogAnswer.model_validate(log))
    else:
        print_note(f"The log of {flow} is {'on' if log.is_logging else 'off'}.")


@app.command("show")
def session_show(
    session: Annotated[int, typer.Argument(metavar="SESSION", min=1, help="Its id.")],
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Show where a session stands, and what was traced of it."""

    async def work() -> tuple[SessionStory, Language]:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            language = (await read_workspace(connection, desk.scope)).language
            return await sessions.read_session(connection, desk.scope, session), language

    story, language = run(work())
    if as_json:
        print_json(story_answer(story, language))
        return
    found = story.session
    print_facts(
        {
            "contact": f"{found.contact_name} ({found.contact_id})",
            "flow": f"{found.flow_name}, version {found.version_number}",
            "campaign": found.campaign_name,
            "status": found.status,
            "reason": found.reason,
            "node": found.node_id,
            "started_at": found.started_at,
            "wake_at": found.wake_at,
            "ended_at": found.ended_at,
        }
    )
    print_table(
        [
            {
                "at": event.at,
                "event": event.event,
                "node": event.node_id,
                "details": ", ".join(f"{key} {value}" for key, value in event.details.items()),
            }
            for event in story.events
        ],
        nothing="Nothing was traced: `clarion flow log FLOW on` turns the log of a flow on.",
    )
