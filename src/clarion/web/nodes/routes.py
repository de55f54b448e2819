"""The routes of the numbers on a flow's canvas: what happens at each node."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from clarion.domain.identity import Permission
from clarion.reports.nodes import nodes_of_campaign, nodes_of_occurrence
from clarion.web.access import Asking
from clarion.web.database import DB
from clarion.web.routing import noun_router, refusals
from clarion.web.schemas import Id
from clarion.web.sessions.schemas import ExitInsightAnswer

__all__ = ["router"]

router = noun_router("occurrences")


class NodeCountsAnswer(BaseModel):
    """One node: sessions that stand or ended here, and the messages that it wrote."""

    model_config = ConfigDict(from_attributes=True)

    node_id: str
    entered_count: int = Field(description="Sessions that came here.")
    left_count: int = Field(description="Sessions that went on by an exit.")
    waiting_count: int = Field(description="Sessions that stand here now.")
    completed_count: int = Field(description="Sessions that ended well here.")
    failed_session_count: int
    stopped_count: int = Field(description="Sessions that were stopped or superseded here.")
    message_count: int = Field(description="Messages that the node wrote.")
    queued_count: int = Field(description="Of these, not yet gone.")
    accepted_count: int
    sent_count: int
    delivered_count: int
    read_count: int
    failed_count: int
    median_wait_seconds: float | None = Field(description="Of those who had waited here.")
    exits: list[ExitInsightAnswer]


class NodesAnswer(BaseModel):
    """The numbers, and the version of the flow to show them on."""

    model_config = ConfigDict(from_attributes=True)

    campaign_id: int
    occurrence_id: int | None = Field(description="Null for all occurrences of the campaign.")
    flow_id: int
    version_number: int | None
    nodes: list[NodeCountsAnswer]


@router.get(
    "/occurrences/{occurrence_id}/nodes",
    operation_id="occurrence_read_nodes",
    summary="What happens at each node of the flow in an occurrence",
    responses=refusals("occurrence.not_found"),
)
async def occurrence_read_nodes(connection: DB, scope: Asking, occurrence_id: Id) -> NodesAnswer:
    """Nodes where nothing happened are left out."""
    scope.require(Permission.READ)
    report = await nodes_of_occurrence(connection, scope.workspace_id, occurrence_id)
    return NodesAnswer.model_validate(report)


@router.get(
    "/campaigns/{campaign_id}/nodes",
    operation_id="campaign_read_nodes",
    summary="What happens at each node of a campaign's flow",
    responses=refusals("campaign.not_found"),
)
async def campaign_read_nodes(connection: DB, scope: Asking, campaign_id: Id) -> NodesAnswer:
    """All occurrences together, on the version that the newest one began."""
    scope.require(Permission.READ)
    report = await nodes_of_campaign(connection, scope.workspace_id, campaign_id)
    return NodesAnswer.model_validate(report)
