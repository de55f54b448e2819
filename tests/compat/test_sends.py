"""Messages outside of flows by the SDK, and the pushes that tell what became of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from alibabacloud_cams20200606 import models

from clarion.channels.simulator import Simulator
from clarion.commands.serve import Running
from clarion.services.scope import Scope
from clarion.services.sender_health import refresh_health
from clarion.services.senders import Sender

from .conftest import PHONE_NUMBER_ID, Cams

PERSON = "8613012345678"
COMMON = {"channel_type": "whatsapp", "from_": PHONE_NUMBER_ID, "language": "en_US"}
OFFER = {**COMMON, "template_code": "spring_offer", "template_params": {"1": "Li Hua"}}
with_worker = pytest.mark.parametrize("has_worker", [True], indirect=False)


@pytest.fixture
async def pushes() -> AsyncIterator[tuple[str, list[dict[str, Any]]]]:
    """A receiver of pushes: its address, and all reports that came."""
    reports: list[dict[str, Any]] = []

    async def take(request: web.Request) -> web.Response:
        reports.extend(await request.json())
        return web.json_response({"code": 0, "msg": "success"})

    app = web.Application()
    app.router.add_post("/{what}", take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    yield f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}", reports
    await runner.cleanup()


async def until(condition: Any) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.05)


@with_worker
async def test_a_message_leaves_and_its_reports_are_pushed(
    cams: Cams,
    server: Running,
    scope: Scope,
    sender: Sender,
    simulator: Simulator,
    pushes: tuple[str, list[dict[str, Any]]],
) -> None:
    url, reports = pushes
    await cams.done(
        "UpdateAccountWebhook",
        cust_space_id="s",
        status_callback_url=f"{url}/status",
        http_flag="Y",
    )
    phone = {"cust_space_id": "s", "phone_number": PHONE_NUMBER_ID}
    await cams.done("UpdatePhoneWebhook", **phone, up_callback_url=f"{url}/up")
    sent = await cams.done(
        "SendChatappMessage",
        **OFFER,
        to=PERSON,
        type="template",
        task_id="order 7",
        payload=["YES"],
    )
    assert "Success" not in sent
    message_id = sent["MessageId"]
    await until(lambda: {"Sent", "Delivered"} <= {each.get("Status") for each in reports})
    mine = [each for each in reports if each["MessageId"] == message_id]
    assert {(each["To"], each["TaskId"], each["TemplateCode"]) for each in mine} == {
        (PERSON, "order 7", "spring_offer")
    }

    simulator.say(PERSON, phone_number_id=PHONE_NUMBER_ID, text="Is it open?")
    await until(lambda: any(each.get("NoticeType") == "inbound" for each in reports))
    (heard,) = [each for each in reports if each.get("NoticeType") == "inbound"]
    assert (heard["Type"], heard["Message"], heard["From"]) == ("TEXT", "Is it open?", PERSON)

    answer = await cams.done(
        "SendChatappMessage",
        **COMMON,
        to=PERSON,
        type="message",
        message_type="text",
        content=json.dumps({"text": "Until six"}),
        context_message_id=heard["MessageId"],
    )
    await until(
        lambda: any(
            each["MessageId"] == answer["MessageId"] and each.get("Status") == "Delivered"
            for each in reports
        )
    )
    # The number comes to be known meanwhile; its webhook is still the same.
    await refresh_health(server.place, scope, sender.id)
    texts = [each for each in simulator.ledger() if each["type"] == "text"]
    assert [each["text"] for each in texts] == ["Until six"]
    (number,) = (await cams.done("QueryChatappPhoneNumbers"))["PhoneNumbers"]
    assert number["UpCallbackUrl"] == f"{url}/up"
    await cams.done("UpdatePhoneWebhook", **phone, http_flag="N")
    (number,) = (await cams.done("QueryChatappPhoneNumbers"))["PhoneNumbers"]
    assert number["UpCallbackUrl"] == ""


@with_worker
@pytest.mark.usefixtures("sender")
async def test_one_template_goes_to_many(cams: Cams, simulator: Simulator) -> None:
    people = [f"86130123456{number}" for number in range(10, 15)]
    given = {key: value for key, value in OFFER.items() if key != "template_params"}
    sender_list = [
        models.SendChatappMassMessageRequestSenderList(to=each, template_params={"1": each})
        for each in people
    ]
    sent = await cams.done("SendChatappMassMessage", **given, sender_list=sender_list, task_id="t")
    asked = {
        "business_number": PHONE_NUMBER_ID,
        "channel_type": "whatsapp",
        "cust_space_id": "s",
        "page": models.ListChatappMessageRequestPage(index=1, size=10),
        "group_message_id": sent["GroupMessageId"],
    }
    listed = (await cams.done("ListChatappMessage", **asked))["Data"]
    assert sorted(each["UserNumber"] for each in listed) == people
    await until(lambda: len(simulator.ledger()) == len(people))


@pytest.mark.usefixtures("sender")
async def test_what_cannot_be_sent_is_refused(cams: Cams) -> None:
    offer = {**OFFER, "to": PERSON, "type": "template"}
    text = {**COMMON, "to": PERSON, "type": "message", "message_type": "text"}
    for wish, code in (
        ({**offer, "channel_type": "viber"}, "InvalidParameter.ChannelTypeNotSupport"),
        ({**offer, "template_code": "no_such"}, "DetailError.TemplateNotExist"),
        ({**offer, "template_params": {}}, "InvalidParameter.TemplateParams"),
        ({**offer, "to": "12"}, "InvalidParameter.PhoneNumberError"),
        ({**offer, "from_": "999"}, "ERR-OPERATION-MAAP-0065"),
        ({**text, "content": "no json"}, "InvalidParameter.MessageInvalid"),
        ({**text, "message_type": "location", "content": "{}"}, "InvalidParameter.MessageInvalid"),
        ({**text, "content": json.dumps({"text": "x" * 5000})}, "InvalidParameter.MessageInvalid"),
    ):
        assert await cams.refused("SendChatappMessage", **wish) == code, wish
    code = await cams.refused(
        "UpdateAccountWebhook", cust_space_id="s", status_callback_url="ftp://x.test"
    )
    assert code == "ERR-OPERATION-MAAP-0085"
