"""Dry runs: who would get what, when, and who would not and why; asked for, read, explained.

Theory of operation.  A dry run is a record of its own (with its people), computed by a job
(``services.dry_run_work``) or at once by the command line.  It is about a campaign as it stands, or
about a draft that nobody has saved, at one occurrence.  It writes nothing of the campaign's and sends
nothing.  What one person would see is not kept for everybody: ``explain_person`` computes it again,
by the same functions, and says if the person's case has changed since.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from clarion.domain.campaign import (
    CampaignAction,
    CampaignDraft,
    CampaignStatus,
    ZoneMode,
    check_action,
)
from clarion.domain.errors import ClarionError
from clarion.domain.identity import Permission
from clarion.engine.flow_versions import FlowVersions
from clarion.engine.forecast import Forecast, ForecastOutcome, forecast_people
from clarion.engine.planner import zone_instants
from clarion.engine.runner import OPENING_CHANNEL, read_senders
from clarion.flow.limits import DEFAULT_LIMITS, Limits
from clarion.schedule.draft import check_draft
from clarion.schedule.ticks import Period, next_tick
from clarion.services.campaign_rows import draft_from_json, draft_to_json
from clarion.services.campaign_surroundings import check_surroundings
from clarion.services.campaigns import read_campaign
from clarion.services.dry_run_work import defer_dry_run, frame_of
from clarion.services.scope import Scope
from clarion.services.workspaces import read_workspace
from clarion.store.pool import Connection, Pool, snapshot
from clarion.store.queries import Row, load

__all__ = [
    "DryRun",
    "DryRunPerson",
    "Explanation",
    "PeopleFilter",
    "ask_dry_run",
    "explain_person",
    "list_dry_runs",
    "list_people",
    "previous_dry_run",
    "read_dry_run",
]

QUERIES = load("dry_runs")

_MOMENT = timedelta(microseconds=1)

DryRunStatus = Literal["waiting", "running", "finished", "failed"]


@dataclass(frozen=True, slots=True)
class DryRun:
    """A dry run as people see it; ``campaign_id`` None: of a campaign that was not saved.

    ``summary`` is empty until it is finished; its form is the answer's (``dry_run_summary``).
    """

    id: int
    campaign_id: int | None
    draft: CampaignDraft
    scheduled_at: datetime
    zone: str
    status: DryRunStatus
    reason: str | None
    asked_by: str
    flow_version_id: int | None
    audience_count: int
    done_count: int
    summary: Mapping[str, Any]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class DryRunPerson:
    """One person of a dry run; ``content`` only for those of the sample.

    ``name`` and ``phone`` are None for a contact that was deleted since.
    """

    contact_id: int
    name: str | None
    phone: str | None
    outcome: ForecastOutcome
    reason: str | None
    node_id: str | None
    sender_id: int | None
    sender_name: str | None
    send_at: datetime | None
    content: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """A search: everything that is given must fit; ``text`` is a part of the name or phone."""

    outcome: ForecastOutcome | None = None
    reason: str | None = None
    node_id: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """One person's way, computed again now.

    ``is_changed``: by now something else would become of the person.  ``version_numbers`` are those
    of the versions that the forecast's walks go through, by id.
    """

    person: DryRunPerson
    forecast: Forecast
    is_changed: bool
    version_numbers: Mapping[int, int]


async def ask_dry_run(
    connection: Connection,
    scope: Scope,
    *,
    campaign_id: int | None = None,
    draft: CampaignDraft | None = None,
    scheduled_at: datetime | None = None,
    is_deferred: bool = True,
) -> DryRun:
    """Ask for a dry run of a campaign, of what it would become (``draft``), or of a draft alone.

    It is about the next occurrence, or the one at ``scheduled_at``.  ``is_deferred`` leaves a job
    that computes it; else the caller does (``run_dry_run``).  Raises ``campaign.not_found``,
    ``campaign.status_not_allowed``, ``dry_run.no_occurrence``, and of a draft what
    ``create_campaign`` raises.
    """
    scope.require(Permission.EDIT_CAMPAIGNS)
    zone = ZoneInfo((await read_workspace(connection, scope)).zone)
    before: CampaignDraft | None = None
    if campaign_id is not None:
        campaign = await read_campaign(connection, scope, campaign_id)
        check_action(campaign.status, CampaignAction.DRY_RUN)
        before = campaign.draft
        if campaign.status is not CampaignStatus.IN_PROGRESS and draft is None:
            await check_surroundings(connection, scope, before)
    if draft is not None:
        draft = check_draft(draft, scope.now, zone, before)
        await check_surroundings(connection, scope, draft)
    wanted = draft or before
    if wanted is None:
        raise TypeError("a dry run is of a campaign or of a draft")
    dry_run_id: int = await QUERIES.fetchval(
        connection,
        "insert_dry_run",
        workspace_id=scope.workspace_id,
        campaign_id=campaign_id,
        draft=draft_to_json(wanted),
        scheduled_at=_occurrence_of(wanted, scope.now, scheduled_at, zone),
        asked_by=scope.actor.name,
        now=scope.now,
    )
    if is_deferred:
        await defer_dry_run(connection, scope.workspace_id, dry_run_id)
    return await read_dry_run(connection, scope, dry_run_id)


def _occurrence_of(
    draft: CampaignDraft, now: datetime, scheduled_at: datetime | None, zone: ZoneInfo
) -> datetime:
    """The tick that is meant: the chosen one if there is such a tick, else the next."""
    period = Period(draft.start_at, draft.end_at)
    after = None if draft.start_at > now else now
    if scheduled_at is None:
        tick = next_tick(draft.plan, period, after, zone)
        if tick is None:
            raise ClarionError(
                "dry_run.no_occurrence", "The campaign has no occurrence that is still to come."
            )
        return tick
    # The tick before an instant is unknown, the one after a moment earlier is not.
    tick = next_tick(draft.plan, period, scheduled_at - _MOMENT, zone)
    if tick != scheduled_at or scheduled_at <= now:
        raise ClarionError(
            "dry_run.no_occurrence",
            f"The campaign has no occurrence at {scheduled_at.isoformat()} that is still to come.",
            scheduled_at=scheduled_at.isoformat(),
        )
    return scheduled_at


async def read_dry_run(connection: Connection, scope: Scope, dry_run_id: int) -> DryRun:
    """One dry run.  Raises ``dry_run.not_found``."""
    return _dry_run_of(await _read_row(connection, scope, dry_run_id))


async def list_dry_runs(
    connection: Connection,
    scope: Scope,
    campaign_id: int | None = None,
    *,
    below_id: int | None = None,
    limit: int = 50,
) -> list[DryRun]:
    """The dry runs of a workspace or of one campaign, the newest first."""
    scope.require(Permission.READ)
    rows = await QUERIES.fetch(
        connection,
        "dry_runs_of",
        workspace_id=scope.workspace_id,
        campaign_id=campaign_id,
        dry_run_id=None,
        below_id=below_id,
        limit=limit,
    )
    return [_dry_run_of(row) for row in rows]


async def previous_dry_run(connection: Connection, scope: Scope, dry_run: DryRun) -> DryRun | None:
    """The one before it of the same campaign, to compare with."""
    scope.require(Permission.READ)
    if dry_run.campaign_id is None:
        return None
    row = await QUERIES.fetchrow(
        connection,
        "previous_dry_run",
        workspace_id=scope.workspace_id,
        campaign_id=dry_run.campaign_id,
        dry_run_id=dry_run.id,
    )
    return None if row is None else _dry_run_of(row)


async def list_people(
    connection: Connection,
    scope: Scope,
    dry_run_id: int,
    wanted: PeopleFilter,
    *,
    above_id: int | None = None,
    limit: int = 50,
) -> list[DryRunPerson]:
    """People of a dry run that fit, in the order of their ids, above a cursor.

    Raises ``dry_run.not_found``.
    """
    await _read_row(connection, scope, dry_run_id)
    return await _people(
        connection, scope, dry_run_id, wanted, above_id=above_id or 0, contact_id=None, limit=limit
    )


async def explain_person(
    pool: Pool,
    scope: Scope,
    dry_run_id: int,
    contact_id: int,
    *,
    limits: Limits = DEFAULT_LIMITS,
) -> Explanation:
    """One person's message and way through the flow, by what is known now.

    ``limits`` are those that the session would keep.  Raises ``dry_run.not_found``, ``dry_run.person_not_found``, ``dry_run.not_finished``.
    """
    scope.require(Permission.READ)
    async with snapshot(pool) as reading:
        row = await _read_row(reading, scope, dry_run_id)
        if row["status"] != "finished":
            raise ClarionError("dry_run.not_finished", f"The dry run is {row['status']}.")
        found = await _people(
            reading,
            scope,
            dry_run_id,
            PeopleFilter(),
            above_id=0,
            contact_id=contact_id,
            limit=1,
        )
        if not found:
            raise ClarionError(
                "dry_run.person_not_found",
                f"The contact {contact_id} is not in the dry run {dry_run_id}.",
            )
        person = found[0]
        frame = await frame_of(reading, row, row["started_at"])
        due_at = max(frame.scheduled_at, frame.now)
        if frame.draft.zone_mode is ZoneMode.CONTACT:
            zone = await QUERIES.fetchval(
                reading, "contact_zone", workspace_id=scope.workspace_id, contact_id=contact_id
            )
            zone = zone or frame.workspace_zone
            due_ats = zone_instants(frame.workspace_zone, frame.scheduled_at, [zone], due_at)
            due_at = due_ats[zone]
        senders = await read_senders(reading, frame.workspace_id, OPENING_CHANNEL)
        [forecast] = await forecast_people(
            reading, FlowVersions(limits), frame, senders, [contact_id], due_at
        )
        versions = await QUERIES.fetch(
            reading, "version_numbers", ids=[walk.flow_version_id for walk in forecast.walks]
        )
    return Explanation(
        person,
        forecast,
        (forecast.outcome, forecast.reason, forecast.node_id)
        != (person.outcome, person.reason, person.node_id),
        {row["id"]: row["number"] for row in versions},
    )


async def _people(
    connection: Connection,
    scope: Scope,
    dry_run_id: int,
    wanted: PeopleFilter,
    *,
    above_id: int,
    contact_id: int | None,
    limit: int,
) -> list[DryRunPerson]:
    rows = await QUERIES.fetch(
        connection,
        "people",
        workspace_id=scope.workspace_id,
        dry_run_id=dry_run_id,
        above_id=above_id,
        contact_id=contact_id,
        outcome=wanted.outcome,
        reason=wanted.reason,
        node_id=wanted.node_id,
        text=wanted.text or None,
        limit=limit,
    )
    return [DryRunPerson(**dict(row)) for row in rows]


async def _read_row(connection: Connection, scope: Scope, dry_run_id: int) -> Row:
    scope.require(Permission.READ)
    row = await QUERIES.fetchrow(
        connection,
        "dry_runs_of",
        workspace_id=scope.workspace_id,
        campaign_id=None,
        dry_run_id=dry_run_id,
        below_id=None,
        limit=1,
    )
    if row is None:
        raise ClarionError(
            "dry_run.not_found",
            f"There is no dry run {dry_run_id} in this workspace.",
            dry_run_id=dry_run_id,
        )
    return row


def _dry_run_of(row: Row) -> DryRun:
    return DryRun(
        id=row["id"],
        campaign_id=row["campaign_id"],
        draft=draft_from_json(row["draft"]),
        scheduled_at=row["scheduled_at"],
        zone=row["zone"],
        status=row["status"],
        reason=row["reason"],
        asked_by=row["asked_by"],
        flow_version_id=row["flow_version_id"],
        audience_count=row["audience_count"],
        done_count=row["done_count"],
        summary=row["summary"],
        created_at=row["created_at"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
    )
