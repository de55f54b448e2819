"""What the routes of flows take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from clarion.flow.definition import MAX_NAME_CHARS
from clarion.flow.trigger import TriggerKind
from clarion.web.schemas import Body

__all__ = [
    "CheckAnswer",
    "CheckBody",
    "DraftBody",
    "FlowAnswer",
    "FlowSummaryAnswer",
    "FlowVersionAnswer",
    "FlowVersionSummaryAnswer",
    "NewFlowBody",
    "ProblemCountsAnswer",
    "ProblemOfFlow",
    "PublishBody",
    "SampleFlowAnswer",
]

Definition = Annotated[
    dict[str, Any], Field(description="A flow file; its JSON Schema is at `/api/v1/flows/schema`.")
]
Revision = Annotated[int, Field(ge=1, le=2**31 - 1)]


class NewFlowBody(Body):
    """A flow to make or to import."""

    definition: Definition
    name: (
        Annotated[
            str, StringConstraints(min_length=1, max_length=MAX_NAME_CHARS, strip_whitespace=True)
        ]
        | None
    ) = Field(default=None, description="Stands in for the definition's name.")


class DraftBody(Body):
    """A draft, and the revision that its author had read."""

    definition: Definition
    revision: Revision


class CheckBody(Body):
    """A definition to check without storing it."""

    definition: Any


class PublishBody(Body):
    """Which draft is meant."""

    revision: Revision | None = Field(default=None, description="Any, when it is not given.")
    despite_tests: bool = Field(
        default=False, description="Publish it even when tests of the draft fail."
    )
    note: Annotated[str, Field(max_length=500)] = Field(
        default="", description="What is new, for the list of versions."
    )
    waiting: Literal["finish", "move", "stop"] = Field(
        default="finish",
        description="What becomes of sessions that wait in older versions: they finish there, go on "
        "in the new one if it has their node, or end.",
    )


class ProblemOfFlow(BaseModel):
    """Something wrong with a flow."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    severity: Literal["error", "warning"]
    where: str
    node_id: str | None
    message: str
    fix: str


class CheckAnswer(BaseModel):
    """Every problem, and whether the flow could be published."""

    problems: list[ProblemOfFlow]
    can_publish: bool


class ProblemCountsAnswer(BaseModel):
    """How much is wrong with a flow's draft."""

    model_config = ConfigDict(from_attributes=True)

    flow_id: int
    error_count: int = Field(description="Each of them keeps the flow from being published.")
    warning_count: int


class FlowSummaryAnswer(BaseModel):
    """A flow without its draft."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    trigger_kind: TriggerKind
    draft_revision: int
    published_version_id: int | None
    published_number: int | None
    published_at: datetime | None
    has_unpublished_changes: bool
    live_campaign_count: int = Field(description="Campaigns that use it and are not over.")
    binding_count: int = Field(description="Senders to which it listens.")
    waiting_count: int = Field(description="Sessions that wait; 10,001 means more than 10,000.")
    created_at: datetime
    updated_at: datetime


class FlowAnswer(FlowSummaryAnswer):
    """A flow with its draft."""

    draft: dict[str, Any]


class FlowVersionSummaryAnswer(BaseModel):
    """A published version."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    flow_id: int
    number: int
    published_at: datetime
    published_by: str
    note: str


class FlowVersionAnswer(FlowVersionSummaryAnswer):
    """A published version with its definition."""

    definition: dict[str, Any]


class SampleFlowAnswer(BaseModel):
    """A flow to begin with."""

    key: str
    name: str
    description: str
    trigger_kind: TriggerKind
    templates: list[str] = Field(description="The names of the templates that it needs.")
    definition: dict[str, Any]
