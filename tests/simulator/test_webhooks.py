"""What the callback is told, and how stubbornly."""

from __future__ import annotations

import json
import socket
from collections import Counter

import pytest
from aiohttp import web

from clarion.channels.simulator import Simulator, SimulatorSettings


def change_webhooks(shop, **changes):
    world = shop.simulator.world
    world.set_settings(world.settings.merged({"webhooks": changes}))


async def test_a_message_is_sent_delivered_and_read(shop, receiver):
    _, answer = await shop.offer("+16505551234", "c7:3:1")

    await receiver.until(lambda: len(receiver.values("statuses")) == 3)
    statuses = receiver.values("statuses")
    assert [status["status"] for status in statuses] == ["sent", "delivered", "read"]
    assert {status["id"] for status in statuses} == {answer["messages"][0]["id"]}
    assert {status["biz_opaque_callback_data"] for status in statuses} == {"c7:3:1"}
    assert {status["recipient_id"] for status in statuses} == {"16505551234"}
    assert all(status["timestamp"].isdigit() for status in statuses)
    assert [s["pricing"]["category"] for s in statuses if "pricing" in s] == ["marketing"]
    value = receiver.changes("messages")[0]
    assert value["metadata"] == {
        "display_phone_number": "15550783881",
        "phone_number_id": "111",
    }
    person = shop.simulator.person("+16505551234")
    assert value["contacts"] == [
        {"profile": {"name": person.name}, "wa_id": "16505551234", "user_id": person.bsuid}
    ]


async def test_the_signature_covers_the_raw_bytes_which_escape_what_is_not_ascii(shop, receiver):
    shop.simulator.say("+16505551234", phone_number_id="111", text="价格是多少? a/b 😀")

    await receiver.until(lambda: len(receiver.bodies) == 1)
    (raw,) = receiver.bodies
    assert receiver.unsigned_count == 0
    assert raw.isascii()
    assert b"a\\/b" in raw
    assert receiver.values("messages")[0]["text"]["body"] == "价格是多少? a/b 😀"


async def test_a_callback_with_another_verify_token_is_told_nothing_until_it_agrees(shop, receiver):
    receiver.verify_token = "something else"
    number = await shop.simulator.add_number(
        phone_number_id="112",
        waba_id="222",
        token="tok",
        app_secret="s3cr3t",
        verify_token="mine",
        callback_url=receiver.url + "?number=112",
    )
    shop.simulator.say("+16505551234", phone_number_id="112", text="Hello?")

    assert number["subscription"]["is_verified"] is False
    assert "403" in number["subscription"]["handshake_problem"]
    assert receiver.bodies == []
    receiver.verify_token = "mine"
    await receiver.until(lambda: len(receiver.values("messages")) == 1)


async def test_a_failing_callback_is_told_again_until_it_takes_it(shop, receiver):
    receiver.answers = [500, 503, 404]

    shop.simulator.say("+16505551234", phone_number_id="111", text="Hello?")

    await receiver.until(lambda: len(receiver.bodies) == 1)
    assert shop.simulator.world.pump.counts["failed_post_count"] == 3
    assert len(receiver.values("messages")) == 1


async def test_a_person_taps_a_quick_reply_of_the_template(shop, receiver):
    shop.simulator.person("+16505551234", persona="no")
    _, answer = await shop.offer("+16505551234")

    await receiver.until(lambda: len(receiver.values("messages")) == 1)
    (message,) = receiver.values("messages")
    assert message["type"] == "button"
    assert message["button"] == {"payload": "No, thanks", "text": "No, thanks"}
    assert message["context"] == {"from": "15550783881", "id": answer["messages"][0]["id"]}
    assert message["from"] == "16505551234"
    assert message["from_user_id"].startswith("US.")


async def test_a_person_taps_a_button_of_a_free_form_message(shop, receiver):
    shop.simulator.person("+16505551234", persona="yes")
    shop.simulator.say("+16505551234", phone_number_id="111", text="Hello?")
    button = {"type": "reply", "reply": {"id": "size-m", "title": "Medium"}}

    await shop.send(
        {
            "to": "+16505551234",
            "type": "interactive",
            "interactive": {
                "type": "button",
                "body": {"text": "Which size?"},
                "action": {"buttons": [button]},
            },
        }
    )

    await receiver.until(lambda: len(receiver.values("messages")) == 2)
    assert receiver.values("messages")[1]["interactive"] == {
        "type": "button_reply",
        "button_reply": {"id": "size-m", "title": "Medium"},
    }


async def test_a_stop_is_told_and_remembered(shop, receiver):
    shop.simulator.say("+16505551234", phone_number_id="111", preference="stop")

    await receiver.until(lambda: len(receiver.values("user_preferences")) == 1)
    (preference,) = receiver.values("user_preferences")
    assert (preference["category"], preference["value"]) == ("marketing_messages", "stop")
    await shop.offer("+16505551234")
    await receiver.until(lambda: len(receiver.values("statuses")) == 1)
    assert receiver.values("statuses")[0]["errors"][0]["code"] == 131050


async def test_updates_of_several_accounts_share_a_post_and_none_is_lost(shop, receiver):
    change_webhooks(shop, concurrency_count=1, spread_share=1.0)
    await shop.simulator.add_number(
        phone_number_id="333",
        waba_id="444",
        token="tok",
        app_secret="s3cr3t",
        verify_token="only-we-know",
        callback_url=receiver.url,
    )
    for position in range(20):
        for number in ("111", "333"):
            shop.simulator.say(f"+1650555{position:04d}", phone_number_id=number, text="Hi")

    await receiver.until(lambda: len(receiver.values("messages")) == 40)
    largest = max((json.loads(body)["entry"] for body in receiver.bodies), key=len)
    assert {entry["id"] for entry in largest} == {"222", "444"}
    assert len({message["id"] for message in receiver.values("messages")}) == 40


async def test_a_batch_of_one_is_possible(shop, receiver):
    change_webhooks(shop, batch_max_count=1)
    for position in range(10):
        shop.simulator.say(f"+1650555{position:04d}", phone_number_id="111", text="Hi")

    await receiver.until(lambda: len(receiver.values("messages")) == 10)
    assert len(receiver.bodies) == 10


async def test_updates_come_twice_when_the_world_is_so(shop, receiver):
    change_webhooks(shop, duplicate_share=1.0, disorder_seconds=0.05)
    await shop.offer()

    await receiver.until(lambda: len(receiver.values("statuses")) == 6)
    counts = Counter(status["status"] for status in receiver.values("statuses"))
    assert counts == {"sent": 2, "delivered": 2, "read": 2}


async def test_a_receipt_can_come_before_the_answer(shop, receiver):
    world = shop.simulator.world
    changes = {
        "webhooks": {"early_share": 1.0},
        "answers": {"early_receipt_seconds": 0.3},
        "timing": {"delivered": {"median_seconds": 3600.0}},
    }
    world.set_settings(world.settings.merged(changes))

    _, answer = await shop.offer()

    assert [status["id"] for status in receiver.values("statuses")] == [answer["messages"][0]["id"]]


@pytest.mark.parametrize("has_contacts", [True, False])
async def test_a_failed_status_has_contacts_only_if_asked_for(shop, receiver, has_contacts):
    change_webhooks(
        shop, has_contacts_on_failed=has_contacts, is_callback_data_echoed_on_failed=False
    )
    shop.simulator.person("+16505551234", is_on_whatsapp=False)
    await shop.offer("+16505551234")

    await receiver.until(lambda: len(receiver.values("statuses")) == 1)
    assert ("contacts" in receiver.changes("messages")[0]) is has_contacts
    assert "biz_opaque_callback_data" not in receiver.values("statuses")[0]


async def test_somebody_who_blocked_us_never_gets_it(shop, receiver):
    shop.simulator.person("+16505551234", has_blocked=True, persona="yes")
    await shop.offer("+16505551234")
    await shop.offer("+16505550002")

    await receiver.until(lambda: len(receiver.values("statuses")) == 4)
    assert [
        status["status"]
        for status in receiver.values("statuses")
        if status["recipient_id"] == "16505551234"
    ] == ["sent"]


async def test_a_callback_that_answers_too_late_is_told_again(shop, receiver):
    change_webhooks(shop, timeout_seconds=0.1)
    receiver.answers = [-1]  # too late

    shop.simulator.say("+16505551234", phone_number_id="111", text="Hello?")

    await receiver.until(lambda: len(receiver.bodies) == 1)
    assert shop.simulator.world.pump.counts["failed:timeout"] == 1


async def test_a_callback_that_is_down_at_first_is_told_everything_when_it_is_up(receiver):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    async with Simulator(SimulatorSettings.calm()) as simulator:
        number = await simulator.add_number(
            phone_number_id="111",
            waba_id="222",
            token="tok",
            app_secret="s3cr3t",
            verify_token="only-we-know",
            callback_url=f"http://127.0.0.1:{port}/hook",
        )
        assert number["subscription"]["handshake_problem"].startswith("cannot connect")
        simulator.say("+16505551234", phone_number_id="111", text="Anybody?")

        application = web.Application()
        application.router.add_route("*", "/hook", receiver.handle)
        runner = web.AppRunner(application)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        await receiver.until(lambda: len(receiver.values("messages")) == 1)
        await simulator.settle()
        await runner.cleanup()


@pytest.mark.parametrize(("persona", "ratings"), [("yes", {"4", "5", "5!"}), ("no", {"1", "2"})])
async def test_who_is_asked_for_a_rating_gives_one(shop, receiver, persona, ratings):
    shop.simulator.person("+16505551234", persona=persona)
    parameter = {"type": "text", "parameter_name": "first_name", "text": "Ana"}

    await shop.send(
        {
            "to": "+16505551234",
            "type": "template",
            "template": {
                "name": "feedback_request",
                "language": {"code": "en_US"},
                "components": [{"type": "body", "parameters": [parameter]}],
            },
        }
    )

    await shop.simulator.settle()
    assert receiver.values("messages")[0]["text"]["body"] in ratings
