"""What the routes of sessions, of a flow's insight and of its log take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from clarion.domain.reasons import reason_in_words
from clarion.reports.insight import FlowInsight
from clarion.services.sessions import Session, SessionStory
from clarion.services.workspaces import Language
from clarion.web.messages.schemas import MessageAnswer, message_answer
from clarion.web.schemas import Body

__all__ = [
    "FlowInsightAnswer",
    "FlowLogAnswer",
    "FlowLogBody",
    "SessionAnswer",
    "SessionStoryAnswer",
    "session_answer",
    "story_answer",
]


class SessionAnswer(BaseModel):
    """One contact's walk through a version of a flow."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    contact_id: int
    contact_name: str
    contact_phone: str | None
    flow_id: int
    flow_name: str
    version_number: int
    campaign_id: int | None
    campaign_name: str | None
    occurrence_id: int | None
    channel: str
    status: str
    reason: str | None
    reason_in_words: str | None = Field(None, description="In the workspace's language.")
    node_id: str | None = Field(description="Where it stands, or ended.")
    wait_kind: str | None
    wait_began_at: datetime | None
    wake_at: datetime | None = Field(description="When the wait ends by itself.")
    started_at: datetime
    ended_at: datetime | None


class TraceEventAnswer(BaseModel):
    """Something that happened; its own fields are in `details`."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    event: str
    node_id: str | None
    details: dict[str, Any]


class SessionStoryAnswer(SessionAnswer):
    """A session with everything that is known of it."""

    variables: dict[str, Any] = Field(description="As they are now; secrets are hidden.")
    is_logging: bool = Field(description="Whether the log of its flow is on now.")
    is_traced_whole: bool = Field(description="Whether the trace begins with the beginning.")
    events: list[TraceEventAnswer]
    messages: list[MessageAnswer] = Field(
        description="What it said, and what the contact wrote while it lasted; the oldest first."
    )


def session_answer(session: Session, language: Language) -> SessionAnswer:
    """A session in the words of its workspace."""
    answer = SessionAnswer.model_validate(session)
    reason = session.reason
    answer.reason_in_words = reason and reason_in_words(reason, language)
    return answer


def story_answer(story: SessionStory, language: Language) -> SessionStoryAnswer:
    """A story in the words of its workspace."""
    return SessionStoryAnswer(
        **session_answer(story.session, language).model_dump(),
        variables=dict(story.variables),
        is_logging=story.is_logging,
        is_traced_whole=story.is_traced_whole,
        events=[TraceEventAnswer.model_validate(event) for event in story.events],
        messages=[message_answer(message, language) for message in story.messages],
    )


class ExitInsightAnswer(BaseModel):
    """One way out of a node."""

    model_config = ConfigDict(from_attributes=True)

    exit: str
    left_count: int
    median_wait_seconds: float | None = Field(description="Of those who had waited.")


class FailureInsightAnswer(BaseModel):
    """Why sessions failed at a node."""

    model_config = ConfigDict(from_attributes=True)

    reason: str
    failed_count: int


class FailedSessionAnswer(BaseModel):
    """One of the last sessions that failed at a node."""

    model_config = ConfigDict(from_attributes=True)

    session_id: int
    contact_id: int
    reason: str | None
    failed_at: datetime | None


class NodeInsightAnswer(BaseModel):
    """One node: entered = left + waiting + ended + failed."""

    model_config = ConfigDict(from_attributes=True)

    node_id: str
    entered_count: int
    left_count: int
    waiting_count: int = Field(description="Who stands here now.")
    ended_count: int = Field(description="Who ended here without leaving.")
    ended: dict[str, int] = Field(description="The same by the status of the session.")
    failed_count: int
    median_wait_seconds: float | None
    exits: list[ExitInsightAnswer]
    failures: list[FailureInsightAnswer]
    examples: list[FailedSessionAnswer] = Field(description="The last that failed here.")


class FlowInsightAnswer(BaseModel):
    """What the sessions of a flow do at its nodes."""

    model_config = ConfigDict(from_attributes=True)

    flow_id: int
    version_number: int | None = Field(description="Null: all versions, added up by node.")
    started_count: int
    waiting_count: int
    failed_count: int
    nodes: list[NodeInsightAnswer]

    @classmethod
    def of(cls, insight: FlowInsight) -> FlowInsightAnswer:
        """The report as it is answered."""
        return cls.model_validate(insight)


class FlowLogBody(Body):
    """The switch."""

    is_logging: bool


class FlowLogAnswer(BaseModel):
    """The switch of a flow's log."""

    model_config = ConfigDict(from_attributes=True)

    flow_id: int
    is_logging: bool
    logging_changed_at: datetime | None
