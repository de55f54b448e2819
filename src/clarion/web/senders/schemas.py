"""What the routes of senders take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from clarion.domain.message import Channel
from clarion.services.senders import DEFAULT_BASE_URL, DEFAULT_VERSION
from clarion.web.schemas import Body

__all__ = [
    "FindingAnswer",
    "NewSenderAnswer",
    "NewSenderBody",
    "PauseBody",
    "RotationBody",
    "SenderAnswer",
    "SenderChangeBody",
]

Name = Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]
ProviderId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
BaseUrl = Annotated[
    str,
    StringConstraints(
        pattern=r"^https?://[A-Za-z0-9.\[\]:-]+(/[A-Za-z0-9._~/-]*)?$", max_length=300
    ),
]
Version = Annotated[str, StringConstraints(pattern=r"^v[0-9]{1,3}\.[0-9]{1,3}$")]
Endpoint = Literal["messages", "marketing_messages"]
Secret = Annotated[
    str,
    StringConstraints(pattern=r"^[\x21-\x7e]{1,1000}$"),
    Field(json_schema_extra={"format": "password", "writeOnly": True}),
]
Rate = Annotated[float, Field(ge=0.01, le=100_000, allow_inf_nan=False)]


class NewSenderBody(Body):
    """A sender to make; WhatsApp is the channel that can be added today."""

    channel: Literal["whatsapp"] = "whatsapp"
    name: Name
    phone_number_id: ProviderId
    waba_id: ProviderId
    token: Secret
    app_secret: Secret
    verify_token: Secret | None = Field(default=None, description="Generated when absent.")
    base_url: BaseUrl = DEFAULT_BASE_URL
    version: Version = DEFAULT_VERSION
    endpoint: Endpoint = Field(
        default="messages", description="Where marketing templates go; the rest goes to `messages`."
    )
    rate_per_second: Rate = Field(default=68, description="Messages a second, at most.")


class SenderChangeBody(Body):
    """What shall change; what is not named stays.  Secrets can be replaced, never read."""

    name: Name | None = None
    token: Secret | None = None
    app_secret: Secret | None = None
    verify_token: Secret | None = None
    base_url: BaseUrl | None = None
    version: Version | None = None
    endpoint: Endpoint | None = None
    rate_per_second: Rate | None = None


class RotationBody(Body):
    """Secrets to replace while the sender works; what is not named stays."""

    token: Secret | None = Field(
        default=None, description="Tried at the provider before it replaces the old one."
    )
    app_secret: Secret | None = None
    verify_token: Secret | None = None
    accept_former_seconds: Annotated[int, Field(ge=0, le=604_800)] = Field(
        default=86_400,
        description="How long webhooks that are signed with the former app secret are still taken;"
        " 0 when it leaked.",
    )
    is_resumed: bool = Field(default=False, description="Whether a paused sender goes on.")


class FindingAnswer(BaseModel):
    """One link of the chain by which the provider's webhooks reach us."""

    model_config = ConfigDict(from_attributes=True)

    link: Literal["token", "address", "subscription", "handshake", "events", "signatures"]
    state: Literal["ok", "problem", "unknown"]
    found: str = Field(description="What was found, in words.")
    next_step: str = Field(description="What to do; empty when there is nothing to do.")
    details: dict[str, Any]


class PauseBody(Body):
    """Why the sender is paused, for whoever looks."""

    reason: Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)] = ""


class SenderAnswer(BaseModel):
    """A sender without its secrets."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    channel: Channel
    name: str
    sender_key: str = Field(description="WhatsApp: the phone number id.")
    account_key: str = Field(description="WhatsApp: the WABA id.")
    display_address: str
    config: dict[str, Any]
    webhook_path: str = Field(description="Where the provider must send its webhooks.")
    status: Literal["active", "paused", "removed"]
    status_reason: str | None
    paused_until: datetime | None
    rate_per_second: float
    current_rate_per_second: float | None = Field(
        description="Below `rate_per_second` after the provider asked to slow down."
    )
    waiting_count: int = Field(description="Messages in its outbox.")
    minute_count: int = Field(
        description="Messages that the platform took from it in the last minute."
    )
    health: dict[str, Any]
    day_limit: int | None = Field(
        description="With how many people its account may open conversations in 24 hours;"
        " null when no limit is known."
    )
    day_used_count: int = Field(description="With how many it did in the last 24 hours.")
    day_waiting_count: int = Field(description="Messages that wait until the 24 hours have room.")
    next_place_at: datetime | None = Field(
        description="When the first of them may go; null while there is room."
    )
    last_event_at: datetime | None = Field(description="When its webhook last brought something.")
    handshake_at: datetime | None = Field(description="When the provider last shook hands.")
    signature_refused_count: int = Field(
        description="Webhooks whose signature did not fit, since the app secret was last replaced."
    )
    signature_refused_at: datetime | None
    former_secret_until: datetime | None = Field(
        description="Until then webhooks signed with the former app secret are taken too."
    )
    former_secret_at: datetime | None = Field(
        description="When the last webhook came that was signed with the former app secret."
    )
    created_at: datetime
    updated_at: datetime


class NewSenderAnswer(SenderAnswer):
    """A new sender with the token to enter at the provider's webhook page."""

    verify_token: str
