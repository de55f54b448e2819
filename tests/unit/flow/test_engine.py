"""Sessions start, wait, go on and end; nothing that arrives late, twice or wrongly does harm."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.unit.flow.plays import NOON, context_of, flow_of

from clarion.domain.message import Channel, Reply
from clarion.flow import engine
from clarion.flow.definition import SCHEMA, parse_flow
from clarion.flow.engine import ReplyReceived, TimedOut, Triggered, Woken, check_inputs
from clarion.flow.samples import sample
from clarion.flow.session import Session, SessionStatus
from clarion.flow.simulate import Line, simulate
from clarion.flow.sprint import ResumeIgnored, SessionFailed, event_to_json

OFFER = parse_flow(sample("spring_offer"))
FEEDBACK = parse_flow(sample("feedback_score"))
APPOINTMENT = parse_flow(sample("appointment_reminder"))
ANNA = context_of({})
YES = ReplyReceived(Reply("button", "Yes, tell me more", NOON, payload="YES"))


def later(hours):
    return replace(ANNA, now=NOON + timedelta(hours=hours))


def texts(transcript):
    return [getattr(each.content, "text", each.content) for each in transcript.said]


def test_a_campaign_sends_the_offer_and_waits_a_day_for_the_answer():
    sprint = engine.start(OFFER, trigger=Triggered(), context=ANNA)
    assert sprint.session.status is SessionStatus.WAITING
    assert sprint.session.wait.deadline_at == NOON + timedelta(days=1)
    assert sprint.session.wait.channel is Channel.WHATSAPP
    assert [(each.step, each.content.name) for each in sprint.effects] == [(1, "spring_offer")]
    assert [each.value for each in sprint.effects[0].content.parameters] == ["Anna", "YES", "NO"]


def test_who_says_yes_gets_the_details_as_the_second_step():
    first = engine.start(OFFER, trigger=Triggered(), context=ANNA)
    second = engine.resume(OFFER, first.session, YES, context=later(1))
    assert second.session.status is SessionStatus.COMPLETED
    assert [each.step for each in second.effects] == [2]
    assert second.effects[0].content.text.startswith("Great, Anna!")


def test_who_says_nothing_is_reminded_exactly_once():
    transcript = simulate(OFFER, [], context=ANNA)
    assert [each.content.name for each in transcript.effects] == ["spring_offer", "spring_offer"]
    assert transcript.session.status is SessionStatus.COMPLETED
    assert transcript.ended_at == NOON + timedelta(days=2)


def test_a_score_that_is_no_number_is_asked_again_with_a_list():
    script = [Line("It was lovely"), Line("4: good", payload="4", kind="list")]
    transcript = simulate(FEEDBACK, script, context=ANNA)
    assert texts(transcript)[-1] == "Thank you for the 4! See you soon."
    assert transcript.exits[-2:] == (("sort", "high"), ("thanks", "next"))


def test_a_typed_low_score_gets_the_apology():
    transcript = simulate(FEEDBACK, [Line(" 2 ")], context=ANNA)
    assert texts(transcript)[-1].startswith("Thank you for being frank")


def test_whoever_never_gives_a_score_is_not_asked_for_ever():
    transcript = simulate(FEEDBACK, [Line("no idea")] * 20, context=ANNA)
    assert transcript.session.status is SessionStatus.COMPLETED
    assert transcript.path.count("choices") == 3


def test_only_who_has_an_appointment_is_reminded_of_it():
    without = simulate(APPOINTMENT, [], context=ANNA)
    assert without.effects == ()
    with_one = context_of({"contact": {"attributes": {"appointment_time": "9:30"}}})
    reminded = simulate(APPOINTMENT, [Line("I shall be late")], context=with_one)
    assert [each.value for each in reminded.effects[0].content.parameters] == ["Anna", "9:30"]
    assert texts(reminded)[-1] == "Thank you, we have noted: I shall be late"


def test_a_session_survives_being_stored_as_json():
    first = engine.start(OFFER, trigger=Triggered(), context=ANNA)
    stored = json.dumps(first.session.to_json())
    again = Session.from_json(json.loads(stored))
    assert again == first.session
    assert engine.resume(OFFER, again, YES, context=later(1)) == engine.resume(
        OFFER, first.session, YES, context=later(1)
    )


def test_a_resume_changes_nothing_in_the_session_that_came_in():
    first = engine.start(OFFER, trigger=Triggered(), context=ANNA)
    before = json.dumps(first.session.to_json())
    engine.resume(OFFER, first.session, YES, context=later(1))
    assert json.dumps(first.session.to_json()) == before


def test_every_event_can_be_written_as_json():
    transcript = simulate(FEEDBACK, [Line("hm"), Line("5", payload="5")], context=ANNA)
    written = [json.loads(json.dumps(event_to_json(event))) for _, event in transcript.events]
    assert written[0] == {"event": "node_entered", "node_id": "start", "kind": "start"}
    assert written[-1] == {
        "event": "session_completed",
        "node_id": "done",
        "reason": None,
    }


@pytest.mark.parametrize(
    ("resume", "hours", "code"),
    [
        pytest.param(Woken(), 25, "other_wait", id="the end of a delay, while waiting for a reply"),
        pytest.param(TimedOut(), 23, "too_early", id="the reminder of an earlier wait"),
    ],
)
def test_a_resume_that_does_not_fit_the_wait_leaves_the_session_as_it_is(resume, hours, code):
    first = engine.start(OFFER, trigger=Triggered(), context=ANNA)
    sprint = engine.resume(OFFER, first.session, resume, context=later(hours))
    assert sprint.session is first.session
    assert [event.code for event in sprint.events] == [code]


def test_a_reply_to_a_session_that_is_over_is_left_alone():
    first = engine.start(OFFER, trigger=Triggered(), context=ANNA)
    done = engine.resume(OFFER, first.session, YES, context=later(1)).session
    again = engine.resume(OFFER, done, YES, context=later(2))
    assert again.session is done
    assert isinstance(again.events[0], ResumeIgnored)


def test_a_superseded_session_takes_no_more_answers():
    first = engine.start(OFFER, trigger=Triggered(), context=ANNA)
    old = first.session.ended(SessionStatus.SUPERSEDED, "newer_session")
    assert (old.status, old.reason, old.wait) == (SessionStatus.SUPERSEDED, "newer_session", None)
    assert engine.resume(OFFER, old, YES, context=later(1)).effects == ()
    assert old.ended(SessionStatus.STOPPED, "opt_out") is old


def test_an_answer_after_the_deadline_still_counts_while_the_session_waits():
    first = engine.start(OFFER, trigger=Triggered(), context=ANNA)
    sprint = engine.resume(OFFER, first.session, YES, context=later(30))
    assert sprint.effects[0].node_id == "details"


def test_a_session_of_a_node_that_this_version_lacks_fails_with_the_reason():
    first = engine.start(OFFER, trigger=Triggered(), context=ANNA)
    lost = replace(first.session, wait=replace(first.session.wait, node_id="gone"))
    assert engine.resume(OFFER, lost, YES, context=later(1)).session.reason == "node_missing"


LOOP = parse_flow(
    flow_of({"nodes": [{"id": "a", "kind": "set_variables", "config": {"variables": {"x": "1"}}, "exits": {"next": "a"}}]})
)  # fmt: skip


def test_a_loop_ends_in_a_failed_session_with_a_reason():
    sprint = engine.start(LOOP, trigger=Triggered(), context=ANNA)
    assert sprint.session.status is SessionStatus.FAILED
    assert sprint.session.reason == "too_many_nodes"
    assert isinstance(sprint.events[-1], SessionFailed)


ECHO = parse_flow(
    flow_of(
        {
            "nodes": [
                {
                    "id": "ask",
                    "kind": "wait_for_reply",
                    "config": {"save_as": "said"},
                    "exits": {"other": "ask", "timeout": "done"},
                }
            ]
        }
    )
)


def test_a_very_long_answer_is_cut_and_not_a_reason_to_fail():
    transcript = simulate(ECHO, [Line("x" * 100_000)], context=ANNA)
    assert transcript.session.status is SessionStatus.COMPLETED
    assert len(transcript.session.variables["said"]) == 4096


GREETING = parse_flow(
    flow_of(
        {
            "declared": [{"name": "shop", "required": True}, {"name": "city", "default": "Wien"}],
            "nodes": [{"id": "stop", "kind": "end"}],
        }
    )
)


def test_inputs_are_checked_before_anything_is_started():
    errors = check_inputs(GREETING, {"colour": "red"})
    assert [(each.path, each.code) for each in errors] == [
        ("inputs.shop", "missing"),
        ("inputs.colour", "unknown"),
    ]
    assert check_inputs(GREETING, {"shop": "Maier"}) == ()


def test_an_input_by_a_name_of_cams_is_given_by_the_contact_unless_the_caller_gives_it():
    declared = [{"name": "customerName", "required": True}]
    flow = parse_flow(flow_of({"declared": declared, "nodes": [{"id": "stop", "kind": "end"}]}))
    assert check_inputs(flow, {}) == ()
    assert engine.start(flow, trigger=Triggered(), context=ANNA).session.variables == {}
    given = engine.start(flow, trigger=Triggered({"customerName": "Berta"}), context=ANNA)
    assert given.session.variables == {"customerName": "Berta"}
    nameless = context_of({"contact": {"name": None}})
    missing = engine.start(flow, trigger=Triggered(), context=nameless)
    assert missing.session.reason == "input_missing"


@pytest.mark.parametrize("value", [{"deep": None}, [1, 2.5, True], 12, "Maier"])
def test_inputs_may_be_any_small_json_value(value):
    sprint = engine.start(GREETING, trigger=Triggered({"shop": value}), context=ANNA)
    assert sprint.session.variables == {"shop": value, "city": "Wien"}


def test_an_input_that_is_nested_too_deep_or_no_json_value_fails_the_session():
    deep: list = []
    for _ in range(5000):
        deep = [deep]
    for value in (deep, object(), 10**100):
        sprint = engine.start(GREETING, trigger=Triggered({"shop": value}), context=ANNA)
        assert sprint.session.reason == "variable_not_json"


def test_the_same_flow_file_gives_the_same_sprint():
    assert engine.start(parse_flow(sample("spring_offer")), trigger=Triggered(), context=ANNA) == (
        engine.start(OFFER, trigger=Triggered(), context=ANNA)
    )
    assert SCHEMA == "clarion.flow/1"
