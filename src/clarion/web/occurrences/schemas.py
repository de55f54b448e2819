"""What the routes of occurrences give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from clarion.domain.campaign import OccurrenceStatus, Outcome
from clarion.domain.message import MessageStatus
from clarion.domain.reasons import reason_in_words
from clarion.services.occurrences import Occurrence, Participant, Participation, ReasonCount
from clarion.services.workspaces import Language
from clarion.web.campaigns.schemas import CountsAnswer

__all__ = [
    "BalanceAnswer",
    "ExplanationAnswer",
    "OccurrenceAnswer",
    "ParticipantAnswer",
    "ParticipationAnswer",
    "ReasonCountAnswer",
    "occurrence_answer",
    "participant_answer",
    "participation_answer",
    "reason_count_answer",
]

InWords = Field(description="In the workspace's language.")


class OccurrenceAnswer(BaseModel):
    """One planned firing of a campaign."""

    id: int
    campaign_id: int
    campaign_name: str
    scheduled_at: datetime
    status: OccurrenceStatus
    reason: str | None = Field(description="Why it did not run, or waits.")
    reason_in_words: str | None = InWords
    flow_version_id: int | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    counts: CountsAnswer


class ParticipantAnswer(BaseModel):
    """One contact of the audience, and what became of its opening message."""

    contact_id: int
    name: str | None = Field(description="Null for a contact that was deleted since.")
    phone: str | None
    outcome: Outcome
    reason: str | None
    reason_in_words: str | None = InWords
    session_id: int | None
    message_id: int | None
    message_status: MessageStatus | None
    provider_id: str | None
    error_code: str | None
    error_title: str | None
    accepted_at: datetime | None
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    failed_at: datetime | None
    replied_at: datetime | None


class ParticipationAnswer(BaseModel):
    """An occurrence that a contact was in the audience of, and what became of it there."""

    occurrence_id: int
    campaign_id: int
    campaign_name: str
    scheduled_at: datetime
    outcome: Outcome
    reason: str | None
    reason_in_words: str | None = InWords
    message_id: int | None
    message_status: MessageStatus | None
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    replied_at: datetime | None


class ReasonCountAnswer(BaseModel):
    """How many people have this outcome for this reason."""

    outcome: Outcome
    reason: str | None
    reason_in_words: str | None = InWords
    participant_count: int


class DifferenceAnswer(BaseModel):
    """A counter that is not what the rows say."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    stored_count: int
    counted_count: int


class BalanceAnswer(BaseModel):
    """The counters as stored, and counted again from the rows."""

    model_config = ConfigDict(from_attributes=True)

    occurrence_id: int
    is_balanced: bool
    stored: dict[str, int]
    counted: dict[str, int]
    differences: list[DifferenceAnswer]
    gone_count: int = Field(description="People whose message was deleted with their contact.")
    disagreeing_count: int = Field(
        description="People whose outcome is not their opening message's status."
    )


class FactAnswer(BaseModel):
    """Something that happened."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    kind: str
    text: str = InWords
    detail: str | None
    message_id: int | None


class ExplanationAnswer(BaseModel):
    """Why this person did, or did not, get the message."""

    model_config = ConfigDict(from_attributes=True)

    occurrence_id: int
    contact_id: int
    contact_name: str | None
    contact_phone: str | None
    campaign_id: int
    campaign_name: str
    outcome: Outcome
    reason: str | None
    reason_in_words: str | None = InWords
    replied_at: datetime | None
    session: Mapping[str, Any] | None = Field(description="The walk through the flow.")
    messages: list[Mapping[str, Any]]
    facts: list[FactAnswer] = Field(description="In the order of time.")


def occurrence_answer(occurrence: Occurrence, language: Language) -> OccurrenceAnswer:
    """An occurrence in the words of its workspace."""
    reason = occurrence.reason
    return OccurrenceAnswer(
        **asdict(occurrence), reason_in_words=reason and reason_in_words(reason, language)
    )


def participant_answer(participant: Participant, language: Language) -> ParticipantAnswer:
    """A person of an occurrence in the words of the workspace."""
    reason = participant.reason
    return ParticipantAnswer(
        **asdict(participant), reason_in_words=reason and reason_in_words(reason, language)
    )


def participation_answer(participation: Participation, language: Language) -> ParticipationAnswer:
    """A contact's place in an occurrence in the words of the workspace."""
    reason = participation.reason
    return ParticipationAnswer(
        **asdict(participation), reason_in_words=reason and reason_in_words(reason, language)
    )


def reason_count_answer(count: ReasonCount, language: Language) -> ReasonCountAnswer:
    """A count in the words of the workspace."""
    reason = count.reason
    return ReasonCountAnswer(
        **asdict(count), reason_in_words=reason and reason_in_words(reason, language)
    )
