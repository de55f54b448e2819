"""Components of templates, there and back."""

from __future__ import annotations

from typing import Any

import pytest

from clarion.cams.refusals import RefusedError
from clarion.cams.template_components import components_from_wire, components_to_wire, samples_of

WIRE: list[dict[str, Any]] = [
    {"Type": "HEADER", "Format": "TEXT", "Text": "For $(name)"},
    {"Type": "BODY", "Text": "Hi $(name), $(discount) off: $(name)!"},
    {"Type": "FOOTER", "Text": "Reply STOP"},
    {
        "Type": "BUTTONS",
        "Buttons": [
            {"Type": "QUICK_REPLY", "Text": "Yes"},
            {"Type": "PHONE_NUMBER", "Text": "Call", "PhoneNumber": "+8613012345678"},
            {"Type": "COPY_CODE", "CouponCode": "SPRING"},
            {"Type": "URL", "Text": "Shop", "Url": "https://shop.test", "UrlType": "static"},
            {
                "Type": "FLOW",
                "Text": "Book",
                "FlowId": "77",
                "FlowAction": "NAVIGATE",
                "NavigateScreen": "FIRST",
            },
        ],
    },
    {
        "Type": "CAROUSEL",
        "Cards": [
            {
                "CardComponents": [
                    {"Type": "HEADER", "Format": "IMAGE", "Url": "4::handle"},
                    {"Type": "BODY", "Text": "One"},
                ]
            }
        ],
    },
    {"Type": "LIMITED_TIME_OFFER", "Text": "Soon over", "hasExpiration": True},
]


def test_components_come_back_as_they_went() -> None:
    given = [{**item, "HasExpiration": item.get("hasExpiration")} for item in WIRE]
    ours = components_from_wire(given, {"name": "Ana"})
    assert components_to_wire(ours) == WIRE
    assert samples_of(ours) == {"name": "Ana", "discount": "sample"}


def test_a_variable_in_an_address_is_numbered() -> None:
    button = {"Type": "URL", "Text": "Shop", "Url": "https://shop.test/$(code)"}
    (ours,) = components_from_wire([{"Type": "BUTTONS", "Buttons": [button]}], {"code": "x1"})
    assert ours["buttons"] == [
        {
            "type": "URL",
            "text": "Shop",
            "url": "https://shop.test/{{1}}",
            "example": ["https://shop.test/x1"],
        }
    ]
    (back,) = components_to_wire([ours])
    assert back["Buttons"][0]["Url"] == "https://shop.test/$(1)"
    assert back["Buttons"][0]["UrlType"] == "dynamic"


def test_a_template_of_codes_has_no_text() -> None:
    wire = [
        {"Type": "BODY", "AddSecretRecommendation": True},
        {"Type": "FOOTER", "CodeExpirationMinutes": 5},
    ]
    ours = components_from_wire(wire, {})
    assert ours == [
        {"type": "BODY", "add_security_recommendation": True},
        {"type": "FOOTER", "code_expiration_minutes": 5},
    ]
    assert components_to_wire(ours) == wire


@pytest.mark.parametrize(
    "component",
    [
        {"Type": "POEM"},
        {},
        "BODY",
        {"Type": "BUTTONS", "Buttons": [{"Type": "CATALOG"}]},
        {"Type": "CAROUSEL", "Cards": [{"CardComponents": [{"Type": "POEM"}]}]},
    ],
)
def test_what_cannot_be_translated_is_refused(component: Any) -> None:
    with pytest.raises(RefusedError) as caught:
        components_from_wire([component], {})
    assert caught.value.refusal.code == "InvalidParameter.ComponentNotSupport"
