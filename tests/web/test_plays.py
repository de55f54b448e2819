"""Flows are tried out over REST: nothing is sent, and every step is told."""

from __future__ import annotations

import copy
from typing import Any

from clarion.domain.identity import Role
from clarion.flow.samples import sample

OFFER = sample("feedback_score")


async def test_a_viewer_plays_a_draft_and_sees_messages_path_and_variables(as_role: Any) -> None:
    viewer = await as_role(Role.VIEWER)
    body = {
        "definition": OFFER,
        "person": {"name": "Chen Li"},
        "started_at": "2026-03-02T09:00:00+08:00",
        "moves": [{"kind": "answer", "text": "4", "after_seconds": 60}],
    }
    answer = await viewer.post("/api/v1/flows/play", json=body)
    assert answer.status_code == 200, answer.text
    play = answer.json()
    assert [said["kind"] for said in play["said"]] == ["template", "text", "text"]
    assert play["said"][0]["content"]["parameters"][0]["value"] == "Chen"
    assert play["path"] == ["start", "request", "answer", "score", "sort", "thanks", "done"]
    assert play["exits"][2] == {"node_id": "answer", "exit": "other", "to_node_id": "score"}
    assert play["variables"]["score"] == "4"
    assert (play["status"], play["wait"], play["now"]) == (
        "completed",
        None,
        "2026-03-02T09:01:00+08:00",
    )


async def test_a_stored_flow_is_played_with_a_contact_of_the_workspace(admin: Any) -> None:
    flow = (await admin.post("/api/v1/flows", json={"definition": OFFER})).json()
    contact = (
        await admin.post("/api/v1/contacts", json={"name": "Bo Ek", "phone": "+4915112345678"})
    ).json()
    body = {"flow_id": flow["id"], "contact_id": contact["id"], "moves": [{"kind": "skip_wait"}]}
    play = (await admin.post("/api/v1/flows/play", json=body)).json()
    assert play["said"][0]["content"]["parameters"][0]["value"] == "Bo"
    assert play["exits"][-1]["exit"] == "timeout"
    missing = await admin.post("/api/v1/flows/play", json={**body, "contact_id": 987654})
    assert missing.json()["code"] == "contact.not_found"


async def test_a_flow_with_a_broken_form_is_refused_with_its_problems(admin: Any) -> None:
    broken = copy.deepcopy(OFFER)
    broken["nodes"][0]["exits"]["next"] = "nowhere"
    refused = await admin.post("/api/v1/flows/play", json={"definition": broken})
    assert (refused.status_code, refused.json()["code"]) == (422, "flow.invalid")
    assert refused.json()["details"]["problems"][0]["where"] == "nodes.start.exits.next"
    both = await admin.post("/api/v1/flows/play", json={"definition": OFFER, "flow_id": 1})
    assert both.json()["code"] == "request.invalid"


async def test_samples_can_be_imported_as_they_are(admin: Any) -> None:
    samples = (await admin.get("/api/v1/flows/samples")).json()["items"]
    assert len(samples) >= 3
    for each in samples:
        made = await admin.post("/api/v1/flows", json={"definition": each["definition"]})
        assert (made.status_code, made.json()["name"]) == (201, each["name"])
        assert made.json()["live_campaign_count"] == 0


async def test_a_play_becomes_a_test_and_a_failing_test_keeps_a_flow_from_being_published(
    admin: Any,
) -> None:
    body = {
        "definition": OFFER,
        "name": "Happy",
        "moves": [{"kind": "answer", "text": "5", "after_seconds": 60}],
        "started_at": "2026-03-02T09:00:00Z",
    }
    test = (await admin.post("/api/v1/flows/play/test", json=body)).json()
    definition = {**copy.deepcopy(OFFER), "tests": [test]}
    flow = (await admin.post("/api/v1/flows", json={"definition": definition})).json()
    ran = (await admin.post("/api/v1/flows/test", json={"flow_id": flow["id"]})).json()
    assert (ran["failed_count"], ran["results"][0]["has_passed"]) == (0, True)
    assert ran["coverage"]["walked_exit_count"] == 6
    assert {"node_id": "sort", "exit": "low", "is_walked": False} in ran["coverage"]["exits"]
    definition["tests"][0]["end"]["node"] = "elsewhere"
    saved = await admin.put(
        f"/api/v1/flows/{flow['id']}/draft", json={"definition": definition, "revision": 1}
    )
    assert saved.status_code == 200, saved.text
    path = f"/api/v1/flows/{flow['id']}/publish"
    refused = (await admin.post(path, json={})).json()
    assert refused["code"] == "flow.invalid"
    failed = [each for each in refused["details"]["problems"] if each["code"] == "test_failed"]
    assert [each["where"] for each in failed] == ["tests.0"]
    ran = (await admin.post("/api/v1/flows/test", json={"definition": definition})).json()
    assert ran["results"][0]["mismatches"][0]["what"] == "end"
