"""Campaigns, which the wire calls marketing flows and activities.

Theory of operation.  Only texts are translated here: statuses, times, the plan, and a code that is
the campaign's own.  What is legal when, and what makes a draft valid, is told by the services.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from clarion.cams.call import Answer, Call, Values
from clarion.cams.plans import cron_of, plan_of, type_of
from clarion.cams.refusals import invalid, missing
from clarion.cams.wire import id_of, page_of, parse_time, time_text, zone_of
from clarion.domain.campaign import CampaignDraft, CampaignStatus
from clarion.domain.local_time import wall_of
from clarion.domain.plan import Once
from clarion.services import campaigns
from clarion.services.campaigns import Campaign, CampaignFilter
from clarion.services.suspensions import suspend_campaign
from clarion.store.pool import Connection

__all__ = [
    "STATUS_ALIASES",
    "STATUS_WORDS",
    "add_marketing_flow",
    "delete_marketing_flow",
    "list_marketing_flow",
    "pause_marketing_flow",
    "update_marketing_flow",
]

# The SDK gives up after 10 seconds; the answer must be there before.
_LONGEST_WAIT_SECONDS = 7.0
DEFAULT_BIZ_CODE = "ALICOM_OPAAS"

STATUS_WORDS: Mapping[CampaignStatus, str] = MappingProxyType(
    {
        CampaignStatus.PENDING: "pending",
        CampaignStatus.IN_PROGRESS: "active",
        CampaignStatus.SUSPENDED: "suspended",
        CampaignStatus.ENDED: "ended",
    }
)
# What a filter may say, in any case; the labels of the console are among them.
STATUS_ALIASES: Mapping[CampaignStatus, tuple[str, ...]] = MappingProxyType(
    {
        CampaignStatus.PENDING: ("pending", "pending execution", "wait", "waiting", "init", "0"),
        CampaignStatus.IN_PROGRESS: ("active", "in_progress", "in progress", "running", "1"),
        CampaignStatus.SUSPENDED: ("suspended", "pause", "paused", "2"),
        CampaignStatus.ENDED: (
            *("ended", "finish", "finished", "success", "sucess", "completed", "3"),
        ),
    }
)
_STATUSES = {alias: status for status, aliases in STATUS_ALIASES.items() for alias in aliases}


async def add_marketing_flow(call: Call) -> Answer:
    """Make a campaign; the answer is its code."""
    async with call.transaction() as connection:
        settings = _settings(call.values, await zone_of(connection, call.scope))
        draft = CampaignDraft(**{"plan": Once(), **settings})
        made = await campaigns.create_campaign(
            connection, call.scope, draft, mint_code=campaigns.mint_code
        )
    return {"Data": made.code}


async def update_marketing_flow(call: Call) -> Answer:
    """Modify what was given; a new start resumes a suspended campaign at that start."""
    async with call.transaction() as connection:
        campaign_id = await _campaign_id(connection, call)
        settings = _settings(call.values, await zone_of(connection, call.scope))
        changed = await campaigns.change_campaign(connection, call.scope, campaign_id, settings)
    return {
        "Data": {
            "ActivityCode": changed.code,
            "ActivityStatus": STATUS_WORDS[changed.status],
        }
    }


async def list_marketing_flow(call: Call) -> Answer:
    """Search campaigns, the newest first."""
    before_count, size = page_of(call, "PageIndex")
    wanted = CampaignFilter(
        name=call.text("ActivityName") or None,
        code=call.text("ActivityCode") or None,
        status=_status(call.text("ActivityStatus")),
        flow_id=id_of(call.text("RelatedFlowCode")) if call.text("RelatedFlowCode") else None,
        group_id=call.values.get("RelatedGroupId"),
    )
    async with call.transaction() as connection:
        found = await campaigns.list_campaigns(
            connection, call.scope, wanted, limit=size, offset_count=before_count
        )
        count = await campaigns.count_campaigns(connection, call.scope, wanted)
    tenant = str(call.scope.workspace_id)
    return {"Data": [_shape(campaign, tenant) for campaign in found], "TotalCount": count}


async def pause_marketing_flow(call: Call) -> Answer:
    """Suspend a campaign; when this answers, nothing more of it leaves."""
    async with call.transaction() as connection:
        campaign_id = await _campaign_id(connection, call)
    suspension = await suspend_campaign(
        call.place.pool, call.scope, campaign_id, longest_wait_seconds=_LONGEST_WAIT_SECONDS
    )
    if suspension.is_acknowledged:
        return {"Data": "true"}
    return {
        "Data": "true",
        "Message": "The campaign is suspended, but a worker has not confirmed it yet; it obeys as"
        " soon as it is reached. Until then up to"
        f" {suspension.in_flight_count} requests of it may still arrive.",
    }


async def delete_marketing_flow(call: Call) -> Answer:
    """Delete a campaign that is not in progress."""
    async with call.transaction() as connection:
        campaign_id = await _campaign_id(connection, call)
    await campaigns.delete_campaign(call.place.pool, call.scope, campaign_id)
    return {"Data": "true"}


async def _campaign_id(connection: Connection, call: Call) -> int:
    if code := call.text("ActivityCode"):
        return (await campaigns.campaign_of_code(connection, call.scope, code)).id
    if identity := call.text("ActivityId"):
        return id_of(identity)
    raise missing("ActivityCode")


def _settings(values: Values, zone: ZoneInfo) -> dict[str, Any]:
    """The fields of a draft that were given."""
    settings: dict[str, Any] = {}
    for wire, ours in (("ActivityName", "name"), ("ActivityDesc", "description")):
        if wire in values:
            settings[ours] = values[wire]
    for wire, ours in (("StartDate", "start_at"), ("EndDate", "end_at")):
        if values.get(wire):
            settings[ours] = parse_time(wire, values[wire], zone)
    if values.get("RelatedFlowCode"):
        settings["flow_id"] = id_of(values["RelatedFlowCode"])
    if "RelatedGroupId" in values:
        settings["include_group_ids"] = (values["RelatedGroupId"],)
    plan = plan_of(values["ExecutionType"], values.get("CronExpression", ""))
    if plan is not None:
        settings["plan"] = plan
    return settings | _parameters(values)


def _parameters(values: Values) -> dict[str, Any]:
    flag = str(values.get("ParamFlag", "")).strip().upper()
    if flag not in ("", "Y", "N"):
        raise invalid("ParamFlag", "Y or N")
    if flag == "N":
        return {"parameters": {}}
    return {"parameters": values["Params"]} if values.get("Params") else {}


def _status(text: str) -> CampaignStatus | None:
    word = text.strip().lower()
    if not word:
        return None
    if word not in _STATUSES:
        raise invalid("ActivityStatus", f"one of {', '.join(STATUS_WORDS.values())}")
    return _STATUSES[word]


def _shape(campaign: Campaign, tenant: str) -> dict[str, Any]:
    draft, zone = campaign.draft, ZoneInfo(campaign.zone)
    start_text = time_text(draft.start_at, zone)
    return {
        "Id": campaign.id,
        "ActivityCode": campaign.code,
        "ActivityName": draft.name,
        "ActivityDesc": draft.description,
        "ActivityStatus": STATUS_WORDS[campaign.status],
        "RelatedFlowCode": str(draft.flow_id),
        "RelatedFlowName": campaign.flow_name,
        "RelatedGroupId": ",".join(map(str, draft.include_group_ids)),
        "RelatedGroupName": ",".join(campaign.include_group_names),
        "StartDate": start_text,
        "EndDate": time_text(draft.end_at, zone),
        "ExecutionType": type_of(draft.plan),
        "CronExpression": cron_of(draft.plan, wall_of(draft.start_at, zone)),
        "SpecificTime": start_text if isinstance(draft.plan, Once) else "",
        "ParamFlag": "Y" if draft.parameters else "N",
        "Params": dict(draft.parameters),
        "GmtCreate": time_text(campaign.created_at, zone),
        "GmtModifier": time_text(campaign.updated_at, zone),
        "BizCode": DEFAULT_BIZ_CODE,
        "BizExtend": {},
        "TenantCode": tenant,
    }
