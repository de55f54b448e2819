"""The route of the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, ConfigDict

from clarion.services import audit
from clarion.web.access import Asking
from clarion.web.database import DB
from clarion.web.paging import LARGEST_KEY, Page, Paging, page_of
from clarion.web.routing import noun_router

__all__ = ["router"]

router = noun_router("audit", prefix="/audit-entries")


class AuditEntryAnswer(BaseModel):
    """Who did what with which thing, and when."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    actor_kind: str
    actor_id: int | None
    actor_name: str
    action: str
    noun: str
    noun_id: int | None
    details: dict[str, Any]
    at: datetime


@router.get("", operation_id="audit_list", summary="Read the audit log, the newest entries first")
async def audit_list(
    connection: DB,
    scope: Asking,
    paging: Paging,
    noun: Annotated[str | None, Query(pattern=r"^[a-z_]{1,40}$")] = None,
    noun_id: Annotated[int | None, Query(ge=1, le=LARGEST_KEY)] = None,
) -> Page[AuditEntryAnswer]:
    """Of everything, of one noun (`campaign`), or of one thing."""
    rows = await audit.entries_of(
        connection,
        scope,
        noun=noun,
        noun_id=noun_id,
        below_id=paging.below_id,
        limit=paging.fetch_count,
    )
    return page_of(rows, paging, AuditEntryAnswer.model_validate, lambda entry: (entry.id,))
