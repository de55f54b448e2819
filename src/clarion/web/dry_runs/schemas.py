"""What the routes of dry runs take and give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from clarion.domain.reasons import reason_in_words
from clarion.engine.forecast import ForecastOutcome
from clarion.flow.sprint import event_to_json
from clarion.services.dry_run_words import notice_in_words, sentence
from clarion.services.dry_runs import DryRun, DryRunPerson, Explanation
from clarion.services.workspaces import Language
from clarion.store.content import kind_of
from clarion.web.campaigns.schemas import CampaignBody
from clarion.web.schemas import Body, IdInBody
from clarion.web.times import When

__all__ = [
    "DryRunAnswer",
    "DryRunBody",
    "DryRunPersonAnswer",
    "PersonExplanationAnswer",
    "dry_run_answer",
    "explanation_answer",
    "person_answer",
]

InWords = Field(description="In the workspace's language.")


class DryRunBody(Body):
    """What to try: a campaign, a draft, or what a campaign would become."""

    campaign_id: IdInBody | None = None
    draft: CampaignBody | None = Field(
        default=None, description="As for a create. With `campaign_id`: what it would become."
    )
    scheduled_at: When | None = Field(
        default=None, description="One of the occurrences to come; the next, when not given."
    )


class ReasonForecastAnswer(BaseModel):
    """How many people end like this; `node_id` is the node that sends, or would have sent."""

    outcome: ForecastOutcome
    reason: str | None
    reason_in_words: str | None = InWords
    node_id: str | None
    people_count: int


class SenderForecastAnswer(BaseModel):
    """What one sender would do."""

    id: int
    name: str
    status: str
    rate_per_second: float
    waiting_count: int = Field(description="Messages that are in its outbox already.")
    day_limit: int | None = Field(description="People in 24 hours; null when no limit is known.")
    day_used_count: int = Field(
        description="People with whom its account opened conversations in the last 24 hours."
    )
    day_waiting_count: int = Field(
        default=0, description="Of the messages, how many wait until the 24 hours have room."
    )
    send_count: int
    first_send_at: datetime | None
    finish_at: datetime | None


class StepAnswer(BaseModel):
    """Messages of one sender in one step of time."""

    step: int = Field(description="0 begins at `first_at`.")
    sender_id: int
    send_count: int


class HistogramAnswer(BaseModel):
    """Sends over time; steps without any are left out."""

    first_at: datetime
    step_seconds: int
    steps: list[StepAnswer]


class NoticeAnswer(BaseModel):
    """Something to know before."""

    code: str
    text: str = InWords
    details: dict[str, Any]


class DryRunSummaryAnswer(BaseModel):
    """`audience_count` = send + held + skipped + failed, exactly."""

    audience_count: int
    send_count: int
    held_count: int
    skipped_count: int
    failed_count: int
    replaced_count: int = Field(description="Earlier sessions of the flow that would end.")
    sample_count: int = Field(description="People whose rendered message is kept.")
    first_send_at: datetime | None
    finish_at: datetime | None
    sentence: str = InWords
    reasons: list[ReasonForecastAnswer]
    senders: list[SenderForecastAnswer]
    histogram: HistogramAnswer | None
    notices: list[NoticeAnswer]


class PreviousAnswer(BaseModel):
    """The dry run before it of the same campaign, in numbers."""

    id: int
    created_at: datetime
    scheduled_at: datetime
    audience_count: int
    send_count: int
    held_count: int
    skipped_count: int
    failed_count: int
    reasons: list[ReasonForecastAnswer]


class DryRunAnswer(BaseModel):
    """A dry run."""

    id: int
    campaign_id: int | None = Field(description="Null: of a campaign that was not saved.")
    campaign_name: str
    flow_id: int
    flow_version_id: int | None
    scheduled_at: datetime
    zone: str
    status: Literal["waiting", "running", "finished", "failed"]
    reason: str | None = Field(description="The code of the error, when it failed.")
    asked_by: str
    audience_count: int = Field(description="Of how many people; 0 until it is known.")
    done_count: int
    summary: DryRunSummaryAnswer | None = Field(description="Null until it is finished.")
    previous: PreviousAnswer | None = None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class DryRunPersonAnswer(BaseModel):
    """What would become of one person."""

    contact_id: int
    name: str | None = Field(description="Null for a contact that was deleted since.")
    phone: str | None
    outcome: ForecastOutcome
    reason: str | None
    reason_in_words: str | None = InWords
    node_id: str | None
    sender_id: int | None
    sender_name: str | None
    send_at: datetime | None
    content: Mapping[str, Any] | None = Field(
        description="`kind` and `body` of the message, for people of the sample."
    )


class WayEventAnswer(BaseModel):
    """Something that would happen on the way."""

    event: str
    node_id: str | None
    details: dict[str, Any]


class WayExitAnswer(BaseModel):
    """A way out that would be taken."""

    node_id: str
    exit: str
    to_node_id: str | None


class WayAnswer(BaseModel):
    """The way through one flow."""

    flow_id: int
    version_number: int
    path: list[str] = Field(description="The ids of the nodes, in the order of entering.")
    exits: list[WayExitAnswer]
    events: list[WayEventAnswer]


class WayMessageAnswer(BaseModel):
    """A message that would be sent at once."""

    node_id: str
    kind: str
    content: dict[str, Any]


class PersonExplanationAnswer(BaseModel):
    """One person, computed again now."""

    person: DryRunPersonAnswer
    is_changed: bool = Field(description="Something else would become of the person by now.")
    now_outcome: ForecastOutcome
    now_reason: str | None
    now_reason_in_words: str | None = InWords
    ways: list[WayAnswer]
    messages: list[WayMessageAnswer]


def dry_run_answer(
    dry_run: DryRun, language: Language, previous: DryRun | None = None
) -> DryRunAnswer:
    """A dry run in the words of its workspace."""
    return DryRunAnswer(
        id=dry_run.id,
        campaign_id=dry_run.campaign_id,
        campaign_name=dry_run.draft.name,
        flow_id=dry_run.draft.flow_id,
        flow_version_id=dry_run.flow_version_id,
        scheduled_at=dry_run.scheduled_at,
        zone=dry_run.zone,
        status=dry_run.status,
        reason=dry_run.reason,
        asked_by=dry_run.asked_by,
        audience_count=dry_run.audience_count,
        done_count=dry_run.done_count,
        summary=_summary(dry_run, language),
        previous=None if previous is None else _previous(previous, language),
        created_at=dry_run.created_at,
        started_at=dry_run.started_at,
        finished_at=dry_run.finished_at,
    )


def _summary(dry_run: DryRun, language: Language) -> DryRunSummaryAnswer | None:
    summary = dry_run.summary
    if not summary:
        return None
    return DryRunSummaryAnswer.model_validate(
        {
            **summary,
            "sentence": sentence(summary, ZoneInfo(dry_run.zone), language),
            "reasons": _reasons(summary, language),
            "notices": [
                {
                    "code": notice["code"],
                    "text": notice_in_words(notice, language),
                    "details": {name: notice[name] for name in notice if name != "code"},
                }
                for notice in summary["notices"]
            ],
        }
    )


def _reasons(summary: Mapping[str, Any], language: Language) -> list[ReasonForecastAnswer]:
    return [
        ReasonForecastAnswer(
            **each, reason_in_words=each["reason"] and reason_in_words(each["reason"], language)
        )
        for each in summary["reasons"]
    ]


def _previous(dry_run: DryRun, language: Language) -> PreviousAnswer:
    summary = dry_run.summary
    counts = ("audience_count", "send_count", "held_count", "skipped_count", "failed_count")
    return PreviousAnswer(
        id=dry_run.id,
        created_at=dry_run.created_at,
        scheduled_at=dry_run.scheduled_at,
        reasons=_reasons(summary, language),
        **{name: summary[name] for name in counts},
    )


def person_answer(person: DryRunPerson, language: Language) -> DryRunPersonAnswer:
    """A person in the words of the workspace."""
    reason = person.reason
    return DryRunPersonAnswer(
        **asdict(person), reason_in_words=reason and reason_in_words(reason, language)
    )


def explanation_answer(explanation: Explanation, language: Language) -> PersonExplanationAnswer:
    """One person's way in the words of the workspace."""
    forecast = explanation.forecast
    return PersonExplanationAnswer(
        person=person_answer(explanation.person, language),
        is_changed=explanation.is_changed,
        now_outcome=forecast.outcome,
        now_reason=forecast.reason,
        now_reason_in_words=forecast.reason and reason_in_words(forecast.reason, language),
        ways=[
            _way(
                walk.flow_id,
                explanation.version_numbers[walk.flow_version_id],
                [event_to_json(event) for event in walk.sprint.events],
            )
            for walk in forecast.walks
        ],
        messages=[
            WayMessageAnswer(
                node_id=message.node_id,
                kind=kind_of(message.content),
                content={
                    name: getattr(message.content, name)
                    for name in message.content.__dataclass_fields__
                },
            )
            for walk in forecast.walks
            for message in walk.sprint.messages
        ],
    )


def _way(flow_id: int, version_number: int, events: list[dict[str, Any]]) -> WayAnswer:
    return WayAnswer(
        flow_id=flow_id,
        version_number=version_number,
        path=[each["node_id"] for each in events if each["event"] == "node_entered"],
        exits=[
            WayExitAnswer(node_id=each["node_id"], exit=each["exit"], to_node_id=each["to_node_id"])
            for each in events
            if each["event"] == "exit_left"
        ],
        events=[
            WayEventAnswer(
                event=each["event"],
                node_id=each.get("node_id"),
                details={
                    name: value for name, value in each.items() if name not in ("event", "node_id")
                },
            )
            for each in events
        ],
    )
