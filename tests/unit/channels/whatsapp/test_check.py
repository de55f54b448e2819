"""What WhatsApp would refuse is found before anything is sent, with the way to mend it."""

from __future__ import annotations

import pytest
from tests.unit.channels.whatsapp.golden import address_of, cases, message_of

from clarion.channels.contract import OutMessage, TemplateInfo
from clarion.channels.whatsapp.adapter import WHATSAPP
from clarion.domain.message import (
    Button,
    ListContent,
    ListRow,
    ListSection,
    MediaContent,
    TemplateContent,
    TemplateParameter,
    TextContent,
)

PHONE = address_of("phone", "+16505551234")


def found(content, template=None, attempt_id="a"):
    problems = WHATSAPP.check(OutMessage(attempt_id, PHONE, content), template)
    assert all(problem.message and problem.fix for problem in problems)
    return [(problem.code, problem.where) for problem in problems]


def rows(count, **fields):
    return tuple(ListRow(**{"id": f"r{n}", "title": f"T{n}", **fields}) for n in range(count))


def of_list(*sections):
    return ListContent("Pick", "Open", sections)


def buttons(*titles):
    return tuple(Button(f"b{n}", title) for n, title in enumerate(titles))


@pytest.mark.parametrize(
    ("content", "problems"),
    [
        (TextContent("x" * 4096), []),
        (TextContent("x" * 4097), [("message.too_long", "text")]),
        (TextContent("  "), [("message.empty", "text")]),
        (TextContent("x" * 1024, buttons("Yes")), []),
        (TextContent("x" * 1025, buttons("Yes")), [("message.too_long", "text")]),
        (TextContent("x", buttons("y" * 21)), [("message.too_long", "buttons.0.title")]),
        (TextContent("x", buttons("a", "b", "c", "d")), [("message.count", "buttons")]),
        (TextContent("x", buttons("a", "a")), [("message.duplicate_id", "buttons")]),
        (TextContent("x", buttons("a"), header="h" * 61), [("message.too_long", "header")]),
        (TextContent("x", buttons("a"), footer="f" * 61), [("message.too_long", "footer")]),
        (of_list(ListSection(rows(10))), []),
        (of_list(ListSection(rows(11))), [("message.count", "rows")]),
        (of_list(), [("message.count", "sections"), ("message.count", "rows")]),
        (
            of_list(ListSection(rows(1)), ListSection((ListRow("z", "Z"),), "B")),
            [("message.empty", "sections.0.title")],
        ),
        (of_list(ListSection(rows(1, title="t" * 25))), [("message.too_long", "rows.0.title")]),
        (
            of_list(ListSection(rows(1, description="d" * 73))),
            [("message.too_long", "rows.0.description")],
        ),
        (of_list(ListSection(rows(2, id="same"))), [("message.duplicate_id", "rows")]),
        (MediaContent("image", link="https://x"), []),
        (MediaContent("image"), [("media.source", "media")]),
        (MediaContent("audio", link="https://x", caption="c"), [("media.caption", "caption")]),
        (
            MediaContent("image", link="https://x", caption="c" * 1025),
            [("message.too_long", "caption")],
        ),
    ],
)
def test_the_limits_of_free_messages(content, problems):
    assert found(content) == problems


def test_an_attempt_id_must_fit_into_the_echo():
    assert found(TextContent("x"), attempt_id="a" * 512) == []
    assert found(TextContent("x"), attempt_id="a" * 513) == [("message.too_long", "attempt_id")]


def template(components, parameter_format="positional", status="approved"):
    return TemplateInfo("1", "promo", "en", status, "marketing", parameter_format, components)


def promo(*parameters):
    return TemplateContent("promo", "en", tuple(parameters))


P = TemplateParameter
BODY = {"type": "BODY", "text": "Hi {{1}}, take {{2}}, {{1}}"}
NAMED = {"type": "BODY", "text": "Hi {{first_name}}, take {{ code }}"}
IMAGE = {"type": "HEADER", "format": "IMAGE"}
TEXT_HEADER = {"type": "HEADER", "format": "TEXT", "text": "For {{1}}"}
BUTTONS = {
    "type": "BUTTONS",
    "buttons": [
        {"type": "QUICK_REPLY", "text": "Stop"},
        {"type": "URL", "text": "Go", "url": "https://x/{{1}}"},
        {"type": "URL", "text": "Home", "url": "https://x/"},
        {"type": "COPY_CODE", "text": "Copy"},
    ],
}
GO = P("button", "u", index=1, sub_type="url")
COPY = P("button", "25OFF", "coupon_code", index=3, sub_type="copy_code")


@pytest.mark.parametrize(
    ("components", "parameters", "where"),
    [
        ([BODY], [P("body", "a"), P("body", "b")], []),
        ([BODY], [P("body", "a")], ["body"]),
        ([BODY], [P("body", "a"), P("body", "b"), P("body", "c")], ["body"]),
        ([BODY], [P("body", "a", name="first"), P("body", "b", name="x")], ["body"]),
        ([{"type": "BODY", "text": "Hi"}], [], []),
        ([{"type": "BODY", "text": "Hi"}], [P("body", "a")], ["body"]),
        ([], [P("header", "a")], ["header"]),
        ([TEXT_HEADER], [P("header", "a")], []),
        ([TEXT_HEADER], [], ["header"]),
        ([IMAGE], [P("header", "id:1", "image")], []),
        ([IMAGE], [P("header", "id:1", "video")], ["header"]),
        ([IMAGE], [], ["header"]),
        ([BUTTONS], [GO, COPY], []),
        ([BUTTONS], [P("button", "p", "payload", index=0, sub_type="quick_reply"), GO, COPY], []),
        ([BUTTONS], [GO], ["buttons"]),
        ([BUTTONS], [GO, COPY, P("button", "x", index=9, sub_type="url")], ["buttons"]),
        ([BUTTONS], [P("button", "x", index=0, sub_type="url"), GO, COPY], ["buttons"]),
    ],
)
def test_parameters_fit_the_placeholders(components, parameters, where):
    problems = found(promo(*parameters), template(components))
    assert problems == [("template.parameters", place) for place in where]


@pytest.mark.parametrize(
    ("names", "is_fitting"),
    [
        (["code", "first_name"], True),
        (["first_name"], False),
        (["first_name", "wrong"], False),
        ([None, None], False),
    ],
)
def test_named_parameters_fit_by_name_in_any_order(names, is_fitting):
    parameters = [P("body", "x", name=name) for name in names]
    problems = found(promo(*parameters), template([NAMED], "named"))
    assert problems == ([] if is_fitting else [("template.parameters", "body")])


@pytest.mark.parametrize("value", ["a\nb", "a\tb", "a    b"])
def test_a_value_with_line_breaks_or_many_spaces_is_refused(value):
    problems = found(promo(P("body", value), P("body", "b")), template([BODY]))
    assert problems == [("template.parameter_text", "parameters.0")]


def test_an_empty_value_is_never_sent():
    problems = found(promo(P("body", " "), P("body", "b")), template([BODY]))
    assert problems == [("template.parameter_empty", "parameters.0")]


def test_a_coupon_code_has_fifteen_characters_at_most():
    long = P("button", "x" * 16, "coupon_code", index=3, sub_type="copy_code")
    assert found(promo(GO, long), template([BUTTONS])) == [("message.too_long", "parameters.1")]


def test_a_template_must_be_known_and_approved():
    plain = [{"type": "BODY", "text": "Hi"}]
    assert found(promo(), None) == [("template.unknown", "template")]
    assert found(promo(), template(plain, status="paused")) == [
        ("template.not_approved", "template")
    ]
    wrong = TemplateContent("Not A Name", "en")
    assert found(wrong, template(plain)) == [("template.name", "template.name")]


def test_the_golden_free_messages_have_no_problems():
    for name, case in cases("sends").items():
        if "template" not in case["message"]["content"] and name != "media_audio":
            assert WHATSAPP.check(message_of(case), None) == [], name
