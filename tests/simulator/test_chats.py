"""What people see on their phones, as the wall of the console shows it."""

from __future__ import annotations

from clarion.channels.simulator.chats import CHATS_AT_MOST


async def chat_of(shop, phone: str):
    _, told = await shop.call("GET", f"/_sim/chats?phone_number_id=111&phones={phone}&limit=1")
    return told["asked"][0]


async def test_a_phone_shows_the_template_filled_in_with_its_buttons_and_ticks(shop, receiver):
    await shop.offer("+16505551234")
    await receiver.until(lambda: len(receiver.values("statuses")) == 3)

    chat = await chat_of(shop, "16505551234")
    (line,) = chat["lines"]
    assert line["body"].startswith("Hi Ana")
    assert (line["side"], line["state"]) == ("business", "read")
    assert [offer["kind"] for offer in line["offers"]] == ["button", "button"]


async def test_what_is_answered_by_hand_stands_on_the_phone_and_reaches_the_webhook(shop, receiver):
    await shop.offer("+16505551234")
    offer = (await chat_of(shop, "16505551234"))["lines"][0]["offers"][0]
    await shop.call(
        "POST",
        "/_sim/people/16505551234/say",
        {"phone_number_id": "111", "tap": offer["title"], "payload": offer["key"]},
    )
    await shop.call(
        "POST",
        "/_sim/people/16505551234/say",
        {"phone_number_id": "111", "text": "And on Sunday?"},
    )
    await receiver.until(lambda: len(receiver.values("messages")) == 2)

    lines = (await chat_of(shop, "16505551234"))["lines"]
    assert [(line["side"], line["body"]) for line in lines[1:]] == [
        ("person", offer["title"]),
        ("person", "And on Sunday?"),
    ]
    wamid = lines[-1]["wamid"]
    await shop.call(
        "POST",
        "/v25.0/111/messages",
        {
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": wamid,
            "typing_indicator": {"type": "text"},
        },
    )
    chat = await chat_of(shop, "16505551234")
    assert (chat["lines"][-1]["state"], chat["is_business_writing"]) == ("read", True)


async def test_people_who_do_not_answer_by_themselves_still_read(shop, receiver, simulator):
    simulator.person("+16505551234", persona="yes")
    await shop.call("POST", "/_sim/settings", {"people": {"is_answering": False}})
    await shop.offer("+16505551234")
    await receiver.until(lambda: len(receiver.values("statuses")) == 3)
    await simulator.settle()

    assert receiver.values("messages") == []
    assert (await chat_of(shop, "16505551234"))["lines"][0]["state"] == "read"
    await shop.call("POST", "/_sim/settings", {"people": {"is_answering": True}})
    await shop.offer("+16505551234")
    await receiver.until(lambda: len(receiver.values("messages")) == 1)


async def test_a_chat_that_somebody_looks_at_outlasts_a_campaign(shop, simulator):
    await shop.offer("+16505551234")
    await chat_of(shop, "16505551234")
    for number in range(CHATS_AT_MOST + 5):
        await shop.offer(f"+1650555{3000 + number}")

    chats = simulator.chats("111", "16505551234", "16505553000", limit=CHATS_AT_MOST)
    assert len(chats["newest"]) == CHATS_AT_MOST
    assert [len(chat["lines"]) for chat in chats["asked"]] == [1, 0]
    assert chats["newest"][0]["phone"] == f"1650555{3000 + CHATS_AT_MOST + 4}"
