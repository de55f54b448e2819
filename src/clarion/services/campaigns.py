"""Campaigns: create, read, search, modify, delete, duplicate; suspension has a file of its own.

Theory of operation.  What a person may set is a ``CampaignDraft``; the rules about it are pure
(``schedule.draft``).  This service adds what only the database knows: that the flow exists, has a
published version and the manual trigger, that the groups and the sender are the workspace's.  What
is legal in which status is asked of the one table in ``domain.campaign``.  Every change leaves the
campaign's one reminder in the table of time up to date.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from clarion.domain.campaign import (
    CampaignAction,
    CampaignDraft,
    CampaignEvent,
    CampaignStatus,
    check_action,
    next_status,
)
from clarion.domain.errors import ClarionError
from clarion.domain.identity import Permission
from clarion.domain.plan import Plan
from clarion.engine.apply.set_fires import cancel_fires
from clarion.engine.planner import set_next_look
from clarion.engine.withdraw import withdraw_open
from clarion.schedule.draft import check_draft
from clarion.schedule.ticks import Period, next_tick
from clarion.services import audit
from clarion.services.campaign_rows import (
    Campaign,
    CampaignFilter,
    Counts,
    campaign_of,
    columns_of,
    draft_of,
)
from clarion.services.campaign_surroundings import check_surroundings
from clarion.services.scope import Scope
from clarion.store.pool import Connection, Pool, transaction_again
from clarion.store.queries import Row, load

__all__ = [
    "Campaign",
    "CampaignFilter",
    "Counts",
    "campaign_named",
    "campaign_of_code",
    "change_campaign",
    "count_campaigns",
    "create_campaign",
    "delete_campaign",
    "draft_of",
    "duplicate_campaign",
    "list_campaigns",
    "lock_campaign",
    "mint_code",
    "next_ticks",
    "read_campaign",
    "update_campaign",
]

QUERIES = load("campaigns")
OUTBOX = load("outbox")


def mint_code() -> str:
    """A new campaign's code: opaque, and never used again."""
    return secrets.token_hex(16)


async def create_campaign(
    connection: Connection, scope: Scope, draft: CampaignDraft, *, mint_code: Callable[[], str]
) -> Campaign:
    """Make a campaign; it starts by itself.

    Raises ``campaign.invalid``, ``flow.not_found``, ``flow.not_published``,
    ``flow.trigger_not_manual``, ``flow.inputs_invalid``, ``group.not_found``, ``sender.not_found``.
    """
    scope.require(Permission.RUN_CAMPAIGNS)
    zone = await _zone(connection, scope)
    draft = check_draft(draft, scope.now, zone)
    await check_surroundings(connection, scope, draft)
    tick = next_tick(draft.plan, Period(draft.start_at, draft.end_at), None, zone)
    campaign_id: int = await QUERIES.fetchval(
        connection,
        "insert_campaign",
        code=mint_code(),
        workspace_id=scope.workspace_id,
        next_tick_at=tick,
        now=scope.now,
        **columns_of(draft),
    )
    await set_next_look(
        connection,
        campaign_id,
        next_status(None, CampaignEvent.CREATED),
        draft.start_at,
        draft.end_at,
        tick,
    )
    await audit.record(connection, scope, "created", "campaign", campaign_id, {"name": draft.name})
    return await read_campaign(connection, scope, campaign_id)


async def read_campaign(connection: Connection, scope: Scope, campaign_id: int) -> Campaign:
    """One campaign.  Raises ``campaign.not_found``."""
    scope.require(Permission.READ)
    rows = await QUERIES.fetch(
        connection, "campaigns", workspace_id=scope.workspace_id, campaign_ids=[campaign_id]
    )
    if not rows:
        raise _not_found(campaign_id)
    return campaign_of(rows[0])


async def list_campaigns(
    connection: Connection,
    scope: Scope,
    wanted: CampaignFilter,
    *,
    below_id: int | None = None,
    limit: int = 50,
    offset_count: int = 0,
) -> list[Campaign]:
    """Campaigns that fit, the newest first; ``offset_count`` of them are passed over."""
    scope.require(Permission.READ)
    found = await QUERIES.fetch(
        connection,
        "campaigns_of",
        below_id=below_id,
        limit=limit,
        offset=offset_count,
        **_filters(scope, wanted),
    )
    rows = await QUERIES.fetch(
        connection,
        "campaigns",
        workspace_id=scope.workspace_id,
        campaign_ids=[row["id"] for row in found],
    )
    return [campaign_of(row) for row in rows]


async def count_campaigns(connection: Connection, scope: Scope, wanted: CampaignFilter) -> int:
    """How many campaigns fit."""
    scope.require(Permission.READ)
    count: int = await QUERIES.fetchval(connection, "count_campaigns", **_filters(scope, wanted))
    return count


async def campaign_of_code(connection: Connection, scope: Scope, code: str) -> Campaign:
    """A campaign by its code.  Raises ``campaign.not_found``."""
    scope.require(Permission.READ)
    campaign_id = await QUERIES.fetchval(
        connection, "campaign_id_of_code", workspace_id=scope.workspace_id, code=code
    )
    if campaign_id is None:
        raise _not_found(code)
    return await read_campaign(connection, scope, campaign_id)


async def campaign_named(connection: Connection, scope: Scope, name_or_id: str) -> Campaign:
    """A campaign by its id or its exact name (the newest of that name).

    Raises ``campaign.not_found``.
    """
    scope.require(Permission.READ)
    campaign_id = await QUERIES.fetchval(
        connection, "campaign_id_named", workspace_id=scope.workspace_id, name_or_id=name_or_id
    )
    if campaign_id is None:
        raise _not_found(name_or_id)
    return await read_campaign(connection, scope, campaign_id)


async def change_campaign(
    connection: Connection,
    scope: Scope,
    campaign_id: int,
    changes: Mapping[str, Any],
    *,
    revision: int | None = None,
) -> Campaign:
    """Modify some fields (by their names in ``CampaignDraft``) and leave the others as they are.

    Raises what ``update_campaign`` does.
    """
    scope.require(Permission.RUN_CAMPAIGNS)
    # The lock comes before the merge, so that two people's changes of two fields both stay.
    row = await lock_campaign(connection, scope, campaign_id)
    check_action(CampaignStatus(row["status"]), CampaignAction.MODIFY)
    draft = replace(draft_of(row), **changes)
    return await update_campaign(connection, scope, campaign_id, draft, revision=revision)


async def update_campaign(
    connection: Connection,
    scope: Scope,
    campaign_id: int,
    draft: CampaignDraft,
    *,
    revision: int | None = None,
) -> Campaign:
    """Modify a campaign that is pending or suspended; ``revision`` is the one that was read.

    Whoever modifies the start of a suspended campaign resumes it at that new start, as in the
    product that we match.  Raises what ``create_campaign`` does, ``campaign.not_found``,
    ``campaign.status_not_allowed`` and ``campaign.stale``.
    """
    scope.require(Permission.RUN_CAMPAIGNS)
    row = await lock_campaign(connection, scope, campaign_id)
    status = CampaignStatus(row["status"])
    check_action(status, CampaignAction.MODIFY)
    if revision is not None and revision != row["revision"]:
        raise ClarionError(
            "campaign.stale",
            f"The campaign is at revision {row['revision']}, not {revision}.",
            revision=row["revision"],
        )
    zone = ZoneInfo(row["workspace_zone"])
    before = draft_of(row)
    draft = check_draft(draft, scope.now, zone, before)
    await check_surroundings(connection, scope, draft)
    is_resumed = status is CampaignStatus.SUSPENDED and draft.start_at != before.start_at
    after = None if draft.start_at > scope.now else scope.now
    tick = next_tick(draft.plan, Period(draft.start_at, draft.end_at), after, zone)
    await QUERIES.execute(
        connection, "update_campaign", campaign_id=campaign_id, next_tick_at=tick, now=scope.now,
        **columns_of(draft),
    )  # fmt: skip
    if is_resumed:
        status = next_status(status, CampaignEvent.RESUMED_LATER)
        await QUERIES.execute(
            connection,
            "resume_campaign",
            campaign_id=campaign_id,
            status=status.value,
            start_at=draft.start_at,
            end_at=draft.end_at,
            next_tick_at=tick,
            now=scope.now,
        )
    await set_next_look(connection, campaign_id, status, draft.start_at, draft.end_at, tick)
    await audit.record(
        connection, scope, "modified", "campaign", campaign_id, _changes(before, draft)
    )
    return await read_campaign(connection, scope, campaign_id)


async def delete_campaign(pool: Pool, scope: Scope, campaign_id: int) -> None:
    """Delete a campaign in any status but In Progress; who still waits is not messaged.

    In a transaction of its own, and again when it met a fold head-on.  Raises ``campaign.not_found``, ``campaign.status_not_allowed``.
    """
    scope.require(Permission.RUN_CAMPAIGNS)
    await transaction_again(pool, lambda connection: _delete(connection, scope, campaign_id))


async def _delete(connection: Connection, scope: Scope, campaign_id: int) -> None:
    row = await lock_campaign(connection, scope, campaign_id)
    check_action(CampaignStatus(row["status"]), CampaignAction.DELETE)
    await QUERIES.execute(connection, "delete_campaign", campaign_id=campaign_id, now=scope.now)
    await cancel_fires(connection, "campaign", [campaign_id])
    withdrawn_count = await withdraw_open(connection, campaign_id, "campaign_deleted", scope.now)
    await OUTBOX.execute(connection, "raise_control_epoch")
    await audit.record(
        connection,
        scope,
        "deleted",
        "campaign",
        campaign_id,
        {"name": row["name"], "withdrawn_count": withdrawn_count},
    )


async def duplicate_campaign(
    connection: Connection,
    scope: Scope,
    campaign_id: int,
    *,
    start_at: datetime,
    end_at: datetime,
    mint_code: Callable[[], str],
    name: str | None = None,
) -> Campaign:
    """Make a new campaign with the same settings and a period (and maybe a name) of its own."""
    source = await read_campaign(connection, scope, campaign_id)
    draft = replace(source.draft, name=name or source.draft.name, start_at=start_at, end_at=end_at)
    return await create_campaign(connection, scope, draft, mint_code=mint_code)


async def next_ticks(
    connection: Connection, scope: Scope, plan: Plan, period: Period, limit: int = 10
) -> tuple[datetime, ...]:
    """The next ticks of a plan in a period, in the workspace's zone; nothing is stored.

    Ticks that are past are not among them.
    """
    scope.require(Permission.READ)
    zone = await _zone(connection, scope)
    found: list[datetime] = []
    after = None if period.start_at > scope.now else scope.now
    while len(found) < limit:
        after = next_tick(plan, period, after, zone)
        if after is None:
            break
        found.append(after)
    return tuple(found)


async def lock_campaign(connection: Connection, scope: Scope, campaign_id: int) -> Row:
    """The campaign's row, locked for a change.  Raises ``campaign.not_found``."""
    row = await QUERIES.fetchrow(
        connection, "lock_campaign", workspace_id=scope.workspace_id, campaign_id=campaign_id
    )
    if row is None:
        raise _not_found(campaign_id)
    return row


async def _zone(connection: Connection, scope: Scope) -> ZoneInfo:
    return ZoneInfo(
        await QUERIES.fetchval(connection, "workspace_zone", workspace_id=scope.workspace_id)
    )


def _changes(before: CampaignDraft, after: CampaignDraft) -> dict[str, Any]:
    """What a modification changed, for the audit log."""
    old, new = columns_of(before), columns_of(after)
    return {name: str(new[name]) for name in new if new[name] != old[name]}


def _filters(scope: Scope, wanted: CampaignFilter) -> dict[str, Any]:
    return {
        "workspace_id": scope.workspace_id,
        "name": _like(wanted.name),
        "status": wanted.status and wanted.status.value,
        "flow_id": wanted.flow_id,
        "flow_name": _like(wanted.flow_name),
        "group_id": wanted.group_id,
        "code": wanted.code,
    }


def _like(text: str | None) -> str | None:
    """A literal part of a name for ILIKE."""
    if not text:
        return None
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _not_found(campaign: int | str) -> ClarionError:
    return ClarionError(
        "campaign.not_found",
        f"There is no campaign {campaign} in this workspace.",
        campaign=campaign,
    )
