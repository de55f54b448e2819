"""What the routes of simulated phones take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from clarion.web.schemas import Body

__all__ = [
    "AnsweringBody",
    "Phone",
    "SayBody",
    "SimulatedSender",
    "SimulatedSendersAnswer",
    "WallAnswer",
]

TapKind = Literal["button", "button_reply", "list_reply", "nfm_reply", "location"]
Phone = Annotated[str, StringConstraints(pattern=r"^[0-9]{7,15}$")]


class _Shown(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class SimulatedSender(_Shown):
    """A sender that speaks to the simulator of this installation."""

    id: int
    name: str
    display_address: str


class SimulatedSendersAnswer(BaseModel):
    """None where there is no simulator."""

    items: list[SimulatedSender]


class OfferAnswer(_Shown):
    """Something that can be tapped."""

    kind: TapKind = Field(description="How a tap is told to the webhook.")
    key: str
    title: str


class HeaderAnswer(BaseModel):
    """A message's head; `kind` is `text` or a kind of media."""

    kind: str
    text: str


class SimulatedLineAnswer(_Shown):
    """One message on a phone."""

    provider_id: str
    side: Literal["business", "person"]
    at: datetime
    kind: str
    header: HeaderAnswer | None
    body: str
    footer: str | None
    buttons: list[str] = Field(description="What only looks like buttons: links, menus.")
    offers: list[OfferAnswer] = Field(description="What can be tapped.")
    state: str = Field(description="`accepted`, `sent`, `delivered`, `read` or `failed`.")
    error_code: int | None


class SimulatedPhoneAnswer(_Shown):
    """Somebody's phone; lines oldest first, as far back as the simulator remembers."""

    phone: str = Field(description="Digits.")
    name: str
    contact_id: int | None
    is_person_writing: bool
    is_business_writing: bool
    lines: list[SimulatedLineAnswer]


class WallAnswer(_Shown):
    """Phones, live."""

    is_answering: bool = Field(description="Whether people answer by themselves.")
    asked: list[SimulatedPhoneAnswer]
    newest: list[SimulatedPhoneAnswer] = Field(
        description="Where something happened last, the newest first."
    )


class TapBody(Body):
    """An offer of a message, as it was given."""

    kind: TapKind
    key: Annotated[str, StringConstraints(min_length=1, max_length=512)]
    title: Annotated[str, StringConstraints(min_length=1, max_length=512)]


class SayBody(Body):
    """What the person says: exactly one of `text` and `tap`."""

    text: Annotated[
        str | None, StringConstraints(min_length=1, max_length=4096, strip_whitespace=True)
    ] = None
    tap: TapBody | None = None
    reply_to: Annotated[str | None, StringConstraints(min_length=1, max_length=200)] = Field(
        default=None, description="The `provider_id` of the message that is answered."
    )

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if (self.text is None) == (self.tap is None):
            raise ValueError("give exactly one of text and tap")
        return self


class AnsweringBody(Body):
    """Whether people answer by themselves."""

    is_answering: bool
