"""A test of a flow: who plays, what they do, and what is expected after each move.

Theory of operation.  Tests stand in the flow file under ``tests``, so that they are versioned,
exported and published with it.  What is not named in an expectation is not looked at: a test that
names only texts lives on when an exit gets another name.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from clarion.domain.errors import Problem
from clarion.domain.message import Channel, ContentKind
from clarion.flow.moves import AnyMove, RecordedAnswers
from clarion.flow.problems import error, problems_of_config

__all__ = [
    "MAX_TESTS",
    "Expectation",
    "ExpectedEnd",
    "ExpectedMessage",
    "FlowTest",
    "TestContact",
    "TestTurn",
    "flow_test_to_json",
    "read_tests",
]

MAX_TESTS = 50
MAX_TURNS = 60

ShortText = Annotated[str, Field(max_length=256)]
LongText = Annotated[str, Field(max_length=4096)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TestContact(_Part):
    """Whoever walks through the flow."""

    __test__ = False
    name: Annotated[str, Field(max_length=200)] = "Ana"
    phone: Annotated[str, Field(max_length=40)] | None = "+4915112345678"
    attributes: dict[str, Any] = {}
    groups: tuple[ShortText, ...] = Field((), description="The names of their groups.")
    consents: dict[Channel, Literal["opted_in", "opted_out"]] = Field(
        {}, description="What they said, by channel."
    )


class ExpectedMessage(_Part):
    """One message; only what is given is compared."""

    kind: ContentKind | None = None
    text: LongText | None = Field(
        None, description="The whole text of the message, the caption of media."
    )
    contains: LongText | None = Field(None, description="A part of that text.")
    template: ShortText | None = None
    parameters: tuple[LongText, ...] | None = Field(
        None, description="The values of the template's placeholders, in their order."
    )
    buttons: tuple[ShortText, ...] | None = Field(None, description="What can be tapped.")


class Expectation(_Part):
    """What a move brings about: messages, exits and variables."""

    messages: tuple[ExpectedMessage, ...] | None = Field(
        None, description="All messages of the turn, in their order; `[]` expects silence."
    )
    exits: tuple[ShortText, ...] | None = Field(
        None, description="All exits of the turn in their order, each as `node:exit`."
    )
    variables: dict[str, Any] | None = Field(
        None, description="Variables that have these values after the turn; others may be there."
    )


class TestTurn(_Part):
    """A move, and what it brings about; the first turn has no move: the flow starts."""

    __test__ = False
    move: AnyMove | None = None
    expect: Expectation = Expectation()


class ExpectedEnd(_Part):
    """How the session stands after the last turn."""

    status: Literal["waiting", "completed", "failed"] | None = None
    reason: ShortText | None = None
    node: ShortText | None = Field(None, description="Where it waits, or ended.")


class FlowTest(_Part):
    """One test.  ``started_at`` is what the clock shows first; ``zone`` is the workspace's."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    contact: TestContact = TestContact()
    inputs: dict[ShortText, LongText] = {}
    answers: RecordedAnswers = Field(
        {},
        description="What calls of a node (by its id) get, one after the other, without a move.",
    )
    started_at: AwareDatetime
    zone: ShortText = "UTC"
    turns: Annotated[tuple[TestTurn, ...], Field(min_length=1, max_length=MAX_TURNS)]
    end: ExpectedEnd = ExpectedEnd()


def read_tests(data: object, problems: list[Problem]) -> tuple[FlowTest, ...]:
    """The tests of a flow file; what is wrong with them is added to ``problems``."""
    if not isinstance(data, list) or len(data) > MAX_TESTS:
        fix = "Write `[…]`, and keep the telling ones."
        problems.append(
            error("bad_test", "tests", f"Tests are a list of at most {MAX_TESTS}.", fix)
        )
        return ()
    tests: list[FlowTest] = []
    for index, each in enumerate(data):
        try:
            test = FlowTest.model_validate(each)
        except ValidationError as failure:
            problems += problems_of_config(failure, f"tests.{index}")
            continue
        if test.turns[0].move is not None or any(turn.move is None for turn in test.turns[1:]):
            problems.append(
                error(
                    "bad_test",
                    f"tests.{index}.turns",
                    "The first turn is the start of the flow, each other one a move.",
                    "Leave `move` out of the first turn, and of no other.",
                )
            )
        if any(test.name == other.name for other in tests):
            fix = "Give each test a name of its own."
            problems.append(
                error("bad_test", f"tests.{index}.name", f"Two tests are named {test.name!r}.", fix)
            )
        tests.append(test)
    return tuple(tests)


def flow_test_to_json(test: FlowTest) -> dict[str, Any]:
    """A test as it stands in a flow file."""
    return test.model_dump(mode="json", exclude_unset=True, exclude_none=True)
