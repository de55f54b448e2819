"""Sessions, the log that traces them and a flow's insight over REST."""

from __future__ import annotations

from typing import Any

from clarion.domain.identity import Role

from .test_occurrences import tell_story


async def test_a_session_tells_its_story_to_its_own_workspace_only(
    place: Any, admin: Any, scope: Any, as_role: Any, other_scope: Any
) -> None:
    story = await tell_story(place, admin, scope.workspace_id)
    contact_id = story.contact_ids["Ann"]
    listed = await admin.get("/api/v1/sessions", params={"contact_id": contact_id})
    [session] = listed.json()["items"]
    assert (session["contact_name"], session["status"]) == ("Ann", "waiting")
    path = f"/api/v1/sessions/{session['id']}"
    told = (await admin.get(path)).json()
    assert "out" in [message["direction"] for message in told["messages"]]
    assert (told["events"], told["is_traced_whole"], told["is_logging"]) == ([], False, False)
    stranger = await as_role(Role.ADMIN, other_scope)
    assert (await stranger.get(path)).json()["code"] == "session.not_found"
    others = await stranger.get("/api/v1/sessions", params={"contact_id": contact_id})
    assert others.json()["items"] == []
    assert (await admin.get("/api/v1/sessions")).json()["code"] == "request.invalid"
    for wanted in (
        {"occurrence_id": story.occurrence_id, "status": "waiting"},
        {"campaign_id": story.campaign_id},
        {"flow_id": session["flow_id"], "status": "waiting", "version_number": 1},
        {"flow_id": session["flow_id"]},
    ):
        page = (await admin.get("/api/v1/sessions", params={**wanted, "limit": 2})).json()
        assert len(page["items"]) == 2
        rest = (
            await admin.get("/api/v1/sessions", params={**wanted, "cursor": page["next_cursor"]})
        ).json()
        ids = [each["id"] for each in (*page["items"], *rest["items"])]
        assert ids == sorted(set(ids), reverse=True)


async def test_the_log_is_switched_by_authors_and_audited(
    place: Any, admin: Any, scope: Any, as_role: Any
) -> None:
    story = await tell_story(place, admin, scope.workspace_id)
    campaign = (await admin.get(f"/api/v1/campaigns/{story.campaign_id}")).json()
    path = f"/api/v1/flows/{campaign['flow_id']}/log"
    viewer = await as_role(Role.VIEWER)
    assert (await viewer.get(path)).json()["is_logging"] is False
    assert (await viewer.put(path, json={"is_logging": True})).status_code == 403
    log = (await admin.put(path, json={"is_logging": True})).json()
    assert log["is_logging"]
    assert log["logging_changed_at"]
    assert (await admin.put(path, json={"is_logging": True})).json() == log
    actions = await place.pool.fetch(
        "SELECT action FROM audit_entries WHERE action LIKE 'log_switched%'"
    )
    assert [row["action"] for row in actions] == ["log_switched_on"]
    assert (await admin.get("/api/v1/flows/99999/log")).json()["code"] == "flow.not_found"


async def test_insight_adds_up_versions_and_hours(place: Any, admin: Any, scope: Any) -> None:
    story = await tell_story(place, admin, scope.workspace_id)
    campaign = (await admin.get(f"/api/v1/campaigns/{story.campaign_id}")).json()
    for kind, way, count in (("entered", "", 8), ("left", "timeout", 3), ("failed", "odd", 1)):
        await place.pool.execute(
            "INSERT INTO node_deltas (flow_version_id, campaign_id, occurrence_id, node_id, kind,"
            " way, bucket, count, at) SELECT published_version_id, 0, 0, 'answer', $2, $3, 30, $4,"
            " '2026-03-02T09:20Z' FROM flows WHERE id = $1",
            campaign["flow_id"],
            kind,
            way,
            count,
        )
    path = f"/api/v1/flows/{campaign['flow_id']}/insight"
    [node] = (await admin.get(path)).json()["nodes"]
    assert (node["entered_count"], node["left_count"], node["waiting_count"]) == (8, 3, 4)
    assert node["exits"] == [
        {"exit": "timeout", "left_count": 3, "median_wait_seconds": node["median_wait_seconds"]}
    ]
    assert node["failures"] == [{"reason": "odd", "failed_count": 1}]
    assert (await admin.get(path, params={"campaign_id": story.campaign_id})).json()["nodes"] == []
    hours = {"from_at": "2026-03-02T09:00Z", "until_at": "2026-03-02T10:00Z"}
    [node] = (await admin.get(path, params=hours)).json()["nodes"]
    assert node["left_count"] == 3
    earlier = {"from_at": "2026-03-02T08:00Z", "until_at": "2026-03-02T09:00Z"}
    assert (await admin.get(path, params=earlier)).json()["nodes"] == []
    half = await admin.get(path, params={"from_at": "2026-03-02T09:00Z"})
    assert half.json()["code"] == "request.invalid"
    missing = await admin.get(path, params={"version_number": 9})
    assert missing.json()["code"] == "flow.version_not_found"
