"""What the routes of bulk actions take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from clarion.domain.message import Channel
from clarion.services.bulk_actions import BulkAction, BulkKind, BulkRequest
from clarion.services.contacts import ContactFilter
from clarion.web.contacts.schemas import GroupName, ShortText
from clarion.web.schemas import Body, IdInBody

__all__ = ["BulkActionAnswer", "BulkActionBody", "answer_of"]


class ContactFilterBody(Body):
    """A search of contacts; an empty one means everybody."""

    text: Annotated[ShortText | None, Field(description="Part of the name or the phone.")] = None
    group_id: IdInBody | None = None
    attributes: Annotated[dict[str, ShortText], Field(max_length=10)] = Field(
        default_factory=dict, description="Equal, as text."
    )
    consent_state: Literal["opted_in", "opted_out", "none"] | None = None
    consent_channel: Channel = Channel.WHATSAPP
    contact_ids: Annotated[list[IdInBody] | None, Field(max_length=10_000)] = Field(
        default=None, description="One of these."
    )


class BulkActionBody(Body):
    """What shall be done to all contacts of a search."""

    kind: BulkKind
    filter: ContactFilterBody
    group_ids: Annotated[list[IdInBody], Field(max_length=100, default_factory=list)]
    group_names: Annotated[list[GroupName], Field(max_length=100)] = Field(
        default_factory=list, description="Groups that are made when they are missing."
    )
    reason: Annotated[str, Field(max_length=200, description="Kept with opt-outs.")] = ""

    def asked(self) -> BulkRequest:
        """What the service is asked for."""
        given = self.filter
        wanted = ContactFilter(
            given.text,
            given.group_id,
            given.attributes,
            given.consent_state,
            str(given.consent_channel),
            given.contact_ids,
        )
        return BulkRequest(self.kind, wanted, self.group_ids, self.group_names, self.reason)


class BulkActionAnswer(BaseModel):
    """A bulk action and how far it is."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    kind: BulkKind
    filter: dict[str, Any] = Field(description="The search, as it was asked for.")
    group_ids: list[int]
    status: Literal["waiting", "running", "finished", "failed", "cancelled"]
    reason: str | None = Field(description="Why it failed.")
    total_count: int = Field(description="Contacts that fit; see `is_total_exact`.")
    is_total_exact: bool
    done_count: int = Field(description="Contacts that were looked at.")
    changed_count: int = Field(description="Contacts that changed, or are in the file.")
    refused_count: int = Field(description="Contacts that stayed as they were; see the result.")
    has_result: bool = Field(description="Whether there is a file; it is kept for a week.")
    actor_name: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


def answer_of(action: BulkAction) -> BulkActionAnswer:
    """A bulk action as it is answered."""
    wanted = action.wanted
    given = {
        "text": wanted.text,
        "group_id": wanted.group_id,
        "attributes": dict(wanted.attributes),
        "consent_state": wanted.consent_state,
        "consent_channel": wanted.consent_channel,
        "contact_ids": None if wanted.contact_ids is None else list(wanted.contact_ids),
    }
    values = {name: getattr(action, name) for name in BulkActionAnswer.model_fields
              if name not in ("filter", "group_ids")}  # fmt: skip
    return BulkActionAnswer(**values, filter=given, group_ids=action.options["group_ids"])
