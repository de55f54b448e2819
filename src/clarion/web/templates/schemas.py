"""What the routes of templates give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from clarion.domain.message import Channel
from clarion.web.schemas import Body, IdInBody

__all__ = [
    "NewTemplateBody",
    "SyncAnswer",
    "TemplateAnswer",
    "TemplateChangeBody",
    "TemplateSwitchesBody",
]


class NewTemplateBody(Body):
    """A template to hand in for approval."""

    sender_id: IdInBody = Field(description="A sender of the account that shall own it.")
    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,512}$")]
    language: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(_[A-Za-z]{2,4})?$")]
    category: Literal["marketing", "utility", "authentication"]
    parameter_format: Literal["positional", "named"] = "positional"
    components: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=20)] = Field(
        description="In the provider's own form."
    )


class TemplateChangeBody(Body):
    """Another text of a template; name and language stay."""

    category: Literal["marketing", "utility", "authentication"] | None = None
    components: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=20)]


class TemplateSwitchesBody(Body):
    """What shall be switched; what is left out stays."""

    is_sending_allowed: bool | None = None
    is_stopped_as_marketing: bool | None = None
    is_archived: bool | None = None


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
    is_sending_allowed: bool
    is_stopped_as_marketing: bool = Field(
        description="Sending stops when the provider turns the utility template into marketing."
    )
    archived_at: datetime | None
    sending_status: str = Field(
        description="`approved`: it can be sent; `stopped`, `archived` by people; else `status`."
    )
    synced_at: datetime


class SyncAnswer(BaseModel):
    """What a synchronisation found and changed."""

    model_config = ConfigDict(from_attributes=True)

    found_count: int
    added_count: int
    changed_count: int
    deleted_count: int
