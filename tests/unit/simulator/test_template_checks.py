"""What the platform refuses in a template send, case by case."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from clarion.channels.simulator import SAMPLE_TEMPLATES
from clarion.channels.simulator.graph_errors import Refusal
from clarion.channels.simulator.replies import Offer
from clarion.channels.simulator.template_checks import SendableTemplate, check_template
from clarion.channels.simulator.templates import Templates

CASES = json.loads(
    (Path(__file__).parents[2] / "cases" / "simulator" / "template_sends.json").read_text()
)
WITH_MEDIA = {
    "name": "with_media",
    "language": "en_US",
    "category": "MARKETING",
    "components": [
        {"type": "HEADER", "format": "IMAGE"},
        {"type": "BODY", "text": "Look"},
        {
            "type": "BUTTONS",
            "buttons": [{"type": "URL", "text": "Open", "url": "https://shop.example/{{1}}"}],
        },
    ],
}


def stored(status: str = "APPROVED") -> Templates:
    templates = Templates()
    for document in (*SAMPLE_TEMPLATES, WITH_MEDIA):
        templates.add("222", document, status, 0.0)
    return templates


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_send_is_compared_with_the_template(case: dict[str, Any]):
    template = stored(case.get("status", "APPROVED")).find("222", case["template"], "en_US")
    components = case["components"]
    if "text_length" in case:
        components[0]["parameters"][0]["text"] = "x" * case["text_length"]

    outcome = check_template(template, case["template"], "en_US", components)

    code = outcome.code if isinstance(outcome, Refusal) else None
    assert code == case["code"]


def test_a_send_that_fits_offers_its_quick_replies_with_the_payloads_of_this_send():
    template = stored().find("222", "spring_offer", "en_US")
    components = [
        {"type": "body", "parameters": [{"type": "text", "text": "Ana"}]},
        {
            "type": "button",
            "sub_type": "quick_reply",
            "index": "0",
            "parameters": [{"type": "payload", "payload": "MORE"}],
        },
    ]

    assert check_template(template, "spring_offer", "en_US", components) == SendableTemplate(
        offers=(
            Offer("button", "MORE", "Yes, tell me more"),
            Offer("button", "No, thanks", "No, thanks"),
        ),
        body_texts=("Ana",),
    )
