"""Campaigns as answers: in the words of their workspace, each with its progress."""

from __future__ import annotations

from collections.abc import Sequence

from clarion.reports.progress import progress_of
from clarion.services.campaigns import Campaign
from clarion.services.scope import Scope
from clarion.services.workspaces import read_workspace
from clarion.store.pool import Connection
from clarion.web.campaigns.schemas import CampaignAnswer, campaign_answer

__all__ = ["answer_for", "answers_for"]


async def answers_for(
    connection: Connection, scope: Scope, found: Sequence[Campaign]
) -> list[CampaignAnswer]:
    """Campaigns in the words of their workspace, each with its progress."""
    workspace = await read_workspace(connection, scope)
    progress = await progress_of(
        connection, scope.workspace_id, scope.now, [campaign.id for campaign in found]
    )
    by_id = {each.campaign_id: each for each in progress}
    return [campaign_answer(campaign, workspace, by_id.get(campaign.id)) for campaign in found]


async def answer_for(connection: Connection, scope: Scope, campaign: Campaign) -> CampaignAnswer:
    """One campaign in the words of its workspace, with its progress."""
    return (await answers_for(connection, scope, [campaign]))[0]
