"""What the routes that test flows take and give."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from clarion.flow.run_tests import TestReport
from clarion.web.flows.play_schemas import PlayBody
from clarion.web.schemas import Body, IdInBody

__all__ = ["TestFromPlayBody", "TestsAnswer", "TestsBody"]


class TestsBody(Body):
    """A flow with tests: exactly one of the two."""

    definition: Any = Field(default=None, description="A flow file; or give `flow_id`.")
    flow_id: IdInBody | None = Field(default=None, description="A flow, whose draft is tested.")

    @model_validator(mode="after")
    def _one_flow(self) -> Self:
        if (self.definition is None) == (self.flow_id is None):
            raise ValueError("give either `definition` or `flow_id`")
        return self


class TestFromPlayBody(PlayBody):
    """A play, and the name of the test that it becomes."""

    name: Annotated[str, Field(min_length=1, max_length=120)]


class MismatchAnswer(BaseModel):
    """Something that is not as expected."""

    model_config = ConfigDict(from_attributes=True)

    turn: int = Field(description="From 0, the start; the end has the number of the last turn.")
    what: str = Field(description="`messages`, `exits`, `variables` or `end`.")
    expected: Any
    found: Any


class WayAnswer(BaseModel):
    """An exit of a node that a test walks."""

    node_id: str
    exit: str


class TestResultAnswer(BaseModel):
    """How one test went."""

    name: str
    has_passed: bool
    mismatches: list[MismatchAnswer]
    path: list[str] = Field(description="The ids of the nodes, in the order of entering.")
    exits: list[WayAnswer]


class WayCoverageAnswer(BaseModel):
    """One exit of one node, and whether a test walks it."""

    model_config = ConfigDict(from_attributes=True)

    node_id: str
    exit: str
    is_walked: bool


class CoverageAnswer(BaseModel):
    """Which nodes and exits the tests walk; notes are no nodes here."""

    model_config = ConfigDict(from_attributes=True)

    node_count: int
    walked_node_count: int
    exit_count: int
    walked_exit_count: int
    unwalked_node_ids: list[str]
    exits: list[WayCoverageAnswer]


class TestsAnswer(BaseModel):
    """All tests of a flow."""

    results: list[TestResultAnswer]
    failed_count: int
    coverage: CoverageAnswer

    @classmethod
    def of(cls, report: TestReport) -> TestsAnswer:
        """A report as it is answered."""
        return cls(
            results=[
                TestResultAnswer(
                    name=each.name,
                    has_passed=each.has_passed,
                    mismatches=[MismatchAnswer.model_validate(one) for one in each.mismatches],
                    path=list(each.path),
                    exits=[WayAnswer(node_id=node_id, exit=name) for node_id, name in each.exits],
                )
                for each in report.results
            ],
            failed_count=len(report.failed),
            coverage=CoverageAnswer.model_validate(report.coverage),
        )
