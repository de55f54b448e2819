"""Secrets of a workspace that requests of flows name: set and forgotten, never shown.

Theory of operation.  A secret is sealed for its workspace and name, so a sealed value that is moved
to another place does not open there.  Nothing here gives a value back; only whoever makes a call
(``engine.calls``) opens one, at the last moment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from clarion.domain.errors import ClarionError
from clarion.domain.identity import Permission
from clarion.engine.calls import secret_context
from clarion.services import audit
from clarion.services.scope import Scope
from clarion.store.pool import Connection
from clarion.store.queries import load
from clarion.store.secrets import Sealer

__all__ = ["Secret", "delete_secret", "list_secrets", "set_secret"]

CALLS = load("calls")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret's name; its value is nobody's business."""

    name: str
    changed_at: datetime


async def set_secret(
    connection: Connection, scope: Scope, sealer: Sealer, name: str, value: str
) -> None:
    """Keep a secret; a new value replaces the old one.  Raises ``secret.name_invalid``."""
    scope.require(Permission.MANAGE_SETTINGS)
    if not _NAME.fullmatch(name):
        raise ClarionError("secret.name_invalid", f"`{name}` cannot be the name of a secret.")
    sealed = sealer.seal(value, context=secret_context(scope.workspace_id, name))
    await CALLS.execute(
        connection,
        "set_secret",
        workspace_id=scope.workspace_id,
        name=name,
        sealed=sealed,
        now=scope.now,
    )
    await audit.record(connection, scope, "set", "secret", None, {"name": name})


async def list_secrets(connection: Connection, scope: Scope) -> list[Secret]:
    """The names of the workspace's secrets."""
    scope.require(Permission.READ)
    rows = await CALLS.fetch(connection, "secrets_of_workspace", workspace_id=scope.workspace_id)
    return [Secret(row["name"], row["changed_at"]) for row in rows]


async def delete_secret(connection: Connection, scope: Scope, name: str) -> None:
    """Forget a secret; requests that name it fail from now on.  Raises ``secret.missing``."""
    scope.require(Permission.MANAGE_SETTINGS)
    deleted = await CALLS.fetchval(
        connection, "delete_secret", workspace_id=scope.workspace_id, name=name
    )
    if deleted is None:
        raise ClarionError("secret.missing", f"The workspace has no secret `{name}`.")
    await audit.record(connection, scope, "deleted", "secret", None, {"name": name})
