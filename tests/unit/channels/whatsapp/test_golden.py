"""The golden cases: what goes out, what comes back, what arrives by webhook."""

from __future__ import annotations

import json

import pytest
from tests.unit.channels.whatsapp.golden import assert_matches, cases, message_of

from clarion.channels.contract import Answer
from clarion.channels.whatsapp.adapter import WHATSAPP
from clarion.channels.whatsapp.errors import ERROR_RULES
from clarion.channels.whatsapp.payloads import body_of


def told(folder):
    found = cases(folder)
    return pytest.mark.parametrize("case", found.values(), ids=found.keys())


@told("sends")
def test_a_message_has_this_body(case):
    assert json.loads(body_of(message_of(case))) == case["body"]


@told("answers")
def test_an_answer_means_this(case):
    raw = case["answer"]
    answer = Answer(
        raw["status"],
        raw.get("headers", {}),
        raw.get("body", "").encode(),
        was_written=raw.get("was_written", True),
        failure=raw.get("failure"),
    )
    outcome = WHATSAPP.outcome_of(answer)
    expected = dict(case["expected"])
    if "delay_seconds" in expected:
        assert outcome.reaction.delay_seconds == expected.pop("delay_seconds")
    assert_matches(outcome, expected)


@told("webhooks")
def test_a_webhook_tells_these_events(case):
    events = WHATSAPP.parse_webhook(json.dumps(case["body"]).encode())
    assert [type(event).__name__ for event in events] == [e["event"] for e in case["events"]]
    for event, expected in zip(events, case["events"], strict=True):
        assert_matches(event, expected)


@told("errors")
def test_a_code_has_this_reaction_in_an_answer_and_in_a_receipt(case):
    code, expected = case["code"], case["expected"]
    body = json.dumps({"error": {"code": code, "message": "m"}}).encode()
    outcome = WHATSAPP.outcome_of(Answer(418, {}, body))
    status = {"id": "w", "status": "failed", "timestamp": "1", "errors": [{"code": code}]}
    change = {"field": "messages", "value": {"statuses": [status]}}
    (receipt,) = WHATSAPP.parse_webhook(json.dumps({"entry": [{"changes": [change]}]}).encode())
    assert outcome.kind == expected["outcome"]
    for reaction in (outcome.reaction, receipt.reaction):
        assert reaction.kind == expected["reaction"]
        assert reaction.reason == expected["meaning"]
        assert reaction.delay_seconds == expected["delay_seconds"]
        assert reaction.max_attempts == expected.get("max_attempts", reaction.max_attempts)
    assert outcome.error_code == receipt.error_code == str(code)


def test_every_code_of_the_table_has_a_case_and_no_case_is_left_over():
    assert {case["code"] for case in cases("errors").values()} == set(ERROR_RULES)
