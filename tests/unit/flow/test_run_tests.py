"""Tests of a flow: they stand in its file, and tell what changed and what nobody tries."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from tests.unit.flow.plays import flow_of
from tests.unit.flow.test_play import MOVES
from tests.unit.flow.test_properties import flows

from clarion.domain.errors import ClarionError
from clarion.domain.message import ReceiptState
from clarion.flow.calls import CallAnswer
from clarion.flow.check import check_flow
from clarion.flow.definition import Flow, parse_flow, read_flow, to_json
from clarion.flow.flow_test import FlowTest, flow_test_to_json
from clarion.flow.flow_test import TestContact as Contact
from clarion.flow.moves import (
    Answer,
    AnswerCall,
    Move,
    Pass,
    SkipWait,
    TellReceipt,
    recorded_answers,
)
from clarion.flow.phone import Order, read_line, read_script, taps_of
from clarion.flow.run_tests import flow_test_of_play as make_test
from clarion.flow.run_tests import problems_of_tests, run_tests
from clarion.flow.samples import sample

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FEEDBACK: dict[str, Any] = {**sample("feedback_score"), "tests": []}


def saved(flow: Flow, *moves: Move, name: str = "A test") -> FlowTest:
    return make_test(flow, name, Contact(name="Bo"), {}, "Europe/Berlin", NOW, moves)


def with_tests(*tests: FlowTest, definition: dict[str, Any] = FEEDBACK) -> dict[str, Any]:
    return {**copy.deepcopy(definition), "tests": [flow_test_to_json(each) for each in tests]}


def test_a_saved_play_passes_until_the_flow_says_something_else() -> None:
    flow = parse_flow(FEEDBACK)
    happy = saved(flow, Answer("5", after_seconds=60), name="Happy")
    silent = saved(flow, SkipWait(), name="Silent")
    definition = with_tests(happy, silent)
    assert problems_of_tests(definition) == []
    report = run_tests(parse_flow(definition))
    assert [each.has_passed for each in report.results] == [True, True]
    for node in definition["nodes"]:
        if node["id"] == "thanks":
            node["config"]["text"]["body"] = "Thanks a lot!"
    [failed] = run_tests(parse_flow(definition)).failed
    [mismatch] = failed.mismatches
    assert (failed.name, mismatch.turn, mismatch.what) == ("Happy", 1, "messages")
    assert mismatch.found == [{"kind": "text", "text": "Thanks a lot!"}]
    [problem] = problems_of_tests(definition)
    assert (problem.code, problem.severity, problem.where) == ("test_failed", "error", "tests.0")
    assert "Thanks a lot!" in problem.message


def test_coverage_tells_the_exits_that_no_test_walks() -> None:
    flow = parse_flow(FEEDBACK)
    nothing = run_tests(flow).coverage
    assert (nothing.walked_node_count, nothing.walked_exit_count) == (0, 0)
    coverage = run_tests(flow, [saved(flow, Answer("5")), saved(flow, SkipWait())]).coverage
    walked = {(each.node_id, each.exit) for each in coverage.exits if each.is_walked}
    assert {("answer", "other"), ("answer", "timeout"), ("sort", "high")} <= walked
    assert ("sort", "low") not in walked
    assert "sorry" in coverage.unwalked_node_ids
    assert coverage.walked_node_count + len(coverage.unwalked_node_ids) == coverage.node_count


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"turns": []}, "tests.0.turns"),
        ({"started_at": "yesterday"}, "tests.0.started_at"),
        ({"turns": [{"move": {"kind": "skip_wait"}}]}, "tests.0.turns"),
        ({"turns": [{}, {"expect": {}}]}, "tests.0.turns"),
        ({"color": "red"}, "tests.0.color"),
    ],
)
def test_a_test_that_is_none_is_a_problem_at_its_place(change: dict[str, Any], where: str) -> None:
    definition = with_tests(saved(parse_flow(FEEDBACK)))
    definition["tests"][0] |= change
    flow, problems = read_flow(definition)
    assert flow is None
    assert where in [problem.where for problem in problems]
    assert all(problem.fix for problem in problems)
    assert problems_of_tests(definition) == []
    with pytest.raises(ClarionError):
        parse_flow(definition)


ORDER = flow_of(
    {
        "nodes": [
            {
                "id": "ask",
                "kind": "http_request",
                "config": {"url": "https://shop.example/orders", "save": {"state": "order.state"}},
                "exits": {"success": "tell", "failure": "price"},
            },
            {
                "id": "tell",
                "kind": "send_whatsapp_message",
                "config": {"text": {"body": "It is {{ state }}."}},
                "exits": {"next": "price"},
            },
            {
                "id": "price",
                "kind": "call_function",
                "config": {"function": "shop.price", "save": {"price": "price"}},
                "exits": {"success": "talk", "failure": "talk"},
            },
            {
                "id": "talk",
                "kind": "llm_dialogue",
                "config": {"system": "You sell tea.", "intents": {"buy": "To buy."}},
                "exits": {
                    "intent:buy": "done",
                    "limit": "done",
                    "timeout": "done",
                    "failure": "done",
                },
            },
        ]
    }
)
SENT = {"status": 200, "body": '{"order": {"state": "on its way"}}'}
PRICED = {"status": 200, "body": '{"price": 7}'}
SAID = {"status": 200, "body": '{"choices": [{"message": {"content": "Green or black?"}}]}'}


def test_recorded_answers_stand_for_the_world_outside() -> None:
    recorded = recorded_answers({"ask": [SENT], "price": [PRICED], "talk": [SAID]})
    test = make_test(parse_flow(ORDER), "Ordered", Contact(), {}, "UTC", NOW, [], recorded)
    definition = with_tests(test, definition=ORDER)
    assert definition["tests"][0]["answers"]["ask"] == [SENT]
    [result] = run_tests(parse_flow(definition)).results
    assert result.mismatches == ()
    assert ("ask", "success") in result.exits
    (turn,) = test.turns
    assert turn.expect.variables == {"state": "on its way", "price": 7}
    assert test.end.node == "talk"
    definition["tests"][0]["answers"]["ask"][0] = {"failure": "timeout"}
    [changed] = run_tests(parse_flow(definition)).results
    assert ("ask", "failure") in changed.exits
    assert {each.what for each in changed.mismatches} == {"messages", "exits", "variables"}


def test_a_call_without_a_recorded_answer_waits_for_one_that_is_given() -> None:
    given = [
        AnswerCall(recorded_answers({"x": [each]})["x"][0].answer())
        for each in (SENT, PRICED, SAID)
    ]
    recorded = recorded_answers({"ask": [SENT], "price": [PRICED], "talk": [SAID]})
    flow = parse_flow(ORDER)
    by_hand = make_test(flow, "By hand", Contact(), {}, "UTC", NOW, given)
    by_record = make_test(flow, "Recorded", Contact(), {}, "UTC", NOW, [], recorded)
    results = run_tests(flow, [by_hand, by_record]).results
    assert [each.mismatches for each in results] == [(), ()]
    assert results[0].exits == results[1].exits


def test_two_tests_of_one_name_are_refused_and_the_file_keeps_the_others() -> None:
    flow = parse_flow(FEEDBACK)
    definition = with_tests(saved(flow), saved(flow))
    assert [each.where for each in check_flow(definition)] == ["tests.1.name"]
    one = parse_flow(with_tests(saved(flow, Answer("5"), Pass(60))))
    assert parse_flow(to_json(one)) == one


@given(flow=flows(), moves=MOVES)
@settings(max_examples=60)
def test_whatever_was_played_passes_as_a_test_of_the_same_flow(
    flow: dict[str, Any], moves: list[Move]
) -> None:
    parsed = parse_flow(flow)
    definition = with_tests(saved(parsed, *moves), definition=flow)
    [result] = run_tests(parse_flow(definition)).results
    assert result.mismatches == ()


def test_lines_at_the_terminal_become_moves() -> None:
    flow = parse_flow(sample("spring_offer"))
    prepared = saved(flow)
    from clarion.flow.context import ContactFields, Context
    from clarion.flow.play import play

    transcript = play(flow, (), context=Context(NOW, ContactFields(1, "Bo")))
    taps = taps_of(transcript)
    assert prepared.turns[0].expect.messages is not None
    assert read_line("1", taps) == Answer(taps[0].title, taps[0].payload, "button", 5.0)
    assert read_line("99", taps) == Answer("99", after_seconds=5.0)
    assert read_line("  ", taps) is None
    assert read_line("/clock +2d", taps) == Pass(2 * 86_400)
    assert read_line("/skip", taps) == SkipWait()
    assert read_line("/image a cat", taps) == Answer("a cat", None, "media", 5.0)
    assert read_line("/save Happy end", taps) == Order("save", "Happy end")
    assert read_line('/answer 200 {"a": 1}', taps) == AnswerCall(CallAnswer(200, '{"a": 1}'))
    assert read_line("/answer timeout", taps) == AnswerCall(CallAnswer(failure="timeout"))
    assert read_line("/receipt read", taps) == TellReceipt(ReceiptState.READ)
    for wrong in ("/answer", "/receipt seen", "/dance", "/clock soon", "/clock +900d"):
        with pytest.raises(ClarionError):
            read_line(wrong, taps)
    assert read_script("# who\n\nhello\n /skip \n") == ["hello", "/skip"]
