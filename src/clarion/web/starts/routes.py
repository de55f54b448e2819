"""The routes of starts: flows started for one person outside of campaigns."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from clarion.services import triggers
from clarion.services.flow_limits import limits_of
from clarion.services.triggers import StartStatus
from clarion.services.workspaces import read_workspace
from clarion.web.access import Asking
from clarion.web.database import DB, PlaceOf
from clarion.web.paging import Page, Paging, page_of
from clarion.web.routing import ONCE, noun_router, refusals
from clarion.web.schemas import Id
from clarion.web.starts.schemas import StartAnswer, StartBody

__all__ = ["router"]

router = noun_router("starts")


@router.post(
    "/flows/{flow_id}/starts",
    operation_id="start_create",
    summary="Start a flow for one person",
    status_code=201,
    dependencies=ONCE,
    responses=refusals(
        "flow.not_found",
        "flow.not_published",
        "flow.trigger_not_manual",
        "flow.inputs_invalid",
        "contact.not_found",
        "contact.phone_invalid",
        "sender.not_found",
        "start.key_conflict",
    ),
)
async def start_create(
    connection: DB, place: PlaceOf, scope: Asking, flow_id: Id, body: StartBody
) -> StartAnswer:
    """The published version of a flow with the manual trigger; its messages go before campaigns'.

    Somebody who opted out is not messaged: the answer then says `skipped`, and the reason.
    """
    zone = ZoneInfo((await read_workspace(connection, scope)).zone)
    start = await triggers.trigger_flow(
        connection, scope, flow_id, body.request(zone), limits=limits_of(place.settings)
    )
    return StartAnswer.model_validate(start)


@router.get(
    "/flows/{flow_id}/starts",
    operation_id="start_list",
    summary="List the starts of a flow outside of campaigns, the newest first",
    responses=refusals("flow.not_found"),
)
async def start_list(
    connection: DB,
    scope: Asking,
    flow_id: Id,
    paging: Paging,
    status: StartStatus | None = None,
) -> Page[StartAnswer]:
    """Those asked for by people and programs, and those that inbound messages triggered."""
    rows = await triggers.list_starts(
        connection,
        scope,
        flow_id,
        status=status,
        below_id=paging.below_id,
        limit=paging.fetch_count,
    )
    return page_of(rows, paging, StartAnswer.model_validate, lambda start: (start.id,))


@router.get(
    "/starts/{start_id}",
    operation_id="start_read",
    summary="Read a start",
    responses=refusals("start.not_found"),
)
async def start_read(connection: DB, scope: Asking, start_id: Id) -> StartAnswer:
    """What became of it, and why."""
    return StartAnswer.model_validate(await triggers.read_start(connection, scope, start_id))
