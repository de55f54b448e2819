"""Messages are sent over REST: who may, what is refused, and that a refusal writes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from clarion.domain.identity import Role

PATH = "/api/v1/messages"
TEXT = {"kind": "text", "body": {"text": "Hello"}}
TEMPLATE = {"kind": "template", "body": {"name": "spring_offer", "language": "en_US"}}


@pytest.fixture
async def sender_id(place: Any, scope: Any) -> int:
    found: int = await place.pool.fetchval(
        "INSERT INTO senders (workspace_id, channel, name, sender_key, secrets_sealed, webhook_key)"
        " VALUES ($1, 'whatsapp', 'shop', '1', '', 'k') RETURNING id",
        scope.workspace_id,
    )
    await place.pool.execute(
        "INSERT INTO outboxes (sender_id, lane) SELECT $1, unnest(ARRAY['conversation', 'bulk'])",
        found,
    )
    return found


@pytest.mark.usefixtures("sender_id")
async def test_a_message_waits_for_its_sender(admin: Any, place: Any) -> None:
    wish = {"phone": "+4915112345678", "content": TEMPLATE, "key": "k1", "tag": "order 7"}
    answer = await admin.post(PATH, json=wish)
    assert answer.status_code == 201, answer.text
    sent = answer.json()
    assert (sent["status"], sent["tag"], sent["request_key"]) == ("queued", "order 7", "k1")
    assert (await admin.post(PATH, json=wish)).json()["id"] == sent["id"]
    other = await admin.post(PATH, json={**wish, "phone": "+4915112345679"})
    assert (other.status_code, other.json()["code"]) == (409, "request.idempotency_conflict")
    found = (await admin.get(PATH, params={"request_key": "k1"})).json()["items"]
    assert [each["id"] for each in found] == [sent["id"]]
    assert await place.pool.fetchval("SELECT count(*) FROM outbox_rows") == 1


@pytest.mark.usefixtures("sender_id")
async def test_a_batch_is_taken_whole_or_not_at_all(admin: Any, place: Any) -> None:
    good = [{"phone": f"+49151123456{n}"} for n in range(10, 13)]
    bad = await admin.post(
        f"{PATH}/batch", json={"content": TEMPLATE, "recipients": [*good, {"phone": "12"}]}
    )
    assert (bad.status_code, bad.json()["code"]) == (422, "contact.phone_invalid")
    assert bad.json()["errors"][0]["path"] == "recipients.3.phone"
    assert await place.pool.fetchval("SELECT count(*) FROM contacts") == 0
    answer = await admin.post(f"{PATH}/batch", json={"content": TEMPLATE, "recipients": good})
    assert answer.status_code == 201, answer.text
    assert {each["lane"] for each in answer.json()["messages"]} == {"bulk"}
    assert answer.json()["is_repeated"] is False


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"phone": None}, 422, "request.invalid"),
        ({"contact_id": 1}, 422, "request.invalid"),
        ({"phone": None, "contact_id": 99}, 404, "contact.not_found"),
        ({"sender": "nobody"}, 404, "sender.not_found"),
        ({"content": {"kind": "text", "body": {}}}, 422, "request.invalid"),
        ({"content": {"kind": "text", "body": {"text": "x" * 5000}}}, 422, "message.invalid"),
    ],
)
@pytest.mark.usefixtures("sender_id")
async def test_a_faulty_request_is_refused(
    admin: Any, change: dict[str, Any], status: int, code: str
) -> None:
    wish = {"phone": "+4915112345678", "content": TEXT, **change}
    answer = await admin.post(PATH, json=wish)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


@pytest.mark.usefixtures("sender_id")
async def test_an_author_may_answer_and_only_a_publisher_may_open(
    as_role: Callable[..., Any],
) -> None:
    text = {"phone": "+4915112345678", "content": TEXT}
    template = {**text, "content": TEMPLATE}
    author = await as_role(Role.AUTHOR)
    answer = await author.post(PATH, json=text)
    assert (answer.status_code, answer.json()["reason"]) == (201, "window_closed")
    assert (await author.post(PATH, json=template)).status_code == 403
    assert (await (await as_role(Role.PUBLISHER)).post(PATH, json=template)).status_code == 201
    assert (await (await as_role(Role.VIEWER)).post(PATH, json=text)).status_code == 403


async def test_without_a_sender_nothing_is_taken(admin: Any) -> None:
    answer = await admin.post(PATH, json={"phone": "+4915112345678", "content": TEXT})
    assert (answer.status_code, answer.json()["code"]) == (409, "sender.none_for_channel")
