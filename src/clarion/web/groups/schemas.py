"""What the routes of groups take and give."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from clarion.web.contacts.schemas import GroupName
from clarion.web.schemas import Body

__all__ = ["DeletedGroupAnswer", "GroupAnswer", "GroupBody", "GroupExistsAnswer"]


class GroupBody(Body):
    """The name of a group."""

    name: GroupName


class GroupAnswer(BaseModel):
    """A group."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    is_system: bool = Field(description="The group of contacts without another; cannot be changed.")
    created_at: datetime
    updated_at: datetime
    contact_count: int


class GroupExistsAnswer(BaseModel):
    """Whether there is such a group."""

    exists: bool


class DeletedGroupAnswer(BaseModel):
    """What became of the contacts."""

    moved_count: int = Field(description='Contacts without another group, now in "Ungrouped".')
