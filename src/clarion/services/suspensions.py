"""Suspend and resume: pause means now.

Theory of operation.  A suspension is committed first; then we wait until every living owner of a
sender of the workspace has acknowledged the control epoch that the suspension raised.  An owner
acknowledges in the tick after it saw the epoch, and claims nothing of a suspended campaign from then
on; nothing claimed waits in its memory.  So when the answer is given, only requests that were
already on the wire can still arrive, and the answer says how many there were.  An owner that died is
not waited for longer than its lease.

A resumption goes on where the campaign stood: what was held is queued again, open chunks are worked
on; ticks that fell into the suspension are not made up for.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from clarion.domain.campaign import (
    CampaignAction,
    CampaignEvent,
    CampaignStatus,
    check_action,
    next_status,
)
from clarion.domain.errors import ClarionError, FieldError
from clarion.domain.identity import Permission
from clarion.engine.parts import EngineSizes
from clarion.engine.planner import set_next_look
from clarion.engine.reopen import resume_open_work
from clarion.schedule.ticks import Period, next_tick
from clarion.services import audit
from clarion.services.campaigns import Campaign, draft_of, lock_campaign, read_campaign
from clarion.services.scope import Scope
from clarion.store.pool import Connection, Pool, transaction, transaction_again
from clarion.store.queries import load

__all__ = ["Suspension", "resume_campaign", "suspend_campaign"]

QUERIES = load("campaigns")
OUTBOX = load("outbox")

_POLL_SECONDS = 0.01
# An owner that does not acknowledge within this time has lost its lease or its database.
_LONGEST_WAIT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Suspension:
    """What a suspension did.

    ``in_flight_count`` requests of the workspace's senders were on the wire and may still arrive;
    ``is_acknowledged`` is false when an owner did not answer in time (it will obey when it can).
    """

    campaign: Campaign
    in_flight_count: int
    is_acknowledged: bool


async def suspend_campaign(
    pool: Pool,
    scope: Scope,
    campaign_id: int,
    *,
    reason: str | None = None,
    longest_wait_seconds: float = _LONGEST_WAIT_SECONDS,
) -> Suspension:
    """Suspend a campaign that is in progress, and return when nothing more of it can leave.

    An owner that does not answer is not waited for longer than ``longest_wait_seconds``.

    Raises ``campaign.not_found``, ``campaign.status_not_allowed``.
    """
    scope.require(Permission.RUN_CAMPAIGNS)
    epoch = await _suspend(pool, scope, campaign_id, reason)
    in_flight_count, is_acknowledged = await _wait_for_owners(
        pool, scope.workspace_id, epoch, longest_wait_seconds
    )
    async with transaction(pool) as connection:
        campaign = await read_campaign(connection, scope, campaign_id)
    return Suspension(campaign, in_flight_count, is_acknowledged)


async def _suspend(pool: Pool, scope: Scope, campaign_id: int, reason: str | None) -> int:
    """Commit the suspension; returns the epoch that owners must acknowledge.

    A fold may hold the epoch (somebody opted out) and want the campaign (its breaker tripped) while
    we hold the campaign and want the epoch.  If it is ours that PostgreSQL ends, we come again.
    """

    async def work(connection: Connection) -> int:
        row = await lock_campaign(connection, scope, campaign_id)
        before = CampaignStatus(row["status"])
        check_action(before, CampaignAction.SUSPEND)
        await QUERIES.execute(
            connection, "suspend_campaign", campaign_id=campaign_id, reason=reason, now=scope.now
        )
        await set_next_look(
            connection,
            campaign_id,
            next_status(before, CampaignEvent.SUSPENDED),
            row["start_at"],
            row["end_at"],
            None,
        )
        await audit.record(
            connection, scope, "suspended", "campaign", campaign_id, {"reason": reason}
        )
        epoch: int = await OUTBOX.fetchval(connection, "raise_control_epoch")
        await QUERIES.execute(connection, "wake_senders", workspace_id=scope.workspace_id)
        return epoch

    return await transaction_again(pool, work)


async def _wait_for_owners(
    pool: Pool, workspace_id: int, epoch: int, longest_wait_seconds: float
) -> tuple[int, bool]:
    loop = asyncio.get_running_loop()
    limit = loop.time() + longest_wait_seconds
    while True:
        row = await OUTBOX.fetchrow(pool, "owners_behind", workspace_id=workspace_id, epoch=epoch)
        if row is None or row["behind_count"] == 0:
            return (row["in_flight_count"] if row else 0), True
        if loop.time() > limit:
            return row["in_flight_count"], False
        await asyncio.sleep(_POLL_SECONDS)


async def resume_campaign(
    connection: Connection,
    scope: Scope,
    campaign_id: int,
    *,
    sizes: EngineSizes,
    start_at: datetime | None = None,
    end_at: datetime | None = None,
) -> Campaign:
    """Resume a suspended campaign, now or at a new start (later than now).

    Raises ``campaign.not_found``, ``campaign.status_not_allowed``, ``campaign.invalid``.
    """
    scope.require(Permission.RUN_CAMPAIGNS)
    row = await lock_campaign(connection, scope, campaign_id)
    before = CampaignStatus(row["status"])
    check_action(before, CampaignAction.RESUME)
    draft = draft_of(row)
    end_at = end_at or draft.end_at
    _check_period(scope.now, start_at, end_at)
    event = CampaignEvent.RESUMED_NOW if start_at is None else CampaignEvent.RESUMED_LATER
    status = next_status(before, event)
    # Without a new start the plan keeps its rhythm: intervals count from the old one.
    period = Period(start_at or draft.start_at, end_at)
    after = scope.now if start_at is None else None
    tick = next_tick(draft.plan, period, after, ZoneInfo(row["workspace_zone"]))
    await QUERIES.execute(
        connection,
        "resume_campaign",
        campaign_id=campaign_id,
        status=status.value,
        start_at=period.start_at,
        end_at=end_at,
        next_tick_at=tick,
        now=scope.now,
    )
    await set_next_look(connection, campaign_id, status, period.start_at, end_at, tick)
    if status is CampaignStatus.IN_PROGRESS:
        await resume_open_work(connection, campaign_id, sizes)
    await audit.record(
        connection,
        scope,
        "resumed",
        "campaign",
        campaign_id,
        {"start_at": start_at.isoformat() if start_at else "now"},
    )
    return await read_campaign(connection, scope, campaign_id)


def _check_period(now: datetime, start_at: datetime | None, end_at: datetime) -> None:
    errors: list[FieldError] = []
    if start_at is not None and start_at <= now:
        errors.append(
            FieldError("start_at", "not_later_than_now", "The start must be later than now.")
        )
    if end_at <= (start_at or now):
        errors.append(
            FieldError("end_at", "not_later_than_start", "The end must be later than the start.")
        )
    if errors:
        raise ClarionError(
            "campaign.invalid",
            f"The campaign cannot resume like this: {errors[0].message}",
            field_errors=tuple(errors),
        )
