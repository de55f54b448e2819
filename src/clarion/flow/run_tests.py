"""Run the tests of a flow, tell what is not as expected, and which exits no test walks.  Pure.

Theory of operation.  A test is a play (``flow.play``) with expectations.  Since one more move never
changes what was played before, each turn is what the play with its move has more than the play without
it.  Coverage is the union of the ways of some tests over all exits that the flow's nodes have.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from clarion.domain.errors import Problem
from clarion.domain.message import Content
from clarion.flow.context import CampaignFields, ContactFields, Context, OccurrenceFields
from clarion.flow.definition import Flow, read_flow
from clarion.flow.engine import Triggered
from clarion.flow.flow_test import (
    Expectation,
    ExpectedEnd,
    ExpectedMessage,
    FlowTest,
    TestContact,
    TestTurn,
)
from clarion.flow.message_words import message_in_words
from clarion.flow.moves import Move, RecordedAnswers, move_to_json
from clarion.flow.nodes import NODE_KINDS
from clarion.flow.play import play
from clarion.flow.problems import error
from clarion.flow.transcript import Transcript

__all__ = [
    "Coverage",
    "Mismatch",
    "TestReport",
    "TestResult",
    "WayCoverage",
    "flow_test_of_play",
    "problems_of_tests",
    "run_test",
    "run_tests",
]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Something that is not as expected.  ``turn`` counts from 0; the end has the last one's.

    ``what`` is ``messages``, ``exits``, ``variables`` or ``end``.
    """

    turn: int
    what: str
    expected: Any
    found: Any


@dataclass(frozen=True, slots=True)
class TestResult:
    """How one test went; it has passed when nothing mismatches.

    ``path`` and ``exits`` are the ways that it walked.
    """

    __test__ = False
    name: str
    mismatches: tuple[Mismatch, ...]
    path: tuple[str, ...]
    exits: tuple[tuple[str, str], ...]

    @property
    def has_passed(self) -> bool:
        """Whether all is as expected."""
        return not self.mismatches


@dataclass(frozen=True, slots=True)
class WayCoverage:
    """One exit of one node, and whether a test walks it."""

    node_id: str
    exit: str
    is_walked: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which nodes and exits are walked; comments are no nodes here."""

    node_count: int
    walked_node_count: int
    exit_count: int
    walked_exit_count: int
    unwalked_node_ids: tuple[str, ...]
    exits: tuple[WayCoverage, ...]


@dataclass(frozen=True, slots=True)
class TestReport:
    """All tests of a flow."""

    __test__ = False
    results: tuple[TestResult, ...]
    coverage: Coverage

    @property
    def failed(self) -> tuple[TestResult, ...]:
        """Those that have not passed."""
        return tuple(each for each in self.results if not each.has_passed)


def run_tests(flow: Flow, tests: Sequence[FlowTest] | None = None) -> TestReport:
    """Run the flow's own tests, or others.  Never raises."""
    results = tuple(run_test(flow, each) for each in (flow.tests if tests is None else tests))
    return TestReport(results, _coverage(flow, results))


def problems_of_tests(definition: Any) -> list[Problem]:
    """One error for each test of a flow file that fails; none when the file is no flow.  Total."""
    flow, _ = read_flow(definition)
    if flow is None or not flow.tests:
        return []
    return [
        error(
            "test_failed",
            f"tests.{index}",
            f"The test {result.name!r} fails: {_told(result.mismatches[0])}",
            "Mend the flow, or what the test expects; it can also be published despite its tests.",
        )
        for index, result in enumerate(run_tests(flow).results)
        if not result.has_passed
    ]


def _told(mismatch: Mismatch) -> str:
    found = json.dumps(mismatch.found, ensure_ascii=False, default=str)
    expected = json.dumps(mismatch.expected, ensure_ascii=False, default=str)
    return (
        f"turn {mismatch.turn}, {mismatch.what}: expected {_short(expected)}, "
        f"found {_short(found)}."
    )


def _short(text: str) -> str:
    return text if len(text) <= 200 else f"{text[:200]}…"


def run_test(flow: Flow, test: FlowTest) -> TestResult:
    """Run one test.  Never raises."""
    moves = [turn.move.move() for turn in test.turns if turn.move is not None]
    mismatches: list[Mismatch] = []
    before = _Seen()
    made_count = 0
    transcript = _play(flow, test, ())
    for number, turn in enumerate(test.turns):
        made_count += turn.move is not None
        transcript = _play(flow, test, moves[:made_count])
        after = _Seen(len(transcript.messages), len(transcript.exits))
        mismatches += _compare_turn(number, turn.expect, transcript, before)
        before = after
    mismatches += _compare_end(len(test.turns) - 1, test.end, transcript)
    return TestResult(test.name, tuple(mismatches), transcript.path, transcript.exits)


@dataclass(frozen=True, slots=True)
class _Seen:
    message_count: int = 0
    exit_count: int = 0


def _play(flow: Flow, test: FlowTest, moves: Sequence[Move]) -> Transcript:
    contact = test.contact
    try:
        zone = str(ZoneInfo(test.zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = "UTC"
    context = Context(
        now=test.started_at,
        contact=ContactFields(
            0,
            contact.name,
            contact.phone,
            contact.attributes,
            contact.groups,
            {channel.value: state for channel, state in contact.consents.items()},
        ),
        campaign=CampaignFields(0, flow.name),
        occurrence=OccurrenceFields(0, test.started_at),
        workspace_zone=zone,
    )
    return play(
        flow,
        moves,
        context=context,
        trigger=Triggered(test.inputs),
        answers={
            node_id: [each.answer() for each in answers]
            for node_id, answers in test.answers.items()
        },
    )


def _compare_turn(
    number: int, expect: Expectation, transcript: Transcript, before: _Seen
) -> Iterable[Mismatch]:
    if expect.messages is not None:
        found = [each.content for each in transcript.messages[before.message_count :]]
        is_same = len(found) == len(expect.messages) and all(
            _fits(wanted, content) for wanted, content in zip(expect.messages, found, strict=True)
        )
        if not is_same:
            yield Mismatch(
                number,
                "messages",
                [each.model_dump(exclude_none=True, mode="json") for each in expect.messages],
                [message_in_words(each) for each in found],
            )
    if expect.exits is not None:
        ways = [f"{node_id}:{name}" for node_id, name in transcript.exits[before.exit_count :]]
        if ways != list(expect.exits):
            yield Mismatch(number, "exits", list(expect.exits), ways)
    if expect.variables is not None:
        variables = transcript.session.variables
        wrong = {
            name: value for name, value in expect.variables.items() if variables.get(name) != value
        }
        if wrong:
            yield Mismatch(
                number, "variables", wrong, {name: variables.get(name) for name in wrong}
            )


def _compare_end(number: int, end: ExpectedEnd, transcript: Transcript) -> Iterable[Mismatch]:
    session = transcript.session
    found = {
        "status": session.status.value,
        "reason": session.reason,
        "node": session.wait.node_id if session.wait else session.node_id,
    }
    expected = end.model_dump(exclude_none=True)
    if any(found[name] != value for name, value in expected.items()):
        yield Mismatch(number, "end", expected, {name: found[name] for name in expected})


def _fits(wanted: ExpectedMessage, content: Content) -> bool:
    found = message_in_words(content)
    given = wanted.model_dump(exclude_none=True, mode="json")
    part = given.pop("contains", None)
    if part is not None and part not in (found.get("text") or ""):
        return False
    return all(found.get(name) == value for name, value in given.items())


def flow_test_of_play(
    flow: Flow, name: str, contact: TestContact, inputs: dict[str, str], zone: str,
    started_at: datetime, moves: Sequence[Move], answers: RecordedAnswers | None = None,
) -> FlowTest:  # fmt: skip
    """The test that expects what this play brings about now, with its recorded answers."""
    bare = FlowTest(
        name=name,
        contact=contact,
        inputs=inputs,
        started_at=started_at,
        zone=zone,
        turns=(TestTurn(),),
    )
    if answers:
        bare = bare.model_copy(update={"answers": answers})
    turns: list[TestTurn] = []
    before = _Seen()
    variables: dict[str, Any] = {}
    transcript = _play(flow, bare, ())
    for count in range(len(moves) + 1):
        transcript = _play(flow, bare, moves[:count])
        now = dict(transcript.session.variables)
        changed = {
            key: value
            for key, value in now.items()
            if variables.get(key) != value and isinstance(value, str | int | float | bool)
        }
        turns.append(
            TestTurn.model_validate(
                {
                    "move": move_to_json(moves[count - 1]) if count else None,
                    "expect": {
                        "messages": [
                            message_in_words(each.content)
                            for each in transcript.messages[before.message_count :]
                        ],
                        "exits": [
                            f"{node_id}:{each}"
                            for node_id, each in transcript.exits[before.exit_count :]
                        ],
                        "variables": changed or None,
                    },
                }
            )
        )
        before, variables = _Seen(len(transcript.messages), len(transcript.exits)), now
    session = transcript.session
    end = ExpectedEnd.model_validate(
        {
            "status": session.status.value,
            "reason": session.reason,
            "node": session.wait.node_id if session.wait else session.node_id,
        }
    )
    return bare.model_copy(update={"turns": tuple(turns), "end": end})


def _coverage(flow: Flow, results: Sequence[TestResult]) -> Coverage:
    entered = {node_id for each in results for node_id in each.path}
    left = {way for each in results for way in each.exits}
    nodes = [node for node in flow.nodes if not NODE_KINDS[node.kind].is_comment]
    ways: list[WayCoverage] = []
    for node in nodes:
        kind = NODE_KINDS[node.kind]
        names = [each.name for each in kind.exits(node.config)]
        if kind.targets(node.config):
            names.append("jump")
        ways += [WayCoverage(node.id, name, (node.id, name) in left) for name in names]
    unwalked = tuple(node.id for node in nodes if node.id not in entered)
    return Coverage(
        len(nodes),
        len(nodes) - len(unwalked),
        len(ways),
        sum(each.is_walked for each in ways),
        unwalked,
        tuple(ways),
    )
