"""Flows listen to numbers, and files arrive by an address of the server, by the SDK."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest

from clarion.commands.serve import Running

from .conftest import FLOW, PHONE_NUMBER_ID, Cams


@pytest.mark.usefixtures("sender")
async def test_a_flow_listens_to_the_numbers_that_it_is_bound_to(cams: Cams) -> None:
    flow = {**FLOW, "name": "By message", "trigger": {"kind": "whatsapp"}}
    made = await cams.done("CreateChatFlowByImport", flow_view_model=json.dumps(flow))
    code = made["Data"]["FlowCode"]
    bind = {"flow_code": code, "channel_type": "WHATSAPP", "phone_numbers": [PHONE_NUMBER_ID]}
    assert (await cams.done("FlowBindPhone", **bind))["Model"] is True
    asked = {"flow_code": code, "channel_type": "WHATSAPP"}
    (bound,) = (await cams.done("ListBindingRelationsForFlowVersion", **asked))["Data"]
    assert (bound["FlowCode"], bound["PhoneNumber"]) == (code, PHONE_NUMBER_ID)
    listed = (await cams.done("ListChatFlow", phone_number=PHONE_NUMBER_ID))["Response"]
    assert [each["FlowCode"] for each in listed["Data"]] == [code]
    assert (await cams.done("FlowRebindPhone", **bind))["Model"] is True
    await cams.done("FlowUnbindPhone", flow_code=code)
    assert (await cams.done("ListBindingRelationsForFlowVersion", **asked))["Data"] == []
    assert await cams.refused("FlowBindPhone", **{**bind, "phone_numbers": ["999"]}) == (
        "PhoneNumber.NotExist"
    )


@pytest.mark.usefixtures("sender")
async def test_a_manual_flow_listens_to_nobody(cams: Cams, flow_code: str) -> None:
    bind = {"flow_code": flow_code, "channel_type": "WHATSAPP", "phone_numbers": [PHONE_NUMBER_ID]}
    assert await cams.refused("FlowBindPhone", **bind) in ("Flow.TriggerTypeManual", "Flow.Online")


@pytest.mark.parametrize("has_worker", [True])
async def test_a_file_of_contacts_arrives_by_its_own_address(cams: Cams, server: Running) -> None:
    given = (await cams.done("GeneratePresignedUrl", file_path="spring list.csv"))["Data"]["Url"]
    file = b"phone,name\n+8613012345678,Li Hua\n+8613012345679,Wang\n"
    async with aiohttp.ClientSession() as http:
        async with http.put(given, data=file) as answer:
            assert (answer.status, await answer.json()) == (200, {"byte_count": len(file)})
        async with http.put(given, data=file) as again:  # an address takes one file
            assert again.status == 404
    group = (await cams.done("AddGroup", group_name="VIP", file_path=given))["Data"]
    async with asyncio.timeout(60):
        while (
            await server.place.pool.fetchval(
                "SELECT count(*) FROM group_members WHERE group_id = $1", int(group)
            )
        ) < 2:
            await asyncio.sleep(0.1)
    code = await cams.refused("AddGroup", group_name="Other", file_path="uploads/9/none.csv")
    assert code == "InvalidParameter.FilePath"
    assert (await cams.done("GetGroupExist", group_name="Other"))["Data"] == "false"
