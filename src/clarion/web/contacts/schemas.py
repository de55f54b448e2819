"""What the routes of contacts take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from clarion.domain.message import AddressKind, Channel
from clarion.services.groups import MembershipChange
from clarion.web.schemas import Body, IdInBody

__all__ = [
    "AddressBody",
    "ConsentAnswer",
    "ConsentBody",
    "ConsentsAnswer",
    "ContactAnswer",
    "ContactChangeBody",
    "ContactIdsBody",
    "DeletedAnswer",
    "MembershipBody",
    "NewContactBody",
]

GroupName = Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]
ShortText = Annotated[str, Field(max_length=1_000)]
ExactInteger = Annotated[int, Field(ge=-(2**53), le=2**53)]
FiniteNumber = Annotated[float, Field(allow_inf_nan=False)]
AttributeValue = bool | ExactInteger | FiniteNumber | ShortText
ContactIds = Annotated[list[IdInBody], Field(min_length=1, max_length=10_000)]


class AddressBody(Body):
    """A name of the contact on a channel, besides its phone."""

    channel: Channel
    kind: Literal[
        AddressKind.WA_ID,
        AddressKind.BSUID,
        AddressKind.PAGE_SCOPED,
        AddressKind.VIBER_ID,
        AddressKind.EMAIL,
    ]
    value: Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class _ContactFields(Body):
    name: ShortText | None = None
    phone: ShortText | None = Field(
        default=None, description="As people write it; read in `country`, else the workspace's."
    )
    country: ShortText | None = Field(
        default=None, description="ISO code, calling code, or name in English or Chinese."
    )
    email: ShortText | None = None
    remark: ShortText | None = None
    language: ShortText | None = Field(default=None, description="For example `pt_BR`.")
    zone: ShortText | None = Field(default=None, description="For example `Asia/Shanghai`.")


class NewContactBody(_ContactFields):
    """A contact to make: with a phone, an address, or both."""

    attributes: dict[str, AttributeValue] = Field(default_factory=dict)
    addresses: Annotated[list[AddressBody], Field(max_length=20, default_factory=list)]
    group_ids: Annotated[list[IdInBody], Field(max_length=100, default_factory=list)]
    group_names: Annotated[list[GroupName], Field(max_length=100)] = Field(
        default_factory=list, description="Groups that are made when they are missing."
    )


class ContactChangeBody(_ContactFields):
    """What shall change; what is not named stays, null clears."""

    attributes: dict[str, AttributeValue | None] = Field(
        default_factory=dict, description="Merged into the others; null takes one away."
    )


class ContactIdsBody(Body):
    """Some contacts."""

    contact_ids: ContactIds


class MembershipBody(ContactIdsBody):
    """How the groups of some contacts shall change."""

    group_ids: Annotated[list[IdInBody], Field(max_length=100, default_factory=list)]
    group_names: Annotated[list[GroupName], Field(max_length=100)] = Field(
        default_factory=list, description="Groups that are made when they are missing."
    )
    change: MembershipChange


class ConsentBody(Body):
    """What the contact said."""

    state: Literal["opted_in", "opted_out"]
    reason: Annotated[str, Field(max_length=200)] = ""


class GroupOfContactAnswer(BaseModel):
    """A group that a contact is in."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str


class AddressAnswer(BaseModel):
    """A name of a contact on a channel."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    channel: Channel
    kind: AddressKind
    value: str


class ContactAnswer(BaseModel):
    """A contact."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    phone: str | None = Field(description="E.164; null when only another address is known.")
    country: str | None
    email: str
    remark: str
    language: str | None
    zone: str | None
    attributes: dict[str, Any]
    groups: list[GroupOfContactAnswer]
    addresses: list[AddressAnswer]
    consents: dict[str, str] = Field(description="Channel: `opted_in` or `opted_out`.")
    created_at: datetime
    updated_at: datetime


class ContactCountAnswer(BaseModel):
    """How many contacts fit a search."""

    model_config = ConfigDict(from_attributes=True)

    count: int
    is_exact: bool = Field(description="Whether it is counted; else it is an estimate.")


class DeletedAnswer(BaseModel):
    """How many there were."""

    deleted_count: int


class ConsentAnswer(BaseModel):
    """What holds, or held, on a channel."""

    model_config = ConfigDict(from_attributes=True)

    channel: str
    state: str
    source: str = Field(description="`word`, `provider`, `import`, `person` or `api`.")
    reason: str
    at: datetime


class ConsentsAnswer(BaseModel):
    """Present consents, and how they came about (the newest first)."""

    consents: list[ConsentAnswer]
    history: list[ConsentAnswer]
