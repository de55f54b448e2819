"""What the routes of keys take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from clarion.domain.identity import Role
from clarion.web.schemas import Body

__all__ = ["KeyAnswer", "NewKeyAnswer", "NewKeyBody"]


class NewKeyBody(Body):
    """A key to make."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
    role: Role


class KeyAnswer(BaseModel):
    """A key without its secrets."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    role: Role
    access_key_id: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class NewKeyAnswer(KeyAnswer):
    """A new key; its secrets are shown this once."""

    access_key_secret: str
    token: str
