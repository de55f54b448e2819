"""Templates, numbers and messages, with the simulated WhatsApp behind the server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from alibabacloud_cams20200606 import models

from clarion.channels.simulator import Simulator
from clarion.commands.serve import Running
from clarion.services.scope import Scope
from clarion.services.sender_health import refresh_health
from clarion.services.senders import Sender

from .conftest import PHONE_NUMBER_ID, WABA_ID, Cams

DISPLAY_NUMBER = "15556162922"  # of every number of the simulator, unless told otherwise

SPACE = "cams-space"

COMPONENTS: list[dict[str, Any]] = [
    {"Type": "HEADER", "Format": "TEXT", "Text": "For $(name)"},
    {"Type": "BODY", "Text": "Hi $(name), $(discount) off."},
    {"Type": "FOOTER", "Text": "Reply STOP to hear no more"},
    {
        "Type": "BUTTONS",
        "Buttons": [
            {"Type": "QUICK_REPLY", "Text": "Yes"},
            {"Type": "URL", "Text": "Shop", "Url": "https://shop.test/$(code)"},
        ],
    },
]
EXAMPLE = {"name": "Ana", "discount": "20%", "code": "spring"}


def create_of(name: str, **changes: Any) -> dict[str, Any]:
    shapes = [
        models.CreateChatappTemplateRequestComponents().from_map(component)
        for component in changes.pop("components", COMPONENTS)
    ]
    return {
        "name": name,
        "language": "en_US",
        "category": "MARKETING",
        "template_type": "WHATSAPP",
        "cust_space_id": SPACE,
        "components": shapes,
        "example": EXAMPLE,
        **changes,
    }


async def test_a_template_is_handed_in_read_listed_and_deleted(
    cams: Cams, sender: Sender, simulator: Simulator
) -> None:
    made = await cams.done("CreateChatappTemplate", **create_of("summer_offer"))
    code = made["Data"]["TemplateCode"]
    (stored,) = [
        template
        for template in simulator.world.templates.of_account(WABA_ID)
        if template.name == "summer_offer"
    ]
    assert stored.parameter_format == "NAMED"
    assert stored.components[1] == {
        "type": "BODY",
        "text": "Hi {{name}}, {{discount}} off.",
        "example": {
            "body_text_named_params": [
                {"param_name": "name", "example": "Ana"},
                {"param_name": "discount", "example": "20%"},
            ]
        },
    }
    assert stored.components[3]["buttons"][1] == {
        "type": "URL",
        "text": "Shop",
        "url": "https://shop.test/{{1}}",
        "example": ["https://shop.test/spring"],
    }

    one = {"template_code": code, "language": "en_US"}
    detail = (await cams.done("GetChatappTemplateDetail", **one))["Data"]
    assert detail["Category"] == "MARKETING"
    assert detail["AuditStatus"] in ("auditing", "pass")  # the platform looks at it at once
    assert detail["Components"][1]["Text"] == "Hi $(name), $(discount) off."
    assert detail["Example"] == {"name": "Ana", "discount": "20%"}

    listed = await cams.done("ListChatappTemplate", name="summer")
    assert [each["TemplateCode"] for each in listed["ListTemplate"]] == ["summer_offer"]
    listed = await cams.done("ListChatappTemplate", audit_status="pass", language="en_US")
    assert "spring_offer" in {each["TemplateName"] for each in listed["ListTemplate"]}
    assert listed["Total"] == len(listed["ListTemplate"])

    await cams.done("DeleteChatappTemplate", template_type="WHATSAPP", **one)
    assert await cams.refused("GetChatappTemplateDetail", **one) == "DetailError.TemplateNotExist"
    gone = await cams.refused("DeleteChatappTemplate", template_type="WHATSAPP", **one)
    assert gone == "DelError.TemplateNotExist"


async def test_a_template_is_stopped_allowed_and_archived(cams: Cams, sender: Sender) -> None:
    who = {"template_code": "spring_offer", "language": "en_US", "template_type": "WHATSAPP"}
    space = {"cust_space_id": "c"}

    async def detail() -> dict[str, Any]:
        found: dict[str, Any] = (await cams.done("GetChatappTemplateDetail", **who))["Data"]
        return found

    stop = {**who, **space, "allow_send": False, "category_change_paused": True}
    await cams.done("ModifyChatappTemplateProperties", **stop)
    found = await detail()
    assert (found["AllowSend"], found["CategoryChangePaused"], found["AuditStatus"]) == (
        False,
        True,
        "pass",
    )
    sends = {
        "channel_type": "whatsapp",
        "type": "template",
        "from_": PHONE_NUMBER_ID,
        "to": "8613012345678",
        "template_code": "spring_offer",
        "language": "en_US",
        "template_params": {"1": "Ann"},
    }
    assert await cams.refused("SendChatappMessage", **sends) == "InvalidParameter.MessageInvalid"
    await cams.done("ModifyChatappTemplateProperties", **{**who, **space, "allow_send": True})
    assert (await detail())["AllowSend"] is True

    one = models.ArchiveChatappTemplateRequestTemplateList("en_US", "spring_offer")
    other = models.ArchiveChatappTemplateRequestTemplateList("en_US", "nobody")
    put_away = {**space, "channel_type": "WHATSAPP", "archive_type": "ARCHIVE"}
    refused = await cams.refused("ArchiveChatappTemplate", template_list=[one, other], **put_away)
    assert refused == "DetailError.TemplateNotExist"
    assert (await detail())["AllowSend"] is True  # all or none
    await cams.done("ArchiveChatappTemplate", template_list=[one], **put_away)
    assert (await detail())["AllowSend"] is False
    back = {**put_away, "archive_type": "UNARCHIVE"}
    await cams.done("ArchiveChatappTemplate", template_list=[one], **back)
    assert (await detail())["AllowSend"] is True


async def test_faults_of_templates_have_names(cams: Cams, sender: Sender) -> None:
    for changes, code in (
        ({"category": "SPAM"}, "InvalidParameter.CategoryNotSupport"),
        ({"template_type": "VIBER"}, "InvalidParameter.TemplateTypeNotSupport"),
        ({"components": [{"Type": "POEM"}]}, "InvalidParameter.ComponentNotSupport"),
        ({"components": [{"Type": "BODY", "Text": "Hi {{1}}"}]}, "InvalidParameter.MessageInvalid"),
        ({"components": [{"Type": "BODY", "Text": "x" * 1025}]}, "InvalidParameter.MessageInvalid"),
        (
            {"components": [{"Type": "FOOTER", "Text": "$(name)"}]},
            "InvalidParameter.FooterHaveVariable",
        ),
        (
            {"components": [{"Type": "HEADER", "Format": "TEXT", "Text": "$(a) $(b)"}]},
            "InvalidParameter.HeaderMoreVarable",
        ),
        (
            {"components": [{"Type": "HEADER", "Format": "HOLOGRAM"}]},
            "InvalidParameter.HeaderTypeNotSupport",
        ),
        (
            {
                "components": [
                    {"Type": "BUTTONS", "Buttons": [{"Type": "QUICK_REPLY", "Text": "$(a)"}]}
                ]
            },
            "InvalidParameter.ButtonTextHaveVariable",
        ),
        (
            {
                "components": [
                    {
                        "Type": "BUTTONS",
                        "Buttons": [{"Type": "URL", "Text": "Go", "Url": "https://a/$(b)/$(c)"}],
                    }
                ]
            },
            "InvalidParameter.UrlMoreVarable",
        ),
        ({"language": "English"}, "InvalidParameter.LanguageNotSupport"),
        ({"name": "spring_offer"}, "InvalidParameter.TemplateNameExist"),
        ({"name": "Not A Name"}, "CHAT.APIError"),
        ({"cust_waba_id": "another"}, "ERR-OPERATION-MAAP-0060"),
    ):
        wanted = create_of(**{"name": "summer_offer", **changes})
        assert await cams.refused("CreateChatappTemplate", **wanted) == code, changes
    for name, parameters, code in (
        ("ListChatappTemplate", {"audit_status": "x"}, "InvalidParameter.AuditStatusNotSupport"),
        (
            "ListChatappMessage",
            {"channel_type": "viber", "business_number": "1"},
            "InvalidParameter.ChannelTypeNotSupport",
        ),
        (
            "ListChatappMessage",
            {"channel_type": "whatsapp", "business_number": "1"},
            "ERR-OPERATION-MAAP-0065",
        ),
    ):
        assert await cams.refused(name, **with_page(parameters)) == code, parameters


def with_page(parameters: dict[str, Any], size: int = 10) -> dict[str, Any]:
    if "channel_type" not in parameters:
        return parameters
    page = models.ListChatappMessageRequestPage(index=1, size=size)
    return {**parameters, "cust_space_id": SPACE, "page": page}


async def test_a_platform_that_is_away_is_a_business_error(
    cams: Cams, sender: Sender, simulator: Simulator
) -> None:
    await simulator.stop()
    code = await cams.refused("CreateChatappTemplate", **create_of("summer_offer"))
    assert code == "CHAT.APIUnreachable"


@pytest.mark.parametrize("has_worker", [True])
async def test_what_a_campaign_sends_and_people_answer_is_listed(
    cams: Cams,
    sender: Sender,
    server: Running,
    scope: Scope,
    simulator: Simulator,
    wish: dict[str, Any],
    later: Callable[..., str],
) -> None:
    # The number itself is known as soon as the provider was asked for the sender's health.
    await refresh_health(server.place, scope, sender.id)
    (number,) = (await cams.done("QueryChatappPhoneNumbers"))["PhoneNumbers"]
    assert number["PhoneNumber"] == DISPLAY_NUMBER
    assert number["Status"] == "CONNECTED"
    flow = {
        "schema": "clarion.flow/1",
        "name": "Offer",
        "trigger": {"kind": "manual"},
        "nodes": [
            {"id": "start", "kind": "start", "exits": {"next": "offer"}},
            {
                "id": "offer",
                "kind": "send_whatsapp_template",
                "config": {
                    "template": "spring_offer",
                    "language": "en_US",
                    "body": ["{{ contact.name }}"],
                },
                "exits": {"next": "end"},
            },
            {"id": "end", "kind": "end"},
        ],
    }
    made = await cams.done("CreateChatFlowByImport", flow_view_model=json.dumps(flow))
    code = made["Data"]["FlowCode"]
    await cams.done("OnlineFlowVersion", flow_code=code)
    soon = {"start_date": later(seconds=6), "execution_type": "2", "related_flow_code": code}
    await cams.done("AddMarketingFlow", **{**wish, **soon})

    asked = with_page({"business_number": DISPLAY_NUMBER, "channel_type": "whatsapp"})
    async with asyncio.timeout(60):
        while True:
            found = (await cams.done("ListChatappMessage", **asked, event_action="DOWN"))["Data"]
            if found and found[0]["MessageStatus"] == "Read":
                break
            await asyncio.sleep(0.1)
    (message,) = found
    assert message["UserNumber"] == "8613012345678"
    assert (message["TemplateCode"], message["LanguageCode"]) == ("spring_offer", "en_US")
    assert (message["Type"], message["MessageType"]) == ("template", "TEMPLATE")
    assert message["MessageId"] == message["UniqueMessageId"]
    for search, count in (
        ({"user_number": "8613012345678"}, 1),
        ({"user_number": "+8613012345679"}, 0),
        ({"template_code": "spring_offer"}, 1),
        ({"template_code": "another"}, 0),
        ({"message_status": "failed"}, 0),
        ({"client_accept_status": "success"}, 1),
        ({"event_action": "UP"}, 0),
        ({"start_time": 4_102_444_800_000}, 0),
        ({"end_time_str": "2020-01-01 00:00:00"}, 0),
    ):
        answer = await cams.done(
            "ListChatappMessage", **{**asked, "event_action": "DOWN", **search}
        )
        assert len(answer["Data"]) == count, search

    simulator.say("8613012345678", phone_number_id=PHONE_NUMBER_ID, text="Yes, please")
    async with asyncio.timeout(60):
        while not (
            heard := (await cams.done("ListChatappMessage", **asked, event_action="UP"))["Data"]
        ):
            await asyncio.sleep(0.1)
    (reply,) = heard
    assert "Yes, please" in reply["Message"]
    assert (reply["MessageStatus"], reply["UserNumber"]) == ("Received", "8613012345678")
