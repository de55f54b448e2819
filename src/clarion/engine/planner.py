"""The planner: campaigns start and end by themselves, ticks become occurrences, occurrences snapshots.

Theory of operation.  Each campaign has one reminder in the table of fires: its next tick, or its
end.  When it is due, ``Planner.look`` brings the campaign up to date in one transaction: status by
the clock, every tick that has come due as one occurrence (unique on campaign and time, so any
number of schedulers may do this at once), and the next reminder.  Taking the snapshot is a job of
its own, deferred in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from clarion.domain.campaign import (
    CampaignEvent,
    CampaignStatus,
    OccurrenceStatus,
    Overlap,
    ZoneMode,
    status_after,
)
from clarion.domain.local_time import instant_of, wall_of
from clarion.engine.apply.set_fires import cancel_fires, set_fires
from clarion.engine.jobs import defer_chunks, defer_planning
from clarion.engine.parts import Parts
from clarion.engine.reopen import resume_open_work
from clarion.engine.withdraw import withdraw_open
from clarion.schedule.plan import parse_plan
from clarion.schedule.ticks import (
    Missed,
    Period,
    Queue,
    Run,
    Skip,
    decide_tick,
    local_instants,
    next_tick,
)
from clarion.store.pool import Connection, transaction
from clarion.store.queries import Row, load

__all__ = ["Planner", "set_next_look", "zone_instants"]

CAMPAIGNS = load("campaigns")
OCCURRENCES = load("occurrences")

# How many late ticks one look records; the rest follow at once in further looks.
_TICKS_A_LOOK = 1000
# Where the clocks show a time first.
_FIRST_ZONE = ZoneInfo("Pacific/Kiritimati")


class Planner:
    """Brings campaigns up to date and takes snapshots."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def look(self, connection: Connection, campaign_id: int) -> None:
        """Bring one campaign up to date with the clock; harmless when repeated."""
        now = self._parts.now()
        campaign = await CAMPAIGNS.fetchrow(
            connection, "lock_campaign_for_planning", campaign_id=campaign_id
        )
        if campaign is None or status_after(campaign["status"], CampaignEvent.ENDED) is None:
            return
        status = CampaignStatus(campaign["status"])
        started = status_after(status, CampaignEvent.STARTED)
        if started is not None and now >= campaign["start_at"]:
            status = started
            await CAMPAIGNS.execute(connection, "begin_campaign", campaign_id=campaign_id, now=now)
            # After a suspension with a new start, what was left goes on first.
            await resume_open_work(connection, campaign_id, self._parts.sizes)
        next_tick_at = campaign["next_tick_at"]
        if status == CampaignStatus.IN_PROGRESS:
            next_tick_at = await self._fire_ticks(connection, campaign, now)
        if now >= campaign["end_at"] and (
            status != CampaignStatus.IN_PROGRESS or next_tick_at is None
        ):
            await self._end(connection, campaign, status, now)
            return
        await set_next_look(
            connection,
            campaign_id,
            status,
            campaign["start_at"],
            campaign["end_at"],
            next_tick_at and _fire_at(campaign, next_tick_at),
        )

    async def _fire_ticks(
        self, connection: Connection, campaign: Row, now: datetime
    ) -> datetime | None:
        """Record every tick that is due; return the next one that is not."""
        plan = parse_plan(campaign["plan"])
        period = Period(campaign["start_at"], campaign["end_at"])
        zone = ZoneInfo(campaign["workspace_zone"])
        overlap = Overlap(campaign["overlap"])
        grace = timedelta(seconds=campaign["misfire_grace_seconds"])
        is_busy: bool = await OCCURRENCES.fetchval(
            connection, "has_open_occurrence", campaign_id=campaign["id"]
        )
        due: list[tuple[datetime, str, str | None]] = []
        tick: datetime | None = campaign["next_tick_at"]
        while tick is not None and len(due) < _TICKS_A_LOOK:
            fire_at = _fire_at(campaign, tick)
            if fire_at > now:
                break
            decision = decide_tick(fire_at, now, grace, is_busy, overlap)
            status, reason = _OCCURRENCE_OF[type(decision)], getattr(decision, "reason", None)
            is_busy = is_busy or status in (OccurrenceStatus.PLANNED, "queued")
            due.append((tick, str(status), reason))
            tick = next_tick(plan, period, tick, zone)
        rows = await OCCURRENCES.fetch(
            connection,
            "insert_occurrences",
            workspace_id=campaign["workspace_id"],
            campaign_id=campaign["id"],
            now=now,
            scheduled_ats=[each[0] for each in due],
            statuses=[each[1] for each in due],
            reasons=[each[2] for each in due],
        )
        for row in rows:
            if row["status"] == OccurrenceStatus.PLANNED:
                await defer_planning(connection, row["id"])
        await CAMPAIGNS.execute(
            connection, "set_next_tick", campaign_id=campaign["id"], next_tick_at=tick
        )
        return tick

    async def _end(self, connection: Connection, campaign: Row, status: str, now: datetime) -> None:
        """End a campaign at its end.  What is under way goes on, unless it was suspended."""
        await CAMPAIGNS.execute(
            connection, "end_campaign", campaign_id=campaign["id"], reason=None, now=now
        )
        await cancel_fires(connection, "campaign", [campaign["id"]])
        if status == CampaignStatus.SUSPENDED:
            await withdraw_open(connection, campaign["id"], "campaign_ended", now)

    async def take_snapshot(self, occurrence_id: int) -> None:
        """Freeze the audience of a planned occurrence, cut it into chunks, let runners work.

        Does nothing when the occurrence has its snapshot already.
        """
        now = self._parts.now()
        async with transaction(self._parts.pool) as connection:
            row = await OCCURRENCES.fetchrow(
                connection, "lock_planned_occurrence", occurrence_id=occurrence_id
            )
            if row is None or row["campaign_status"] == CampaignStatus.SUSPENDED:
                return  # a resumption defers the snapshot again
            refusal = _snapshot_refusal(row)
            if refusal is not None:
                await OCCURRENCES.execute(
                    connection,
                    "close_occurrence",
                    occurrence_id=occurrence_id,
                    status=str(OccurrenceStatus.CANCELLED),
                    reason=refusal,
                    now=now,
                )
                return
            is_contact_zone = row["zone_mode"] == ZoneMode.CONTACT
            await OCCURRENCES.execute(
                connection,
                "snapshot_audience",
                occurrence_id=occurrence_id,
                workspace_id=row["workspace_id"],
                workspace_zone=row["workspace_zone"],
                is_contact_zone=is_contact_zone,
                include_group_ids=row["include_group_ids"],
                exclude_group_ids=row["exclude_group_ids"],
            )
            await self._cut(connection, row, now, is_contact_zone=is_contact_zone)
            audience_count = await OCCURRENCES.fetchval(
                connection,
                "start_occurrence",
                occurrence_id=occurrence_id,
                flow_version_id=row["published_version_id"],
                now=now,
            )
            if audience_count == 0:
                await OCCURRENCES.execute(
                    connection, "finish_occurrences", occurrence_ids=[occurrence_id], now=now
                )
                return
            await defer_chunks(connection, occurrence_id, self._parts.sizes.runners_per_occurrence)

    async def _cut(
        self,
        connection: Connection,
        row: Row,
        now: datetime,
        *,
        is_contact_zone: bool,
    ) -> None:
        zones: list[str | None] = [None]
        if is_contact_zone:
            found = await OCCURRENCES.fetch(connection, "snapshot_zones", occurrence_id=row["id"])
            zones = [each["zone"] for each in found]
        due_ats = zone_instants(row["workspace_zone"], row["scheduled_at"], zones, now)
        first_number = 0
        for zone in zones:
            first_number += await OCCURRENCES.execute(
                connection,
                "cut_chunks",
                occurrence_id=row["id"],
                zone=zone,
                due_at=due_ats[zone],
                first_number=first_number,
                chunk_size=self._parts.sizes.chunk,
            )


_OCCURRENCE_OF: Mapping[type, str] = {
    Run: OccurrenceStatus.PLANNED,
    Missed: OccurrenceStatus.MISSED,
    Skip: OccurrenceStatus.SKIPPED,
    Queue: "queued",
}


def _fire_at(campaign: Row, tick: datetime) -> datetime:
    """When to act on a tick: at once, or, in each contact's own zone, where it comes first."""
    if campaign["zone_mode"] != ZoneMode.CONTACT:
        return tick
    wall = wall_of(tick, ZoneInfo(campaign["workspace_zone"]))
    start_at: datetime = campaign["start_at"]
    return max(instant_of(wall, _FIRST_ZONE), start_at)


def _snapshot_refusal(row: Row) -> str | None:
    if row["deleted_at"] is not None:
        return "campaign_deleted"
    if row["published_version_id"] is None:
        return "flow_not_published"
    return None


def zone_instants(
    workspace_zone: str, scheduled_at: datetime, zones: Sequence[str | None], now: datetime
) -> Mapping[str | None, datetime]:
    """When each zone's part of a snapshot is due; a place where it is later already gets it now.

    The one zone ``None`` means the workspace's clock for everybody.
    """
    if list(zones) == [None]:
        return {None: now}
    wall = wall_of(scheduled_at, ZoneInfo(workspace_zone))
    known = {zone: ZoneInfo(zone or workspace_zone) for zone in zones}
    instants = local_instants(wall, list(known.values()))
    return {zone: max(instants[info], now) for zone, info in known.items()}


async def set_next_look(
    connection: Connection,
    campaign_id: int,
    status: str,
    start_at: datetime,
    end_at: datetime,
    next_tick_at: datetime | None,
) -> None:
    """Leave the one reminder of a campaign: its start, its next tick, or its end."""
    moments = {
        CampaignStatus.PENDING: [start_at, end_at],
        CampaignStatus.IN_PROGRESS: [next_tick_at or end_at, end_at],
        CampaignStatus.SUSPENDED: [end_at],
    }
    await set_fires(
        connection, "campaign", [(campaign_id, min(moments[CampaignStatus(status)]), 0)]
    )
