"""The routes of campaigns."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Query

from clarion.domain.campaign import CampaignStatus
from clarion.domain.errors import ClarionError, FieldError
from clarion.domain.local_time import wall_of
from clarion.reports.progress import progress_of
from clarion.schedule.plan import parse_plan
from clarion.schedule.ticks import Period
from clarion.schedule.words import plan_in_words
from clarion.services import campaigns, suspensions
from clarion.services.campaigns import CampaignFilter
from clarion.services.work import sizes_of
from clarion.services.workspaces import read_workspace
from clarion.store.pool import transaction
from clarion.web.access import Asking, AskingBriefly
from clarion.web.campaigns.answers import answer_for, answers_for
from clarion.web.campaigns.schemas import (
    CampaignAnswer,
    CampaignBody,
    CampaignChangeBody,
    CampaignReplacementBody,
    DuplicateBody,
    ProgressAnswer,
    ResumeBody,
    SuspendBody,
    SuspensionAnswer,
    TicksAnswer,
    TicksBody,
    changes_of,
    draft_of_body,
)
from clarion.web.database import DB, PlaceOf
from clarion.web.paging import LARGEST_KEY, Page, Paging, page_of
from clarion.web.routing import ONCE, noun_router, refusals
from clarion.web.schemas import Id, SearchText
from clarion.web.times import in_zone

__all__ = ["router"]

router = noun_router("campaigns", prefix="/campaigns")

_DRAFT_REFUSALS = (
    "campaign.invalid",
    "flow.not_found",
    "flow.not_published",
    "flow.trigger_not_manual",
    "flow.inputs_invalid",
    "group.not_found",
    "sender.not_found",
)
_CHANGE_REFUSALS = ("campaign.not_found", "campaign.status_not_allowed")


def _filter(
    name: Annotated[SearchText | None, Query(max_length=100, description="A part of it.")] = None,
    status: CampaignStatus | None = None,
    flow_id: Annotated[int | None, Query(ge=1, le=LARGEST_KEY)] = None,
    flow_name: Annotated[
        SearchText | None, Query(max_length=100, description="A part of it.")
    ] = None,
    group_id: Annotated[int | None, Query(ge=1, le=LARGEST_KEY)] = None,
) -> CampaignFilter:
    return CampaignFilter(name, status, flow_id, flow_name, group_id)


Wanted = Annotated[CampaignFilter, Depends(_filter)]


@router.post(
    "",
    operation_id="campaign_create",
    summary="Make a campaign",
    status_code=201,
    dependencies=ONCE,
    responses=refusals(*_DRAFT_REFUSALS),
)
async def campaign_create(connection: DB, scope: Asking, body: CampaignBody) -> CampaignAnswer:
    """It starts by itself at `start_at` and ends by itself at `end_at`."""
    draft = draft_of_body(body, await read_workspace(connection, scope))
    made = await campaigns.create_campaign(connection, scope, draft, mint_code=campaigns.mint_code)
    return await answer_for(connection, scope, made)


@router.get("", operation_id="campaign_list", summary="Search the campaigns, the newest first")
async def campaign_list(
    connection: DB, scope: Asking, paging: Paging, wanted: Wanted
) -> Page[CampaignAnswer]:
    """Everything that is given must fit; names fit in part, without regard to case."""
    found = await campaigns.list_campaigns(
        connection, scope, wanted, below_id=paging.below_id, limit=paging.fetch_count
    )
    answers = await answers_for(connection, scope, found)
    return page_of(answers, paging, lambda answer: answer, lambda answer: (answer.id,))


@router.post(
    "/preview-ticks",
    operation_id="campaign_preview_ticks",
    summary="The next ten occurrences of a plan",
    responses=refusals("campaign.invalid"),
)
async def campaign_preview_ticks(connection: DB, scope: Asking, body: TicksBody) -> TicksAnswer:
    """Nothing is stored; none when the plan never fires in the period."""
    workspace = await read_workspace(connection, scope)
    zone = ZoneInfo(workspace.zone)
    period = Period(in_zone(body.start_at, zone), in_zone(body.end_at, zone))
    if period.end_at <= period.start_at:
        message = "The end must be later than the start."
        error = FieldError("end_at", "not_after_start", message)
        raise ClarionError("campaign.invalid", message, field_errors=(error,))
    plan = parse_plan(body.plan)
    return TicksAnswer(
        ticks=list(await campaigns.next_ticks(connection, scope, plan, period)),
        plan_in_words=plan_in_words(
            plan, workspace.language, wall_of(period.start_at, zone).time()
        ),
        zone=workspace.zone,
    )


@router.get("/progress", operation_id="campaign_list_progress", summary="How far the campaigns are")
async def campaign_list_progress(connection: DB, scope: Asking) -> Page[ProgressAnswer]:
    """All that have run, on one page; made to be asked every second."""
    rows = await progress_of(connection, scope.workspace_id, scope.now)
    return Page(items=[ProgressAnswer.model_validate(row) for row in rows], total_count=len(rows))


@router.get(
    "/{campaign_id}",
    operation_id="campaign_read",
    summary="Read a campaign",
    responses=refusals("campaign.not_found"),
)
async def campaign_read(connection: DB, scope: Asking, campaign_id: Id) -> CampaignAnswer:
    """With what is possible now, its numbers and its progress."""
    found = await campaigns.read_campaign(connection, scope, campaign_id)
    return await answer_for(connection, scope, found)


@router.put(
    "/{campaign_id}",
    operation_id="campaign_replace",
    summary="Modify a campaign as a whole",
    responses=refusals(*_CHANGE_REFUSALS, "campaign.stale", *_DRAFT_REFUSALS),
)
async def campaign_replace(
    connection: DB, scope: Asking, campaign_id: Id, body: CampaignReplacementBody
) -> CampaignAnswer:
    """Only while it is pending or suspended; a new start resumes a suspended campaign at it."""
    draft = draft_of_body(body, await read_workspace(connection, scope))
    changed = await campaigns.update_campaign(
        connection, scope, campaign_id, draft, revision=body.revision
    )
    return await answer_for(connection, scope, changed)


@router.patch(
    "/{campaign_id}",
    operation_id="campaign_update",
    summary="Modify some fields of a campaign",
    responses=refusals(*_CHANGE_REFUSALS, "campaign.stale", *_DRAFT_REFUSALS),
)
async def campaign_update(
    connection: DB, scope: Asking, campaign_id: Id, body: CampaignChangeBody
) -> CampaignAnswer:
    """Only while it is pending or suspended; a new start resumes a suspended campaign at it."""
    changes = changes_of(body, await read_workspace(connection, scope))
    changed = await campaigns.change_campaign(
        connection, scope, campaign_id, changes, revision=body.revision
    )
    return await answer_for(connection, scope, changed)


@router.post(
    "/{campaign_id}/suspend",
    operation_id="campaign_suspend",
    summary="Suspend a campaign that is in progress",
    responses=refusals(*_CHANGE_REFUSALS),
)
async def campaign_suspend(
    place: PlaceOf, scope: AskingBriefly, campaign_id: Id, body: SuspendBody | None = None
) -> SuspensionAnswer:
    """Answers when nothing more of it can leave."""
    suspension = await suspensions.suspend_campaign(
        place.pool, scope, campaign_id, reason=body.reason if body else None
    )
    async with transaction(place.pool) as connection:
        answer = await answer_for(connection, scope, suspension.campaign)
    return SuspensionAnswer(
        campaign=answer,
        in_flight_count=suspension.in_flight_count,
        is_acknowledged=suspension.is_acknowledged,
    )


@router.post(
    "/{campaign_id}/resume",
    operation_id="campaign_resume",
    summary="Resume a suspended campaign, now or at a new start",
    responses=refusals(*_CHANGE_REFUSALS, "campaign.invalid"),
)
async def campaign_resume(
    connection: DB,
    scope: Asking,
    place: PlaceOf,
    campaign_id: Id,
    body: ResumeBody | None = None,
) -> CampaignAnswer:
    """Ticks that fell into the suspension are not made up for."""
    zone = ZoneInfo((await read_workspace(connection, scope)).zone)
    wish = body or ResumeBody()
    resumed = await suspensions.resume_campaign(
        connection,
        scope,
        campaign_id,
        sizes=sizes_of(place.settings),
        start_at=wish.start_at and in_zone(wish.start_at, zone),
        end_at=wish.end_at and in_zone(wish.end_at, zone),
    )
    return await answer_for(connection, scope, resumed)


@router.delete(
    "/{campaign_id}",
    operation_id="campaign_delete",
    summary="Delete a campaign that is not in progress",
    status_code=204,
    responses=refusals(*_CHANGE_REFUSALS),
)
async def campaign_delete(place: PlaceOf, scope: AskingBriefly, campaign_id: Id) -> None:
    """Who still waits is not messaged; what was sent stays on record."""
    await campaigns.delete_campaign(place.pool, scope, campaign_id)


@router.post(
    "/{campaign_id}/duplicate",
    operation_id="campaign_duplicate",
    summary="Make a campaign with the same settings and another period",
    status_code=201,
    dependencies=ONCE,
    responses=refusals("campaign.not_found", *_DRAFT_REFUSALS),
)
async def campaign_duplicate(
    connection: DB, scope: Asking, campaign_id: Id, body: DuplicateBody
) -> CampaignAnswer:
    """Possible in every status."""
    zone = ZoneInfo((await read_workspace(connection, scope)).zone)
    made = await campaigns.duplicate_campaign(
        connection,
        scope,
        campaign_id,
        start_at=in_zone(body.start_at, zone),
        end_at=in_zone(body.end_at, zone),
        name=body.name,
        mint_code=campaigns.mint_code,
    )
    return await answer_for(connection, scope, made)
