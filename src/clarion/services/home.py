"""The first page: today against the same day last week, what comes next, what needs a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from clarion.domain.identity import Permission
from clarion.domain.local_time import instant_of, wall_of
from clarion.reports.attention import Attention, attention_of
from clarion.schedule.plan import parse_plan
from clarion.schedule.ticks import Period, next_tick
from clarion.services.scope import Scope
from clarion.services.workspaces import read_workspace
from clarion.store.pool import Connection
from clarion.store.queries import Row, load

__all__ = ["Coming", "DayCounts", "Home", "read_home"]

QUERIES = load("home")

_AHEAD = timedelta(hours=24)
_MOST_OF_ONE_CAMPAIGN = 24
_MOST_COMING = 100


@dataclass(frozen=True, slots=True)
class DayCounts:
    """Messages made in a time, and what became of them."""

    sent_count: int
    delivered_count: int
    read_count: int
    received_count: int
    opted_out_count: int


@dataclass(frozen=True, slots=True)
class Coming:
    """An occurrence of the next 24 hours."""

    campaign_id: int
    campaign_name: str
    scheduled_at: datetime


@dataclass(frozen=True, slots=True)
class Home:
    """``last_week`` is the same day of last week up to the same time, so the two compare."""

    zone: str
    today: DayCounts
    last_week: DayCounts
    coming: Sequence[Coming]
    attention: Sequence[Attention]
    has_sender: bool
    has_contact: bool
    has_campaign: bool


async def read_home(connection: Connection, scope: Scope) -> Home:
    """All of the first page, in a handful of cheap questions."""
    scope.require(Permission.READ)
    workspace = await read_workspace(connection, scope)
    zone = ZoneInfo(workspace.zone)
    now = scope.now
    wall = wall_of(now, zone)
    midnight = datetime.combine(wall.date(), time())
    week = timedelta(days=7)
    steps = await QUERIES.fetchrow(connection, "steps_done", workspace_id=scope.workspace_id)
    if steps is None:
        raise LookupError("steps_done always answers")
    return Home(
        zone=workspace.zone,
        today=await _counts(connection, scope, instant_of(midnight, zone), now),
        last_week=await _counts(
            connection, scope, instant_of(midnight - week, zone), instant_of(wall - week, zone)
        ),
        coming=await _coming(connection, scope, zone),
        attention=await attention_of(connection, scope.workspace_id, now),
        has_sender=steps["has_sender"],
        has_contact=steps["has_contact"],
        has_campaign=steps["has_campaign"],
    )


async def _counts(
    connection: Connection, scope: Scope, from_at: datetime, until_at: datetime
) -> DayCounts:
    row = await QUERIES.fetchrow(
        connection,
        "day_counts",
        workspace_id=scope.workspace_id,
        from_at=from_at,
        until_at=until_at,
    )
    if row is None:
        raise LookupError("day_counts always answers")
    return DayCounts(**dict(row))


async def _coming(connection: Connection, scope: Scope, zone: ZoneInfo) -> list[Coming]:
    until_at = scope.now + _AHEAD
    rows = await QUERIES.fetch(
        connection, "campaigns_to_come", workspace_id=scope.workspace_id, until_at=until_at
    )
    found = [each for row in rows for each in _ticks_of(row, until_at, zone)]
    found.sort(key=lambda each: (each.scheduled_at, each.campaign_id))
    return found[:_MOST_COMING]


def _ticks_of(row: Row, until_at: datetime, zone: ZoneInfo) -> list[Coming]:
    plan, period = parse_plan(row["plan"]), Period(row["start_at"], row["end_at"])
    tick: datetime | None = row["next_tick_at"]
    found: list[Coming] = []
    while tick is not None and tick < until_at and len(found) < _MOST_OF_ONE_CAMPAIGN:
        found.append(Coming(row["id"], row["name"], tick))
        tick = next_tick(plan, period, tick, zone)
    return found
