"""What only the database knows about a campaign's draft: its flow, its groups and its sender."""

from __future__ import annotations

from clarion.domain.campaign import CampaignDraft
from clarion.domain.errors import ClarionError, FieldError
from clarion.flow.definition import parse_flow
from clarion.flow.engine import check_inputs
from clarion.services.scope import Scope
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["check_surroundings"]

QUERIES = load("campaigns")


async def check_surroundings(connection: Connection, scope: Scope, draft: CampaignDraft) -> None:
    """What only the database knows about a draft."""
    await _check_flow(connection, scope, draft)
    wanted = {*draft.include_group_ids, *draft.exclude_group_ids}
    rows = await QUERIES.fetch(
        connection, "known_groups", workspace_id=scope.workspace_id, group_ids=sorted(wanted)
    )
    missing = sorted(wanted - {row["id"] for row in rows})
    if missing:
        raise ClarionError(
            "group.not_found", f"There is no group {missing[0]} in this workspace.", groups=missing
        )
    if draft.sender_name is not None and not await QUERIES.fetchval(
        connection, "known_sender", workspace_id=scope.workspace_id, name=draft.sender_name
    ):
        raise ClarionError(
            "sender.not_found",
            f"There is no sender {draft.sender_name!r} in this workspace.",
            sender=draft.sender_name,
        )


async def _check_flow(connection: Connection, scope: Scope, draft: CampaignDraft) -> None:
    flow = await QUERIES.fetchrow(
        connection, "flow_for_campaign", workspace_id=scope.workspace_id, flow_id=draft.flow_id
    )
    if flow is None:
        raise ClarionError(
            "flow.not_found",
            f"There is no flow {draft.flow_id} in this workspace.",
            flow_id=draft.flow_id,
        )
    if flow["published_version_id"] is None:
        raise ClarionError(
            "flow.not_published", f"The flow {flow['name']!r} is not published.", flow_id=flow["id"]
        )
    if flow["trigger_kind"] != "manual":
        raise ClarionError(
            "flow.trigger_not_manual",
            f"The flow {flow['name']!r} is started by {flow['trigger_kind']}, not by hand.",
            flow_id=flow["id"],
        )
    errors = check_inputs(parse_flow(flow["definition"]), draft.parameters)
    if errors:
        raise ClarionError(
            "flow.inputs_invalid",
            f"The parameters do not fit the flow {flow['name']!r}.",
            field_errors=tuple(
                FieldError(
                    f"parameters.{error.path.removeprefix('inputs.')}", error.code, error.message
                )
                for error in errors
            ),
        )
