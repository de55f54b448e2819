"""The route of the first page."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from clarion.domain.reasons import reason_in_words
from clarion.reports.attention import Attention, Noun
from clarion.services.home import read_home
from clarion.services.workspaces import Language, read_workspace
from clarion.web.access import Asking
from clarion.web.database import DB
from clarion.web.routing import noun_router

__all__ = ["router"]

router = noun_router("home")


class DayCountsAnswer(BaseModel):
    """Messages made in a time, and what became of them."""

    model_config = ConfigDict(from_attributes=True)

    sent_count: int
    delivered_count: int
    read_count: int
    received_count: int
    opted_out_count: int


class ComingAnswer(BaseModel):
    """An occurrence of the next 24 hours."""

    model_config = ConfigDict(from_attributes=True)

    campaign_id: int
    campaign_name: str
    scheduled_at: datetime


class AttentionAnswer(BaseModel):
    """Something that needs a person."""

    code: str
    noun: Noun
    is_grave: bool
    subject_id: int | None
    subject_name: str
    count: int
    detail: str | None
    detail_in_words: str | None = Field(description="In the workspace's language.")
    what_to_do: str = Field(description="In the workspace's language.")
    since_at: datetime | None


class HomeAnswer(BaseModel):
    """The first page."""

    zone: str
    today: DayCountsAnswer
    last_week: DayCountsAnswer = Field(
        description="The same day of last week, up to the same time."
    )
    coming: list[ComingAnswer]
    attention: list[AttentionAnswer]
    has_sender: bool
    has_contact: bool
    has_campaign: bool


@router.get("/home", operation_id="home_read", summary="Today, what comes, what needs a person")
async def home_read(connection: DB, scope: Asking) -> HomeAnswer:
    """Made to be asked every few seconds."""
    home = await read_home(connection, scope)
    language = (await read_workspace(connection, scope)).language
    return HomeAnswer(
        zone=home.zone,
        today=DayCountsAnswer.model_validate(home.today),
        last_week=DayCountsAnswer.model_validate(home.last_week),
        coming=[ComingAnswer.model_validate(each) for each in home.coming],
        attention=[_attention(each, language) for each in home.attention],
        has_sender=home.has_sender,
        has_contact=home.has_contact,
        has_campaign=home.has_campaign,
    )


def _attention(attention: Attention, language: Language) -> AttentionAnswer:
    kind, detail = attention.kind, attention.detail
    return AttentionAnswer(
        code=kind.code,
        noun=kind.noun,
        is_grave=kind.is_grave,
        subject_id=attention.subject_id,
        subject_name=attention.subject_name,
        count=attention.count,
        detail=detail,
        detail_in_words=detail and reason_in_words(detail, language),
        what_to_do=kind.what_to_do[language],
        since_at=attention.since_at,
    )
