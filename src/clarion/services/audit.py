"""The audit log: who did what when, written in the transaction of the change itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from asyncpg import Connection

from clarion.services.scope import Scope
from clarion.store.queries import load

__all__ = ["record"]

QUERIES = load("audit")


async def record(
    connection: Connection[Any],
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
