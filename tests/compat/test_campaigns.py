"""The life of a campaign, told by the official SDK."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from clarion.commands.serve import Running
from clarion.domain.plan import Every, Unit
from clarion.services.campaigns import campaign_of_code, change_campaign
from clarion.services.scope import Scope
from clarion.services.workspaces import update_workspace
from clarion.store.pool import transaction

from .conftest import Cams

Later = Callable[..., str]


async def listed(cams: Cams, **search: Any) -> list[dict[str, Any]]:
    answer = await cams.done("ListMarketingFlow", **search)
    found: list[dict[str, Any]] = answer["Data"]
    return found


async def until_status(cams: Cams, code: str, status: str) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while True:
            (campaign,) = await listed(cams, activity_code=code)
            if campaign["ActivityStatus"] == status:
                return campaign
            await asyncio.sleep(0.1)


@pytest.mark.parametrize("has_worker", [True])
async def test_a_campaign_from_its_making_to_its_deletion(
    cams: Cams, wish: dict[str, Any], later: Later
) -> None:
    soon = {**wish, "start_date": later(seconds=2), "cron_expression": "0 * * * * ?"}
    code = (await cams.done("AddMarketingFlow", **soon))["Data"]

    (pending,) = await listed(cams, activity_code=code)
    assert pending["ActivityStatus"] == "pending"
    assert await cams.refused("PauseMarketingFLow", activity_code=code) == "Activity.StatusNotAllow"

    await until_status(cams, code, "active")
    for name, more in (
        ("UpdateMarketingFLow", {"execution_type": "1", "activity_name": "New"}),
        ("DeleteMarketingFlow", {}),
    ):
        assert await cams.refused(name, activity_code=code, **more) == "Activity.StatusNotAllow"

    await cams.done("PauseMarketingFLow", activity_code=code)
    assert (await until_status(cams, code, "suspended"))["ActivityStatus"] == "suspended"
    assert await cams.refused("PauseMarketingFLow", activity_code=code) == "Activity.StatusNotAllow"

    # A new name alone does not resume it; a new start does, at that start.
    await cams.done(
        "UpdateMarketingFLow", activity_code=code, execution_type="1", activity_name="Renamed"
    )
    (renamed,) = await listed(cams, activity_code=code)
    assert (renamed["ActivityName"], renamed["ActivityStatus"]) == ("Renamed", "suspended")
    start = later(hours=3)
    changed = await cams.done(
        "UpdateMarketingFLow", activity_code=code, execution_type="1", start_date=start
    )
    assert changed["Data"] == {"ActivityCode": code, "ActivityStatus": "pending"}
    (resumed,) = await listed(cams, activity_code=code)
    assert (resumed["StartDate"], resumed["CronExpression"]) == (start, "0 * * * * ?")

    await cams.done("DeleteMarketingFlow", activity_code=code)
    assert await listed(cams, activity_code=code) == []
    assert await cams.refused("DeleteMarketingFlow", activity_code=code) == "Activity.NotExist"


async def test_a_campaign_is_listed_as_it_was_asked_for(
    cams: Cams, wish: dict[str, Any], flow_code: str, group_id: int
) -> None:
    code = (
        await cams.done("AddMarketingFlow", **wish, param_flag="Y", params={"coupon": "A&B=1 春"})
    )["Data"]
    (campaign,) = await listed(cams)
    expected = {
        "ActivityCode": code,
        "ActivityName": "Spring sale 春",
        "ActivityDesc": "d* x & more",
        "ActivityStatus": "pending",
        "RelatedFlowCode": flow_code,
        "RelatedFlowName": "Spring offer",
        "RelatedGroupId": str(group_id),
        "RelatedGroupName": "VIP",
        "StartDate": wish["start_date"],
        "EndDate": wish["end_date"],
        "ExecutionType": "1",
        "CronExpression": "0 59 9 */1 * ?",
        "ParamFlag": "Y",
        "Params": {"coupon": "A&B=1 春"},
        "BizCode": "ALICOM_OPAAS",
        "BizExtend": {},
        "SpecificTime": "",
    }
    assert {name: campaign[name] for name in expected} == expected
    assert isinstance(campaign["Id"], int)
    assert campaign["GmtCreate"] <= campaign["GmtModifier"]


async def test_a_campaign_without_a_cron_fires_once_at_its_start(
    cams: Cams, wish: dict[str, Any]
) -> None:
    del wish["cron_expression"]
    await cams.done("AddMarketingFlow", **wish)
    (campaign,) = await listed(cams)
    assert campaign["ExecutionType"] == "2"
    assert campaign["SpecificTime"] == campaign["StartDate"] == wish["start_date"]
    assert campaign["CronExpression"] == ""


async def test_parameters_of_a_campaign_are_kept_until_they_are_taken_away(
    cams: Cams, wish: dict[str, Any]
) -> None:
    code = (await cams.done("AddMarketingFlow", **wish, param_flag="Y", params={"coupon": "A"}))[
        "Data"
    ]
    same = {"activity_code": code, "execution_type": "1"}
    await cams.done("UpdateMarketingFLow", **same, activity_desc="")
    (campaign,) = await listed(cams)
    assert (campaign["Params"], campaign["ActivityDesc"]) == ({"coupon": "A"}, "")
    await cams.done("UpdateMarketingFLow", **same, param_flag="N")
    (campaign,) = await listed(cams)
    assert (campaign["Params"], campaign["ParamFlag"]) == ({}, "N")


async def test_campaigns_are_searched_page_by_page(
    cams: Cams, wish: dict[str, Any], flow_code: str, group_id: int
) -> None:
    for number in range(12):
        await cams.done("AddMarketingFlow", **{**wish, "activity_name": f"Sale {number}"})
    first = await cams.done("ListMarketingFlow")
    assert [each["ActivityName"] for each in first["Data"]] == [
        f"Sale {n}" for n in range(11, 1, -1)
    ]
    assert first["TotalCount"] == 12
    last = await cams.done("ListMarketingFlow", page_index="3", page_size="5")
    assert [each["ActivityName"] for each in last["Data"]] == ["Sale 1", "Sale 0"]
    for search, count in (
        ({"activity_name": "sALE 1"}, 3),
        ({"activity_status": "Pending Execution"}, 12),
        ({"activity_status": "active"}, 0),
        ({"related_flow_code": flow_code}, 12),
        ({"related_flow_code": "cf-abc"}, 0),
        ({"related_group_id": group_id}, 12),
        ({"related_group_id": group_id + 1}, 0),
    ):
        assert (await cams.done("ListMarketingFlow", **search))["TotalCount"] == count, search
    code = await cams.refused("ListMarketingFlow", page_size="1000")
    assert code == "InvalidParameter.PageInvalid"


async def test_an_activity_id_stands_in_for_the_code(cams: Cams, wish: dict[str, Any]) -> None:
    await cams.done("AddMarketingFlow", **wish)
    (campaign,) = await listed(cams)
    await cams.done("DeleteMarketingFlow", activity_id=str(campaign["Id"]))
    assert await listed(cams) == []


FAULTS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"activity_name": "x" * 61}, "Activity.NameTooLong"),
    ({"activity_name": "  "}, "Activity.NameInvalid"),
    ({"activity_desc": "x" * 91}, "Activity.DescTooLong"),
    ({"start_date": "2020-01-01 00:00:00"}, "Activity.DateInvalid"),
    ({"end_date": "2020-01-01 00:00:00"}, "Activity.DateInvalid"),
    ({"cron_expression": "* * * * * ?"}, "Activity.CronInvalid"),
    ({"cron_expression": "never"}, "Activity.CronInvalid"),
    ({"execution_type": "Manual"}, "Activity.ExecutionTypeNotSupport"),
    ({"related_flow_code": "cf-abc"}, "Flow.NotExist"),
    ({"related_group_id": 4711}, "Group.NotExist"),
    ({"params": {"unheard_of": "x"}}, "Flow.ParamsInvalid"),
)


async def test_a_faulty_campaign_is_refused_by_name(cams: Cams, wish: dict[str, Any]) -> None:
    for fault, code in FAULTS:
        assert await cams.refused("AddMarketingFlow", **{**wish, **fault}) == code, fault
    assert await listed(cams) == []


async def test_only_a_flow_that_is_online_and_manual_can_be_chosen(
    cams: Cams, wish: dict[str, Any]
) -> None:
    for trigger, is_online, code in (
        ("TriggeredManually", False, "Flow.NotOnline"),
        ("TriggeredByWhatsApp", True, "Flow.TriggerTypeNotManual"),
    ):
        made = await cams.done("CreateChatFlow", title=trigger, flow_trigger_type=trigger)
        flow = made["Response"]["FlowCode"]
        if is_online:
            await cams.done("OnlineFlowVersion", flow_code=flow)
        changed = {**wish, "related_flow_code": flow}
        assert await cams.refused("AddMarketingFlow", **changed) == code


async def test_times_on_the_wire_are_the_workspaces(
    cams: Cams, wish: dict[str, Any], server: Running, scope: Scope
) -> None:
    async with transaction(server.place.pool) as connection:
        await update_workspace(connection, scope, zone="Asia/Shanghai")
    dates = {"start_date": "2099-03-02 09:59:00", "end_date": "2099-03-05 00:00:00"}
    code = (await cams.done("AddMarketingFlow", **{**wish, **dates}))["Data"]
    async with transaction(server.place.pool) as connection:
        campaign = await campaign_of_code(connection, scope, code)
    assert campaign.draft.start_at == datetime(2099, 3, 2, 1, 59, tzinfo=UTC)
    assert campaign.next_tick_at == campaign.draft.start_at
    (shape,) = await listed(cams)
    assert (shape["StartDate"], shape["EndDate"]) == (dates["start_date"], dates["end_date"])


async def test_a_campaign_made_elsewhere_is_listed_as_well_as_the_wire_can(
    cams: Cams, wish: dict[str, Any], server: Running, scope: Scope, group_id: int
) -> None:
    second = int((await cams.done("AddGroup", group_name="Also"))["Data"])
    code = (await cams.done("AddMarketingFlow", **wish))["Data"]
    async with transaction(server.place.pool) as connection:
        campaign = await campaign_of_code(connection, scope, code)
        changes = {"plan": Every(90, Unit.MINUTES), "include_group_ids": (group_id, second)}
        await change_campaign(connection, scope, campaign.id, changes)
    (shape,) = await listed(cams)
    assert (shape["ExecutionType"], shape["CronExpression"]) == ("1", "")
    assert shape["RelatedGroupId"] == f"{group_id},{second}"
    assert shape["RelatedGroupName"] == "Also,VIP"
    # Another name leaves all that as it is.
    await cams.done(
        "UpdateMarketingFLow", activity_code=code, execution_type="1", activity_name="Renamed"
    )
    (renamed,) = await listed(cams)
    assert renamed["RelatedGroupId"] == f"{group_id},{second}"
    async with transaction(server.place.pool) as connection:
        campaign = await campaign_of_code(connection, scope, code)
    assert campaign.draft.plan == Every(90, Unit.MINUTES)
