"""A dry run is asked for, computed by a job, and read: numbers, people, one person, a file."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from clarion.domain.identity import Role
from clarion.services.dry_run_words import NOTICES
from clarion.services.dry_run_work import run_dry_run

from .test_campaigns import make_campaign, make_group, make_wish
from .test_senders import SENDER

DRY_RUNS = "/api/v1/dry-runs"
OFFER: dict[str, Any] = {
    "schema": "clarion.flow/1",
    "name": "Offer",
    "trigger": {"kind": "manual"},
    "nodes": [
        {"id": "start", "kind": "start", "exits": {"next": "offer"}},
        {
            "id": "offer",
            "kind": "send_whatsapp_template",
            "config": {
                "template": "spring_offer",
                "language": "en",
                "body": ["{{ contact.name }}"],
            },
            "exits": {"next": "end"},
        },
        {"id": "end", "kind": "end"},
    ],
}


async def publish(client: httpx.AsyncClient, definition: dict[str, Any]) -> int:
    answer = await client.post("/api/v1/flows", json={"definition": definition})
    flow_id: int = answer.json()["id"]
    published = await client.post(f"/api/v1/flows/{flow_id}/publish", json={})
    assert published.status_code == 200, published.text
    return flow_id


@pytest.fixture
async def wish(admin: httpx.AsyncClient) -> dict[str, Any]:
    """A campaign that somebody types: an offer to five people, of whom two opted out."""
    assert (await admin.post("/api/v1/senders", json=SENDER)).status_code == 201
    group_id = await make_group(admin, "Five")
    for number, name in enumerate(["Ann", "=1+1", "Cid", "Dot", "Eve"]):
        made = await admin.post(
            "/api/v1/contacts",
            json={"phone": f"+861380013800{number}", "name": name, "group_ids": [group_id]},
        )
        assert made.status_code == 201, made.text
        if name in ("Dot", "Eve"):
            await admin.put(
                f"/api/v1/contacts/{made.json()['id']}/consents/whatsapp",
                json={"state": "opted_out"},
            )
    return await make_wish(
        admin,
        name="Spring",
        flow_id=await publish(admin, OFFER),
        include_group_ids=[group_id],
    )


async def finished(client: httpx.AsyncClient, place: Any, **body: Any) -> dict[str, Any]:
    """Ask, let the worker compute, read."""
    asked = await client.post(DRY_RUNS, json=body)
    assert asked.status_code == 201, asked.text
    assert (asked.json()["status"], asked.json()["summary"]) == ("waiting", None)
    await run_dry_run(place.pool, asked.json()["id"], clock=place.clock, chunk_size=2)
    answer: dict[str, Any] = (await client.get(f"{DRY_RUNS}/{asked.json()['id']}")).json()
    return answer


async def test_a_campaign_that_is_being_typed_is_tried_before_it_is_saved(
    admin: httpx.AsyncClient, place: Any, wish: dict[str, Any]
) -> None:
    told = await finished(admin, place, draft=wish)
    summary = told["summary"]
    assert (told["campaign_id"], told["status"]) == (None, "finished")
    assert (summary["audience_count"], summary["send_count"], summary["skipped_count"]) == (5, 3, 2)
    assert summary["sentence"].startswith("3 of 5 people would get a message, from 2026-03-02")
    assert [(each["reason"], each["people_count"]) for each in summary["reasons"]] == [
        (None, 3),
        ("opted_out", 2),
    ]
    # The template is not among the provider's: nobody would know before the platform refuses.
    assert [each["code"] for each in summary["notices"]] == ["template_unknown"]
    assert (await admin.get("/api/v1/campaigns")).json()["items"] == []


async def test_people_are_paged_filtered_and_explained(
    admin: httpx.AsyncClient, place: Any, wish: dict[str, Any]
) -> None:
    path = f"{DRY_RUNS}/{(await finished(admin, place, draft=wish))['id']}"
    first = (await admin.get(f"{path}/people", params={"limit": 3})).json()
    rest = (await admin.get(f"{path}/people", params={"cursor": first["next_cursor"]})).json()
    assert [each["name"] for each in first["items"] + rest["items"]] == [
        "Ann",
        "=1+1",
        "Cid",
        "Dot",
        "Eve",
    ]
    gone = (await admin.get(f"{path}/people", params={"reason": "opted_out"})).json()["items"]
    assert [each["reason_in_words"] for each in gone] == ["Opted out of this channel"] * 2
    ann = first["items"][0]
    assert ann["content"]["body"]["parameters"][0]["value"] == "Ann"
    explained = (await admin.get(f"{path}/people/{ann['contact_id']}")).json()
    assert explained["ways"][0]["path"] == ["start", "offer", "end"]
    assert explained["messages"][0]["content"]["name"] == "spring_offer"
    assert explained["is_changed"] is False
    unknown = await admin.get(f"{path}/people/999999")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "dry_run.person_not_found")


async def test_the_file_of_a_dry_run_holds_everybody_and_no_formula(
    admin: httpx.AsyncClient, place: Any, wish: dict[str, Any]
) -> None:
    path = f"{DRY_RUNS}/{(await finished(admin, place, draft=wish))['id']}"
    lines = (await admin.get(f"{path}/people.csv")).text.splitlines()
    assert len(lines) == 6
    assert "'=1+1" in lines[2]
    assert "spring_offer (en): Ann" in lines[1]


async def test_a_saved_campaign_is_compared_with_its_dry_run_before(
    admin: httpx.AsyncClient, place: Any, wish: dict[str, Any]
) -> None:
    campaign_id = (await admin.post("/api/v1/campaigns", json=wish)).json()["id"]
    first = await finished(admin, place, campaign_id=campaign_id)
    assert first["previous"] is None
    await place.pool.execute("DELETE FROM consents")
    # What it would become: without the first group nobody is left out.
    second = await finished(admin, place, campaign_id=campaign_id, draft={**wish, "name": "Later"})
    assert second["campaign_name"] == "Later"
    assert second["previous"]["send_count"] == 3
    assert second["summary"]["send_count"] == 5
    listed = (await admin.get(DRY_RUNS, params={"campaign_id": campaign_id})).json()["items"]
    assert [each["id"] for each in listed] == [second["id"], first["id"]]


async def test_only_an_occurrence_that_is_to_come_can_be_tried(
    admin: httpx.AsyncClient, place: Any, wish: dict[str, Any]
) -> None:
    second_day = "2026-03-03T12:30:00Z"
    told = await finished(admin, place, draft=wish, scheduled_at=second_day)
    assert datetime.fromisoformat(told["scheduled_at"]) == datetime(2026, 3, 3, 12, 30, tzinfo=UTC)
    for at in ("2026-03-03T12:31:00Z", "2027-03-03T12:30:00Z"):
        refused = await admin.post(DRY_RUNS, json={"draft": wish, "scheduled_at": at})
        assert (refused.status_code, refused.json()["code"]) == (422, "dry_run.no_occurrence")


async def test_who_may_try_what(
    admin: httpx.AsyncClient, as_role: Any, place: Any, wish: dict[str, Any]
) -> None:
    author, viewer = await as_role(Role.AUTHOR), await as_role(Role.VIEWER)
    # Authors may not start campaigns, but they may try them; viewers may read what was found.
    told = await finished(author, place, draft=wish)
    assert (await viewer.get(f"{DRY_RUNS}/{told['id']}")).status_code == 200
    refused = await viewer.post(DRY_RUNS, json={"draft": wish})
    assert (refused.status_code, refused.json()["code"]) == (403, "access.forbidden")
    campaign = await make_campaign(admin, name="Over")
    await place.pool.execute("UPDATE campaigns SET status = 'ended'")
    over = await admin.post(DRY_RUNS, json={"campaign_id": campaign["id"]})
    assert (over.status_code, over.json()["code"]) == (409, "campaign.status_not_allowed")
    nothing = await admin.post(DRY_RUNS, json={})
    assert (nothing.status_code, nothing.json()["code"]) == (422, "campaign.invalid")


async def test_a_flow_that_is_withdrawn_meanwhile_fails_the_dry_run_with_a_reason(
    admin: httpx.AsyncClient, place: Any, wish: dict[str, Any]
) -> None:
    asked = (await admin.post(DRY_RUNS, json={"draft": wish})).json()
    await place.pool.execute("UPDATE flows SET published_version_id = NULL")
    await run_dry_run(place.pool, asked["id"], clock=place.clock)
    told = (await admin.get(f"{DRY_RUNS}/{asked['id']}")).json()
    assert (told["status"], told["reason"]) == ("failed", "flow.not_published")


def test_every_notice_is_told_in_both_languages() -> None:
    assert all(set(words) == {"en", "zh"} for words in NOTICES.values())
