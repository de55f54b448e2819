"""Templates are changed, and what was sent is counted, by the SDK."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from alibabacloud_cams20200606 import models

from clarion.channels.simulator import Simulator

from .conftest import PHONE_NUMBER_ID, WABA_ID, Cams

HOUR = 3_600_000
OFFER: dict[str, Any] = {
    "channel_type": "whatsapp",
    "from_": PHONE_NUMBER_ID,
    "language": "en_US",
    "template_code": "spring_offer",
    "template_params": {"1": "Li Hua"},
    "type": "template",
}


@pytest.mark.usefixtures("sender")
async def test_a_template_says_something_else(cams: Cams, simulator: Simulator) -> None:
    change = {
        "template_code": "spring_offer",
        "language": "en_US",
        "template_type": "WHATSAPP",
        "components": [
            models.ModifyChatappTemplateRequestComponents(type="BODY", text="Hi $(name), news!")
        ],
        "example": {"name": "Ana"},
    }
    await cams.done("ModifyChatappTemplate", **change)
    (stored,) = [
        each
        for each in simulator.world.templates.of_account(WABA_ID)
        if (each.name, each.language) == ("spring_offer", "en_US")
    ]
    assert stored.components[0]["text"] == "Hi {{name}}, news!"
    read = {"template_code": "spring_offer", "language": "en_US"}
    detail = (await cams.done("GetChatappTemplateDetail", **read))["Data"]
    assert detail["Components"][0]["Text"] == "Hi $(name), news!"
    assert detail["AuditStatus"] == "auditing"
    gone = {**change, "template_code": "no_such"}
    assert await cams.refused("ModifyChatappTemplate", **gone) == "DetailError.TemplateNotExist"


@pytest.mark.parametrize("has_worker", [True])
@pytest.mark.usefixtures("sender")
async def test_what_was_sent_is_counted(cams: Cams) -> None:
    for number in range(3):
        await cams.done("SendChatappMessage", **OFFER, to=f"861301234567{number}")
    now = int(time.time() * 1000)
    stretch = {"start": now - HOUR, "end": now + HOUR}
    template = {"template_code": "spring_offer", "language": "en_US", **stretch}
    async with asyncio.timeout(60):
        while True:
            counted = (await cams.done("GetChatappTemplateMetric", **template))["Data"]
            if counted and counted[0]["DeliveredCount"] == 3:
                break
            await asyncio.sleep(0.1)
    assert (counted[0]["SentCount"], counted[0]["Start"]) == (3, now - HOUR)
    number = {"phone_number": PHONE_NUMBER_ID, "granularity": "HALF_HOUR", **stretch}
    (half_hour,) = (await cams.done("GetChatappPhoneNumberMetric", **number))["Data"]
    assert (half_hour["SentCount"], half_hour["DeliveredCount"]) == (3, 3)
    assert half_hour["End"] - half_hour["Start"] == HOUR // 2
    elsewhere = {**template, "start": now - 3 * HOUR, "end": now - 2 * HOUR}
    assert (await cams.done("GetChatappTemplateMetric", **elsewhere))["Data"] == []
