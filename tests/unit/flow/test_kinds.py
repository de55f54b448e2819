"""What golden cases cannot say about node kinds: shares of many people, any text, any moment."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.flow.plays import context_of, flow_of

from clarion.domain.local_time import wall_of
from clarion.domain.phone import Phone, parse_phone
from clarion.flow.definition import parse_flow
from clarion.flow.engine import Triggered, start
from clarion.flow.entities import ENTITY_KINDS, MAX_ENTITIES, Reading, entities_of, plain_number
from clarion.flow.languages import language_of
from clarion.flow.limits import DEFAULT_LIMITS
from clarion.flow.nodes.date_time_branch import TimeRange
from clarion.flow.nodes.expectation import Expectation
from clarion.flow.nodes.random_branch import point_of
from clarion.flow.nodes.times import WEEKDAYS
from clarion.flow.nodes.wait_until import next_moment
from clarion.flow.session import Session, SessionStatus, Wait
from clarion.flow.sprint import UpdateContact

ZONES = st.sampled_from(["UTC", "Europe/Vienna", "America/St_Johns", "Australia/Lord_Howe"])
TIMES = st.builds(lambda hour, minute: f"{hour:02}:{minute:02}", st.integers(0, 23), st.integers(0, 59))  # fmt: skip
INSTANTS = st.integers(0, 10 * 365 * 86_400).map(
    lambda seconds: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


def test_many_people_are_shared_out_evenly_and_each_keeps_its_way():
    points = [point_of(number, "offer", "") for number in range(20_000)]
    counts = Counter(points)
    assert set(counts) == set(range(100))
    assert all(120 < count < 280 for count in counts.values())
    assert points == [point_of(number, "offer", "") for number in range(20_000)]


def test_two_nodes_share_people_out_independently():
    both = Counter(
        (point_of(number, "offer", "") < 50, point_of(number, "reminder", "") < 50)
        for number in range(8000)
    )
    assert all(1800 < count < 2200 for count in both.values())


@given(now=INSTANTS, zone=ZONES, time_of_day=TIMES, weekday=st.none() | st.sampled_from(WEEKDAYS))
@settings(max_examples=200, deadline=None)
def test_the_next_moment_is_later_soon_and_what_the_clock_shows(now, zone, time_of_day, weekday):
    place = ZoneInfo(zone)
    moment = next_moment(now, place, time_of_day, weekday)
    assert now < moment <= now + timedelta(days=1 if weekday is None else 7, hours=2)
    wall = wall_of(moment, place)
    if f"{wall:%H:%M}" != time_of_day:  # the clock jumped over that time
        before = wall_of(moment - timedelta(seconds=1), place)
        assert f"{before:%H:%M}" < time_of_day < f"{wall:%H:%M}"
    assert weekday is None or WEEKDAYS[wall.weekday()] == weekday


@given(
    wall=st.datetimes(), times=st.tuples(TIMES, TIMES).filter(lambda times: times[0] != times[1])
)
def test_a_moment_is_either_inside_a_range_or_inside_the_rest_of_the_day(wall, times):
    inside = TimeRange(from_time=times[0], to_time=times[1])
    rest = TimeRange(from_time=times[1], to_time=times[0])
    assert inside.holds(wall) != rest.holds(wall) or wall.date() == date.min


@given(st.text(max_size=200) | st.text(alphabet="0123456789.,-+/ @ab", max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_has_entities_in_the_one_form(text):
    found = entities_of(text, ENTITY_KINDS, Reading("AT"))
    assert set(found) == set(ENTITY_KINDS)
    assert all(len(values) <= MAX_ENTITIES for values in found.values())
    assert all(isinstance(parse_phone(value), Phone) for value in found["phone_number"])
    for value in found["date"]:
        datetime.fromisoformat(value)
    for value in found["number"]:
        float(value)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("12", "12"),
        ("1,000", "1000"),
        ("0,500", "0.500"),
        ("1.5", "1.5"),
        ("1,50", "1.50"),
        ("1.234,50", "1234.50"),
        ("1,234,567.8", "1234567.8"),
        ("-3", "-3"),
        ("1.2.3", None),
        ("12,34,567", None),
        ("1e5", None),
        ("٣", None),
        ("", None),
        ("-", None),
    ],
)
def test_a_number_of_either_habit_is_understood(text, plain):
    assert plain_number(text) == plain


@given(st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_any_text_has_a_language_or_none(text):
    found = language_of(text)
    assert found is None or (found.code and 0 <= found.percent <= 100)
    assert found == language_of(text)


EXPECTATIONS = [
    Expectation(kind="number", minimum=-1, maximum=5),
    Expectation(kind="date"),
    Expectation(kind="email"),
    Expectation(kind="choice", choices=("Yes", "No")),
    Expectation(kind="pattern", pattern="[a-z]+"),
]


@given(st.sampled_from(EXPECTATIONS), st.text(max_size=60) | st.text(alphabet="0123456789.,-/", max_size=12))  # fmt: skip
def test_what_was_understood_is_understood_again(expectation, text):
    answer = expectation.read(text)
    assert answer is None or expectation.read(answer) == answer


def test_a_session_that_asked_again_is_kept_whole():
    session = Session(
        SessionStatus.WAITING,
        "ask",
        wait=Wait("reply", "ask", datetime(2026, 5, 1, tzinfo=UTC), retry_count=2),
        forward_count=3,
    )
    assert Session.from_json(session.to_json()) == session


def test_a_contact_is_handed_on_a_few_times_only_and_its_messages_are_counted_through():
    flow = parse_flow(flow_of({"nodes": [
        {"id": "hi", "kind": "send_whatsapp_message", "config": {"text": {"body": "Hi"}}, "exits": {"next": "on"}},
        {"id": "on", "kind": "forward_to_flow", "config": {"flow": "A case"}},
    ]}))  # fmt: skip
    trigger, started_count = Triggered(), 0
    while True:
        sprint = start(flow, trigger=trigger, context=context_of({}))
        assert [each.step for each in sprint.messages] == [started_count + 1]
        if sprint.forward is None:
            break
        started_count += 1
        trigger = Triggered(
            sprint.forward.inputs,
            forward_count=sprint.session.forward_count + 1,
            step_count=sprint.session.step_count,
        )
    assert started_count == DEFAULT_LIMITS.max_forwards
    assert (sprint.session.status, sprint.session.reason) == (
        SessionStatus.FAILED,
        "too_many_forwards",
    )


def test_a_change_of_the_contact_leaves_the_rest_as_it_is():
    contact = context_of({}).contact
    change = UpdateContact("n", attributes={"size": "L"}, removed_attributes=("city",))
    changed = change.applied_to(contact)
    assert changed.name == contact.name
    assert changed.phone == contact.phone
    assert changed.attributes == {"points": 120, "since": "2024-02-29", "size": "L"}


def test_whoever_opts_in_again_is_waited_for():
    flow = parse_flow(flow_of({"nodes": [
        {"id": "out", "kind": "update_contact", "config": {"consent": "opt_out"}, "exits": {"next": "in"}},
        {"id": "in", "kind": "update_contact", "config": {"consent": "opt_in"}, "exits": {"next": "ask"}},
        {"id": "ask", "kind": "wait_for_reply", "exits": {"other": "done"}},
    ]}))  # fmt: skip
    sprint = start(flow, trigger=Triggered(), context=context_of({}))
    assert sprint.session.status is SessionStatus.WAITING
