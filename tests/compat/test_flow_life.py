"""Flows are started for one person, counted and logged, by the SDK."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from tests.compat.conftest import FLOW, Cams

PERSON = {"customerPhoneNumber": "8613012345678", "coupon": "A&B=1"}


@pytest.mark.usefixtures("sender")
async def test_a_flow_is_started_once_under_a_uuid(cams: Cams, flow_code: str) -> None:
    wish: dict[str, Any] = {"flow_code": flow_code, "data": PERSON, "uuid": "u-1", "out_id": "o"}
    first = (await cams.done("TriggerChatFlow", **wish))["Data"]
    again = (await cams.done("TriggerChatFlow", **wish))["Data"]
    assert first["StartId"] == again["StartId"]
    assert (first["Uuid"], first["OutId"], first["Status"]) == ("u-1", "o", "started")
    late = {**wish, "uuid": "u-2", "discard_time_millis": int(time.time() * 1000) - 60_000}
    assert (await cams.done("TriggerChatFlow", **late))["Data"]["Status"] == "discarded"

    used = (await cams.done("GetChatFlowMetric", metric_name="nodeUsageStatistics",
                            flow_code=flow_code, flow_version="1"))["Data"]  # fmt: skip
    counts = {node["NodeId"]: node["EnteredCount"] for node in used["Nodes"]}
    assert counts == {"start": 1, "done": 1}
    failed = (await cams.done("GetChatFlowMetric", metric_name="nodeErrorDetails",
                              flow_code=flow_code, metric_param={"nodeId": "done"}))["Data"]  # fmt: skip
    assert (failed["Data"], failed["Total"]) == ([], 0)


@pytest.mark.usefixtures("sender")
async def test_what_cannot_be_started_is_refused(cams: Cams, flow_code: str) -> None:
    other = {**FLOW, "name": "By message", "trigger": {"kind": "whatsapp"}}
    made = await cams.done("CreateChatFlowByImport", flow_view_model=json.dumps(other))
    draft = {**FLOW, "name": "Never online"}
    unpublished = await cams.done("CreateChatFlowByImport", flow_view_model=json.dumps(draft))
    for code, data, refusal in (
        ("999", PERSON, "Flow.NotExist"),
        (unpublished["Data"]["FlowCode"], PERSON, "Flow.NotOnline"),
        (flow_code, {**PERSON, "colour": "red"}, "Flow.ParamsInvalid"),
        (flow_code, {"customerPhoneNumber": "12"}, "InvalidParameter.PhoneNumberError"),
    ):
        assert await cams.refused("TriggerChatFlow", flow_code=code, data=data) == refusal, code
    assert made["Data"]["FlowTriggerType"] == "TriggeredByWhatsApp"


async def test_the_log_is_switched(cams: Cams, flow_code: str) -> None:
    async def read() -> str:
        answer = await cams.done("ReadChatFlowLogSetting", flow_code=flow_code)
        return str(answer["Data"]["Status"])

    assert await read() == "OFF"
    made = (await cams.done("CreateChatFlowLogSetting", flow_code=flow_code))["Data"]
    assert await read() == "ON"
    off = {"flow_code": flow_code, "id": made["Id"], "status": "OFF"}
    await cams.done("UpdateChatFlowLogSetting", **off)
    assert await read() == "OFF"


async def test_sample_flows_and_the_palette_are_listed(cams: Cams) -> None:
    listed = (await cams.done("ListChatFlowTemplate", biz_code="x"))["Data"]["Response"]
    assert listed["Total"] == len(listed["Data"]) > 1
    one = (await cams.done("GetChatFlowTemplate", biz_code="x", id=2))["Data"]["Response"]
    made = await cams.done("CreateChatFlowByImport", flow_view_model=one["FlowViewModel"])
    assert made["Data"]["Title"] == one["Title"]
    assert await cams.refused("GetChatFlowTemplate", biz_code="x", id=99) == "Flow.TemplateNotExist"
    groups = (await cams.done("ListFlowNodeGroup", page_no=1, page_size=10))["Data"]["Model"]
    kinds = (await cams.done("ListFlowNodePrototypeV2", page_no=1, page_size=100))["Data"]["Model"]
    assert {kind["GroupCode"] for kind in kinds} == {group["Code"] for group in groups}
    assert "send_whatsapp_template" in {kind["Code"] for kind in kinds}
