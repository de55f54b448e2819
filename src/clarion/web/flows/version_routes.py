"""The routes that compare versions, tell what publishing would change, restore, and change over."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import Query

from clarion.flow.check import has_errors
from clarion.flow.problems import node_id_of
from clarion.services import changeovers, flows
from clarion.web.access import Asking
from clarion.web.database import DB
from clarion.web.flows.routes import VersionNumber
from clarion.web.flows.schemas import FlowAnswer, ProblemOfFlow
from clarion.web.flows.version_schemas import (
    ChangeoverAnswer,
    PublicationAnswer,
    RestoreBody,
    VersionDifferenceAnswer,
    WaitingAtNodeAnswer,
)
from clarion.web.paging import Page, Paging, page_of
from clarion.web.routing import noun_router, refusals
from clarion.web.schemas import Id

__all__ = ["router"]

router = noun_router("flows", prefix="/flows")

NumberAsked = Annotated[int, Query(ge=1, le=2**31 - 1)]


@router.get(
    "/{flow_id}/compare",
    operation_id="flow_version_compare",
    summary="Compare two versions of a flow",
    responses=refusals("flow.not_found", "flow.version_not_found"),
)
async def flow_version_compare(
    connection: DB,
    scope: Asking,
    flow_id: Id,
    before: NumberAsked,
    after: NumberAsked | None = None,
) -> VersionDifferenceAnswer:
    """Without `after`, the draft is compared."""
    found = await flows.compare_versions(connection, scope, flow_id, before, after)
    return VersionDifferenceAnswer.model_validate(found)


@router.get(
    "/{flow_id}/publication",
    operation_id="flow_read_publication",
    summary="See what publishing the draft would change",
    responses=refusals("flow.not_found"),
)
async def flow_read_publication(connection: DB, scope: Asking, flow_id: Id) -> PublicationAnswer:
    """The differences, the problems, and how many people wait where."""
    flow = await flows.read_flow(connection, scope, flow_id)
    problems = await flows.check_definition(connection, scope, flow.draft)
    waiting = await changeovers.waiting_by_node(connection, scope, flow_id)
    differences = {
        number: await flows.compare_versions(connection, scope, flow_id, number, None)
        for number in {flow.published_number or 0, *(each.number for each in waiting)} - {0}
    }
    difference = differences.get(flow.published_number or 0)
    standing = [
        WaitingAtNodeAnswer(
            **asdict(each),
            is_disturbed=each.node_id in differences[each.number].disturbed_node_ids,
        )
        for each in waiting
    ]
    return PublicationAnswer(
        draft_revision=flow.draft_revision,
        published_number=flow.published_number,
        difference=difference and VersionDifferenceAnswer.model_validate(difference),
        problems=[ProblemOfFlow(**asdict(each), node_id=node_id_of(each)) for each in problems],
        can_publish=not has_errors(problems),
        waiting=standing,
        waiting_count=sum(each.waiting_count for each in standing),
        disturbed_count=sum(each.waiting_count for each in standing if each.is_disturbed),
    )


@router.post(
    "/{flow_id}/versions/{number}/restore",
    operation_id="flow_version_restore",
    summary="Make an old version the draft again",
    responses=refusals("flow.not_found", "flow.version_not_found", "flow.stale"),
)
async def flow_version_restore(
    connection: DB, scope: Asking, flow_id: Id, number: VersionNumber, body: RestoreBody
) -> FlowAnswer:
    """The draft that is replaced is lost; the flow keeps its name."""
    restored = await flows.restore_version(
        connection, scope, flow_id, number, revision=body.revision
    )
    return FlowAnswer.model_validate(restored)


@router.get(
    "/{flow_id}/changeovers",
    operation_id="flow_list_changeovers",
    summary="List what became of those who waited in older versions",
    responses=refusals("flow.not_found"),
)
async def flow_list_changeovers(
    connection: DB, scope: Asking, flow_id: Id, paging: Paging
) -> Page[ChangeoverAnswer]:
    """One for each time that a publisher chose `move` or `stop`, the newest first."""
    rows = await changeovers.list_changeovers(
        connection, scope, flow_id, below_id=paging.below_id, limit=paging.fetch_count
    )
    return page_of(rows, paging, ChangeoverAnswer.model_validate, lambda row: (row.id,))
