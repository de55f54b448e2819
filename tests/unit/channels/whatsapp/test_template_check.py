"""What Meta would refuse about a template, found before it is asked."""

from __future__ import annotations

from typing import Any

import pytest

from clarion.channels.whatsapp.template_check import problems_of_template

BODY = {"type": "BODY", "text": "Hi {{1}}, {{2}} off."}


@pytest.mark.parametrize(
    ("component", "code", "where"),
    [
        (
            {"type": "HEADER", "format": "TEXT", "text": "{{1}} and {{2}}"},
            "template.header_variables",
            "components.0.text",
        ),
        (
            {"type": "header", "format": "HOLOGRAM"},
            "template.header_format",
            "components.0.format",
        ),
        ({"type": "FOOTER", "text": "Bye {{1}}"}, "template.footer_variable", "components.0.text"),
        ({"type": "FOOTER", "text": "x" * 61}, "template.text_too_long", "components.0.text"),
        ({"type": "BODY", "text": "x" * 1025}, "template.text_too_long", "components.0.text"),
        (
            {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Yes, {{1}}"}]},
            "template.button_text_variable",
            "components.0.buttons.0.text",
        ),
        (
            {"type": "BUTTONS", "buttons": [{"type": "URL", "url": "https://a/{{1}}/{{1}}"}]},
            "template.url_variables",
            "components.0.buttons.0.url",
        ),
        (
            {"type": "CAROUSEL", "cards": [{"components": [{"type": "BODY", "text": "x" * 1025}]}]},
            "template.text_too_long",
            "components.0.cards.0.components.0.text",
        ),
    ],
)
def test_a_fault_is_named_with_its_place(component: dict[str, Any], code: str, where: str) -> None:
    (problem,) = problems_of_template("en_US", [component, BODY])
    assert (problem.code, problem.where) == (code, where)


def test_a_language_is_checked_and_what_is_right_or_unknown_is_left_alone() -> None:
    (problem,) = problems_of_template("English", [BODY])
    assert problem.code == "template.language"
    right = [
        {"type": "HEADER", "format": "TEXT", "text": "For {{1}}"},
        {"type": "FOOTER", "text": "Reply STOP"},
        {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Go", "url": "https://a/{{1}}"}]},
        {"type": "SOMETHING_NEW", "text": "{{1}}" * 99},
    ]
    assert list(problems_of_template("fil", [*right, BODY])) == []
