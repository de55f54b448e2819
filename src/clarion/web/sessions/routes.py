"""The routes of sessions, of the log that traces them, and of the numbers that they make."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends, Query
from pydantic import AwareDatetime

from clarion.reports.insight import InsightFilter, insight_of_flow
from clarion.services.flow_logs import read_log, switch_log
from clarion.services.sessions import SessionFilter, list_sessions, read_session
from clarion.services.workspaces import read_workspace
from clarion.web.access import Asking
from clarion.web.database import DB
from clarion.web.paging import LARGEST_KEY, Page, Paging, page_of
from clarion.web.routing import noun_router, refusals
from clarion.web.schemas import Id, SearchText
from clarion.web.sessions.schemas import (
    FlowInsightAnswer,
    FlowLogAnswer,
    FlowLogBody,
    SessionAnswer,
    SessionStoryAnswer,
    session_answer,
    story_answer,
)

__all__ = ["router"]

router = noun_router("sessions")

OptionalId = Annotated[int | None, Query(ge=1, le=LARGEST_KEY)]
VersionNumber = Annotated[int | None, Query(ge=1, le=2**31 - 1)]
NodeId = Annotated[SearchText | None, Query(min_length=1, max_length=64)]
Status = Literal["waiting", "completed", "failed", "superseded", "stopped"]


def _filter(
    contact_id: OptionalId = None,
    flow_id: OptionalId = None,
    version_number: VersionNumber = None,
    node_id: NodeId = None,
    status: Status | None = None,
    campaign_id: OptionalId = None,
    occurrence_id: OptionalId = None,
) -> SessionFilter:
    return SessionFilter(
        contact_id, flow_id, version_number, node_id, status, campaign_id, occurrence_id
    )


def _insight_filter(
    version_number: VersionNumber = None,
    campaign_id: OptionalId = None,
    occurrence_id: OptionalId = None,
    from_at: AwareDatetime | None = None,
    until_at: AwareDatetime | None = None,
) -> InsightFilter:
    return InsightFilter(version_number, campaign_id, occurrence_id, from_at, until_at)


@router.get("/sessions", operation_id="session_list", summary="List sessions, the newest first")
async def session_list(
    connection: DB,
    scope: Asking,
    paging: Paging,
    wanted: Annotated[SessionFilter, Depends(_filter)],
) -> Page[SessionAnswer]:
    """Name at least a contact, a flow, a campaign or an occurrence.

    `version_number` and `node_id` (where the session stands or ended) go with `flow_id`.
    """
    rows = await list_sessions(
        connection, scope, wanted, below_id=paging.below_id, limit=paging.fetch_count
    )
    language = (await read_workspace(connection, scope)).language
    return page_of(rows, paging, lambda row: session_answer(row, language), lambda row: (row.id,))


@router.get(
    "/sessions/{session_id}",
    operation_id="session_read",
    summary="Read a session with its story",
    responses=refusals("session.not_found"),
)
async def session_read(connection: DB, scope: Asking, session_id: Id) -> SessionStoryAnswer:
    """Events are there for what happened while the log of the flow was on."""
    story = await read_session(connection, scope, session_id)
    return story_answer(story, (await read_workspace(connection, scope)).language)


@router.get(
    "/flows/{flow_id}/insight",
    operation_id="flow_read_insight",
    summary="What sessions do at the nodes of a flow",
    responses=refusals("flow.not_found", "flow.version_not_found"),
)
async def flow_read_insight(
    connection: DB,
    scope: Asking,
    flow_id: Id,
    wanted: Annotated[InsightFilter, Depends(_insight_filter)],
) -> FlowInsightAnswer:
    """Of all sessions, or of those of a campaign or an occurrence.

    With `from_at` and `until_at` the whole hours of that stretch are counted; waits are not told then.
    """
    await read_log(connection, scope, flow_id)  # refuses a flow that is not there
    return FlowInsightAnswer.of(
        await insight_of_flow(connection, scope.workspace_id, flow_id, wanted)
    )


@router.get(
    "/flows/{flow_id}/log",
    operation_id="flow_read_log",
    summary="Read the switch of a flow's log",
    responses=refusals("flow.not_found"),
)
async def flow_read_log(connection: DB, scope: Asking, flow_id: Id) -> FlowLogAnswer:
    """While it is on, everything that happens in the flow's sessions is kept for some days."""
    return FlowLogAnswer.model_validate(await read_log(connection, scope, flow_id))


@router.put(
    "/flows/{flow_id}/log",
    operation_id="flow_switch_log",
    summary="Turn a flow's log on or off",
    responses=refusals("flow.not_found"),
)
async def flow_switch_log(
    connection: DB, scope: Asking, flow_id: Id, body: FlowLogBody
) -> FlowLogAnswer:
    """Heeded from the next chunk of people or the next answer on."""
    log = await switch_log(connection, scope, flow_id, is_logging=body.is_logging)
    return FlowLogAnswer.model_validate(log)
