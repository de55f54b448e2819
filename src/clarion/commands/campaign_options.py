"""What campaigns are told at the shell: options, and what they mean in a workspace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import orjson
import typer

from clarion.commands.moments import MOMENT_HELP, read_moment
from clarion.domain.campaign import CampaignDraft, DoubtPolicy, Overlap, Reentry, ZoneMode
from clarion.domain.errors import ClarionError, FieldError
from clarion.schedule.typed import FORMS, parse_typed_plan
from clarion.services.flows import flow_named
from clarion.services.groups import find_group, read_group
from clarion.services.scope import Scope
from clarion.services.workspaces import read_workspace
from clarion.store.pool import Connection

__all__ = [
    "DescriptionOption",
    "DoubtOption",
    "EndOption",
    "ExcludeOption",
    "FlowOption",
    "Given",
    "GraceOption",
    "GroupOption",
    "NameOption",
    "OverlapOption",
    "ParameterOption",
    "PlanOption",
    "ReentryOption",
    "SenderOption",
    "StartOption",
    "ZoneModeOption",
    "changes_given",
    "draft_given",
    "read_parameter",
    "zone_of",
]

# How long a campaign lasts when nobody says when it ends.
USUAL_LENGTH = timedelta(days=30)

NameOption = Annotated[str | None, typer.Option("--name", help="At most 60 characters.")]
DescriptionOption = Annotated[
    str | None, typer.Option("--description", help="At most 90 characters.")
]
FlowOption = Annotated[str | None, typer.Option("--flow", help="The flow's name or id.")]
GroupOption = Annotated[
    list[str] | None, typer.Option("--group", help="A group's name or id; may be repeated.")
]
ExcludeOption = Annotated[
    list[str] | None, typer.Option("--exclude-group", help="Nobody of this group; repeatable.")
]
StartOption = Annotated[str | None, typer.Option("--start", help=f"{MOMENT_HELP} from now.")]
EndOption = Annotated[
    str | None, typer.Option("--end", help=f"{MOMENT_HELP} after the start; else 30 days.")
]
PlanOption = Annotated[str | None, typer.Option("--plan", help=f"One of: {'; '.join(FORMS)}.")]
OverlapOption = Annotated[
    Overlap | None,
    typer.Option("--overlap", help="What a tick does while the last occurrence runs."),
]
ReentryOption = Annotated[
    Reentry | None, typer.Option("--reentry", help="Who is still inside a session of the flow.")
]
DoubtOption = Annotated[
    DoubtPolicy | None, typer.Option("--doubt-policy", help="When an answer was lost.")
]
GraceOption = Annotated[
    int | None, typer.Option("--grace-seconds", help="How late a tick may still run.")
]
SenderOption = Annotated[
    str | None, typer.Option("--sender", help="A sender's name; an empty one: as the flow says.")
]
ParameterOption = Annotated[
    list[str] | None,
    typer.Option("--parameter", help="NAME=TEXT or NAME:=JSON, an input of the flow; repeatable."),
]
ZoneModeOption = Annotated[
    ZoneMode | None, typer.Option("--zone-mode", help="Whose clock the plan names.")
]


@dataclass(frozen=True, slots=True)
class Given:
    """What the options said, as typed; None for what was not given."""

    name: str | None = None
    description: str | None = None
    flow: str | None = None
    group: list[str] | None = None
    exclude_group: list[str] | None = None
    start: str | None = None
    end: str | None = None
    plan: str | None = None
    overlap: Overlap | None = None
    reentry: Reentry | None = None
    doubt_policy: DoubtPolicy | None = None
    grace_seconds: int | None = None
    sender: str | None = None
    parameter: list[str] | None = None
    zone_mode: ZoneMode | None = None


async def zone_of(connection: Connection, scope: Scope) -> ZoneInfo:
    """The workspace's zone."""
    return ZoneInfo((await read_workspace(connection, scope)).zone)


async def draft_given(connection: Connection, scope: Scope, given: Given) -> CampaignDraft:
    """A new campaign's draft.

    Raises ``campaign.invalid``, ``flow.not_found``, ``group.not_found``.
    """
    changes = await changes_given(connection, scope, given, start_at=None)
    return CampaignDraft(**changes)


async def changes_given(
    connection: Connection, scope: Scope, given: Given, *, start_at: datetime | None
) -> dict[str, Any]:
    """The fields of a draft that were given; ``start_at`` is the campaign's own so far.

    A new campaign (``start_at`` is None) ends 30 days after its start when no end is given.
    Raises ``campaign.invalid``, ``flow.not_found``, ``group.not_found``.
    """
    zone = await zone_of(connection, scope)
    changes: dict[str, Any] = {
        "name": given.name,
        "description": given.description,
        "overlap": given.overlap,
        "reentry": given.reentry,
        "doubt_policy": given.doubt_policy,
        "misfire_grace_seconds": given.grace_seconds,
        "sender_name": given.sender,
        "zone_mode": given.zone_mode,
    }
    if given.flow is not None:
        changes["flow_id"] = (await flow_named(connection, scope, given.flow)).id
    if given.group is not None:
        changes["include_group_ids"] = await _group_ids(connection, scope, given.group)
    if given.exclude_group is not None:
        changes["exclude_group_ids"] = await _group_ids(connection, scope, given.exclude_group)
    if given.plan is not None:
        changes["plan"] = parse_typed_plan(given.plan)
    if given.parameter is not None:
        changes["parameters"] = dict(read_parameter(each, "parameters") for each in given.parameter)
    is_new = start_at is None
    if given.start is not None:
        start_at = read_moment(given.start, "start_at", scope.now, zone)
        changes["start_at"] = start_at
    if given.end is not None:
        changes["end_at"] = read_moment(given.end, "end_at", start_at or scope.now, zone)
    elif is_new and start_at is not None:
        changes["end_at"] = start_at + USUAL_LENGTH
    return {name: value for name, value in changes.items() if value is not None}


async def _group_ids(connection: Connection, scope: Scope, names: Sequence[str]) -> tuple[int, ...]:
    """The ids of groups by name, else by id.  Raises ``group.not_found``."""
    found = []
    for name in names:
        group_id = await find_group(connection, scope, name)
        if group_id is None:
            if not name.isascii() or not name.isdigit() or len(name) > 18:
                raise ClarionError(
                    "group.not_found", f"There is no group {name!r} in this workspace."
                )
            group_id = (await read_group(connection, scope, int(name))).id
        found.append(group_id)
    return tuple(found)


def read_parameter(text: str, field: str) -> tuple[str, Any]:
    """The name and the value of NAME=TEXT or NAME:=JSON.  Raises ``request.invalid``."""
    name, separator, value = text.partition("=")
    if not separator:
        raise _bad_parameter(text, field, "write NAME=TEXT or NAME:=JSON")
    if not name.endswith(":"):
        return name, value
    try:
        return name.removesuffix(":"), orjson.loads(value)
    except orjson.JSONDecodeError as error:
        raise _bad_parameter(text, field, "what stands after := is not JSON") from error


def _bad_parameter(text: str, field: str, why: str) -> ClarionError:
    message = f"{text!r} is not understood: {why}."
    return ClarionError(
        "request.invalid", message, field_errors=(FieldError(field, "not_understood", message),)
    )
