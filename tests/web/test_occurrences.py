"""An occurrence opens its people, every person explains itself, and the balance adds up."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from clarion.domain.identity import Role
from clarion.reports.balance import check_balance

from .test_campaigns import make_campaign

# What became of the people of the story: outcome, reason, and their message's status.
PEOPLE = (
    ("Ann", "accepted", None, "accepted"),
    ("Bob", "accepted", None, "accepted"),
    ("=SUM(A1)", "skipped", "opted_out", None),
    ("Dan", "skipped", "no_address", None),
    ("Eve", "failed", "undeliverable", "failed"),
    ("Fay", "in_doubt", "in_doubt", "in_doubt"),
    ("Gus", "held", "campaign_suspended", "held"),
    ("Hal", "pending", None, "queued"),
)


@dataclass
class Story:
    """An occurrence with people in every outcome, as the engine would have left it."""

    campaign_id: int
    occurrence_id: int
    sender_id: int
    contact_ids: dict[str, int]
    message_ids: dict[str, int]
    at: datetime

    @property
    def path(self) -> str:
        return f"/api/v1/occurrences/{self.occurrence_id}"


async def tell_story(place: Any, client: Any, workspace_id: int) -> Story:
    campaign = await make_campaign(client)
    at = place.clock()
    sender = await client.post(
        "/api/v1/senders",
        json={
            "name": "shop", "phone_number_id": "1066", "waba_id": "2077",
            "token": "EAAtoken", "app_secret": "s3cret",
        },
    )  # fmt: skip
    sender_id = sender.json()["id"]
    fetchval: Callable[..., Any] = place.pool.fetchval
    version_id = await fetchval(
        "SELECT published_version_id FROM flows WHERE id = $1", campaign["flow_id"]
    )
    occurrence_id = await fetchval(
        "INSERT INTO occurrences (workspace_id, campaign_id, scheduled_at, status, started_at,"
        " flow_version_id, audience_count, pending_count, held_count, skipped_count,"
        " failed_count, in_doubt_count, accepted_count, sent_count, delivered_count, read_count,"
        " replied_count)"
        " VALUES ($1, $2, $3, 'running', $3, $4, 8, 1, 1, 2, 1, 1, 2, 2, 2, 1, 1) RETURNING id",
        workspace_id, campaign["id"], at, version_id,
    )  # fmt: skip
    story = Story(campaign["id"], occurrence_id, sender_id, {}, {}, at)
    for number, (name, outcome, reason, status) in enumerate(PEOPLE):
        contact_id = await fetchval(
            "INSERT INTO contacts (workspace_id, name, phone) VALUES ($1, $2, $3) RETURNING id",
            workspace_id, name, f"+49170123456{number}",
        )  # fmt: skip
        story.contact_ids[name] = contact_id
        message_id = session_id = None
        if status is not None:
            session_id = await fetchval(
                "INSERT INTO sessions (workspace_id, contact_id, flow_id, flow_version_id,"
                " campaign_id, occurrence_id, channel, sender_id, status, state, started_at)"
                " VALUES ($1, $2, $3, $4, $5, $6, 'whatsapp', $7, 'waiting', '{}', $8)"
                " RETURNING id",
                workspace_id, contact_id, campaign["flow_id"], version_id, campaign["id"],
                occurrence_id, sender_id, at + timedelta(seconds=1),
            )  # fmt: skip
            message_id = await fetchval(
                "INSERT INTO messages (workspace_id, direction, channel, sender_id, contact_id,"
                " session_id, step, campaign_id, occurrence_id, node_id, is_opening, content,"
                " status, reason, provider_id, created_at)"
                " VALUES ($1, 'out', 'whatsapp', $2, $3, $4, 1, $5, $6, 'offer', true,"
                """ '{"kind": "text", "body": {"text": "Hello"}}', $7, $8, $9, $10)"""
                " RETURNING id",
                workspace_id, sender_id, contact_id, session_id, campaign["id"], occurrence_id,
                status, reason, f"wamid.{number}", at + timedelta(seconds=1),
            )  # fmt: skip
            story.message_ids[name] = message_id
        await place.pool.execute(
            "INSERT INTO participants (occurrence_id, contact_id, outcome, reason, session_id,"
            " message_id) VALUES ($1, $2, $3, $4, $5, $6)",
            occurrence_id, contact_id, outcome, reason, session_id, message_id,
        )  # fmt: skip
    await _tell_receipts(place, story)
    return story


async def _tell_receipts(place: Any, story: Story) -> None:
    """Ann's message was read and answered, Bob's delivered; Eve's was refused at once."""
    after = [story.at + timedelta(seconds=number) for number in range(8)]
    await place.pool.execute(
        "UPDATE messages SET accepted_at = $2, sent_at = $3, delivered_at = $4"
        " WHERE id = ANY($1)",
        [story.message_ids["Ann"], story.message_ids["Bob"]], *after[2:5],
    )  # fmt: skip
    await place.pool.execute(
        "UPDATE messages SET read_at = $2 WHERE id = $1", story.message_ids["Ann"], after[5]
    )
    await place.pool.execute(
        "UPDATE participants SET replied_at = $2 WHERE contact_id = $1",
        story.contact_ids["Ann"], after[6],
    )  # fmt: skip
    await place.pool.execute(
        "INSERT INTO messages (workspace_id, direction, channel, sender_id, contact_id, content,"
        " status, provider_id, created_at)"
        " SELECT workspace_id, 'in', 'whatsapp', sender_id, contact_id,"
        """ '{"kind": "reply", "body": {"kind": "text", "text": "Yes please"}}', 'received',"""
        " 'wamid.in', $2 FROM messages WHERE id = $1",
        story.message_ids["Ann"], after[6],
    )  # fmt: skip
    await place.pool.execute(
        "UPDATE messages SET failed_at = $2, error_code = '131026', error_title = 'Undeliverable'"
        " WHERE id = $1",
        story.message_ids["Eve"], after[3],
    )  # fmt: skip
    await place.pool.executemany(
        "INSERT INTO attempts (message_id, number, sender_id, kind, reaction, provider_id,"
        " error_code, error_title, http_status, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        [
            (story.message_ids["Ann"], 1, story.sender_id, "throttled", "retry", None,
             "130429", "Rate limit hit", 400, after[1]),
            (story.message_ids["Ann"], 2, story.sender_id, "accepted", "none", "wamid.0",
             None, None, 200, after[2]),
            (story.message_ids["Eve"], 1, story.sender_id, "rejected", "fail_message", None,
             "131026", "Undeliverable", 400, after[3]),
        ],
    )  # fmt: skip
    await place.pool.execute(
        "INSERT INTO consent_changes (contact_id, channel, state, source, reason, at)"
        " VALUES ($1, 'whatsapp', 'opted_out', 'word', 'STOP', $2)",
        story.contact_ids["=SUM(A1)"], story.at - timedelta(days=3),
    )  # fmt: skip


@pytest.fixture
async def story(place: Any, admin: Any, scope: Any) -> Story:
    return await tell_story(place, admin, scope.workspace_id)


async def test_a_campaign_opens_its_occurrences(admin: Any, place: Any, story: Story) -> None:
    await place.pool.execute(
        "INSERT INTO occurrences (workspace_id, campaign_id, scheduled_at, status, reason)"
        " SELECT workspace_id, campaign_id, scheduled_at + interval '1 day', 'skipped',"
        " 'previous_running' FROM occurrences",
    )
    listed = await admin.get(f"/api/v1/campaigns/{story.campaign_id}/occurrences")
    skipped, first = listed.json()["items"]
    assert (skipped["status"], skipped["reason_in_words"]) == (
        "skipped",
        "The occurrence before it was still running",
    )
    assert (first["id"], first["counts"]["audience_count"]) == (story.occurrence_id, 8)
    assert (await admin.get(story.path)).json() == first
    assert (await admin.get("/api/v1/occurrences/999")).json()["code"] == "occurrence.not_found"
    assert (await admin.get("/api/v1/campaigns/999/occurrences")).status_code == 404


async def test_every_person_has_an_outcome_and_a_reason_in_words(admin: Any, story: Story) -> None:
    people = (await admin.get(f"{story.path}/participants")).json()["items"]
    assert [(each["name"], each["outcome"], each["reason"]) for each in people] == [
        (name, outcome, reason) for name, outcome, reason, _ in PEOPLE
    ]
    ann, _, refused, *_ = people
    assert (ann["provider_id"], ann["message_status"]) == ("wamid.0", "accepted")
    assert ann["read_at"] == "2026-03-02T09:00:05Z"
    assert refused["reason_in_words"] == "Opted out of this channel"
    await admin.patch("/api/v1/workspace", json={"language": "zh"})
    people = (await admin.get(f"{story.path}/participants")).json()["items"]
    assert people[2]["reason_in_words"] == "已退订该渠道"


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"outcome": "skipped"}, ["=SUM(A1)", "Dan"]),
        ({"outcome": "skipped", "reason": "no_address"}, ["Dan"]),
        ({"text": "ann"}, ["Ann"]),
        ({"text": "1234561"}, ["Bob"]),
        ({"text": "%"}, []),
        ({"outcome": "accepted", "text": "Dan"}, []),
    ],
)
async def test_people_are_found_by_outcome_reason_and_text(
    admin: Any, story: Story, wanted: dict[str, str], names: list[str]
) -> None:
    found = (await admin.get(f"{story.path}/participants", params=wanted)).json()["items"]
    assert [each["name"] for each in found] == names


async def test_pages_hold_every_person_once(admin: Any, story: Story) -> None:
    seen: list[int] = []
    cursor = None
    while True:
        params = {"limit": 3, **({"cursor": cursor} if cursor else {})}
        page = (await admin.get(f"{story.path}/participants", params=params)).json()
        seen.extend(each["contact_id"] for each in page["items"])
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == list(story.contact_ids.values())


async def test_reasons_are_counted(admin: Any, story: Story) -> None:
    counts = (await admin.get(f"{story.path}/reasons")).json()["items"]
    by_reason = {(each["outcome"], each["reason"]): each["participant_count"] for each in counts}
    assert counts[0]["participant_count"] == 2
    assert by_reason == {
        ("accepted", None): 2,
        ("skipped", "opted_out"): 1,
        ("skipped", "no_address"): 1,
        ("failed", "undeliverable"): 1,
        ("in_doubt", "in_doubt"): 1,
        ("held", "campaign_suspended"): 1,
        ("pending", None): 1,
    }


async def test_the_export_holds_everybody_and_runs_no_formula(admin: Any, story: Story) -> None:
    answer = await admin.get(f"{story.path}/participants.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["outcome"] for row in rows] == [outcome for _, outcome, *_ in PEOPLE]
    assert rows[2]["name"] == "'=SUM(A1)"
    assert rows[0]["read_at"] == "2026-03-02T09:00:05+00:00"
    assert rows[4]["reason_in_words"] == "The provider could not deliver the message"
    some = await admin.get(f"{story.path}/participants.csv", params={"outcome": "failed"})
    assert len(some.text.splitlines()) == 2
    missing = await admin.get("/api/v1/occurrences/999/participants.csv")
    assert (missing.status_code, missing.json()["code"]) == (404, "occurrence.not_found")


async def test_whoever_read_it_explains_itself_fact_by_fact(
    admin: Any, story: Story, clock: Any
) -> None:
    clock.advance(minutes=1)
    told = await admin.get(f"{story.path}/participants/{story.contact_ids['Ann']}")
    explanation = told.json()
    assert (explanation["outcome"], explanation["reason"]) == ("accepted", None)
    assert explanation["session"]["flow_name"] == "Flow of Spring"
    assert [message["provider_id"] for message in explanation["messages"]] == ["wamid.0"]
    assert [(fact["kind"], fact["detail"]) for fact in explanation["facts"]] == [
        ("occurrence_due", "Spring"),
        ("audience_taken", None),
        ("session_started", "Flow of Spring v1"),
        ("message_written", "offer"),
        ("attempt_throttled", "130429 · Rate limit hit"),
        ("attempt_accepted", None),
        ("message_sent", None),
        ("message_delivered", None),
        ("message_read", None),
        ("person_wrote", "Yes please"),
    ]


async def test_whoever_did_not_get_it_is_told_why(admin: Any, story: Story) -> None:
    told = await admin.get(f"{story.path}/participants/{story.contact_ids['=SUM(A1)']}")
    explanation = told.json()
    assert explanation["reason_in_words"] == "Opted out of this channel"
    assert (explanation["session"], explanation["messages"]) == (None, [])
    first = explanation["facts"][0]
    assert (first["kind"], first["at"]) == ("opted_out", "2026-02-27T09:00:00Z")
    assert first["detail"] == "whatsapp · word · STOP"
    eve = await admin.get(f"{story.path}/participants/{story.contact_ids['Eve']}")
    assert ("attempt_rejected", "131026 · Undeliverable") in {
        (fact["kind"], fact["detail"]) for fact in eve.json()["facts"]
    }


async def test_whoever_was_not_in_the_audience_is_not_found(admin: Any, story: Story) -> None:
    missing = await admin.get(f"{story.path}/participants/99999")
    assert (missing.status_code, missing.json()["code"]) == (404, "participant.not_found")


async def test_the_balance_adds_up_and_tells_when_it_does_not(
    admin: Any, place: Any, scope: Any, story: Story
) -> None:
    balance = (await admin.get(f"{story.path}/balance")).json()
    assert balance["is_balanced"], balance
    assert balance["stored"] == balance["counted"]
    await place.pool.execute(
        "UPDATE occurrences SET accepted_count = 3, failed_count = 0, read_count = 0"
    )
    async with place.pool.acquire() as connection:
        wrong = await check_balance(connection, scope.workspace_id, story.occurrence_id)
    assert not wrong.is_balanced
    assert {(each.name, each.stored_count, each.counted_count) for each in wrong.differences} == {
        ("accepted_count", 3, 2),
        ("failed_count", 0, 1),
        ("read_count", 0, 1),
    }


async def test_the_balance_survives_a_deleted_contact_but_not_a_wrong_outcome(
    admin: Any, place: Any, story: Story
) -> None:
    await admin.delete(f"/api/v1/contacts/{story.contact_ids['Ann']}")
    balance = (await admin.get(f"{story.path}/balance")).json()
    assert (balance["is_balanced"], balance["gone_count"]) == (True, 1)
    people = (await admin.get(f"{story.path}/participants")).json()["items"]
    assert (people[0]["name"], people[0]["outcome"]) == (None, "accepted")
    await place.pool.execute(
        "UPDATE messages SET status = 'accepted' WHERE id = $1", story.message_ids["Eve"]
    )
    balance = (await admin.get(f"{story.path}/balance")).json()
    assert (balance["is_balanced"], balance["disagreeing_count"]) == (False, 1)


async def test_no_search_finds_anything_of_another_workspace(
    admin: Any, place: Any, as_role: Any, other_scope: Any
) -> None:
    there = await as_role(Role.ADMIN, other_scope)
    story = await tell_story(place, there, other_scope.workspace_id)
    contact_id = story.contact_ids["Ann"]
    for path in (
        "/api/v1/campaigns",
        "/api/v1/campaigns/progress",
        "/api/v1/messages",
        f"/api/v1/messages?contact_id={contact_id}",
        f"/api/v1/messages?campaign_id={story.campaign_id}",
        f"/api/v1/messages?occurrence_id={story.occurrence_id}",
        "/api/v1/messages?provider_id=wamid.0",
    ):
        assert (await admin.get(path)).json()["items"] == [], path
        assert (await there.get(path)).json()["items"] != [], path


async def test_a_person_tells_which_occurrences_they_were_in(admin: Any, story: Story) -> None:
    async def of(name: str) -> list[dict[str, Any]]:
        path = f"/api/v1/contacts/{story.contact_ids[name]}/participations"
        items: list[dict[str, Any]] = (await admin.get(path)).json()["items"]
        return items

    (skipped,) = await of("=SUM(A1)")
    assert (skipped["occurrence_id"], skipped["campaign_id"]) == (
        story.occurrence_id,
        story.campaign_id,
    )
    assert (skipped["outcome"], skipped["reason_in_words"]) == (
        "skipped",
        "Opted out of this channel",
    )
    assert (await of("Ann"))[0]["read_at"] == "2026-03-02T09:00:05Z"
    nobody = await admin.get("/api/v1/contacts/999/participations")
    assert (nobody.status_code, nobody.json()["code"]) == (404, "contact.not_found")
