"""The routes of the workspace that the caller is in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from clarion.services import workspaces
from clarion.services.workspaces import Language
from clarion.web.access import Asking
from clarion.web.database import DB
from clarion.web.routing import noun_router
from clarion.web.schemas import Body

__all__ = ["router"]

router = noun_router("workspaces", prefix="/workspace")


class WorkspaceAnswer(BaseModel):
    """The workspace."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    zone: str = Field(description="IANA name; plans and quiet hours are meant in it.")
    language: Language
    default_country: str | None = Field(description="ISO 3166; how local phone numbers are read.")
    created_at: datetime


class WorkspaceChangeBody(Body):
    """What shall change; what is not named stays."""

    name: (
        Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
        | None
    ) = None
    zone: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = None
    language: Language | None = None
    default_country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = Field(
        default=None, description="null removes it."
    )


@router.get("", operation_id="workspace_read", summary="Read the workspace")
async def workspace_read(connection: DB, scope: Asking) -> WorkspaceAnswer:
    """The workspace of the key or of the session."""
    return WorkspaceAnswer.model_validate(await workspaces.read_workspace(connection, scope))


@router.patch("", operation_id="workspace_update", summary="Change the workspace")
async def workspace_update(
    connection: DB, scope: Asking, body: WorkspaceChangeBody
) -> WorkspaceAnswer:
    """Campaigns that are planned already keep the instants that they have."""
    changed = await workspaces.update_workspace(
        connection,
        scope,
        name=body.name,
        zone=body.zone,
        language=body.language,
        default_country=body.default_country,
        clears_default_country=body.default_country is None
        and "default_country" in body.model_fields_set,
    )
    return WorkspaceAnswer.model_validate(changed)
