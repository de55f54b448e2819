"""The director's side: everything by JSON over HTTP."""

from __future__ import annotations

import json

import pytest


async def test_a_number_is_put_into_service_over_http_and_shakes_hands(shop, receiver):
    status, number = await shop.call(
        "POST",
        "/_sim/numbers",
        {
            "phone_number_id": "555",
            "waba_id": "666",
            "token": "other",
            "app_secret": "s3cr3t",
            "verify_token": "only-we-know",
            "callback_url": receiver.url + "?n=555",
            "messages_per_second": 20,
        },
    )

    assert status == 200
    assert number["subscription"]["is_verified"] is True
    assert number["messages_per_second"] == 20
    _, listed = await shop.call("GET", "/_sim/numbers")
    assert [entry["phone_number_id"] for entry in listed["data"]] == ["111", "555"]


async def test_a_person_is_shown_and_changed(shop):
    _, before = await shop.call("GET", "/_sim/people/16505551234")
    _, after = await shop.call(
        "POST", "/_sim/people/16505551234", {"name": "Ana", "persona": "text", "has_blocked": True}
    )
    status, problem = await shop.call("POST", "/_sim/people/16505551234", {"mood": "good"})

    assert before["has_blocked"] is False
    assert (after["name"], after["persona"], after["has_blocked"]) == ("Ana", "text", True)
    assert after["bsuid"] == before["bsuid"]
    assert status == 400
    assert "mood" in problem["problem"]


async def test_a_person_taps_a_button_of_the_last_message(shop, receiver):
    _, sent = await shop.offer("+16505551234")

    status, said = await shop.call(
        "POST",
        "/_sim/people/+16505551234/say",
        {"phone_number_id": "111", "tap": "Yes, tell me more", "reply_to": "last"},
    )

    assert status == 200
    await receiver.until(lambda: len(receiver.values("messages")) == 1)
    (message,) = receiver.values("messages")
    assert message["id"] == said["wamid"]
    assert message["context"]["id"] == sent["messages"][0]["id"]
    assert message["button"]["payload"] == "Yes, tell me more"


async def test_a_person_sends_any_kind_of_message(shop, receiver):
    image = {"type": "image", "image": {"mime_type": "image/jpeg", "sha256": "x", "id": "1"}}
    await shop.call(
        "POST",
        "/_sim/people/16505551234/say",
        {"phone_number_id": "111", "content": image},
    )

    await receiver.until(lambda: len(receiver.values("messages")) == 1)
    assert receiver.values("messages")[0]["image"] == image["image"]


async def test_settings_change_in_part_and_wrong_ones_are_explained(shop):
    _, changed = await shop.call("POST", "/_sim/settings", {"people": {"reads_share": 0.25}})
    unknown, problem = await shop.call("POST", "/_sim/settings", {"people": {"reads": 1}})
    wrong, type_problem = await shop.call("POST", "/_sim/settings", {"speed": "fast"})
    seed, _ = await shop.call("POST", "/_sim/settings", {"seed": 99})

    assert changed["people"]["reads_share"] == 0.25
    assert (unknown, wrong, seed) == (400, 400, 400)
    assert "reads_share" in problem["problem"]
    assert "speed" in type_problem["problem"]


async def test_the_ledger_is_read_as_lines_filtered_and_summed_up(shop):
    for position, attempt_id in enumerate(["c1:1:a", "c1:1:b", "c2:1:a", "c2:1:a"]):
        await shop.offer(f"+1650555000{position // 2}", attempt_id)
    await shop.send({"to": "+16505550000", "type": "text", "text": {"body": "no window"}})

    url = f"{shop.simulator.base_url}/_sim/ledger"
    async with shop.client.get(url, params={"attempt_prefix": "c1:"}) as answer:
        rows = [json.loads(line) for line in (await answer.text()).splitlines()]
    async with shop.client.get(url, params={"phone": "16505550001"}) as answer:
        second = [json.loads(line) for line in (await answer.text()).splitlines()]
    _, summary = await shop.call("GET", "/_sim/ledger/summary")

    assert [row["attempt_id"] for row in rows] == ["c1:1:a", "c1:1:b"]
    assert {row["phone"] for row in second} == {"16505550001"}
    assert summary["accepted_count"] == 4
    assert summary["people_count"] == 2
    assert summary["duplicate_attempts"] == [{"key": ["c2:1:a"], "count": 2}]
    assert summary["duplicate_stem_count"] == 2
    assert summary["duplicate_contents"] == [
        {"key": ["16505550000", "spring_offer"], "count": 2},
        {"key": ["16505550001", "spring_offer"], "count": 2},
    ]
    assert summary["refused_counts"] == {"131047": 1}


async def test_state_tells_what_waits_and_what_happened(shop, receiver):
    await shop.offer()
    await receiver.until(lambda: len(receiver.values("statuses")) == 3)

    _, state = await shop.call("GET", "/_sim/state")

    assert state["accepted_count"] == 1
    assert state["happened_counts"] == {"sent": 1, "delivered": 1, "read": 1}


async def test_reset_forgets_messages_and_keeps_numbers_and_templates(shop):
    _, first = await shop.offer()
    await shop.call("POST", "/_sim/reset")
    assert shop.simulator.ledger() == []

    _, again = await shop.offer()

    assert again == first


async def test_what_does_not_exist_is_404_with_a_reason(shop):
    status, problem = await shop.call("GET", "/_sim/weather")

    assert status == 404
    assert "weather" in problem["problem"]


async def test_faults_are_set_listed_counted_and_removed(shop):
    _, rule = await shop.call("POST", "/_sim/faults", {"kind": "payment", "count": 2})
    await shop.offer()
    _, listed = await shop.call("GET", "/_sim/faults")
    await shop.call("DELETE", "/_sim/faults")
    _, empty = await shop.call("GET", "/_sim/faults")
    status, problem = await shop.call("POST", "/_sim/faults", {"kind": "payment", "shar": 0.5})

    (entry,) = listed["data"]
    assert (entry["id"], entry["kind"], entry["count"]) == (rule["id"], "payment", 1)
    assert listed["struck_counts"] == {"payment": 1}
    assert empty["data"] == []
    assert status == 400
    assert "shar" in problem["problem"]


@pytest.mark.parametrize(
    "path", ["numbers", "templates", "people/16505551234", "people/1/say", "faults", "settings"]
)
@pytest.mark.parametrize("body", [[], "x", 1, None, {"nonsense": 1}])
async def test_a_control_request_that_makes_no_sense_is_explained(shop, path, body):
    status, answer = await shop.call("POST", f"/_sim/{path}", body)

    if answer != {"data": []}:  # no templates at all are an empty list
        assert status in {400, 404}
        assert answer["problem"]


async def test_an_event_of_the_account_is_told(shop, receiver):
    value = {"event": "ACCOUNT_RESTRICTION", "restriction_info": [{"restriction_type": "X"}]}
    event = {"phone_number_id": "111", "field": "account_update", "value": value}

    status, _ = await shop.call("POST", "/_sim/events", event)

    assert status == 200
    await receiver.until(lambda: len(receiver.changes("account_update")) == 1)
    assert receiver.changes("account_update") == [value]
