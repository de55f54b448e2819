"""The routes of bulk actions."""

from __future__ import annotations

from starlette.responses import StreamingResponse

from clarion.services import bulk_actions
from clarion.web.access import Asking
from clarion.web.bulk_actions.schemas import BulkActionAnswer, BulkActionBody, answer_of
from clarion.web.database import DB, PlaceOf
from clarion.web.downloads import CSV_RESPONSE, csv_download
from clarion.web.paging import Page, Paging, page_of
from clarion.web.routing import ONCE, noun_router, refusals
from clarion.web.schemas import Id

__all__ = ["router"]

router = noun_router("bulk actions", prefix="/bulk-actions")


@router.post(
    "",
    operation_id="bulk_action_create",
    summary="Do one thing to every contact of a search",
    status_code=201,
    dependencies=ONCE,
    responses=refusals("group.not_found"),
)
async def bulk_action_create(
    connection: DB, scope: Asking, body: BulkActionBody
) -> BulkActionAnswer:
    """It is done by a worker; read it again to watch it.  Contacts that come later are not met."""
    made = await bulk_actions.request_bulk_action(connection, scope, body.asked())
    return answer_of(made)


@router.get("", operation_id="bulk_action_list", summary="List bulk actions, the newest first")
async def bulk_action_list(connection: DB, scope: Asking, paging: Paging) -> Page[BulkActionAnswer]:
    """With how far they are."""
    rows = await bulk_actions.list_bulk_actions(
        connection, scope, below_id=paging.below_id, limit=paging.fetch_count
    )
    return page_of(rows, paging, answer_of, lambda one: (one.id,))


@router.get(
    "/{bulk_action_id}",
    operation_id="bulk_action_read",
    summary="Read a bulk action",
    responses=refusals("bulk_action.not_found"),
)
async def bulk_action_read(connection: DB, scope: Asking, bulk_action_id: Id) -> BulkActionAnswer:
    """While it runs, its counts grow."""
    return answer_of(await bulk_actions.read_bulk_action(connection, scope, bulk_action_id))


@router.post(
    "/{bulk_action_id}/cancel",
    operation_id="bulk_action_cancel",
    summary="Stop a bulk action",
    responses=refusals("bulk_action.not_found"),
)
async def bulk_action_cancel(connection: DB, scope: Asking, bulk_action_id: Id) -> BulkActionAnswer:
    """At the next batch; what is done stays done."""
    return answer_of(await bulk_actions.cancel_bulk_action(connection, scope, bulk_action_id))


@router.get(
    "/{bulk_action_id}/result.csv",
    operation_id="bulk_action_result",
    summary="Download what a bulk action left behind",
    response_class=StreamingResponse,
    responses={**refusals("bulk_action.not_found", "bulk_action.no_result"), 200: CSV_RESPONSE},
)
async def bulk_action_result(
    place: PlaceOf, scope: Asking, bulk_action_id: Id
) -> StreamingResponse:
    """The contacts of an export; of other kinds those that stayed as they were, and why."""
    pieces = bulk_actions.result_of(place.pool, scope, bulk_action_id)
    return await csv_download(pieces, f"contacts-{bulk_action_id}.csv")
