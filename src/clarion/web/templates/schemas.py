"""What the routes of templates give."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from clarion.domain.message import Channel

__all__ = ["SyncAnswer", "TemplateAnswer"]


class TemplateAnswer(BaseModel):
    """A template as the provider last told it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    channel: Channel
    account_key: str
    provider_id: str
    name: str
    language: str
    status: str = Field(description="`approved`, `pending`, `rejected`, `paused`, `deleted`, …")
    category: str
    parameter_format: str
    components: list[dict[str, Any]]
    quality: str | None
    rejected_reason: str | None
    synced_at: datetime


class SyncAnswer(BaseModel):
    """What a synchronisation found and changed."""

    model_config = ConfigDict(from_attributes=True)

    found_count: int
    added_count: int
    changed_count: int
    deleted_count: int
