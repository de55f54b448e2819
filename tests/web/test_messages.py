"""Messages are searched and read, and a conversation is read in the order it was said."""

from __future__ import annotations

from typing import Any

import pytest

from .test_occurrences import Story, tell_story


@pytest.fixture
async def story(place: Any, admin: Any, scope: Any) -> Story:
    return await tell_story(place, admin, scope.workspace_id)


async def test_messages_are_found_by_whatever_is_known_of_them(admin: Any, story: Story) -> None:
    everything = (await admin.get("/api/v1/messages")).json()["items"]
    assert len(everything) == len(story.message_ids) + 1
    assert [message["id"] for message in everything] == sorted(
        (message["id"] for message in everything), reverse=True
    )
    ann = {"contact_id": story.contact_ids["Ann"]}
    searches: list[tuple[dict[str, Any], int]] = [
        (ann, 2),
        ({**ann, "direction": "in"}, 1),
        ({**ann, "campaign_id": story.campaign_id}, 1),
        ({"campaign_id": story.campaign_id}, 6),
        ({"occurrence_id": story.occurrence_id, "status": "accepted"}, 2),
        ({"occurrence_id": 999}, 0),
        ({"sender_id": story.sender_id, "status": "in_doubt"}, 1),
        ({"sender_id": 999}, 0),
        ({"provider_id": "wamid.4"}, 1),
        ({"provider_id": "wamid.4", "status": "accepted"}, 0),
        ({"direction": "in"}, 1),
    ]
    for wanted, count in searches:
        found = (await admin.get("/api/v1/messages", params=wanted)).json()["items"]
        assert len(found) == count, wanted


async def test_a_message_tells_its_content_attempts_and_receipts(admin: Any, story: Story) -> None:
    message = (await admin.get(f"/api/v1/messages/{story.message_ids['Ann']}")).json()
    assert message["content"] == {"kind": "text", "body": {"text": "Hello"}}
    assert (message["status"], message["stage"]) == ("accepted", "read")
    assert (message["sender_name"], message["contact_name"]) == ("shop", "Ann")
    assert [(each["number"], each["kind"], each["error_code"]) for each in message["attempts"]] == [
        (1, "throttled", "130429"),
        (2, "accepted", None),
    ]
    eve = (await admin.get(f"/api/v1/messages/{story.message_ids['Eve']}")).json()
    assert (eve["stage"], eve["error_code"]) == ("failed", "131026")
    missing = await admin.get("/api/v1/messages/9999")
    assert (missing.status_code, missing.json()["code"]) == (404, "message.not_found")


async def test_a_conversation_is_read_from_its_end_in_the_order_it_was_said(
    admin: Any, place: Any, story: Story
) -> None:
    path = f"/api/v1/contacts/{story.contact_ids['Ann']}/messages"
    await place.pool.execute(
        "INSERT INTO messages (workspace_id, direction, channel, contact_id, content, status,"
        " created_at) SELECT workspace_id, 'out', 'whatsapp', contact_id,"
        " jsonb_build_object('kind', 'text', 'body', jsonb_build_object('text', n::text)),"
        " 'accepted', created_at FROM messages, generate_series(1, 3) n WHERE id = $1",
        story.message_ids["Ann"],
    )

    def said(page: dict[str, Any]) -> list[str]:
        return [message["content"]["body"]["text"] for message in page["items"]]

    last = (await admin.get(path, params={"limit": 3})).json()
    assert said(last) == ["1", "2", "3"]
    before = (await admin.get(path, params={"limit": 3, "cursor": last["next_cursor"]})).json()
    assert said(before) == ["Hello", "Yes please"]
    assert before["next_cursor"] is None
    missing = await admin.get("/api/v1/contacts/9999/messages")
    assert (missing.status_code, missing.json()["code"]) == (404, "contact.not_found")
