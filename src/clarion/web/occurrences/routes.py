"""The routes of occurrences and their people."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query
from starlette.responses import StreamingResponse

from clarion.domain.campaign import Outcome
from clarion.reports.balance import check_balance
from clarion.reports.explain import explain_participant
from clarion.services import occurrences
from clarion.services.occurrences import ParticipantFilter
from clarion.services.participant_exports import export_participants
from clarion.services.workspaces import read_workspace
from clarion.web.access import Asking, AskingBriefly
from clarion.web.database import DB, PlaceOf
from clarion.web.downloads import CSV_RESPONSE, csv_download
from clarion.web.occurrences.schemas import (
    BalanceAnswer,
    ExplanationAnswer,
    OccurrenceAnswer,
    ParticipantAnswer,
    ParticipationAnswer,
    ReasonCountAnswer,
    occurrence_answer,
    participant_answer,
    participation_answer,
    reason_count_answer,
)
from clarion.web.paging import Page, Paging, page_of
from clarion.web.routing import noun_router, refusals
from clarion.web.schemas import Id, SearchText

__all__ = ["router"]

router = noun_router("occurrences")

_NOT_FOUND = refusals("occurrence.not_found")


@router.get(
    "/campaigns/{campaign_id}/occurrences",
    operation_id="occurrence_list",
    summary="List the occurrences of a campaign, the newest first",
    responses=refusals("campaign.not_found"),
)
async def occurrence_list(
    connection: DB, scope: Asking, campaign_id: Id, paging: Paging
) -> Page[OccurrenceAnswer]:
    """Also those that were missed or skipped, with the reason."""
    rows = await occurrences.list_occurrences(
        connection, scope, campaign_id, below_id=paging.below_id, limit=paging.fetch_count
    )
    language = (await read_workspace(connection, scope)).language
    return page_of(
        rows, paging, lambda row: occurrence_answer(row, language), lambda row: (row.id,)
    )


@router.get(
    "/occurrences/{occurrence_id}",
    operation_id="occurrence_read",
    summary="Read an occurrence",
    responses=_NOT_FOUND,
)
async def occurrence_read(connection: DB, scope: Asking, occurrence_id: Id) -> OccurrenceAnswer:
    """With its balance and its funnel."""
    found = await occurrences.read_occurrence(connection, scope, occurrence_id)
    return occurrence_answer(found, (await read_workspace(connection, scope)).language)


def _filter(
    outcome: Outcome | None = None,
    reason: Annotated[str | None, Query(pattern=r"^[a-z_0-9]{1,60}$")] = None,
    text: Annotated[
        SearchText | None, Query(max_length=100, description="A part of the name or phone.")
    ] = None,
) -> ParticipantFilter:
    return ParticipantFilter(outcome, reason, text)


Wanted = Annotated[ParticipantFilter, Depends(_filter)]


@router.get(
    "/occurrences/{occurrence_id}/participants",
    operation_id="participant_list",
    summary="List the people of an occurrence",
    responses=_NOT_FOUND,
)
async def participant_list(
    connection: DB, scope: Asking, occurrence_id: Id, paging: Paging, wanted: Wanted
) -> Page[ParticipantAnswer]:
    """Everybody of the audience, each with an outcome; in the order of their contacts' ids."""
    rows = await occurrences.list_participants(
        connection,
        scope,
        occurrence_id,
        wanted,
        above_id=paging.above_id,
        limit=paging.fetch_count,
    )
    language = (await read_workspace(connection, scope)).language
    return page_of(
        rows, paging, lambda row: participant_answer(row, language), lambda row: (row.contact_id,)
    )


@router.get(
    "/occurrences/{occurrence_id}/participants.csv",
    operation_id="participant_export",
    summary="Export the people of an occurrence as CSV",
    response_class=StreamingResponse,
    responses={**_NOT_FOUND, 200: CSV_RESPONSE},
)
async def participant_export(
    place: PlaceOf, scope: AskingBriefly, occurrence_id: Id, wanted: Wanted
) -> StreamingResponse:
    """Those that fit the same filters as the list."""
    pieces = export_participants(place.pool, scope, occurrence_id, wanted)
    return await csv_download(pieces, f"occurrence-{occurrence_id}.csv")


@router.get(
    "/occurrences/{occurrence_id}/participants/{contact_id}",
    operation_id="participant_explain",
    summary="Why this person did, or did not, get the message",
    responses=refusals("participant.not_found"),
)
async def participant_explain(
    connection: DB, scope: Asking, occurrence_id: Id, contact_id: Id
) -> ExplanationAnswer:
    """Outcome and reason, and every dated fact behind them."""
    explanation = await explain_participant(
        connection, scope.workspace_id, occurrence_id, contact_id, scope.now
    )
    return ExplanationAnswer.model_validate(explanation)


@router.get(
    "/contacts/{contact_id}/participations",
    operation_id="participation_list",
    summary="List the occurrences that a contact was in, the newest first",
    responses=refusals("contact.not_found"),
)
async def participation_list(
    connection: DB, scope: Asking, contact_id: Id, paging: Paging
) -> Page[ParticipationAnswer]:
    """What became of the contact in each; `participant_explain` tells why."""
    rows = await occurrences.list_participations(
        connection, scope, contact_id, below_id=paging.below_id, limit=paging.fetch_count
    )
    language = (await read_workspace(connection, scope)).language
    return page_of(
        rows,
        paging,
        lambda row: participation_answer(row, language),
        lambda row: (row.occurrence_id,),
    )


@router.get(
    "/occurrences/{occurrence_id}/reasons",
    operation_id="participant_count_reasons",
    summary="Count the people of an occurrence by outcome and reason",
    responses=_NOT_FOUND,
)
async def participant_count_reasons(
    connection: DB, scope: Asking, occurrence_id: Id
) -> Page[ReasonCountAnswer]:
    """The most frequent first, all on one page."""
    rows = await occurrences.reason_counts(connection, scope, occurrence_id)
    language = (await read_workspace(connection, scope)).language
    return Page(items=[reason_count_answer(row, language) for row in rows], total_count=len(rows))


@router.get(
    "/occurrences/{occurrence_id}/balance",
    operation_id="occurrence_check_balance",
    summary="Count an occurrence again and compare",
    responses=_NOT_FOUND,
)
async def occurrence_check_balance(
    connection: DB, scope: Asking, occurrence_id: Id
) -> BalanceAnswer:
    """The counters against the rows of people and messages."""
    balance = await check_balance(connection, scope.workspace_id, occurrence_id)
    return BalanceAnswer.model_validate(balance)
