"""The audit log: who did what when, written in the transaction of the change itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clarion.domain.identity import Permission
from clarion.services.scope import Scope
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["AuditEntry", "entries_of", "record"]

QUERIES = load("audit")


async def record(
    connection: Connection,
    scope: Scope,
    action: str,
    noun: str,
    noun_id: int | None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write one audit entry.  ``action`` is a verb in the past tense (``suspended``)."""
    await QUERIES.execute(
        connection,
        "insert_audit_entry",
        workspace_id=scope.workspace_id,
        actor_kind=scope.actor.kind,
        actor_id=scope.actor.id,
        actor_name=scope.actor.name,
        action=action,
        noun=noun,
        noun_id=noun_id,
        details=dict(details or {}),
        at=scope.now,
    )


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what with which thing, and when."""

    id: int
    actor_kind: str
    actor_id: int | None
    actor_name: str
    action: str
    noun: str
    noun_id: int | None
    details: Mapping[str, Any]
    at: datetime


async def entries_of(
    connection: Connection,
    scope: Scope,
    *,
    noun: str | None,
    noun_id: int | None,
    below_id: int | None,
    limit: int,
) -> list[AuditEntry]:
    """The newest entries of the workspace, of one noun or one thing if they are named."""
    scope.require(Permission.MANAGE_SETTINGS)
    rows = await QUERIES.fetch(
        connection,
        "audit_entries_of",
        workspace_id=scope.workspace_id,
        noun=noun,
        noun_id=noun_id,
        below_id=below_id,
        limit=limit,
    )
    return [AuditEntry(**dict(row)) for row in rows]
