"""The routes of dry runs."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Query
from starlette.responses import StreamingResponse

from clarion.domain.errors import ClarionError, FieldError
from clarion.engine.forecast import ForecastOutcome
from clarion.services import dry_runs
from clarion.services.dry_run_exports import export_people
from clarion.services.dry_runs import PeopleFilter
from clarion.services.flow_limits import limits_of
from clarion.services.workspaces import read_workspace
from clarion.web.access import Asking, AskingBriefly
from clarion.web.campaigns.schemas import draft_of_body
from clarion.web.database import DB, PlaceOf
from clarion.web.downloads import CSV_RESPONSE, csv_download
from clarion.web.dry_runs.schemas import (
    DryRunAnswer,
    DryRunBody,
    DryRunPersonAnswer,
    PersonExplanationAnswer,
    dry_run_answer,
    explanation_answer,
    person_answer,
)
from clarion.web.paging import LARGEST_KEY, Page, Paging, page_of
from clarion.web.routing import ONCE, noun_router, refusals
from clarion.web.schemas import Id, SearchText
from clarion.web.times import in_zone

__all__ = ["router"]

router = noun_router("dry runs", prefix="/dry-runs")

_NOT_FOUND = refusals("dry_run.not_found")


@router.post(
    "",
    operation_id="dry_run_create",
    summary="Try what a campaign would do",
    status_code=201,
    dependencies=ONCE,
    responses=refusals(
        "campaign.not_found",
        "campaign.status_not_allowed",
        "dry_run.no_occurrence",
        "campaign.invalid",
        "flow.not_found",
        "flow.not_published",
        "flow.trigger_not_manual",
        "flow.inputs_invalid",
        "group.not_found",
        "sender.not_found",
    ),
)
async def dry_run_create(connection: DB, scope: Asking, body: DryRunBody) -> DryRunAnswer:
    """A worker computes it; read it until it is `finished`.  Nothing is sent."""
    if body.campaign_id is None and body.draft is None:
        message = "Give `campaign_id`, `draft` or both."
        raise ClarionError(
            "campaign.invalid", message, field_errors=(FieldError("draft", "required", message),)
        )
    workspace = await read_workspace(connection, scope)
    made = await dry_runs.ask_dry_run(
        connection,
        scope,
        campaign_id=body.campaign_id,
        draft=None if body.draft is None else draft_of_body(body.draft, workspace),
        scheduled_at=body.scheduled_at and in_zone(body.scheduled_at, ZoneInfo(workspace.zone)),
    )
    return dry_run_answer(made, workspace.language)


@router.get("", operation_id="dry_run_list", summary="List the dry runs, the newest first")
async def dry_run_list(
    connection: DB,
    scope: Asking,
    paging: Paging,
    campaign_id: Annotated[int | None, Query(ge=1, le=LARGEST_KEY)] = None,
) -> Page[DryRunAnswer]:
    """Those of one campaign, when it is given; old ones are forgotten after a week."""
    rows = await dry_runs.list_dry_runs(
        connection, scope, campaign_id, below_id=paging.below_id, limit=paging.fetch_count
    )
    language = (await read_workspace(connection, scope)).language
    return page_of(rows, paging, lambda row: dry_run_answer(row, language), lambda row: (row.id,))


@router.get(
    "/{dry_run_id}",
    operation_id="dry_run_read",
    summary="Read a dry run",
    responses=_NOT_FOUND,
)
async def dry_run_read(connection: DB, scope: Asking, dry_run_id: Id) -> DryRunAnswer:
    """Its progress, and its numbers beside those of the one before."""
    found = await dry_runs.read_dry_run(connection, scope, dry_run_id)
    previous = await dry_runs.previous_dry_run(connection, scope, found)
    return dry_run_answer(found, (await read_workspace(connection, scope)).language, previous)


def _filter(
    outcome: ForecastOutcome | None = None,
    reason: Annotated[str | None, Query(pattern=r"^[a-z_0-9]{1,60}$")] = None,
    node_id: Annotated[SearchText | None, Query(max_length=100)] = None,
    text: Annotated[
        SearchText | None, Query(max_length=100, description="A part of the name or phone.")
    ] = None,
) -> PeopleFilter:
    return PeopleFilter(outcome, reason, node_id, text)


Wanted = Annotated[PeopleFilter, Depends(_filter)]


@router.get(
    "/{dry_run_id}/people",
    operation_id="dry_run_list_people",
    summary="List the people of a dry run",
    responses=_NOT_FOUND,
)
async def dry_run_list_people(
    connection: DB, scope: Asking, dry_run_id: Id, paging: Paging, wanted: Wanted
) -> Page[DryRunPersonAnswer]:
    """Everybody of the audience, in the order of their contacts' ids."""
    rows = await dry_runs.list_people(
        connection,
        scope,
        dry_run_id,
        wanted,
        above_id=paging.above_id,
        limit=paging.fetch_count,
    )
    language = (await read_workspace(connection, scope)).language
    return page_of(
        rows, paging, lambda row: person_answer(row, language), lambda row: (row.contact_id,)
    )


@router.get(
    "/{dry_run_id}/people.csv",
    operation_id="dry_run_export_people",
    summary="Export the people of a dry run as CSV",
    response_class=StreamingResponse,
    responses={**_NOT_FOUND, 200: CSV_RESPONSE},
)
async def dry_run_export_people(
    place: PlaceOf, scope: AskingBriefly, dry_run_id: Id, wanted: Wanted
) -> StreamingResponse:
    """Those that fit the same filters as the list."""
    pieces = export_people(place.pool, scope, dry_run_id, wanted)
    return await csv_download(pieces, f"dry-run-{dry_run_id}.csv")


@router.get(
    "/{dry_run_id}/people/{contact_id}",
    operation_id="dry_run_explain_person",
    summary="What one person would get, and by which way through the flow",
    responses=refusals("dry_run.not_found", "dry_run.person_not_found", "dry_run.not_finished"),
)
async def dry_run_explain_person(
    place: PlaceOf, scope: AskingBriefly, dry_run_id: Id, contact_id: Id
) -> PersonExplanationAnswer:
    """Computed again from what is known now; it says when that makes a difference."""
    explained = await dry_runs.explain_person(
        place.pool, scope, dry_run_id, contact_id, limits=limits_of(place.settings)
    )
    async with place.pool.acquire() as connection:
        language = (await read_workspace(connection, scope)).language
    return explanation_answer(explained, language)
