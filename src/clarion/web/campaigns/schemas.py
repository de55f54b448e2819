"""What the routes of campaigns take and give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import orjson
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from clarion.domain.campaign import (
    CampaignAction,
    CampaignDraft,
    CampaignStatus,
    DoubtPolicy,
    Overlap,
    Reentry,
    ZoneMode,
    label_of,
)
from clarion.domain.local_time import wall_of
from clarion.domain.reasons import reason_in_words
from clarion.reports.progress import CampaignProgress
from clarion.schedule.plan import parse_plan, plan_to_json
from clarion.schedule.words import plan_in_words
from clarion.services.campaigns import Campaign
from clarion.services.workspaces import Workspace
from clarion.web.schemas import Body, IdInBody
from clarion.web.times import When, in_zone

__all__ = [
    "CampaignAnswer",
    "CampaignBody",
    "CampaignChangeBody",
    "CampaignReplacementBody",
    "CountsAnswer",
    "DuplicateBody",
    "ProgressAnswer",
    "ResumeBody",
    "SuspendBody",
    "SuspensionAnswer",
    "TicksAnswer",
    "TicksBody",
    "campaign_answer",
    "changes_of",
    "draft_of_body",
]

MOST_GROUPS = 500


def _storable_json(value: dict[str, Any]) -> dict[str, Any]:
    try:
        orjson.dumps(value)
    except TypeError as error:
        raise ValueError("holds a number out of range, or is nested too deep") from error
    return value


JsonObject = Annotated[dict[str, Any], AfterValidator(_storable_json)]
PlanJson = Annotated[
    JsonObject,
    Field(
        description="When it fires: `once`, `every_minute`, `hourly`, `daily`, `every`, `weekly`,"
        " `monthly` or `cron`.",
        examples=[{"kind": "daily", "at": "09:00"}, {"kind": "cron", "expression": "0 9 * * 1-5"}],
    ),
]
GroupIds = Annotated[list[IdInBody], Field(max_length=MOST_GROUPS)]
Revision = Annotated[
    int | None,
    Field(ge=1, le=2**31 - 1, description="The one that was read; any, when it is not given."),
]
# How large an integer of the database is; the rules of a campaign are narrower.
Seconds = Annotated[int, Field(ge=-(2**31), le=2**31 - 1)]


class CampaignBody(Body):
    """A campaign as people set it."""

    name: str = Field(description="1 to 60 characters.")
    description: str = Field(default="", description="At most 90 characters.")
    flow_id: IdInBody
    include_group_ids: GroupIds
    exclude_group_ids: Annotated[GroupIds, Field(default_factory=list)]
    start_at: When
    end_at: When
    plan: PlanJson
    zone_mode: ZoneMode = ZoneMode.WORKSPACE
    misfire_grace_seconds: Seconds = Field(
        default=900, description="How late a tick may still run."
    )
    overlap: Overlap = Overlap.SKIP
    reentry: Reentry = Reentry.RESTART
    doubt_policy: DoubtPolicy = DoubtPolicy.AT_MOST_ONCE
    sender_name: str | None = Field(default=None, description="Null: what the flow's nodes say.")
    parameters: JsonObject = Field(default_factory=dict, description="The inputs of the flow.")


class CampaignReplacementBody(CampaignBody):
    """A campaign as it shall be, as a whole."""

    revision: Revision = None


class CampaignChangeBody(Body):
    """What shall change; what is not given (or null) stays.  A `sender_name` of null clears it."""

    name: str | None = None
    description: str | None = None
    flow_id: IdInBody | None = None
    include_group_ids: GroupIds | None = None
    exclude_group_ids: GroupIds | None = None
    start_at: When | None = None
    end_at: When | None = None
    plan: PlanJson | None = None
    zone_mode: ZoneMode | None = None
    misfire_grace_seconds: Seconds | None = None
    overlap: Overlap | None = None
    reentry: Reentry | None = None
    doubt_policy: DoubtPolicy | None = None
    sender_name: str | None = None
    parameters: JsonObject | None = None
    revision: Revision = None


class SuspendBody(Body):
    """Why."""

    reason: Annotated[str, Field(max_length=200)] | None = Field(
        default=None, description="Shown beside the status."
    )


class ResumeBody(Body):
    """From when on; now, when no start is given."""

    start_at: When | None = None
    end_at: When | None = Field(default=None, description="Null: the end stays.")


class DuplicateBody(Body):
    """The new campaign's own period."""

    start_at: When
    end_at: When
    name: str | None = Field(default=None, description="Null: the same name.")


class TicksBody(Body):
    """A plan as typed."""

    plan: PlanJson
    start_at: When
    end_at: When


class TicksAnswer(BaseModel):
    """The next occurrences of a plan."""

    ticks: list[datetime]
    plan_in_words: str
    zone: str


class CountsAnswer(BaseModel):
    """The balance and the funnel.

    `audience_count` = pending + held + skipped + failed + in doubt + accepted, at any moment.
    """

    model_config = ConfigDict(from_attributes=True)

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


class ProgressAnswer(CountsAnswer):
    """The occurrences that are open, or the newest that ran."""

    campaign_id: int
    name: str
    status: CampaignStatus
    is_running: bool = Field(description="Whether an occurrence is open.")
    done_count: int
    done_share: float = Field(description="0 to 1.")
    rate_per_second: float = Field(description="Accepted openings over the last minute.")
    eta_seconds: float | None = Field(description="Null while nothing moves.")


class CampaignAnswer(BaseModel):
    """A campaign."""

    id: int
    code: str
    name: str
    description: str
    status: CampaignStatus
    status_label: str = Field(description="In the workspace's language.")
    status_reason: str | None
    status_reason_in_words: str | None
    allowed_actions: list[CampaignAction]
    flow_id: int
    flow_name: str
    include_group_ids: list[int]
    include_group_names: list[str]
    exclude_group_ids: list[int]
    exclude_group_names: list[str]
    start_at: datetime
    end_at: datetime
    plan: dict[str, Any]
    plan_in_words: str = Field(description="In the workspace's language.")
    zone: str = Field(description="The workspace's zone, which the plan's times of day mean.")
    zone_mode: ZoneMode
    next_tick_at: datetime | None
    misfire_grace_seconds: int
    overlap: Overlap
    reentry: Reentry
    doubt_policy: DoubtPolicy
    sender_name: str | None
    parameters: dict[str, Any]
    revision: int = Field(description="Give it back when you modify the campaign.")
    occurrence_count: int
    counts: CountsAnswer = Field(description="Of all occurrences together.")
    progress: ProgressAnswer | None = Field(description="Null until an occurrence has run.")
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class SuspensionAnswer(BaseModel):
    """What a suspension did."""

    campaign: CampaignAnswer
    in_flight_count: int = Field(description="Requests that were on the wire; they may arrive.")
    is_acknowledged: bool = Field(
        description="False: an owner of a sender did not answer in time; it obeys when it can."
    )


_DRAFT_FIELDS = frozenset(CampaignDraft.__dataclass_fields__)
# How a field of a body becomes a field of a draft; what is not named stays as it is.
_CONVERSIONS: Mapping[str, Any] = MappingProxyType(
    {
        "include_group_ids": lambda ids, _: tuple(ids),
        "exclude_group_ids": lambda ids, _: tuple(ids),
        "start_at": in_zone,
        "end_at": in_zone,
        "plan": lambda plan, _: parse_plan(plan),
    }
)


def _converted(name: str, value: Any, zone: ZoneInfo) -> Any:
    convert = _CONVERSIONS.get(name)
    return value if convert is None else convert(value, zone)


def draft_of_body(body: CampaignBody, workspace: Workspace) -> CampaignDraft:
    """The draft that a body describes.  Raises ``campaign.invalid`` for a wrong plan."""
    zone = ZoneInfo(workspace.zone)
    given = {name: getattr(body, name) for name in _DRAFT_FIELDS}
    return CampaignDraft(**{name: _converted(name, value, zone) for name, value in given.items()})


def changes_of(body: CampaignChangeBody, workspace: Workspace) -> dict[str, Any]:
    """The fields of a draft that a body changes.  Raises ``campaign.invalid`` for a wrong plan."""
    zone = ZoneInfo(workspace.zone)
    given = {name: getattr(body, name) for name in body.model_fields_set & _DRAFT_FIELDS}
    return {
        name: _converted(name, value, zone)
        for name, value in given.items()
        if value is not None or name == "sender_name"
    }


def campaign_answer(
    campaign: Campaign, workspace: Workspace, progress: CampaignProgress | None
) -> CampaignAnswer:
    """A campaign in the words of its workspace."""
    draft, language = campaign.draft, workspace.language
    start = wall_of(draft.start_at, ZoneInfo(campaign.zone)).time()
    reason = campaign.status_reason
    return CampaignAnswer(
        id=campaign.id,
        code=campaign.code,
        name=draft.name,
        description=draft.description,
        status=campaign.status,
        status_label=label_of(campaign.status, language),
        status_reason=reason,
        status_reason_in_words=reason and reason_in_words(reason, language),
        allowed_actions=list(campaign.allowed_actions),
        flow_id=draft.flow_id,
        flow_name=campaign.flow_name,
        include_group_ids=list(draft.include_group_ids),
        include_group_names=list(campaign.include_group_names),
        exclude_group_ids=list(draft.exclude_group_ids),
        exclude_group_names=list(campaign.exclude_group_names),
        start_at=draft.start_at,
        end_at=draft.end_at,
        plan=plan_to_json(draft.plan),
        plan_in_words=plan_in_words(draft.plan, language, start),
        zone=campaign.zone,
        zone_mode=draft.zone_mode,
        next_tick_at=campaign.next_tick_at,
        misfire_grace_seconds=draft.misfire_grace_seconds,
        overlap=draft.overlap,
        reentry=draft.reentry,
        doubt_policy=draft.doubt_policy,
        sender_name=draft.sender_name,
        parameters=dict(draft.parameters),
        revision=campaign.revision,
        occurrence_count=campaign.occurrence_count,
        counts=CountsAnswer.model_validate(campaign.counts),
        progress=progress and ProgressAnswer(**asdict(progress)),
        created_at=campaign.created_at,
        updated_at=campaign.updated_at,
        started_at=campaign.started_at,
        ended_at=campaign.ended_at,
    )
