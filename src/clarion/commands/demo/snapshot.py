"""What the demo shows at one moment, read from the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clarion.domain.campaign import CampaignStatus
from clarion.reports.progress import CampaignProgress, progress_of
from clarion.reports.replies import RecentReply, recent_replies
from clarion.schedule.words import plan_in_words
from clarion.services.campaigns import CampaignFilter, list_campaigns
from clarion.services.scope import Scope
from clarion.services.senders import Sender, list_senders
from clarion.store.pool import Pool

__all__ = ["CampaignView", "Snapshot", "read_snapshot"]

_SHOWN_CAMPAIGNS = 3
_SHOWN_REPLIES = 5


@dataclass(frozen=True, slots=True)
class CampaignView:
    """A campaign in the live view; ``progress`` is None before it has run."""

    id: int
    name: str
    plan: str
    status: CampaignStatus
    next_tick_at: datetime | None
    occurrence_count: int
    progress: CampaignProgress | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that the live view shows; replies with the newest first."""

    at: datetime
    campaigns: Sequence[CampaignView]
    senders: Sequence[Sender]
    replies: Sequence[RecentReply]


async def read_snapshot(pool: Pool, scope: Scope) -> Snapshot:
    """Read the newest campaigns with their progress, the senders, and the last replies."""
    async with pool.acquire() as connection:
        campaigns = await list_campaigns(
            connection, scope, CampaignFilter(), limit=_SHOWN_CAMPAIGNS
        )
        ids = [campaign.id for campaign in campaigns]
        progress = await progress_of(connection, scope.workspace_id, scope.now, ids)
        progress_by_id = {each.campaign_id: each for each in progress}
        views = [
            CampaignView(
                campaign.id,
                campaign.draft.name,
                plan_in_words(campaign.draft.plan),
                campaign.status,
                campaign.next_tick_at,
                campaign.occurrence_count,
                progress_by_id.get(campaign.id),
            )
            for campaign in campaigns
        ]
        return Snapshot(
            scope.now,
            sorted(views, key=lambda view: view.id),
            await list_senders(connection, scope),
            await recent_replies(connection, scope.workspace_id, limit=_SHOWN_REPLIES),
        )
