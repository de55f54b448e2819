"""Chat flows and their versions, told by the official SDK."""

from __future__ import annotations

import json
from typing import Any

from .conftest import FLOW, Cams


def with_remark(text: str) -> dict[str, Any]:
    return {**FLOW, "description": text}


async def versions(cams: Cams, code: str, **search: Any) -> list[tuple[str, str]]:
    answer = await cams.done("ListFlowVersion", flow_code=code, **search)
    assert answer["Response"]["Total"] == len(answer["Response"]["Data"])
    return [(each["FlowVersion"], each["Status"]) for each in answer["Response"]["Data"]]


async def view_of(cams: Cams, code: str, version: str) -> Any:
    answer = await cams.done("ReadFlowVersion", flow_code=code, flow_version=version)
    return json.loads(answer["Response"]["FlowViewModel"])


async def test_a_flow_is_made_found_renamed_and_deleted(cams: Cams) -> None:
    made = await cams.done(
        "CreateChatFlow", title="Welcome 春", flow_trigger_type="TriggeredByWhatsApp", remark="r"
    )
    assert made["Data"] == made["Response"]
    code = made["Data"]["FlowCode"]
    read = (await cams.done("ReadChatFlow", flow_code=code))["Response"]
    assert (read["Title"], read["Remark"], read["FlowStatus"]) == ("Welcome 春", "r", "UNPUBLISHED")
    assert json.loads(read["FlowViewModel"])["trigger"] == {"kind": "whatsapp"}
    await cams.done("UpdateChatFlow", flow_code=code, title="Hello")
    await cams.done("CreateChatFlow", title="Other", flow_trigger_type="TriggeredManually")
    for search, titles in (
        ({}, ["Other", "Hello"]),
        ({"keyword": "ell"}, ["Hello"]),
        ({"flow_trigger_type": "TriggeredManually"}, ["Other"]),
        ({"flow_status": "PUBLISHED"}, []),
        ({"flow_code": code}, ["Hello"]),
        ({"flow_code": "cf-abc"}, []),
        ({"page_no": 2, "page_size": 1}, ["Hello"]),
    ):
        answer = (await cams.done("ListChatFlow", **search))["Response"]
        assert [each["Title"] for each in answer["Data"]] == titles, search
    await cams.done("DeleteChatFlow", flow_code=code)
    assert await cams.refused("ReadChatFlow", flow_code=code) == "Flow.NotExist"


async def test_a_large_flow_passes_through_the_address(cams: Cams) -> None:
    # 240 KB, most of it written with three characters a byte on the wire.
    ends = [{"id": f"end{number}", "kind": "end", "label": "春天" * 100} for number in range(380)]
    large = {**FLOW, "nodes": [*FLOW["nodes"], *ends]}  # type: ignore[misc]
    text = json.dumps(large, ensure_ascii=False)
    assert len(text.encode()) > 240_000
    made = await cams.done("CreateChatFlowByImport", flow_view_model=text, title="Large")
    read = (await cams.done("ReadChatFlow", flow_code=made["Data"]["FlowCode"]))["Response"]
    assert json.loads(read["FlowViewModel"]) == {**large, "name": "Large"}


async def test_versions_go_online_and_offline(cams: Cams) -> None:
    made = await cams.done("CreateChatFlowByImport", flow_view_model=json.dumps(with_remark("1")))
    code = made["Data"]["FlowCode"]
    assert await versions(cams, code) == [("1", "DRAFT")]
    online = await cams.done("OnlineFlowVersion", flow_code=code, flow_version="1")
    assert online["Response"]["FlowVersion"] == "1"
    assert await versions(cams, code) == [("2", "DRAFT"), ("1", "ONLINE")]

    begun = await cams.done("CreateFlowVersion", flow_code=code, flow_version_copy_from="1")
    assert begun["Response"]["FlowVersion"] == "2"
    renamed = {**with_remark("2"), "name": "Drawn in another flow"}
    await cams.done(
        "UpdateFlowVersion", flow_code=code, flow_version="2", flow_view_model=json.dumps(renamed)
    )
    # The online version never changes, and the flow keeps its title.
    assert await view_of(cams, code, "1") == with_remark("1")
    assert await view_of(cams, code, "2") == with_remark("2")
    await cams.done("OnlineFlowVersion", flow_code=code, flow_version="2")
    assert await versions(cams, code) == [("3", "DRAFT"), ("2", "ONLINE"), ("1", "OFFLINE")]
    assert await versions(cams, code, status="OFFLINE") == [("1", "OFFLINE")]

    # An older version comes back as the newest.
    back = await cams.done("OnlineFlowVersion", flow_code=code, flow_version="1")
    assert back["Response"]["FlowVersion"] == "3"
    assert await view_of(cams, code, "3") == with_remark("1")

    assert await cams.refused("DeleteChatFlow", flow_code=code) == "Flow.Online"
    wrong = await cams.refused("OfflineFlowVersion", flow_code=code, flow_version="1")
    assert wrong == "Flow.VersionNotOnline"
    await cams.done("OfflineFlowVersion", flow_code=code, flow_version="3")
    assert await cams.refused("OfflineFlowVersion", flow_code=code) == "Flow.VersionNotOnline"
    await cams.done("DeleteChatFlow", flow_code=code)


async def test_unpublished_work_is_never_lost_unasked(cams: Cams, flow_code: str) -> None:
    update = {"flow_code": flow_code, "flow_view_model": json.dumps(with_remark("work"))}
    await cams.done("UpdateFlowVersion", **update)
    for name, parameters in (("CreateFlowVersion", {"flow_version_copy_from": "1"}),):
        assert await cams.refused(name, flow_code=flow_code, **parameters) == "Flow.DraftExist"
    assert (await view_of(cams, flow_code, "2"))["description"] == "work"
    await cams.done("DeleteFlowVersion", flow_code=flow_code, flow_version="2")
    assert await view_of(cams, flow_code, "2") == FLOW
    await cams.done("CreateFlowVersion", flow_code=flow_code, flow_version_copy_from="1")


async def test_a_flow_is_copied_from_another(cams: Cams, flow_code: str) -> None:
    made = await cams.done(
        "CreateChatFlow",
        title="A copy",
        create_from_flow_code=flow_code,
        create_from_flow_version="1",
    )
    read = (await cams.done("ReadChatFlow", flow_code=made["Data"]["FlowCode"]))["Response"]
    assert json.loads(read["FlowViewModel"]) == {**FLOW, "name": "A copy"}


async def test_faults_of_flows_have_names(cams: Cams, flow_code: str, wish: dict[str, Any]) -> None:
    broken = {**FLOW, "name": "Broken", "nodes": [{"id": "start", "kind": "start"}]}
    made = await cams.done("CreateChatFlowByImport", flow_view_model=json.dumps(broken))
    broken_code = made["Data"]["FlowCode"]
    await cams.done("AddMarketingFlow", **wish)
    for name, parameters, code in (
        ("CreateChatFlowByImport", {"flow_view_model": "{"}, "InvalidParameter.FlowViewModel"),
        ("CreateChatFlowByImport", {"flow_view_model": "[]"}, "InvalidParameter.FlowViewModel"),
        ("CreateChatFlowByImport", {"flow_view_model": json.dumps(FLOW)}, "Flow.TitleExist"),
        ("CreateChatFlow", {"title": "x" * 61}, "InvalidParameter.Value"),
        ("UpdateChatFlow", {"flow_code": "7777", "title": "x"}, "Flow.NotExist"),
        ("DeleteChatFlow", {"flow_code": flow_code}, "Flow.InUse"),
        ("OfflineFlowVersion", {"flow_code": flow_code}, "Flow.InUse"),
        ("OnlineFlowVersion", {"flow_code": broken_code}, "Flow.Invalid"),
        (
            "OnlineFlowVersion",
            {"flow_code": flow_code, "flow_version": "9"},
            "Flow.VersionNotExist",
        ),
        (
            "ReadFlowVersion",
            {"flow_code": broken_code, "status": "ONLINE"},
            "Flow.VersionNotOnline",
        ),
        (
            "UpdateFlowVersion",
            {"flow_code": flow_code, "flow_version": "1"},
            "Flow.VersionNotDraft",
        ),
        (
            "DeleteFlowVersion",
            {"flow_code": flow_code, "flow_version": "1"},
            "Flow.VersionNotDraft",
        ),
        ("DeleteFlowVersion", {"flow_code": broken_code}, "Flow.VersionNotDraft"),
    ):
        assert await cams.refused(name, **parameters) == code, (name, parameters)
