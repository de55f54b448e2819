"""How far the campaigns are: share done, rate, time left.

Theory of operation.  One query answers for all campaigns of a workspace: the counters of the
occurrences that are open (or of the newest that ran, when none is), and how many opening messages
were accepted within the last minute.  The arithmetic on such a row is pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from clarion.domain.campaign import CampaignStatus
from clarion.store.pool import Connection
from clarion.store.queries import Row, load

__all__ = ["CampaignProgress", "progress_from", "progress_of"]

QUERIES = load("progress")

_RATE_WINDOW = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class CampaignProgress:
    """A campaign under way.

    ``is_running`` tells that an occurrence is open; else the numbers are those of the newest that
    ran.  ``done_share`` is 0 to 1: everybody but who is pending or held.  ``rate_per_second`` counts
    accepted openings over the last minute (or since the start, when that is later).
    ``eta_seconds`` is None while nothing moves or nobody is pending.
    """

    campaign_id: int
    name: str
    status: CampaignStatus
    is_running: bool
    audience_count: int
    pending_count: int
    held_count: int
    skipped_count: int
    failed_count: int
    in_doubt_count: int
    accepted_count: int
    sent_count: int
    delivered_count: int
    read_count: int
    replied_count: int
    opted_out_count: int
    done_count: int
    done_share: float
    rate_per_second: float
    eta_seconds: float | None


async def progress_of(
    connection: Connection,
    workspace_id: int,
    now: datetime,
    campaign_ids: Sequence[int] | None = None,
) -> list[CampaignProgress]:
    """The progress of a workspace's campaigns that have run, the newest campaign first.

    ``campaign_ids`` narrows it down; a campaign that has not run yet has no progress.
    """
    rows = await QUERIES.fetch(
        connection,
        "progress",
        workspace_id=workspace_id,
        campaign_ids=None if campaign_ids is None else list(campaign_ids),
        since=now - _RATE_WINDOW,
    )
    return [progress_from(row, now) for row in rows]


def progress_from(row: Row, now: datetime) -> CampaignProgress:
    """The arithmetic on a row of the query ``progress``."""
    audience_count, pending_count = row["audience_count"], row["pending_count"]
    done_count = audience_count - pending_count - row["held_count"]
    rate = row["recent_count"] / _window_seconds(row["started_at"], now)
    return CampaignProgress(
        campaign_id=row["campaign_id"],
        name=row["name"],
        status=CampaignStatus(row["status"]),
        is_running=row["is_running"],
        audience_count=audience_count,
        pending_count=pending_count,
        held_count=row["held_count"],
        skipped_count=row["skipped_count"],
        failed_count=row["failed_count"],
        in_doubt_count=row["in_doubt_count"],
        accepted_count=row["accepted_count"],
        sent_count=row["sent_count"],
        delivered_count=row["delivered_count"],
        read_count=row["read_count"],
        replied_count=row["replied_count"],
        opted_out_count=row["opted_out_count"],
        done_count=done_count,
        done_share=done_count / audience_count if audience_count else 0.0,
        rate_per_second=rate,
        eta_seconds=pending_count / rate if rate > 0 and pending_count > 0 else None,
    )


def _window_seconds(started_at: datetime | None, now: datetime) -> float:
    """How long a time the recent acceptances fill; at least a second, so that no rate explodes."""
    since_start = _RATE_WINDOW if started_at is None else now - started_at
    return max(1.0, min(_RATE_WINDOW, since_start).total_seconds())
