"""What the routes of senders take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from clarion.domain.message import Channel
from clarion.services.senders import DEFAULT_BASE_URL, DEFAULT_VERSION
from clarion.web.schemas import Body

__all__ = ["NewSenderAnswer", "NewSenderBody", "PauseBody", "SenderAnswer", "SenderChangeBody"]

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
    health: dict[str, Any]
    created_at: datetime
    updated_at: datetime


class NewSenderAnswer(SenderAnswer):
    """A new sender with the token to enter at the provider's webhook page."""

    verify_token: str
