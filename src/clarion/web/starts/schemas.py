"""What the routes of starts take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from clarion.domain.campaign import Reentry
from clarion.services.triggers import MAX_KEY_CHARS, StartStatus, TriggerRequest
from clarion.web.schemas import Body, IdInBody
from clarion.web.times import When, in_zone

__all__ = ["StartAnswer", "StartBody"]


class StartBody(Body):
    """For whom the flow is started, and with what."""

    contact_id: IdInBody | None = Field(default=None, description="Or give `phone`.")
    phone: Annotated[str, Field(max_length=40)] | None = Field(
        default=None, description="An unknown one becomes a contact."
    )
    country: Annotated[str, Field(max_length=40)] | None = Field(
        default=None, description="Helps to read a phone number without a country code."
    )
    name: Annotated[str, Field(max_length=100)] = Field(
        default="", description="The name of a contact that is made."
    )
    inputs: dict[str, Any] = Field(default={}, description="Values of the declared inputs.")
    key: (
        Annotated[
            str,
            StringConstraints(min_length=1, max_length=MAX_KEY_CHARS, pattern=r"^[\x20-\x7e]+$"),
        ]
        | None
    ) = Field(
        default=None,
        description="Of your choice; the same key starts once, and is answered with the first start.",
    )
    discard_at: When | None = Field(
        default=None,
        description="A start that cannot be made before this instant is discarded. Without it, it "
        "is made at once.",
    )
    sender: Annotated[str, Field(max_length=100)] | None = Field(
        default=None, description="A sender's name; else the flow and the contact choose."
    )
    reentry: Reentry = Field(
        default=Reentry.RESTART,
        description="What happens when the contact is still inside a session of the flow.",
    )

    def request(self, zone: ZoneInfo) -> TriggerRequest:
        """The same for the service; times without an offset are of ``zone``."""
        return TriggerRequest(
            contact_id=self.contact_id,
            phone=self.phone,
            country=self.country,
            name=self.name,
            inputs=self.inputs,
            key=self.key,
            discard_at=None if self.discard_at is None else in_zone(self.discard_at, zone),
            sender_name=self.sender,
            reentry=self.reentry,
        )


class StartAnswer(BaseModel):
    """A wish to start a flow for a contact, and what became of it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    flow_id: int
    contact_id: int
    channel: str
    key: str | None
    message_id: int | None = Field(description="The inbound message that asked for it.")
    asked_by: str
    asked_at: datetime
    discard_at: datetime | None
    sender_name: str | None
    reentry: Reentry
    inputs: dict[str, Any]
    status: StartStatus
    reason: str | None = Field(description="Why it was skipped or discarded, or what it waits for.")
    session_id: int | None
    decided_at: datetime | None
    is_repeated: bool = Field(description="The key was used before; nothing new was started.")
