"""Campaigns are made, searched, modified, suspended, resumed, duplicated and deleted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from clarion.domain.identity import Role

from .test_flows import SAMPLE

CAMPAIGNS = "/api/v1/campaigns"
START = "2026-03-02T10:00:00+00:00"
END = "2026-03-05T10:00:00+00:00"


async def make_group(client: Any, name: str = "VIP") -> int:
    answer = await client.post("/api/v1/groups", json={"name": name})
    assert answer.status_code == 201, answer.text
    group_id: int = answer.json()["id"]
    return group_id


async def make_flow(client: Any, name: str = "Feedback") -> int:
    answer = await client.post("/api/v1/flows", json={"definition": {**SAMPLE, "name": name}})
    flow_id: int = answer.json()["id"]
    published = await client.post(f"/api/v1/flows/{flow_id}/publish", json={})
    assert published.status_code == 200, published.text
    return flow_id


async def make_wish(client: Any, **changes: Any) -> dict[str, Any]:
    """What somebody asks for who makes a good campaign."""
    wish = {
        "name": "Spring",
        "start_at": START,
        "end_at": END,
        "plan": {"kind": "daily", "at": "12:30"},
        **changes,
    }
    if "flow_id" not in wish:
        wish["flow_id"] = await make_flow(client, f"Flow of {wish['name']}"[:60])
    if "include_group_ids" not in wish:
        wish["include_group_ids"] = [await make_group(client, f"Group of {wish['name']}"[:60])]
    return wish


async def make_campaign(client: Any, **changes: Any) -> dict[str, Any]:
    answer = await client.post(CAMPAIGNS, json=await make_wish(client, **changes))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def put_into(place: Any, campaign_id: int, status: str) -> None:
    """Bring a campaign to a status, as the planner would."""
    await place.pool.execute("UPDATE campaigns SET status = $2 WHERE id = $1", campaign_id, status)


async def test_a_campaign_says_what_it_is_and_what_is_possible(admin: Any, clock: Any) -> None:
    made = await make_campaign(admin, parameters={}, description="For our best")
    assert (made["status"], made["status_label"]) == ("pending", "Pending Execution")
    assert made["allowed_actions"] == ["view", "modify", "delete", "duplicate", "dry_run"]
    assert made["plan"] == {"kind": "daily", "at": "12:30"}
    assert made["plan_in_words"] == "Every day at 12:30"
    assert (made["zone"], made["next_tick_at"]) == ("UTC", "2026-03-02T12:30:00Z")
    assert made["include_group_names"] == ["Group of Spring"]
    assert made["flow_name"] == "Flow of Spring"
    assert made["counts"]["audience_count"] == 0
    assert made["progress"] is None
    assert (await admin.get(f"{CAMPAIGNS}/{made['id']}")).json() == made


async def test_a_time_without_an_offset_is_the_workspaces(admin: Any) -> None:
    changed = await admin.patch(
        "/api/v1/workspace", json={"zone": "Asia/Shanghai", "language": "zh"}
    )
    assert changed.status_code == 200, changed.text
    made = await make_campaign(
        admin, start_at="2026-03-02T18:00:00", end_at="2026-03-03T12:00:00+01:00"
    )
    assert made["start_at"] == "2026-03-02T10:00:00Z"
    assert made["end_at"] == "2026-03-03T11:00:00Z"
    assert (made["zone"], made["next_tick_at"]) == ("Asia/Shanghai", "2026-03-03T04:30:00Z")
    assert (made["status_label"], made["plan_in_words"]) == ("待执行", "每天 12:30")


@pytest.mark.parametrize(
    ("changes", "path", "code"),
    [
        ({"name": "春" * 61}, "name", "too_long"),
        ({"name": "🎉" * 61}, "name", "too_long"),
        ({"name": "  "}, "name", "required"),
        ({"description": "促" * 91}, "description", "too_long"),
        ({"description": "🎁" * 91}, "description", "too_long"),
        ({"start_at": "2026-03-02T09:00:00Z"}, "start_at", "in_the_past"),
        ({"end_at": START}, "end_at", "not_after_start"),
        ({"include_group_ids": []}, "include_group_ids", "required"),
        ({"plan": {"kind": "yearly"}}, "plan.kind", "unknown"),
        ({"plan": {"kind": "every", "every": 0, "unit": "minutes"}}, "plan.every", "out_of_range"),
        ({"plan": {"kind": "monthly", "days": [20]}}, "plan", "never_fires"),
        ({"misfire_grace_seconds": -1}, "misfire_grace_seconds", "out_of_range"),
    ],
)
async def test_what_is_wrong_is_told_field_by_field(
    admin: Any, changes: dict[str, Any], path: str, code: str
) -> None:
    wish = await make_wish(admin)
    refused = await admin.post(CAMPAIGNS, json={**wish, **changes})
    assert (refused.status_code, refused.json()["code"]) == (422, "campaign.invalid")
    assert (path, code) in {(error["path"], error["code"]) for error in refused.json()["errors"]}


@pytest.mark.parametrize(("name", "description"), [("春" * 60, "🎁" * 90), ("🎉" * 60, "促" * 90)])
async def test_sixty_and_ninety_characters_are_counted_as_people_count(
    admin: Any, name: str, description: str
) -> None:
    wish = await make_wish(admin)
    made = await admin.post(CAMPAIGNS, json={**wish, "name": name, "description": description})
    assert made.status_code == 201, made.text
    assert (made.json()["name"], made.json()["description"]) == (name, description)


@pytest.mark.parametrize("at", [1_800_000_000, "10:00:00", "tomorrow", "0001-01-01T00:00:00Z"])
async def test_a_time_is_written_as_iso_8601(admin: Any, at: Any) -> None:
    refused = await admin.post(CAMPAIGNS, json={**await make_wish(admin), "start_at": at})
    assert (refused.status_code, refused.json()["code"]) == (422, "request.invalid")
    assert refused.json()["errors"][0]["path"] == "start_at"


async def test_only_a_published_flow_with_the_manual_trigger_is_accepted(admin: Any) -> None:
    draft = await admin.post("/api/v1/flows", json={"definition": {**SAMPLE, "name": "Draft"}})
    wish = await make_wish(admin, flow_id=draft.json()["id"])
    refused = await admin.post(CAMPAIGNS, json=wish)
    assert (refused.status_code, refused.json()["code"]) == (409, "flow.not_published")
    chat = {**SAMPLE, "name": "Chat", "trigger": {"kind": "whatsapp"}}
    flow = (await admin.post("/api/v1/flows", json={"definition": chat})).json()
    await admin.post(f"/api/v1/flows/{flow['id']}/publish", json={})
    refused = await admin.post(CAMPAIGNS, json={**wish, "flow_id": flow["id"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "flow.trigger_not_manual")
    for field, code in (("flow_id", "flow.not_found"), ("sender_name", "sender.not_found")):
        wrong = {**await make_wish(admin, name=code), field: 999 if field == "flow_id" else "x"}
        refused = await admin.post(CAMPAIGNS, json=wrong)
        assert (refused.status_code, refused.json()["code"]) == (404, code)
    wrong = {**await make_wish(admin, name="group"), "include_group_ids": [999]}
    assert (await admin.post(CAMPAIGNS, json=wrong)).json()["code"] == "group.not_found"


ILLEGAL = [
    ("pending", "suspend"),
    ("pending", "resume"),
    ("in_progress", "modify"),
    ("in_progress", "resume"),
    ("in_progress", "delete"),
    ("suspended", "suspend"),
    ("ended", "modify"),
    ("ended", "suspend"),
    ("ended", "resume"),
]


@pytest.mark.parametrize(("status", "action"), ILLEGAL)
async def test_what_the_status_forbids_is_refused_with_what_is_possible(
    admin: Any, place: Any, status: str, action: str
) -> None:
    made = await make_campaign(admin)
    await put_into(place, made["id"], status)
    path = f"{CAMPAIGNS}/{made['id']}"
    ways = {
        "modify": [("PUT", path, await make_wish(admin, name="New")), ("PATCH", path, {})],
        "suspend": [("POST", f"{path}/suspend", {})],
        "resume": [("POST", f"{path}/resume", {})],
        "delete": [("DELETE", path, None)],
    }
    for method, address, body in ways[action]:
        refused = await admin.request(method, address, json=body)
        assert refused.status_code == 409, refused.text
        problem = refused.json()
        assert problem["code"] == "campaign.status_not_allowed"
        assert (problem["details"]["status"], problem["details"]["action"]) == (status, action)
        possible = (await admin.get(path)).json()["allowed_actions"]
        assert problem["details"]["allowed_actions"] == possible
        assert action not in possible
    assert (await admin.get(path)).json()["status"] == status


async def test_some_fields_change_and_the_others_stay(admin: Any) -> None:
    made = await make_campaign(admin, description="old", sender_name=None)
    path = f"{CAMPAIGNS}/{made['id']}"
    changed = (
        await admin.patch(path, json={"description": "new", "plan": {"kind": "hourly"}})
    ).json()
    kept = {
        name: value
        for name, value in changed.items()
        if name not in ("description", "plan", "plan_in_words", "revision", "next_tick_at")
    }
    assert kept.items() <= made.items()
    assert (changed["description"], changed["plan_in_words"]) == ("new", "Every hour")
    assert changed["revision"] == made["revision"] + 1
    stale = await admin.patch(path, json={"name": "Late", "revision": made["revision"]})
    assert (stale.status_code, stale.json()["code"]) == (409, "campaign.stale")
    wish = {**await make_wish(admin, name="Whole"), "revision": changed["revision"]}
    replaced = (await admin.put(path, json=wish)).json()
    assert (replaced["name"], replaced["description"]) == ("Whole", "")


async def test_a_suspended_campaign_goes_on_now_or_at_a_new_start(
    admin: Any, place: Any, clock: Any
) -> None:
    made = await make_campaign(admin, plan={"kind": "hourly"})
    path = f"{CAMPAIGNS}/{made['id']}"
    clock.advance(hours=2)
    await put_into(place, made["id"], "in_progress")
    suspended = await admin.post(f"{path}/suspend", json={"reason": "a wrong price"})
    assert suspended.status_code == 200, suspended.text
    answer = suspended.json()
    assert (answer["in_flight_count"], answer["is_acknowledged"]) == (0, True)
    assert answer["campaign"]["status"] == "suspended"
    assert answer["campaign"]["status_reason_in_words"] == "a wrong price"
    resumed = (await admin.post(f"{path}/resume")).json()
    assert (resumed["status"], resumed["status_reason"]) == ("in_progress", None)
    assert (resumed["start_at"], resumed["next_tick_at"]) == (
        made["start_at"],
        "2026-03-02T12:00:00Z",
    )
    await admin.post(f"{path}/suspend")
    refused = await admin.post(f"{path}/resume", json={"start_at": START})
    assert (refused.status_code, refused.json()["code"]) == (422, "campaign.invalid")
    later = {"start_at": "2026-03-04T08:15:00Z", "end_at": "2026-03-06T00:00:00Z"}
    resumed = (await admin.post(f"{path}/resume", json=later)).json()
    assert (resumed["status"], resumed["next_tick_at"]) == ("pending", later["start_at"])
    assert resumed["end_at"] == later["end_at"]


async def test_a_new_start_resumes_a_suspended_campaign(admin: Any, place: Any, clock: Any) -> None:
    made = await make_campaign(admin)
    path = f"{CAMPAIGNS}/{made['id']}"
    clock.advance(hours=2)
    await put_into(place, made["id"], "suspended")
    renamed = (await admin.patch(path, json={"name": "Renamed"})).json()
    assert (renamed["name"], renamed["status"]) == ("Renamed", "suspended")
    moved = (await admin.patch(path, json={"start_at": "2026-03-03T10:00:00Z"})).json()
    assert moved["status"] == "pending"


async def test_deleting_takes_a_campaign_out_of_every_list(admin: Any, place: Any) -> None:
    for status in ("pending", "suspended", "ended"):
        made = await make_campaign(admin, name=status)
        await put_into(place, made["id"], status)
        path = f"{CAMPAIGNS}/{made['id']}"
        assert (await admin.delete(path)).status_code == 204
        assert (await admin.get(path)).json()["code"] == "campaign.not_found"
    assert (await admin.get(CAMPAIGNS)).json()["items"] == []


async def test_a_duplicate_has_a_period_of_its_own(admin: Any, place: Any) -> None:
    made = await make_campaign(admin, description="d", plan={"kind": "every_minute"})
    await put_into(place, made["id"], "ended")
    wish = {"start_at": "2026-04-01T08:00:00Z", "end_at": "2026-04-02T08:00:00Z", "name": "Again"}
    answer = await admin.post(f"{CAMPAIGNS}/{made['id']}/duplicate", json=wish)
    assert answer.status_code == 201, answer.text
    copy = answer.json()
    assert (copy["name"], copy["status"], copy["start_at"]) == (
        "Again",
        "pending",
        wish["start_at"],
    )
    same = ("description", "flow_id", "include_group_ids", "plan", "parameters", "overlap")
    assert {name: copy[name] for name in same} == {name: made[name] for name in same}
    assert (copy["id"], copy["code"]) != (made["id"], made["code"])


async def test_campaigns_are_found_by_name_flow_group_and_status(admin: Any, place: Any) -> None:
    spring = await make_campaign(admin, name="Spring sale 100%")
    summer = await make_campaign(admin, name="Summer sale")
    await put_into(place, summer["id"], "suspended")
    searches: list[tuple[dict[str, Any], list[int]]] = [
        ({}, [summer["id"], spring["id"]]),
        ({"name": "SALE"}, [summer["id"], spring["id"]]),
        ({"name": "0%"}, [spring["id"]]),
        ({"name": "_"}, []),
        ({"status": "suspended"}, [summer["id"]]),
        ({"flow_id": spring["flow_id"]}, [spring["id"]]),
        ({"flow_name": "flow of summer"}, [summer["id"]]),
        ({"group_id": spring["include_group_ids"][0]}, [spring["id"]]),
        ({"name": "sale", "status": "pending"}, [spring["id"]]),
    ]
    for wanted, expected in searches:
        found = (await admin.get(CAMPAIGNS, params=wanted)).json()["items"]
        assert [campaign["id"] for campaign in found] == expected, wanted


async def test_pages_hold_every_campaign_once(admin: Any) -> None:
    wish = await make_wish(admin)
    made = [
        (await admin.post(CAMPAIGNS, json={**wish, "name": f"No {n}"})).json()["id"]
        for n in range(5)
    ]
    seen: list[int] = []
    cursor: str | None = None
    while True:
        params = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = (await admin.get(CAMPAIGNS, params=params)).json()
        seen.extend(campaign["id"] for campaign in page["items"])
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == made[::-1]


async def test_a_plan_is_previewed_as_it_is_typed(admin: Any) -> None:
    await admin.patch("/api/v1/workspace", json={"zone": "Europe/Berlin"})
    typed = {
        "plan": {"kind": "daily", "at": "02:30"},
        "start_at": "2026-03-27T00:00:00",
        "end_at": "2026-12-31T00:00:00",
    }
    preview = (await admin.post(f"{CAMPAIGNS}/preview-ticks", json=typed)).json()
    assert len(preview["ticks"]) == 10
    # On the 29th the clock jumps from 02:00 to 03:00: the tick is the jump itself.
    assert preview["ticks"][:4] == [
        "2026-03-27T01:30:00Z",
        "2026-03-28T01:30:00Z",
        "2026-03-29T01:00:00Z",
        "2026-03-30T00:30:00Z",
    ]
    assert (preview["plan_in_words"], preview["zone"]) == ("Every day at 02:30", "Europe/Berlin")
    for plan, path in (({"kind": "daily", "at": "25:00"}, "plan.at"), ({}, "plan.kind")):
        refused = await admin.post(f"{CAMPAIGNS}/preview-ticks", json={**typed, "plan": plan})
        assert refused.json()["errors"][0]["path"] == path


async def test_an_author_reads_campaigns_but_does_not_run_them(admin: Any, as_role: Any) -> None:
    author = await as_role(Role.AUTHOR)
    wish = await make_wish(admin)
    refused = await author.post(CAMPAIGNS, json=wish)
    assert (refused.status_code, refused.json()["code"]) == (403, "access.forbidden")
    made = await make_campaign(admin, name="Mine")
    assert (await author.get(f"{CAMPAIGNS}/{made['id']}")).status_code == 200
    for action in ("suspend", "resume"):
        refused = await author.post(f"{CAMPAIGNS}/{made['id']}/{action}")
        assert refused.status_code == 403


async def test_repeating_a_create_makes_one_campaign(admin: Any) -> None:
    wish = await make_wish(admin)
    answers = [
        (await admin.post(CAMPAIGNS, json=wish, headers={"Idempotency-Key": "once"})).json()
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert len((await admin.get(CAMPAIGNS)).json()["items"]) == 1


async def test_progress_tells_share_rate_and_time_left(
    admin: Any, place: Any, scope: Any, clock: Any
) -> None:
    made = await make_campaign(admin)
    now: datetime = clock()
    occurrence_id = await place.pool.fetchval(
        "INSERT INTO occurrences (workspace_id, campaign_id, scheduled_at, status, started_at,"
        " audience_count, pending_count, skipped_count, accepted_count)"
        " VALUES ($1, $2, $3, 'running', $3, 100, 60, 10, 30) RETURNING id",
        scope.workspace_id, made["id"], now - timedelta(seconds=20),
    )  # fmt: skip
    contact_id = await place.pool.fetchval(
        "INSERT INTO contacts (workspace_id, phone) VALUES ($1, '+491701234567') RETURNING id",
        scope.workspace_id,
    )
    await place.pool.execute(
        "INSERT INTO messages (workspace_id, direction, channel, contact_id, campaign_id,"
        " occurrence_id, is_opening, content, status, created_at, accepted_at)"
        " SELECT $1, 'out', 'whatsapp', $2, $3, $4, true, '{}', 'accepted', $5,"
        " $5::timestamptz - make_interval(secs => n * 4) FROM generate_series(0, 29) n",
        scope.workspace_id, contact_id, made["id"], occurrence_id, now,
    )  # fmt: skip
    progress = (await admin.get(f"{CAMPAIGNS}/{made['id']}")).json()["progress"]
    assert (progress["done_count"], progress["done_share"]) == (40, 0.4)
    # 15 of the 30 were accepted within the last minute; the occurrence runs since 20 seconds.
    assert progress["rate_per_second"] == pytest.approx(15 / 20)
    assert progress["eta_seconds"] == pytest.approx(60 / (15 / 20))
    live = (await admin.get(f"{CAMPAIGNS}/progress")).json()["items"]
    assert live == [progress]
