"""What the routes of messages give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from clarion.domain.message import MessageStatus, ReceiptState
from clarion.domain.reasons import reason_in_words
from clarion.services.messages import Attempt, Message
from clarion.services.workspaces import Language

__all__ = [
    "AttemptAnswer",
    "MessageAnswer",
    "MessageDetailAnswer",
    "detail_answer",
    "message_answer",
]

Direction = Literal["out", "in"]


class MessageAnswer(BaseModel):
    """A message that went out or came in."""

    id: int
    direction: Direction
    channel: str
    sender_id: int | None
    sender_name: str | None
    contact_id: int
    contact_name: str
    contact_phone: str | None
    session_id: int | None
    campaign_id: int | None
    occurrence_id: int | None
    node_id: str | None = Field(description="The node of the flow that sent it.")
    is_opening: bool = Field(description="Whether it opened the walk through the flow.")
    lane: str
    to_kind: str | None
    to_value: str | None
    content: dict[str, Any] = Field(description="`kind` and `body`.")
    status: MessageStatus
    stage: ReceiptState | None = Field(description="The furthest that receipts prove.")
    reason: str | None
    reason_in_words: str | None = Field(description="In the workspace's language.")
    attempt: int
    provider_id: str | None
    error_code: str | None
    error_title: str | None
    created_at: datetime
    accepted_at: datetime | None
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    failed_at: datetime | None
    reply_to: str | None = Field(description="The provider's id of the message that this answers.")
    request_key: str | None = Field(description="The key of the request outside of flows.")
    tag: str | None = Field(description="The asker's own mark of such a request.")


class AttemptAnswer(BaseModel):
    """One attempt that touched the wire, and what the provider said."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    sender_id: int
    kind: str
    reaction: str
    reason: str | None
    provider_id: str | None
    error_code: str | None
    error_title: str | None
    http_status: int
    at: datetime


class MessageDetailAnswer(MessageAnswer):
    """A message with its attempts."""

    attempts: list[AttemptAnswer]


def message_answer(message: Message, language: Language) -> MessageAnswer:
    """A message in the words of its workspace."""
    reason = message.reason
    return MessageAnswer(
        **asdict(message), reason_in_words=reason and reason_in_words(reason, language)
    )


def detail_answer(
    message: Message, attempts: Sequence[Attempt], language: Language
) -> MessageDetailAnswer:
    """A message with its attempts, in the words of its workspace."""
    return MessageDetailAnswer(
        **message_answer(message, language).model_dump(),
        attempts=[AttemptAnswer.model_validate(attempt) for attempt in attempts],
    )
