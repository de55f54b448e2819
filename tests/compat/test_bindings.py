"""Flows listen to numbers, and files arrive by an address of the server, by the SDK."""

from __future__ import annotations

import json

import pytest

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
        "ERR-OPERATION-MAAP-0065"
    )


@pytest.mark.usefixtures("sender")
async def test_a_manual_flow_listens_to_nobody(cams: Cams, flow_code: str) -> None:
    bind = {"flow_code": flow_code, "channel_type": "WHATSAPP", "phone_numbers": [PHONE_NUMBER_ID]}
    assert await cams.refused("FlowBindPhone", **bind) in ("Flow.TriggerTypeManual", "Flow.Online")
