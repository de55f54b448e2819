"""Flows are drafted, checked, published and kept apart in versions."""

from __future__ import annotations

import copy
import json
from importlib.resources import files
from typing import Any

import pytest

from clarion.domain.identity import Role

SAMPLE = json.loads(files("clarion.flow.samples").joinpath("feedback_score.json").read_text())


@pytest.fixture
def broken() -> dict[str, Any]:
    """A flow whose start leads nowhere."""
    flow = copy.deepcopy(SAMPLE)
    flow["nodes"] = [{"id": "start", "kind": "start", "exits": {"next": "nowhere"}}]
    return flow


async def test_an_author_drafts_and_a_publisher_publishes(as_role: Any) -> None:
    author, publisher = await as_role(Role.AUTHOR), await as_role(Role.PUBLISHER)
    made = await author.post("/api/v1/flows", json={"definition": SAMPLE})
    assert made.status_code == 201, made.text
    path = f"/api/v1/flows/{made.json()['id']}"
    assert (await author.post(f"{path}/publish", json={})).json()["code"] == "access.forbidden"
    version = (await publisher.post(f"{path}/publish", json={"revision": 1})).json()
    assert (version["number"], version["definition"]) == (1, SAMPLE)
    flow = (await author.get(path)).json()
    assert (flow["published_number"], flow["has_unpublished_changes"]) == (1, False)


async def test_a_draft_may_be_broken_but_is_not_published(
    admin: Any, broken: dict[str, Any]
) -> None:
    made = await admin.post("/api/v1/flows", json={"definition": broken})
    path = f"/api/v1/flows/{made.json()['id']}"
    check = (await admin.post(f"{path}/check")).json()
    assert check["can_publish"] is False
    assert ("exit_to_nowhere", "start") in {
        (problem["code"], problem["node_id"]) for problem in check["problems"]
    }
    refused = await admin.post(f"{path}/publish", json={})
    assert (refused.status_code, refused.json()["code"]) == (422, "flow.invalid")
    assert refused.json()["details"]["problems"][0]["fix"]


async def test_two_authors_do_not_overwrite_each_other(admin: Any) -> None:
    flow = (await admin.post("/api/v1/flows", json={"definition": SAMPLE})).json()
    path = f"/api/v1/flows/{flow['id']}/draft"
    first = await admin.put(path, json={"definition": {**SAMPLE, "name": "A"}, "revision": 1})
    assert (first.json()["name"], first.json()["draft_revision"]) == ("A", 2)
    second = await admin.put(path, json={"definition": {**SAMPLE, "name": "B"}, "revision": 1})
    assert (second.status_code, second.json()["code"]) == (409, "flow.stale")
    assert second.json()["details"]["draft_revision"] == 2


async def test_versions_never_change(admin: Any) -> None:
    flow = (await admin.post("/api/v1/flows", json={"definition": SAMPLE})).json()
    path = f"/api/v1/flows/{flow['id']}"
    await admin.post(f"{path}/publish", json={})
    changed = {**SAMPLE, "description": "New words"}
    await admin.put(f"{path}/draft", json={"definition": changed, "revision": 1})
    assert (await admin.get(path)).json()["has_unpublished_changes"] is True
    assert (await admin.post(f"{path}/publish", json={})).json()["number"] == 2
    assert (await admin.post(f"{path}/publish", json={})).json()["number"] == 2
    listed = (await admin.get(f"{path}/versions")).json()["items"]
    assert [version["number"] for version in listed] == [2, 1]
    first = (await admin.get(f"{path}/versions/1")).json()
    assert first["definition"] == SAMPLE
    exported = await admin.get(f"{path}/export", params={"number": 2})
    assert exported.json() == changed
    assert exported.headers["content-disposition"].startswith("attachment")


async def test_an_exported_flow_is_imported_under_another_name(admin: Any) -> None:
    flow = (await admin.post("/api/v1/flows", json={"definition": SAMPLE})).json()
    exported = (await admin.get(f"/api/v1/flows/{flow['id']}/export")).json()
    taken = await admin.post("/api/v1/flows", json={"definition": exported})
    assert taken.json()["code"] == "flow.name_taken"
    copied = await admin.post("/api/v1/flows", json={"definition": exported, "name": "Copy"})
    assert copied.json()["draft"] == {**SAMPLE, "name": "Copy"}


async def test_a_flow_in_use_is_neither_unpublished_nor_deleted(
    admin: Any, place: Any, scope: Any
) -> None:
    flow = (await admin.post("/api/v1/flows", json={"definition": SAMPLE})).json()
    path = f"/api/v1/flows/{flow['id']}"
    await admin.post(f"{path}/publish", json={})
    assert (await admin.delete(path)).json()["code"] == "flow.published"
    campaign_id = await place.pool.fetchval(
        "INSERT INTO campaigns (code, workspace_id, name, status, flow_id, include_group_ids,"
        " start_at, end_at, plan) VALUES ('c1', $1, 'Spring', 'suspended', $2, '{}', now(),"
        " now() + interval '1 day', '{}') RETURNING id",
        scope.workspace_id,
        flow["id"],
    )
    for refused in (await admin.post(f"{path}/unpublish"), await admin.delete(path)):
        assert refused.json()["code"] == "flow.in_use"
        assert refused.json()["details"]["campaigns"] == [{"code": "c1", "name": "Spring"}]
    await place.pool.execute("UPDATE campaigns SET status = 'ended' WHERE id = $1", campaign_id)
    assert (await admin.post(f"{path}/unpublish")).json()["published_number"] is None
    assert (await admin.delete(path)).status_code == 204
    assert (await admin.get(path)).status_code == 404
    assert (await admin.get(f"{path}/versions/1")).status_code == 404
    assert (await admin.post("/api/v1/flows", json={"definition": SAMPLE})).status_code == 201


async def test_flows_are_found_by_name_trigger_and_state(admin: Any) -> None:
    flow = (await admin.post("/api/v1/flows", json={"definition": SAMPLE})).json()
    other = {**SAMPLE, "name": "Answering", "trigger": {"kind": "whatsapp"}}
    await admin.post("/api/v1/flows", json={"definition": other})
    await admin.post(f"/api/v1/flows/{flow['id']}/publish", json={})
    for params, names in (
        ({}, ["Answering", SAMPLE["name"]]),
        ({"search": "answer"}, ["Answering"]),
        ({"trigger_kind": "manual"}, [SAMPLE["name"]]),
        ({"is_published": "true"}, [SAMPLE["name"]]),
    ):
        items = (await admin.get("/api/v1/flows", params=params)).json()["items"]
        assert [item["name"] for item in items] == names, params


async def test_a_definition_is_checked_without_being_stored(
    admin: Any, broken: dict[str, Any]
) -> None:
    for definition in (broken, 7, "x", None, []):
        answer = await admin.post("/api/v1/flows/check", json={"definition": definition})
        assert answer.json()["can_publish"] is False, answer.text
    assert (await admin.get("/api/v1/flows")).json()["items"] == []
    schema = (await admin.get("/api/v1/flows/schema")).json()
    assert schema["title"] == "Clarion flow"


async def test_a_draft_that_is_nested_without_end_is_refused(admin: Any) -> None:
    deep: dict[str, Any] = {}
    inner = deep
    for _ in range(200):
        inner["x"] = {}
        inner = inner["x"]
    answer = await admin.post("/api/v1/flows", json={"definition": {"name": "deep", "x": deep}})
    assert answer.json()["errors"][0]["code"] == "nested_too_deep"


async def test_publishing_tells_beforehand_what_it_changes(admin: Any) -> None:
    flow = (await admin.post("/api/v1/flows", json={"definition": SAMPLE})).json()
    path = f"/api/v1/flows/{flow['id']}"
    first = (await admin.get(f"{path}/publication")).json()
    assert (first["difference"], first["can_publish"], first["published_number"]) == (
        None,
        True,
        None,
    )
    noted = await admin.post(f"{path}/publish", json={"note": "The first"})
    assert noted.json()["note"] == "The first"
    changed = {**SAMPLE, "description": "New words"}
    await admin.put(f"{path}/draft", json={"definition": changed, "revision": 1})
    second = (await admin.get(f"{path}/publication")).json()
    assert second["difference"]["fields"] == [
        {"path": "description", "before": SAMPLE["description"], "after": "New words"}
    ]
    assert (second["waiting_count"], second["disturbed_count"]) == (0, 0)
    await admin.post(f"{path}/publish", json={"waiting": "move"})
    compared = await admin.get(f"{path}/compare", params={"before": 2, "after": 1})
    assert compared.json()["fields"][0]["after"] == SAMPLE["description"]
    moved = (await admin.get(f"{path}/changeovers")).json()["items"]
    assert [(each["mode"], each["waiting_count"]) for each in moved] == [("move", 0)]
    stale = await admin.post(f"{path}/versions/1/restore", json={"revision": 1})
    assert stale.json()["code"] == "flow.stale"
    restored = await admin.post(f"{path}/versions/1/restore", json={"revision": 2})
    assert restored.json()["draft"] == SAMPLE
    assert restored.json()["has_unpublished_changes"] is True
    missing = await admin.get(f"{path}/compare", params={"before": 9})
    assert missing.json()["code"] == "flow.version_not_found"


async def test_the_problems_of_a_page_of_flows_are_counted(
    admin: Any, as_role: Any, other_scope: Any
) -> None:
    there = await as_role(Role.ADMIN, other_scope)
    theirs = (await there.post("/api/v1/flows", json={"definition": SAMPLE})).json()
    whole = (await admin.post("/api/v1/flows", json={"definition": SAMPLE})).json()
    body = {"definition": {"name": "Empty", "nodes": []}}
    broken = (await admin.post("/api/v1/flows", json=body)).json()
    asked = [("flow_id", each["id"]) for each in (whole, broken, theirs)]
    counted = await admin.get("/api/v1/flows/problem-counts", params=asked)
    assert counted.status_code == 200, counted.text
    by_id = {each["flow_id"]: each for each in counted.json()["items"]}
    assert set(by_id) == {whole["id"], broken["id"]}
    for flow in (whole, broken):
        check = (await admin.post(f"/api/v1/flows/{flow['id']}/check")).json()
        errors = sum(each["severity"] == "error" for each in check["problems"])
        assert by_id[flow["id"]]["error_count"] == errors
        assert by_id[flow["id"]]["warning_count"] == len(check["problems"]) - errors
    assert by_id[broken["id"]]["error_count"] > 0
