"""Whatever the flow and whatever people answer: it never hangs, never raises, and ends named."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.flow.plays import context_of

from clarion.domain.message import Channel, ReceiptState
from clarion.domain.reasons import REASONS
from clarion.flow.calls import CallAnswer
from clarion.flow.check import check_flow, has_errors
from clarion.flow.definition import SCHEMA, parse_flow, read_flow, to_json
from clarion.flow.limits import Limits
from clarion.flow.nodes import NODE_KINDS
from clarion.flow.session import SessionStatus
from clarion.flow.simulate import Line, Told, simulate

IDS = ["start", "a", "b", "c", "d", "e"]
TEXTS = st.sampled_from(
    ["Hello", "{{ contact.name }}", "{{ x }}", "{{ x }}{{ x }}", "{{ reply.text | upcase }}",
     "{{ x | times: 3 }}", "{% if x %}{{ y }}{% endif %}", "{{ contact.attributes.city | split: '' | join: x }}"]
)  # fmt: skip
RULES = st.fixed_dictionaries(
    {
        "variable": st.sampled_from(["x", "y", "reply.text", "customerName", "nobody"]),
        "operator": st.sampled_from(["stringEquals", "numberGreaterThan", "dateLessThan", "inList", "stringAnyMatchesRegex", "stringIsBlank"]),
        "value": st.sampled_from(["1", "a", "2026-01-01", "{{ x }}", "{{ y }}", "9999-12-31T23:59:59-23:59"]),
        "is_negated": st.booleans(),
    }
)  # fmt: skip
LINK = "https://a.example/{{ x }}?y={{ y }}"
UNITS = st.sampled_from(["seconds", "hours", "days"])
ZONES = st.sampled_from(["workspace", "contact", "Asia/Shanghai", "America/St_Johns"])
TIMES = st.builds(
    lambda hour, minute: f"{hour:02}:{minute:02}", st.integers(0, 23), st.integers(0, 59)
)
RANGES = (
    st.fixed_dictionaries({"weekdays": st.lists(st.sampled_from(["monday", "friday"]), min_size=1, max_size=2)})
    | st.builds(
        lambda times: {"from_time": times[0], "to_time": times[1]},
        st.tuples(TIMES, TIMES).filter(lambda times: times[0] != times[1]),
    )
    | st.just({"from_date": "2026-05-01", "to_date": "2026-05-02"})
)  # fmt: skip
EXPECTATIONS = st.sampled_from(
    [
        {"kind": "number", "minimum": 1, "maximum": 5},
        {"kind": "date"},
        {"kind": "email"},
        {"kind": "choice", "choices": ["yes", "no"]},
        {"kind": "pattern", "pattern": "[0-9]+"},
    ]
)
CONFIGS = {
    "send_whatsapp_template": st.fixed_dictionaries(
        {"template": st.just("t"), "language": st.just("en"), "body": st.lists(TEXTS, max_size=3)}
    ),
    "send_whatsapp_message": st.builds(lambda text: {"text": {"body": text}}, TEXTS)
    | st.builds(lambda text: {"link": {"body": text, "title": "Go", "url": LINK}}, TEXTS)
    | st.builds(lambda text: {"location": {"latitude": text, "longitude": 1}}, TEXTS)
    | st.builds(lambda text: {"location_request": {"body": text}}, TEXTS)
    | st.builds(lambda text: {"form": {"body": text, "button": text, "form_id": "1"}}, TEXTS),
    "send_whatsapp_typing_indicator": st.just({}),
    "send_viber_message": st.builds(lambda text: {"text": text, "image": LINK}, TEXTS),
    "send_messenger_message": st.builds(
        lambda text: {"text": text, "quick_replies": [{"id": "YES", "title": text}]}, TEXTS
    )
    | st.builds(lambda text: {"card": {"title": text, "subtitle": text}}, TEXTS),
    "send_instagram_message": st.builds(lambda text: {"text": text}, TEXTS),
    "send_sms": st.builds(lambda text: {"text": text}, TEXTS),
    "send_email": st.builds(lambda text: {"subject": text, "html": "<p>{{ x }}</p>"}, TEXTS),
    "wait_for_reply": st.fixed_dictionaries(
        {
            "timeout": st.builds(lambda unit: {"amount": 1, "unit": unit}, UNITS),
            "buttons": st.just(["YES", "NO"]) | st.just([]),
            "save_as": st.sampled_from(["x", "y"]),
        }
    )
    | st.fixed_dictionaries(
        {"expect": EXPECTATIONS, "save_as": st.just("x")},
        optional={"buttons": st.just(["YES"])},
    )
    | st.builds(
        lambda expect, count, text: {
            "expect": expect,
            "max_retries": count,
            "retry_message": text,
        },
        EXPECTATIONS,
        st.integers(1, 3),
        TEXTS,
    ),
    "branch": st.builds(
        lambda rules: {"branches": [{"exit": "fits", "match": "any", "rules": rules}]},
        st.lists(RULES, min_size=1, max_size=3),
    ),
    "set_variables": st.builds(lambda x, y: {"variables": {"x": x, "y": y}}, TEXTS, TEXTS),
    "wait": st.builds(lambda unit: {"amount": 2, "unit": unit}, UNITS),
    "jump": st.builds(lambda to: {"target": to, "max_jumps": 3}, st.sampled_from(IDS)),
    "end": st.just({}),
    "date_time_branch": st.builds(
        lambda zone, mode, ranges: {
            "zone": zone,
            "branches": [{"exit": "fits", "mode": mode, "ranges": ranges}],
        },
        ZONES,
        st.sampled_from(["include", "exclude"]),
        st.lists(RANGES, min_size=1, max_size=3),
    ),
    "random_branch": st.integers(0, 100).map(
        lambda percent: {
            "branches": [{"exit": "a", "percent": percent}, {"exit": "b", "percent": 100 - percent}]
        }
    ),
    "recognise_phone_number": st.fixed_dictionaries(
        {"input": TEXTS}, optional={"country": st.sampled_from(["AT", "CN", "XX"])}
    ),
    "recognise_language": st.fixed_dictionaries({"input": TEXTS, "save_as": st.just("x")}),
    "recognise_entities": st.fixed_dictionaries({"input": TEXTS, "save_as": st.just("y")}),
    "update_contact": st.fixed_dictionaries(
        {
            "name": TEXTS,
            "attributes": st.fixed_dictionaries({"city": TEXTS, "zone_of_sale": TEXTS}),
        },
        optional={
            "language": TEXTS,
            "add_to_groups": st.just(["New"]),
            "consent": st.sampled_from(["opt_in", "opt_out"]),
        },
    ),
    "wait_until": st.fixed_dictionaries(
        {"time": TIMES, "zone": ZONES}, optional={"weekday": st.sampled_from(["monday", "sunday"])}
    )
    | st.fixed_dictionaries(
        {"date": TEXTS | st.sampled_from(["2026-06-01", "9999-12-31T23:59:59", "0001-01-01"])},
        optional={"time": TIMES, "zone": ZONES},
    ),
    "hand_over": st.fixed_dictionaries({"note": TEXTS}),
    "forward_to_flow": st.fixed_dictionaries(
        {"flow": st.just("Other"), "variables": st.fixed_dictionaries({"x": TEXTS})}
    ),
    "note": st.just({"text": "{{ as it is"}),
    "http_request": st.fixed_dictionaries(
        {
            "url": st.sampled_from(["https://a.example/{{ x }}?y={{ y }}", "http://b.example"]),
            "headers": st.fixed_dictionaries(
                {"X-Said": TEXTS.filter(lambda text: "{%" not in text)}
            ),
            "save": st.fixed_dictionaries({"x": st.sampled_from(["$", "a.b[0]", "a"])}),
            "statuses": st.sampled_from([[], [404]]),
        },
        optional={"save_status_as": st.just("y")},
    )
    | st.builds(
        lambda text: {
            "url": "https://a.example",
            "method": "POST",
            "body": {"format": "json", "text": text},
        },
        st.sampled_from(['{"x": "{{ x }}", "y": {{ y }}}', "[{{ reply.text | upcase }}]"]),
    ),
    "call_function": st.fixed_dictionaries(
        {
            "function": st.just("f"),
            "arguments": st.fixed_dictionaries({"x": TEXTS}),
            "save": st.fixed_dictionaries({"y": st.sampled_from(["$", "a"])}),
        }
    ),
    "llm_dialogue": st.fixed_dictionaries(
        {"system": TEXTS, "turn_limit": st.integers(1, 4), "intents": st.just({"buy": "Buys."})},
        optional={"opening": TEXTS, "save_as": st.just("x")},
    ),
    "delivery_branch": st.fixed_dictionaries(
        {
            "message": st.sampled_from(IDS),
            "stages": st.lists(
                st.sampled_from(["sent", "delivered", "read", "failed"]),
                min_size=1,
                max_size=4,
                unique=True,
            ),
        }
    ),
}
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["schema", "name", "nodes", "id", "kind", "config", "exits", "trigger"])
            | st.text(max_size=5),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@st.composite
def flows(draw):
    nodes = [{"id": "start", "kind": "start", "exits": {"next": draw(st.sampled_from(IDS))}}]
    for node_id in IDS[1:]:
        kind = draw(st.sampled_from(sorted(CONFIGS)))
        config = draw(CONFIGS[kind])
        names = [each.name for each in NODE_KINDS[kind].exits(NODE_KINDS[kind].config.model_validate(config))]  # fmt: skip
        exits = {name: draw(st.sampled_from(IDS)) for name in names if draw(st.integers(0, 9))}
        nodes.append({"id": node_id, "kind": kind, "config": config, "exits": exits})
    return {"schema": SCHEMA, "name": "Random", "nodes": nodes}


LINES = st.lists(
    st.builds(
        Line,
        st.sampled_from(["yes", "NO", "3", "", "2026-02-30"]) | st.text(max_size=20),
        payload=st.none() | st.sampled_from(["YES", "NO", "?"]),
        kind=st.sampled_from(["text", "button", "list", "form", "media", "location", "other"]),
        after_seconds=st.sampled_from([0, 1, 60, 7200, 200_000]),
    ),
    max_size=12,
)
ANSWERS = st.dictionaries(
    st.sampled_from(IDS),
    st.lists(
        st.builds(
            CallAnswer,
            st.sampled_from([0, 200, 201, 404, 500]),
            ANY_JSON.map(json.dumps)
            | st.sampled_from(
                [
                    "",
                    "<html>",
                    '{"choices": [{"message": {"content": "Hm?"}}]}',
                    '{"a": {"b": [7]}}',
                ]
            ),
            st.none() | st.sampled_from(["timeout", "connection"]),
        ),
        max_size=5,
    ),
)
RECEIPTS = st.dictionaries(
    st.sampled_from(IDS),
    st.lists(
        st.builds(Told, st.sampled_from(ReceiptState), st.sampled_from([0, 1, 7200])), max_size=5
    ),
)
CONTACTS = st.fixed_dictionaries(
    {
        "name": st.none() | st.text(max_size=30),
        "attributes": st.dictionaries(st.just("city"), st.text(max_size=200) | st.integers()),
    }
)


CHANNELS = st.none() | st.frozensets(st.sampled_from(Channel))
WAYS_TO_COMPLETE = {None, "handed_over", "forwarded", "opted_out", "no_sender_of_channel"}


@given(flows(), LINES, CONTACTS, ANSWERS, RECEIPTS, CHANNELS)
@settings(max_examples=150, deadline=None)
def test_any_flow_with_any_answers_ends_in_a_named_state(
    flow, script, contact, answers, receipts, channels
):
    limits = Limits(max_nodes=40, max_sprints=30)
    transcript = simulate(
        parse_flow(flow),
        script,
        context=replace(context_of({"contact": contact}), channels=channels),
        limits=limits,
        answers=answers,
        receipts=receipts,
    )
    session = transcript.session
    assert session.status in (SessionStatus.COMPLETED, SessionStatus.FAILED)
    is_completed = session.status is SessionStatus.COMPLETED
    assert is_completed == (session.reason in WAYS_TO_COMPLETE)
    assert is_completed or session.reason in REASONS
    assert not transcript.is_cut
    assert transcript.ended_at - context_of({}).now < timedelta(days=300)


@given(flow=flows(), script=LINES)
@settings(max_examples=60, deadline=None)
def test_the_steps_of_a_session_are_counted_without_gap_or_repeat(flow, script):
    transcript = simulate(
        parse_flow(flow), script, context=context_of({}), limits=Limits(max_sprints=30)
    )
    steps = [each.step for each in transcript.messages]
    assert steps == list(range(1, len(steps) + 1))
    assert transcript.session.step_count == len(steps)


@given(flow=flows())
@settings(max_examples=60, deadline=None)
def test_reading_what_was_written_gives_the_same_flow(flow):
    parsed = parse_flow(flow)
    assert parse_flow(to_json(parsed)) == parsed
    assert all(problem.where and problem.fix for problem in check_flow(flow))


@given(ANY_JSON)
@settings(max_examples=200, deadline=None)
def test_any_json_value_is_a_flow_or_has_problems(data):
    assert check_flow(data)


@given(flow=flows(), junk=ANY_JSON, data=st.data())
@settings(max_examples=150, deadline=None)
def test_a_flow_with_any_part_replaced_by_junk_is_still_explained(flow, junk, data):
    node = data.draw(st.sampled_from(flow["nodes"]))
    node[data.draw(st.sampled_from(["id", "kind", "config", "exits", "label", "position"]))] = junk
    flow_or_none, problems = read_flow(flow)
    assert (flow_or_none is None) == has_errors(problems)
    assert check_flow(flow)[: len(problems)] == problems


def test_the_random_flows_hold_every_kind():
    assert {*CONFIGS, "start"} == set(NODE_KINDS)
