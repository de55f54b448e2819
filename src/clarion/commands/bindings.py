"""``clarion flow bind``, ``rebind``, ``unbind`` and ``bindings``: which flow listens to which sender."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from clarion.commands.output import AsJson, print_json, print_note, print_table, run
from clarion.commands.place import InWorkspace, open_desk
from clarion.services import bindings
from clarion.services.bindings import USUAL_PRIORITY, Binding
from clarion.services.flows import flow_named
from clarion.services.senders import sender_named
from clarion.web.bindings.routes import BindingAnswer

__all__ = ["flow_bind", "flow_bindings", "flow_rebind", "flow_unbind"]

FlowArgument = Annotated[str, typer.Argument(help="The flow's name or id.")]
SenderArgument = Annotated[str, typer.Argument(help="The sender's name.")]


def flow_bind(
    flow: FlowArgument,
    sender: SenderArgument,
    priority: Annotated[
        int, typer.Option(min=1, max=1000, help="The lowest of a sender is asked first.")
    ] = USUAL_PRIORITY,
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Let a flow that is not published listen to a sender."""

    async def work() -> Binding:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            found = await flow_named(connection, desk.scope, flow)
            listened = await sender_named(connection, desk.scope, sender)
            return await bindings.bind_flow(
                connection, desk.scope, found.id, listened.id, priority=priority
            )

    _print(run(work()), as_json=as_json)


def flow_rebind(
    flow: FlowArgument,
    sender: SenderArgument,
    to_sender: Annotated[str, typer.Argument(help="The other sender's name.")],
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Let a flow that is not published listen to another sender instead."""

    async def work() -> Binding:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            found = await flow_named(connection, desk.scope, flow)
            old = await sender_named(connection, desk.scope, sender)
            new = await sender_named(connection, desk.scope, to_sender)
            return await bindings.rebind_flow(connection, desk.scope, found.id, old.id, new.id)

    _print(run(work()), as_json=as_json)


def flow_unbind(
    flow: FlowArgument, sender: SenderArgument, *, workspace: InWorkspace = None
) -> None:
    """Let a flow that is not published listen to a sender no more."""

    async def work() -> None:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            found = await flow_named(connection, desk.scope, flow)
            listened = await sender_named(connection, desk.scope, sender)
            await bindings.unbind_flow(connection, desk.scope, found.id, listened.id)

    run(work())
    print_note(f"{flow} does not listen to {sender} any more.")


def flow_bindings(*, workspace: InWorkspace = None, as_json: AsJson = False) -> None:
    """List who listens to whom, in the order in which they are asked."""

    async def work() -> list[Binding]:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            return await bindings.list_bindings(connection, desk.scope)

    found = run(work())
    if as_json:
        print_json({"items": [BindingAnswer.model_validate(each) for each in found]})
        return
    shown = ("sender_name", "priority", "flow_name", "trigger_kind", "is_published")
    rows = [{name: asdict(each)[name] for name in shown} for each in found]
    print_table(rows, nothing="No flow listens to a sender: `clarion flow bind FLOW SENDER`.")


def _print(binding: Binding, *, as_json: bool) -> None:
    if as_json:
        print_json(BindingAnswer.model_validate(binding))
    else:
        print_note(
            f"{binding.flow_name} listens to {binding.sender_name}, "
            f"with the priority {binding.priority}."
        )
