"""``clarion flow trigger`` and ``clarion flow starts``: start a flow for one person."""

from __future__ import annotations

from typing import Annotated

import typer

from clarion.commands.campaign_options import ReentryOption, read_parameter, zone_of
from clarion.commands.moments import MOMENT_HELP, read_moment
from clarion.commands.output import AsJson, print_facts, print_json, print_table, run
from clarion.commands.place import InWorkspace, open_desk
from clarion.domain.campaign import Reentry
from clarion.domain.reasons import reason_in_words
from clarion.services.flow_limits import limits_of
from clarion.services.flows import flow_named
from clarion.services.triggers import Start, TriggerRequest, list_starts, trigger_flow
from clarion.web.starts.schemas import StartAnswer

__all__ = ["flow_starts", "flow_trigger"]

FlowNameOrId = Annotated[str, typer.Argument(help="The flow's name or id.")]


def flow_trigger(
    flow: FlowNameOrId,
    phone: Annotated[
        str | None, typer.Option(help="The person's number; an unknown one becomes a contact.")
    ] = None,
    contact: Annotated[
        int | None, typer.Option(help="A contact's id, instead of a number.")
    ] = None,
    name: Annotated[str, typer.Option(help="The name of a contact that is made.")] = "",
    inputs: Annotated[
        list[str] | None,
        typer.Option("--input", help="NAME=TEXT or NAME:=JSON, an input of the flow; repeatable."),
    ] = None,
    key: Annotated[
        str | None, typer.Option(help="Of your choice; the same key starts only once.")
    ] = None,
    discard_at: Annotated[
        str | None, typer.Option(help=f"Not after this moment: {MOMENT_HELP}.")
    ] = None,
    sender: Annotated[str | None, typer.Option(help="A sender's name.")] = None,
    reentry: ReentryOption = None,
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Start a published flow with the manual trigger for one person."""

    async def work() -> Start:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            found = await flow_named(connection, desk.scope, flow)
            zone = await zone_of(connection, desk.scope)
            request = TriggerRequest(
                contact_id=contact,
                phone=phone,
                name=name,
                inputs=dict(read_parameter(each, "inputs") for each in inputs or ()),
                key=key,
                discard_at=None
                if discard_at is None
                else read_moment(discard_at, "discard_at", desk.scope.now, zone),
                sender_name=sender,
                reentry=reentry or Reentry.RESTART,
            )
            limits = limits_of(desk.place.settings)
            return await trigger_flow(connection, desk.scope, found.id, request, limits=limits)

    start = run(work())
    if as_json:
        print_json(StartAnswer.model_validate(start))
        return
    print_facts(
        {
            "start": start.id,
            "status": start.status,
            "reason": start.reason and reason_in_words(start.reason),
            "contact": start.contact_id,
            "session": start.session_id,
            "repeated": start.is_repeated,
        }
    )


def flow_starts(
    flow: FlowNameOrId,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many.")] = 50,
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """List the starts of a flow outside of campaigns, the newest first."""

    async def work() -> list[Start]:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            found = await flow_named(connection, desk.scope, flow)
            return await list_starts(connection, desk.scope, found.id, limit=limit)

    found = run(work())
    if as_json:
        print_json({"items": [StartAnswer.model_validate(start) for start in found]})
        return
    rows = [
        {
            "id": start.id,
            "asked_at": start.asked_at,
            "asked by": start.asked_by,
            "contact": start.contact_id,
            "status": start.status,
            "reason": start.reason and reason_in_words(start.reason),
        }
        for start in found
    ]
    print_table(rows, nothing="Nobody has started this flow yet.")
