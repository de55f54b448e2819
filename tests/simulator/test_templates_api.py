"""Templates are listed, made, reviewed, changed and deleted as on the platform."""

from __future__ import annotations

import aiohttp

from clarion.channels.simulator.sample import SAMPLE_TEMPLATES

NEW = {
    "name": "summer_offer",
    "language": "en_US",
    "category": "MARKETING",
    "components": [{"type": "BODY", "text": "Hi {{1}}", "example": {"body_text": [["Ana"]]}}],
}


async def test_templates_are_listed_page_by_page(shop):
    found = []
    path = "/v25.0/222/message_templates?limit=4&fields=name,language,status"
    while path:
        _, page = await shop.call("GET", path)
        found += page["data"]
        following = page["paging"].get("next")
        path = following.removeprefix(shop.simulator.base_url) if following else None

    assert [(t["name"], t["language"]) for t in found] == [
        (template["name"], template["language"]) for template in SAMPLE_TEMPLATES
    ]
    assert len(found) > 2 * 4
    assert found[0].keys() == {"id", "name", "language", "status"}


async def test_templates_are_filtered(shop):
    _, page = await shop.call(
        "GET", "/v25.0/222/message_templates?category=UTILITY&language=zh_CN&status=APPROVED"
    )

    assert [t["name"] for t in page["data"]] == ["appointment_reminder"]


async def test_a_new_template_waits_for_its_review_and_then_it_is_told(shop, receiver):
    world = shop.simulator.world
    world.set_settings(world.settings.merged({"timing": {"template_review_seconds": 3600.0}}))
    status, made = await shop.call("POST", "/v25.0/222/message_templates", NEW)
    assert (status, made["status"]) == (200, "PENDING")
    _, refused = await shop.send(
        {
            "to": "+16505550001",
            "type": "template",
            "template": {"name": "summer_offer", "language": {"code": "en_US"}},
        }
    )
    assert refused["error"]["code"] == 132001

    world.set_settings(world.settings.merged({"timing": {"template_review_seconds": 0.0}}))
    _, edited = await shop.call("POST", f"/v25.0/{made['id']}", {"components": NEW["components"]})

    assert edited == {"success": True}
    await receiver.until(lambda: len(receiver.changes("message_template_status_update")) == 1)
    (event,) = receiver.changes("message_template_status_update")
    assert event["event"] == "APPROVED"
    assert event["message_template_id"] == int(made["id"])
    assert event["message_template_name"] == "summer_offer"


async def test_a_template_can_be_rejected(shop, receiver):
    await shop.call("POST", "/v25.0/222/message_templates", NEW | {"name": "please_reject_me"})

    await receiver.until(lambda: len(receiver.changes("message_template_status_update")) == 1)
    event = receiver.changes("message_template_status_update")[0]
    assert (event["event"], event["reason"]) == ("REJECTED", "INVALID_FORMAT")


async def test_the_same_name_and_language_cannot_be_made_twice(shop):
    status, body = await shop.call(
        "POST", "/v25.0/222/message_templates", NEW | {"name": "spring_offer"}
    )

    assert (status, body["error"]["code"]) == (400, 100)


async def test_a_deleted_template_cannot_be_sent(shop):
    status, answer = await shop.call("DELETE", "/v25.0/222/message_templates?name=spring_offer")
    assert (status, answer) == (200, {"success": True})

    status, refused = await shop.offer()

    assert (status, refused["error"]["code"]) == (404, 132001)


async def test_a_paused_or_disabled_template_is_refused_and_told(shop, receiver):
    _, page = await shop.call("GET", "/222/message_templates?name=spring_offer&language=en_US")
    template_id = page["data"][0]["id"]

    for status, code in (("PAUSED", 132015), ("DISABLED", 132016)):
        await shop.call("POST", f"/_sim/templates/{template_id}", {"status": status})
        _, refused = await shop.offer()
        assert refused["error"]["code"] == code
    await receiver.until(lambda: len(receiver.changes("message_template_status_update")) == 2)


async def test_a_number_shows_its_fields(shop):
    _, plain = await shop.call("GET", "/v25.0/111")
    _, chosen = await shop.call(
        "GET", "/v25.0/111?fields=id,whatsapp_business_manager_messaging_limit,throughput"
    )
    _, numbers = await shop.call("GET", "/v25.0/222/phone_numbers")

    assert plain["display_phone_number"] == "15550783881"
    assert chosen.keys() == {"id", "whatsapp_business_manager_messaging_limit", "throughput"}
    assert [number["id"] for number in numbers["data"]] == ["111"]


async def test_media_are_uploaded_sent_shown_and_deleted(shop):
    form = aiohttp.FormData()
    form.add_field("messaging_product", "whatsapp")
    form.add_field("type", "image/jpeg")
    form.add_field(
        "file", b"\xff\xd8 not really \r\n--", filename="a.jpg", content_type="image/jpeg"
    )
    url = f"{shop.simulator.base_url}/v25.0/111/media"
    async with shop.client.post(url, data=form, headers=shop.headers) as answer:
        media_id = (await answer.json())["id"]

    _, medium = await shop.call("GET", f"/v25.0/{media_id}?phone_number_id=111")
    shop.simulator.say("+16505551234", phone_number_id="111", text="Show me")
    status, _ = await shop.send({"to": "+16505551234", "type": "image", "image": {"id": media_id}})
    _, deleted = await shop.call("DELETE", f"/v25.0/{media_id}")

    assert (medium["mime_type"], medium["file_size"]) == ("image/jpeg", 18)
    assert status == 200
    assert deleted == {"success": True}
    assert (await shop.call("GET", f"/v25.0/{media_id}"))[0] == 400


async def test_an_account_moves_to_another_callback_after_a_handshake(shop, receiver):
    status, _ = await shop.call(
        "POST",
        "/v25.0/222/subscribed_apps",
        {"override_callback_uri": receiver.url + "?moved=1", "verify_token": "only-we-know"},
    )
    wrong, body = await shop.call(
        "POST",
        "/v25.0/222/subscribed_apps",
        {"override_callback_uri": receiver.url, "verify_token": "guessed"},
    )

    assert status == 200
    assert (wrong, body["error"]["code"]) == (400, 100)
    assert receiver.handshakes == 3
