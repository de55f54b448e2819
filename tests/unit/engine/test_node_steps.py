"""Whatever a session does, the steps at each node add up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.flow.plays import context_of
from tests.unit.flow.test_properties import flows

from clarion.domain.message import Reply
from clarion.domain.wait_buckets import NO_WAIT, bucket_of, median_seconds
from clarion.engine.node_steps import Stood, tally
from clarion.flow import engine
from clarion.flow.definition import parse_flow
from clarion.flow.engine import ReplyReceived, TimedOut, Triggered, Woken
from clarion.flow.limits import Limits
from clarion.flow.sprint import Sprint


@dataclass
class Walk:
    sprint: Sprint
    stood: Stood | None = None
    flow_version_id: int = 1
    campaign_id: int | None = None
    occurrence_id: int | None = None


@given(flow=flows(), answers=st.lists(st.sampled_from(["yes", "3", None]), max_size=6))
@settings(max_examples=150)
def test_entered_is_left_and_waiting_and_ended_and_failed(
    flow: dict[str, Any], answers: list[str | None]
) -> None:
    parsed = parse_flow(flow)
    limits = Limits(max_nodes=12, max_sprints=5)
    context = context_of({})
    now = context.now
    sprint = engine.start(parsed, trigger=Triggered(), context=context, limits=limits)
    counts = tally([Walk(sprint)], now)
    for answer in answers:
        wait = sprint.session.wait
        if wait is None:
            break
        stood = Stood(wait.node_id, now)
        now = wait.deadline_at if answer is None else now + timedelta(seconds=30)
        resume: Any = Woken() if wait.kind == "delay" else TimedOut()
        if answer is not None and wait.kind == "reply":
            resume = ReplyReceived(Reply("text", answer, now))
        now = wait.deadline_at if not isinstance(resume, ReplyReceived) else now
        at = type(context)(**{**{f: getattr(context, f) for f in context.__slots__}, "now": now})
        sprint = engine.resume(parsed, sprint.session, resume, context=at, limits=limits)
        counts += tally([Walk(sprint, stood)], now)
    at_nodes: Counter[tuple[str, str]] = Counter()
    for step, count in counts.items():
        at_nodes[step.node_id, step.kind] += count
    standing = Counter({node_id: at_nodes[node_id, "entered"] for node_id, _ in at_nodes})
    for (node_id, kind), count in at_nodes.items():
        if kind != "entered":
            standing[node_id] -= count
    expected = {sprint.session.node_id: 1} if sprint.session.is_open else {}
    assert {node_id: count for node_id, count in standing.items() if count} == expected
    assert at_nodes["start", "entered"] >= 1
    ended = sum(count for (_, kind), count in at_nodes.items() if kind == "failed")
    assert ended == (sprint.session.status.value == "failed")


@given(st.lists(st.floats(1, 10**7), min_size=1, max_size=40))
def test_a_median_of_buckets_is_near_the_true_one(seconds: list[float]) -> None:
    counts = Counter(bucket_of(each) for each in seconds)
    counts[NO_WAIT] = 1000
    middle = sorted(seconds)[(len(seconds) + 1) // 2 - 1]
    found = median_seconds(counts)
    assert found is not None
    assert middle / 1.1 <= found <= middle * 1.1


def test_nobody_waited() -> None:
    assert median_seconds({NO_WAIT: 5}) is None
    assert median_seconds({}) is None
    assert median_seconds({bucket_of(0.2): 1}) == 0.5
