"""The canvas of a campaign shows what happens at each node."""

from __future__ import annotations

from typing import Any

from clarion.domain.identity import Role

from .test_campaigns import make_campaign
from .test_occurrences import tell_story


async def test_numbers_stand_at_the_nodes_where_people_are(
    place: Any, admin: Any, scope: Any
) -> None:
    story = await tell_story(place, admin, scope.workspace_id)
    await place.pool.execute(
        "UPDATE messages SET node_id = 'request' WHERE occurrence_id = $1", story.occurrence_id
    )
    await place.pool.execute(
        "INSERT INTO node_deltas (flow_version_id, campaign_id, occurrence_id, node_id, kind, way,"
        " bucket, count, at) SELECT flow_version_id, campaign_id, occurrence_id, 'answer',"
        " 'entered', '', -1, count(*), now() FROM sessions GROUP BY 1, 2, 3"
    )
    session_count = await place.pool.fetchval("SELECT count(*) FROM sessions")
    report = (await admin.get(f"{story.path}/nodes")).json()
    assert report["version_number"] == 1
    by_id = {node["node_id"]: node for node in report["nodes"]}
    request = by_id["request"]
    assert (request["message_count"], request["accepted_count"], request["failed_count"]) == (
        6,
        2,
        1,
    )
    assert request["queued_count"] == 2
    assert by_id["answer"]["waiting_count"] == session_count > 0
    assert by_id["answer"]["entered_count"] == session_count
    whole = (await admin.get(f"/api/v1/campaigns/{story.campaign_id}/nodes")).json()
    assert whole["nodes"] == report["nodes"]
    assert whole["occurrence_id"] is None


async def test_a_campaign_that_has_not_begun_shows_its_published_version(
    as_role: Any, admin: Any, other_scope: Any
) -> None:
    campaign = await make_campaign(admin)
    path = f"/api/v1/campaigns/{campaign['id']}/nodes"
    report = (await admin.get(path)).json()
    assert (report["flow_id"], report["version_number"], report["nodes"]) == (
        campaign["flow_id"],
        1,
        [],
    )
    stranger = await as_role(Role.ADMIN, other_scope)
    assert (await stranger.get(path)).json()["code"] == "campaign.not_found"
    assert (await stranger.get("/api/v1/occurrences/1/nodes")).status_code == 404
