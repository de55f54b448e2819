"""``clarion flow diff``, ``restore`` and ``changeovers``: what versions have not in common."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import orjson
import typer

from clarion.commands.output import AsJson, print_json, print_note, print_table, run
from clarion.commands.place import InWorkspace, open_desk
from clarion.domain.errors import ClarionError
from clarion.flow.difference import Difference
from clarion.services import flows
from clarion.services.changeovers import Changeover, list_changeovers
from clarion.web.flows.version_schemas import ChangeoverAnswer, VersionDifferenceAnswer

__all__ = ["WaitingChoice", "flow_changeovers", "flow_diff", "flow_restore"]

FlowArgument = Annotated[str, typer.Argument(help="The flow's name or id.")]
_MOST_SHOWN_CHARS = 60


class WaitingChoice(StrEnum):
    """What becomes of sessions that wait in older versions."""

    FINISH = "finish"
    MOVE = "move"
    STOP = "stop"


def flow_diff(
    flow: FlowArgument,
    before: Annotated[
        int | None, typer.Argument(help="A version; the published one when not given.")
    ] = None,
    after: Annotated[
        int | None, typer.Argument(help="Another version; the draft when not given.")
    ] = None,
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Show what two versions have not in common, node by node and field by field."""

    async def work() -> Difference:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            found = await flows.flow_named(connection, desk.scope, flow)
            number = found.published_number if before is None else before
            if number is None:
                raise ClarionError(
                    "flow.not_published", f"The flow {found.name!r} has no published version."
                )
            return await flows.compare_versions(connection, desk.scope, found.id, number, after)

    difference = run(work())
    if as_json:
        print_json(VersionDifferenceAnswer.model_validate(difference))
        return
    rows = [
        {"node": "", "change": "changed", "field": each.path, **_values(each.before, each.after)}
        for each in difference.fields
    ]
    for node in difference.nodes:
        if not node.fields:
            rows.append({"node": node.node_id, "change": node.change, "field": node.kind})
        for each in node.fields:
            row = {"node": node.node_id, "change": node.change, "field": each.path}
            rows.append(row | _values(each.before, each.after))
    print_table(rows, nothing="They do the same.")


def _values(before: object, after: object) -> dict[str, str]:
    return {"before": _shown(before), "after": _shown(after)}


def _shown(value: object) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return text if len(text) <= _MOST_SHOWN_CHARS else f"{text[:_MOST_SHOWN_CHARS]}…"


def flow_restore(
    flow: FlowArgument,
    number: Annotated[int, typer.Argument(help="The version.")],
    *,
    workspace: InWorkspace = None,
) -> None:
    """Make an old version the draft again; the draft that it replaces is lost."""

    async def work() -> None:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            found = await flows.flow_named(connection, desk.scope, flow)
            await flows.restore_version(
                connection, desk.scope, found.id, number, revision=found.draft_revision
            )

    run(work())
    print_note(f"Version {number} of {flow} is the draft; `clarion flow publish` makes it current.")


def flow_changeovers(
    flow: FlowArgument, *, workspace: InWorkspace = None, as_json: AsJson = False
) -> None:
    """List what became of those who waited in older versions."""

    async def work() -> list[Changeover]:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            found = await flows.flow_named(connection, desk.scope, flow)
            return await list_changeovers(
                connection, desk.scope, found.id, below_id=None, limit=100
            )

    found = run(work())
    if as_json:
        print_json({"items": [ChangeoverAnswer.model_validate(each) for each in found]})
        return
    shown = (
        "number",
        "mode",
        "status",
        "waiting_count",
        "moved_count",
        "stopped_count",
        "kept_count",
    )
    rows = [{name: asdict(each)[name] for name in shown} for each in found]
    print_table(rows, nothing="Nobody was moved or stopped.")
