"""What the routes that compare, restore and change over versions take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from clarion.web.flows.schemas import ProblemOfFlow, Revision
from clarion.web.schemas import Body

__all__ = [
    "ChangeoverAnswer",
    "PublicationAnswer",
    "RestoreBody",
    "VersionDifferenceAnswer",
    "WaitingAtNodeAnswer",
]


class _Answer(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class FieldChangeAnswer(_Answer):
    """One field with its values; null where it is missing."""

    path: str = Field(description="Such as `config.text.body` or `exits.next`.")
    before: Any
    after: Any


class NodeChangeAnswer(_Answer):
    """One node that differs."""

    node_id: str
    change: Literal["added", "removed", "changed"]
    kind: str
    label: str
    fields: list[FieldChangeAnswer] = Field(description="Empty unless it was changed.")


class VersionDifferenceAnswer(_Answer):
    """What two definitions have not in common."""

    fields: list[FieldChangeAnswer] = Field(description="Of the flow itself, such as its trigger.")
    nodes: list[NodeChangeAnswer]
    is_empty: bool


class WaitingAtNodeAnswer(_Answer):
    """How many sessions wait at a node of a version."""

    number: int
    node_id: str
    waiting_count: int
    is_disturbed: bool = Field(description="The draft changes the node or has it no more.")


class PublicationAnswer(BaseModel):
    """What publishing the draft would change."""

    draft_revision: int
    published_number: int | None
    difference: VersionDifferenceAnswer | None = Field(
        description="Null when nothing is published."
    )
    problems: list[ProblemOfFlow]
    can_publish: bool
    waiting: list[WaitingAtNodeAnswer] = Field(description="Where sessions wait, all versions.")
    waiting_count: int
    disturbed_count: int = Field(
        description="Sessions that wait at nodes which the draft changes or has no more."
    )


class RestoreBody(Body):
    """The revision of the draft that is replaced."""

    revision: Revision


class ChangeoverAnswer(_Answer):
    """What became of those who waited in older versions."""

    id: int
    flow_id: int
    number: int = Field(description="The version that was published.")
    mode: Literal["move", "stop"]
    status: Literal["running", "finished"]
    waiting_count: int
    moved_count: int
    stopped_count: int
    kept_count: int = Field(description="They finish in their version: the new one has no place.")
    asked_by: str
    started_at: datetime
    finished_at: datetime | None
