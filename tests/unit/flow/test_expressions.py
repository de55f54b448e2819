"""Texts with holes: the fast way and Liquid agree, and no author can hurt the machine."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.flow.plays import context_of

from clarion.flow.context import EXTRA_NAMES, MISSING, lookup
from clarion.flow.expressions import Expression, ExpressionError

ANNA = context_of({"extras": {"groupName": "Regulars"}})
VARIABLES = {"x": "1", "reply": {"text": "hi", "payload": None}, "flag": True, "n": 2.5, "l": [1]}
NAMES = ["contact.name", "contact.attributes.city", "campaign.name", "x", "reply.text",
         "reply.payload", "flag", "n", "l", "nobody", "contact.none", "now", "occurrence.id",
         "customerPhoneNumber", "groupName", "contact.attributes.points"]  # fmt: skip


@given(
    st.lists(
        st.one_of(
            st.sampled_from(NAMES).map(lambda name: f"{{{{ {name} }}}}"),
            st.text(alphabet=st.characters(blacklist_characters="{}%", codec="utf-8"), max_size=9),
        ),
        max_size=6,
    )
)
def test_the_fast_way_gives_what_liquid_gives(parts):
    source = "".join(parts)
    # An empty comment changes nothing, but a tag sends the text through Liquid.
    slow = Expression(source + "{% comment %}{% endcomment %}")
    assert Expression(source).render(VARIABLES, ANNA) == slow.render(VARIABLES, ANNA)


@given(st.text(max_size=60) | st.text(alphabet="{}%|. abc'\"", max_size=40))
def test_any_text_is_either_compiled_or_refused_and_then_rendered_or_refused(source):
    with contextlib.suppress(ExpressionError):
        assert isinstance(Expression(source).render(VARIABLES, ANNA, []), str)


def test_a_name_that_nobody_knows_is_empty_and_reported():
    missing: list = []
    text = Expression("Hello {{ nobody }}{{ contact.attributes.dog }}!")
    assert text.render({}, ANNA, missing) == "Hello !"
    assert missing == [("nobody",), ("contact", "attributes", "dog")]


def test_a_name_with_a_default_is_not_reported():
    missing: list = []
    assert Expression("{{ nobody | default: 'you' }}").render({}, ANNA, missing) == "you"
    assert missing == []
    Expression("{{ nobody | upcase }}").render({}, ANNA, missing)
    assert missing == [("nobody",)]


def test_instants_are_told_in_the_zone_of_the_workspace():
    assert Expression("{{ now }}").render({}, ANNA) == "2026-05-01T14:00:00+02:00"
    assert Expression("{{ now | date: '%H:%M' }}").render({}, ANNA) == "14:00"
    assert Expression("{{ today | date: '%d.%m.' }}").render({}, ANNA) == "01.05."


@pytest.mark.parametrize("source", ["{{ 'now' | date: '%Y' }}", "{{ 'today' | date: '%Y' }}"])
def test_nobody_can_read_the_clock_of_the_machine(source):
    with pytest.raises(ExpressionError):
        Expression(source).render({}, ANNA)


@pytest.mark.parametrize("source", ["{% include 'a' %}", "{% render 'a' %}", "{% endfor %}", "{{ a | nofilter }}"])  # fmt: skip
def test_files_and_unknown_filters_are_refused_when_the_flow_is_read(source):
    with pytest.raises(ExpressionError):
        Expression(source)


@pytest.mark.parametrize(
    "source",
    [
        "{% for a in (1..1000000000) %}{{ a }}{% endfor %}",
        "{{ (1..1000000000) | join }}",
        "{% for a in (1..900) %}{% for b in (1..900) %}x{% endfor %}{% endfor %}",
        "{% assign a = 'x' %}" + "{% assign a = a | append: a %}" * 60 + "{{ a }}",
        "{% assign a = 'aaaaaaaaaa' %}" + "{% assign a = a | replace: 'a', a %}" * 9,
        "{{ 9" + " | times: 99999999999999999999" * 30 + " }}",
        "{% if a %}" * 60 + "{% endif %}" * 60,
        "{{ 'a' | divided_by: 0 }}",
        "x" * 9000,
    ],
    ids=range(9),
)
def test_what_would_hurt_the_machine_is_refused(source):
    with pytest.raises(ExpressionError):
        Expression(source).render({}, ANNA)


def test_the_variables_of_a_text_are_known():
    text = Expression("{{ a.b | append: c }}{% if d == 1 %}{{ e['f'] }}{% endif %}")
    assert set(text.paths) == {("a", "b"), ("c",), ("d",), ("e", "f")}


def test_a_variable_of_the_session_hides_a_name_of_cams_but_no_root():
    assert lookup(("customerName",), {"customerName": "Berta"}, ANNA) == "Berta"
    assert lookup(("contact", "name"), {}, ANNA) == "Anna"
    assert lookup(("groupName",), {}, ANNA) == "Regulars"
    assert lookup(("campaign", "name", "length"), {}, ANNA) is MISSING
    assert "groupName" in EXTRA_NAMES


@pytest.mark.parametrize("source", ["a\r\nb\rc", "a\r\nb\r{{ x }}", "a\r\nb\r{{ x | upcase }}"])
def test_line_ends_come_out_alike_wherever_the_text_was_written(source):
    assert "\r" not in Expression(source).render(VARIABLES, ANNA)
    assert Expression(source).render(VARIABLES, ANNA).startswith("a\nb\n")
