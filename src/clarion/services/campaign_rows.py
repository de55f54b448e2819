"""A campaign as people see it and as a row: the values, and the way between the two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from clarion.domain.campaign import (
    CampaignAction,
    CampaignDraft,
    CampaignStatus,
    DoubtPolicy,
    Overlap,
    Reentry,
    ZoneMode,
    allowed_actions,
)
from clarion.schedule.plan import parse_plan, plan_to_json
from clarion.store.queries import Row

__all__ = [
    "Campaign",
    "CampaignFilter",
    "Counts",
    "campaign_of",
    "columns_of",
    "draft_from_json",
    "draft_of",
    "draft_to_json",
]

# In these statuses no tick fires, whatever the plan says.
_RESTING = frozenset({CampaignStatus.SUSPENDED, CampaignStatus.ENDED})


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
    code: str | None = None


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


def columns_of(draft: CampaignDraft) -> dict[str, Any]:
    """The columns of a draft, by name."""
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


def draft_to_json(draft: CampaignDraft) -> dict[str, Any]:
    """A draft for a JSON column."""
    columns = columns_of(draft)
    return {
        **columns,
        "start_at": draft.start_at.isoformat(),
        "end_at": draft.end_at.isoformat(),
    }


def draft_from_json(data: Mapping[str, Any]) -> CampaignDraft:
    """What ``draft_to_json`` wrote."""
    moments = {name: datetime.fromisoformat(data[name]) for name in ("start_at", "end_at")}
    return draft_of({**data, **moments})


def campaign_of(row: Row) -> Campaign:
    """From a row of the query ``campaigns``."""
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
        next_tick_at=None if row["status"] in _RESTING else row["next_tick_at"],
        revision=row["revision"],
        occurrence_count=row["occurrence_count"],
        counts=Counts.of(row),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
    )
