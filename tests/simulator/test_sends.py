"""A shop sends; the answers have the platform's shapes, and the ledger tells the truth."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from clarion.channels.simulator import Simulator


async def test_an_accepted_template_is_answered_as_the_platform_does_and_stands_on_the_ledger(shop):
    status, answer = await shop.offer("+16505551234", "c7:3:1")

    assert status == 200
    assert answer["messaging_product"] == "whatsapp"
    assert answer["contacts"] == [{"input": "+16505551234", "wa_id": "16505551234"}]
    (sent,) = answer["messages"]
    assert re.fullmatch(r"wamid\.[A-Za-z0-9+/]+=*", sent["id"])
    assert sent["message_status"] == "accepted"
    (row,) = shop.simulator.ledger()
    assert (row["attempt_id"], row["to"], row["template"]) == (
        "c7:3:1",
        "+16505551234",
        "spring_offer",
    )
    assert row["wamid"] == sent["id"]
    assert row["parameters"] == ["Ana"]


async def test_answers_carry_the_platforms_headers(shop):
    url = f"{shop.simulator.base_url}/v25.0/111/messages"
    async with shop.client.post(url, json={}, headers=shop.headers) as answer:
        headers, body = answer.headers, await answer.json()

    assert headers["facebook-api-version"] == "v25.0"
    assert '"222"' in headers["x-business-use-case-usage"]
    assert headers["x-fb-trace-id"] == body["error"]["fbtrace_id"]


@pytest.mark.parametrize("prefix", ["/v17.0", "/v25.0", "/v26.0", ""])
async def test_every_version_of_the_path_works(shop, prefix):
    status, answer = await shop.call("GET", f"{prefix}/111")

    assert status == 200
    assert answer["id"] == "111"


@pytest.mark.parametrize(
    ("path", "code", "status"),
    [
        ("/v25.0/111/nothing", 100, 400),
        ("/v25.0/111/messages/more", 100, 400),
        ("/v25.0", 100, 400),
        ("/v25.0/999/messages", 100, 400),
    ],
)
async def test_what_is_not_there_is_error_100(shop, path, code, status):
    answered, body = await shop.call("POST", path, {"messaging_product": "whatsapp"})

    assert answered == status
    assert body["error"]["code"] == code
    assert body["error"]["fbtrace_id"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer other"}])
async def test_a_wrong_token_is_error_190(shop, headers):
    status, body = await shop.call("POST", "/v25.0/111/messages", {}, headers=headers)

    assert status == 401
    assert body["error"]["code"] == 190
    assert shop.simulator.ledger() == []


FREE_FORM: list[dict[str, Any]] = [
    {"type": "text", "text": {"body": "Hello", "preview_url": False}},
    {"type": "image", "image": {"link": "https://shop.example/a.jpg", "caption": "New"}},
    {"type": "video", "video": {"link": "https://shop.example/a.mp4"}},
    {"type": "audio", "audio": {"link": "https://shop.example/a.ogg"}},
    {"type": "document", "document": {"link": "https://shop.example/a.pdf", "filename": "a.pdf"}},
    {"type": "sticker", "sticker": {"link": "https://shop.example/a.webp"}},
    {"type": "location", "location": {"latitude": 37.7, "longitude": -122.4, "name": "Shop"}},
    {"type": "reaction", "reaction": {"message_id": "wamid.X", "emoji": "😀"}},
    {
        "type": "interactive",
        "interactive": {
            "type": "button",
            "body": {"text": "Well?"},
            "action": {"buttons": [{"type": "reply", "reply": {"id": "y", "title": "Yes"}}]},
        },
    },
    {
        "type": "interactive",
        "interactive": {
            "type": "list",
            "body": {"text": "Choose"},
            "action": {
                "button": "Open",
                "sections": [{"title": "S", "rows": [{"id": "r1", "title": "One"}]}],
            },
        },
    },
    {
        "type": "interactive",
        "interactive": {
            "type": "cta_url",
            "body": {"text": "See"},
            "action": {
                "name": "cta_url",
                "parameters": {"display_text": "See", "url": "https://shop.example"},
            },
        },
    },
    {
        "type": "interactive",
        "interactive": {
            "type": "flow",
            "body": {"text": "Form"},
            "action": {
                "name": "flow",
                "parameters": {
                    "flow_message_version": "3",
                    "flow_id": "1",
                    "flow_cta": "Open",
                    "flow_token": "t",
                },
            },
        },
    },
    {
        "type": "interactive",
        "interactive": {
            "type": "location_request_message",
            "body": {"text": "Where are you?"},
            "action": {"name": "send_location"},
        },
    },
    {"type": "location", "location": {"latitude": "48.2", "longitude": 16.4}},
]


@pytest.mark.parametrize("content", FREE_FORM, ids=lambda content: content["type"])
async def test_free_form_needs_an_open_window(shop, content):
    message = {"to": "+16505551234", **content}

    status, refused = await shop.send(message)
    assert (status, refused["error"]["code"]) == (400, 131047)

    shop.simulator.say("+16505551234", phone_number_id="111", text="Are you open?")
    status, accepted = await shop.send(message)
    assert status == 200
    assert accepted["messages"][0].keys() == {"id"}


LINK = {"display_text": "See", "url": "https://shop.example"}
FORM = {"flow_message_version": "3", "flow_id": "1", "flow_cta": "Open", "flow_token": "t"}
SCREEN = {"screen": "S"}


@pytest.mark.parametrize(
    ("sort", "action", "code"),
    [
        ("cta_url", {"parameters": LINK}, 131008),
        ("cta_url", {"name": "cta_url", "parameters": {"url": "https://a"}}, 131008),
        ("cta_url", {"name": "cta_url", "parameters": LINK | {"url": "shop"}}, 131009),
        ("cta_url", {"name": "cta_url", "parameters": LINK | {"display_text": "x" * 21}}, 131009),
        ("flow", {"parameters": FORM}, 131008),
        ("flow", {"name": "flow", "parameters": FORM | {"flow_name": "N"}}, 131009),
        ("flow", {"name": "flow", "parameters": FORM | {"flow_message_version": "2"}}, 131009),
        ("flow", {"name": "flow", "parameters": FORM | {"flow_cta": ""}}, 131008),
        ("flow", {"name": "flow", "parameters": FORM | {"flow_action": "open"}}, 131009),
        ("flow", {"name": "flow", "parameters": FORM | {"flow_action_payload": {}}}, 131009),
        ("location_request_message", {"name": "send"}, 131009),
    ],
)
async def test_what_is_not_wire_exact_is_refused(shop, sort, action, code):
    part = {"type": sort, "body": {"text": "x"}, "action": action}
    message = {"to": "+16505551234", "type": "interactive", "interactive": part}
    status, refused = await shop.send(message)
    assert (status, refused["error"]["code"]) == (400, code)


async def test_marking_as_read_with_a_typing_indicator_succeeds(shop):
    status, answer = await shop.send(
        {"status": "read", "message_id": "wamid.X", "typing_indicator": {"type": "text"}}
    )

    assert (status, answer) == (200, {"success": True})
    assert shop.simulator.ledger() == []
    mark = {"phone_number_id": "111", "wamid": "wamid.X", "is_typing": True}
    assert shop.simulator.marks() == [mark]
    status, _ = await shop.send(
        {"status": "read", "message_id": "wamid.X", "typing_indicator": {"type": "voice"}}
    )
    assert status == 400


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"type": "text", "text": {"body": "x"}}, 100),
        ({"to": "+16505551234", "type": "text"}, 100),
        ({"to": "+16505551234", "type": "text", "text": {"body": "x" * 4097}}, 100),
        ({"to": "+16505551234", "type": "poem", "poem": {}}, 131051),
        ({"to": "12", "type": "text", "text": {"body": "x"}}, 131009),
        ({"to": "+15550783881", "type": "text", "text": {"body": "x"}}, 131021),
        ({"to": "+16505551234", "type": "image", "image": {"id": "404"}}, 100),
        ({"recipient": "US.12", "type": "text", "text": {"body": "x"}}, 100),
    ],
)
async def test_a_malformed_message_is_refused_and_counted(shop, message, code):
    _, body = await shop.send(message)

    assert body["error"]["code"] == code
    assert shop.simulator.world.ledger.refused_counts[code] == 1


async def test_brazilian_and_mexican_numbers_come_back_rewritten(shop):
    _, brazil = await shop.offer("+5511987654321")
    _, mexico = await shop.offer("+525512345678")

    assert brazil["contacts"] == [{"input": "+5511987654321", "wa_id": "551187654321"}]
    assert mexico["contacts"] == [{"input": "+525512345678", "wa_id": "5215512345678"}]


async def test_a_person_can_be_reached_by_her_business_scoped_id(shop, receiver):
    person = shop.simulator.person("+16505551234", is_phone_hidden=True, username="ana")
    message = spring_without_to(person.bsuid)

    status, answer = await shop.send(message)

    assert status == 200
    assert answer["contacts"] == [{"input": person.bsuid, "user_id": person.bsuid}]
    await receiver.until(lambda: len(receiver.values("statuses")) == 3)
    for sent in receiver.values("statuses"):
        assert sent["recipient_user_id"] == person.bsuid
        assert "recipient_id" not in sent


def spring_without_to(bsuid: str) -> dict[str, Any]:
    return {
        "recipient": bsuid,
        "type": "template",
        "template": {
            "name": "feedback_request",
            "language": {"code": "en_US"},
            "components": [
                {
                    "type": "BODY",
                    "parameters": [{"type": "text", "parameter_name": "first_name", "text": "Ana"}],
                }
            ],
        },
    }


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"is_on_whatsapp": False}, 131026),
        ({"is_capped": True}, 131049),
        ({"has_stopped": True}, 131050),
        ({"is_in_experiment": True}, 130472),
    ],
)
@pytest.mark.parametrize("manner", ["refuse", "fail"])
async def test_people_who_cannot_be_reached_fail_now_or_later(
    shop, receiver, changes, code, manner
):
    simulator: Simulator = shop.simulator
    people = {"people": {"unreachable": manner, "unwanted": manner}}
    simulator.world.set_settings(simulator.world.settings.merged(people))
    simulator.person("+16505551234", **changes)

    status, answer = await shop.offer("+16505551234")

    if manner == "refuse":
        assert answer["error"]["code"] == code
        assert simulator.ledger() == []
    else:
        assert status == 200
        await receiver.until(lambda: len(receiver.values("statuses")) == 1)
        (failed,) = receiver.values("statuses")
        assert failed["status"] == "failed"
        assert failed["errors"][0]["code"] == code
        assert failed["biz_opaque_callback_data"] == "c1:1"
        assert "contacts" not in receiver.changes("messages")[0]


async def test_marketing_api_takes_marketing_templates_only(shop, receiver):
    status, _ = await shop.send(spring_offer_for("+16505550001"), "marketing_messages")
    _, refused = await shop.send(
        {"to": "+16505550001", "type": "text", "text": {"body": "Hi"}}, "marketing_messages"
    )

    assert status == 200
    assert refused["error"]["code"] == 131055
    await receiver.until(lambda: len(receiver.values("statuses")) == 3)
    prices = [s["pricing"]["category"] for s in receiver.values("statuses") if "pricing" in s]
    assert prices == ["marketing_lite"]


def spring_offer_for(to: str) -> dict[str, Any]:
    return {
        "to": to,
        "type": "template",
        "product_policy": "CLOUD_API_FALLBACK",
        "template": {
            "name": "spring_offer",
            "language": {"code": "zh_CN"},
            "components": [{"type": "body", "parameters": [{"type": "text", "text": "小丽"}]}],
        },
    }


@pytest.mark.parametrize("http_status", [400, 429])
async def test_a_number_takes_only_its_throughput(shop, http_status):
    world = shop.simulator.world
    rates = {
        "rates": {
            "messages_per_second": 0.001,
            "burst_seconds": 3000.0,
            "throttle_http_status": http_status,
        }
    }
    world.set_settings(world.settings.merged(rates))

    answers = [await shop.offer(f"+1650555000{position}") for position in range(5)]

    assert [status for status, _ in answers] == [200, 200, 200, http_status, http_status]
    assert answers[-1][1]["error"]["code"] == 130429


async def test_inbound_messages_take_throughput_too(shop):
    world = shop.simulator.world
    rates = {"rates": {"messages_per_second": 0.001, "burst_seconds": 2000.0}}
    world.set_settings(world.settings.merged(rates))
    for _ in range(2):
        shop.simulator.say("+16505551234", phone_number_id="111", text="Hello?")

    _, answer = await shop.offer()

    assert answer["error"]["code"] == 130429


async def test_one_person_is_not_flooded(shop):
    world = shop.simulator.world
    rates = {"rates": {"is_pair_limited": True, "pair_seconds": 600.0, "pair_burst_count": 3}}
    world.set_settings(world.settings.merged(rates))

    codes = [(await shop.offer("+16505551234"))[0] for _ in range(4)]
    other, _ = await shop.offer("+16505559999")

    assert codes == [200, 200, 200, 400]
    assert world.ledger.refused_counts[131056] == 1
    assert other == 200


async def test_a_portfolio_opens_conversations_with_so_many_people_a_day(shop, receiver):
    world = shop.simulator.world
    rates = replace(world.settings.rates, people_per_day_count=2)
    world.set_settings(replace(world.settings, rates=rates))
    shop.simulator.say("+16505550009", phone_number_id="111", text="Hello")
    await shop.simulator.settle()

    answers = {phone: (await shop.offer(f"+1650555000{phone}"))[1] for phone in "12319"}

    # Once more to the first is no new person, and who wrote needs no place.
    assert [phone for phone, answer in answers.items() if "error" in answer] == ["3"]
    assert answers["3"]["error"]["code"] == 131048
    assert (await shop.offer("+16505550001"))[0] == 200
    _, number = await shop.call(
        "GET", "/v25.0/111?fields=whatsapp_business_manager_messaging_limit"
    )
    assert number["whatsapp_business_manager_messaging_limit"] == "TIER_2"
    (told,) = receiver.changes("business_capability_update")
    assert told["max_daily_conversations_per_business"] == 2
