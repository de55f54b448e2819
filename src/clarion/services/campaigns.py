"""Campaigns: create, read, search, modify, delete, duplicate; suspension has a file of its own.

Theory of operation.  What a person may set is a ``CampaignDraft``; the rules about it are pure
(``schedule.draft``).  This service adds what only the database knows: that the flow exists, has a
published version and the manual trigger, that the groups and the sender are the workspace's.  What
is legal in which status is asked of the one table in ``domain.campaign``.  Every change leaves the
campaign's one reminder in the table of time up to date.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from clarion.domain.campaign import (
    CampaignAction,
    CampaignDraft,
    CampaignStatus,
    DoubtPolicy,
    Overlap,
    Reentry,
    ZoneMode,
    allowed_actions,
    check_action,
)
from clarion.domain.errors import ClarionError, FieldError
from clarion.domain.identity import Permission
from clarion.engine.apply.set_fires import cancel_fires
from clarion.engine.planner import set_next_look
from clarion.engine.withdraw import withdraw_open
from clarion.flow.definition import parse_flow
from clarion.flow.engine import check_inputs
from clarion.schedule.draft import check_draft
from clarion.schedule.plan import parse_plan, plan_to_json
from clarion.schedule.ticks import Period, next_tick, ticks
from clarion.services import audit
from clarion.services.scope import Scope
from clarion.store.pool import Connection
from clarion.store.queries import Row, load

__all__ = [
    "Campaign",
    "CampaignFilter",
    "Counts",
    "create_campaign",
    "delete_campaign",
    "draft_of",
    "duplicate_campaign",
    "list_campaigns",
    "lock_campaign",
    "next_ticks",
    "read_campaign",
    "update_campaign",
]

QUERIES = load("campaigns")
OUTBOX = load("outbox")


@dataclass(frozen=True, slots=True)
class Counts:
    """The balance and the funnel of an occurrence, or of all occurrences of a campaign.

    ``audience`` = pending + held + skipped + failed + in_doubt + accepted, at any moment.
    """

    audience_count: int = 0
    pending_count: int = 0
    held_count: int = 0
    skipped_count: int = 0
    failed_count: int = 0
    in_doubt_count: int = 0
    accepted_count: int = 0
    sent_count: int = 0
    delivered_count: int = 0
    read_count: int = 0
    replied_count: int = 0
    opted_out_count: int = 0

    @classmethod
    def of(cls, row: Row) -> Counts:
        """From a row with these columns."""
        return cls(**{each.name: row[each.name] for each in fields(cls)})


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign as people see it."""

    id: int
    code: str
    status: CampaignStatus
    status_reason: str | None
    draft: CampaignDraft
    flow_name: str
    include_group_names: Sequence[str]
    exclude_group_names: Sequence[str]
    zone: str
    next_tick_at: datetime | None
    revision: int
    occurrence_count: int
    counts: Counts
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    ended_at: datetime | None

    @property
    def allowed_actions(self) -> tuple[CampaignAction, ...]:
        """What may be asked of it now."""
        return allowed_actions(self.status)


@dataclass(frozen=True, slots=True)
class CampaignFilter:
    """A search: everything that is given must fit; names fit in part, without regard to case."""

    name: str | None = None
    status: CampaignStatus | None = None
    flow_id: int | None = None
    flow_name: str | None = None
    group_id: int | None = None


def draft_of(row: Row) -> CampaignDraft:
    """What people have set, from a campaign's row."""
    return CampaignDraft(
        name=row["name"],
        description=row["description"],
        flow_id=row["flow_id"],
        include_group_ids=tuple(row["include_group_ids"]),
        exclude_group_ids=tuple(row["exclude_group_ids"]),
        start_at=row["start_at"],
        end_at=row["end_at"],
        plan=parse_plan(row["plan"]),
        zone_mode=ZoneMode(row["zone_mode"]),
        misfire_grace_seconds=row["misfire_grace_seconds"],
        overlap=Overlap(row["overlap"]),
        reentry=Reentry(row["reentry"]),
        doubt_policy=DoubtPolicy(row["doubt_policy"]),
        sender_name=row["sender_name"],
        parameters=row["parameters"],
    )


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
    await _check_surroundings(connection, scope, draft)
    tick = next_tick(draft.plan, Period(draft.start_at, draft.end_at), None, zone)
    campaign_id: int = await QUERIES.fetchval(
        connection,
        "insert_campaign",
        code=mint_code(),
        workspace_id=scope.workspace_id,
        next_tick_at=tick,
        now=scope.now,
        **_columns(draft),
    )
    await set_next_look(
        connection, campaign_id, CampaignStatus.PENDING, draft.start_at, draft.end_at, tick
    )
    await audit.record(connection, scope, "created", "campaign", campaign_id, {"name": draft.name})
    return await read_campaign(connection, scope, campaign_id)


async def read_campaign(connection: Connection, scope: Scope, campaign_id: int) -> Campaign:
    """One campaign.  Raises ``campaign.not_found``."""
    scope.require(Permission.READ)
    row = await QUERIES.fetchrow(
        connection, "campaign", workspace_id=scope.workspace_id, campaign_id=campaign_id
    )
    if row is None:
        raise _not_found(campaign_id)
    return _campaign_of(row)


async def list_campaigns(
    connection: Connection,
    scope: Scope,
    wanted: CampaignFilter,
    *,
    below_id: int | None = None,
    limit: int = 50,
) -> list[Campaign]:
    """Campaigns that fit, the newest first."""
    scope.require(Permission.READ)
    rows = await QUERIES.fetch(
        connection,
        "campaigns_of",
        workspace_id=scope.workspace_id,
        below_id=below_id,
        limit=limit,
        name=_like(wanted.name),
        status=wanted.status and wanted.status.value,
        flow_id=wanted.flow_id,
        flow_name=_like(wanted.flow_name),
        group_id=wanted.group_id,
    )
    return [await read_campaign(connection, scope, row["id"]) for row in rows]


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
    await _check_surroundings(connection, scope, draft)
    is_resumed = status is CampaignStatus.SUSPENDED and draft.start_at != before.start_at
    after = None if draft.start_at > scope.now else scope.now
    tick = next_tick(draft.plan, Period(draft.start_at, draft.end_at), after, zone)
    await QUERIES.execute(
        connection, "update_campaign", campaign_id=campaign_id, next_tick_at=tick, now=scope.now,
        **_columns(draft),
    )  # fmt: skip
    if is_resumed:
        status = CampaignStatus.PENDING
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


async def delete_campaign(connection: Connection, scope: Scope, campaign_id: int) -> None:
    """Delete a campaign in any status but In Progress; who still waits is not messaged.

    Raises ``campaign.not_found``, ``campaign.status_not_allowed``.
    """
    scope.require(Permission.RUN_CAMPAIGNS)
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
) -> Campaign:
    """Make a new campaign with the same settings and a period of its own."""
    source = await read_campaign(connection, scope, campaign_id)
    draft = replace(source.draft, start_at=start_at, end_at=end_at)
    return await create_campaign(connection, scope, draft, mint_code=mint_code)


async def next_ticks(
    connection: Connection, scope: Scope, draft: CampaignDraft, limit: int = 10
) -> tuple[datetime, ...]:
    """The first ticks of a plan in a period, in the workspace's zone; nothing is stored."""
    scope.require(Permission.READ)
    zone = await _zone(connection, scope)
    return ticks(draft.plan, Period(draft.start_at, draft.end_at), zone, limit)


async def lock_campaign(connection: Connection, scope: Scope, campaign_id: int) -> Row:
    """The campaign's row, locked for a change.  Raises ``campaign.not_found``."""
    row = await QUERIES.fetchrow(
        connection, "lock_campaign", workspace_id=scope.workspace_id, campaign_id=campaign_id
    )
    if row is None:
        raise _not_found(campaign_id)
    return row


async def _check_surroundings(connection: Connection, scope: Scope, draft: CampaignDraft) -> None:
    """What only the database knows about a draft."""
    await _check_flow(connection, scope, draft)
    wanted = {*draft.include_group_ids, *draft.exclude_group_ids}
    rows = await QUERIES.fetch(
        connection, "known_groups", workspace_id=scope.workspace_id, group_ids=sorted(wanted)
    )
    missing = sorted(wanted - {row["id"] for row in rows})
    if missing:
        raise ClarionError(
            "group.not_found", f"There is no group {missing[0]} in this workspace.", groups=missing
        )
    if draft.sender_name is not None and not await QUERIES.fetchval(
        connection, "known_sender", workspace_id=scope.workspace_id, name=draft.sender_name
    ):
        raise ClarionError(
            "sender.not_found",
            f"There is no sender {draft.sender_name!r} in this workspace.",
            sender=draft.sender_name,
        )


async def _check_flow(connection: Connection, scope: Scope, draft: CampaignDraft) -> None:
    flow = await QUERIES.fetchrow(
        connection, "flow_for_campaign", workspace_id=scope.workspace_id, flow_id=draft.flow_id
    )
    if flow is None:
        raise ClarionError(
            "flow.not_found",
            f"There is no flow {draft.flow_id} in this workspace.",
            flow_id=draft.flow_id,
        )
    if flow["published_version_id"] is None:
        raise ClarionError(
            "flow.not_published", f"The flow {flow['name']!r} is not published.", flow_id=flow["id"]
        )
    if flow["trigger_kind"] != "manual":
        raise ClarionError(
            "flow.trigger_not_manual",
            f"The flow {flow['name']!r} is started by {flow['trigger_kind']}, not by hand.",
            flow_id=flow["id"],
        )
    errors = check_inputs(parse_flow(flow["definition"]), draft.parameters)
    if errors:
        raise ClarionError(
            "flow.inputs_invalid",
            f"The parameters do not fit the flow {flow['name']!r}.",
            field_errors=tuple(
                FieldError(
                    f"parameters.{error.path.removeprefix('inputs.')}", error.code, error.message
                )
                for error in errors
            ),
        )


async def _zone(connection: Connection, scope: Scope) -> ZoneInfo:
    return ZoneInfo(
        await QUERIES.fetchval(connection, "workspace_zone", workspace_id=scope.workspace_id)
    )


def _columns(draft: CampaignDraft) -> dict[str, Any]:
    return {
        "name": draft.name,
        "description": draft.description,
        "flow_id": draft.flow_id,
        "include_group_ids": list(draft.include_group_ids),
        "exclude_group_ids": list(draft.exclude_group_ids),
        "start_at": draft.start_at,
        "end_at": draft.end_at,
        "plan": plan_to_json(draft.plan),
        "zone_mode": draft.zone_mode.value,
        "misfire_grace_seconds": draft.misfire_grace_seconds,
        "overlap": draft.overlap.value,
        "reentry": draft.reentry.value,
        "doubt_policy": draft.doubt_policy.value,
        "sender_name": draft.sender_name,
        "parameters": dict(draft.parameters),
    }


def _changes(before: CampaignDraft, after: CampaignDraft) -> dict[str, Any]:
    """What a modification changed, for the audit log."""
    old, new = _columns(before), _columns(after)
    return {name: str(new[name]) for name in new if new[name] != old[name]}


def _campaign_of(row: Row) -> Campaign:
    return Campaign(
        id=row["id"],
        code=row["code"],
        status=CampaignStatus(row["status"]),
        status_reason=row["status_reason"],
        draft=draft_of(row),
        flow_name=row["flow_name"],
        include_group_names=row["include_group_names"] or (),
        exclude_group_names=row["exclude_group_names"] or (),
        zone=row["workspace_zone"],
        next_tick_at=row["next_tick_at"],
        revision=row["revision"],
        occurrence_count=row["occurrence_count"],
        counts=Counts.of(row),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
    )


def _like(text: str | None) -> str | None:
    """A literal part of a name for ILIKE."""
    if not text:
        return None
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _not_found(campaign_id: int) -> ClarionError:
    return ClarionError(
        "campaign.not_found",
        f"There is no campaign {campaign_id} in this workspace.",
        campaign_id=campaign_id,
    )
