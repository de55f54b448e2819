"""Secrets of a workspace that requests of flows name: set and forgotten, never shown.

Theory of operation.  A secret is sealed for its workspace and name, so a sealed value that is moved
to another place does not open there.  Nothing here gives a value back; only whoever makes a call
(``engine.calls``) opens one, at the last moment.  A list of secrets tells which flows name each, so
that nobody forgets one that is needed.
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

__all__ = [
    "MAX_SECRET_CHARS",
    "Secret",
    "add_secret",
    "delete_secret",
    "list_secrets",
    "replace_secret",
    "set_secret",
]

CALLS = load("calls")
MAX_SECRET_CHARS = 8192
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret's name; its value is nobody's business.

    ``flow_names`` are the flows whose draft or published version names it.
    """

    name: str
    changed_at: datetime
    flow_names: tuple[str, ...] = ()


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


async def add_secret(
    connection: Connection, scope: Scope, sealer: Sealer, name: str, value: str
) -> Secret:
    """Keep a secret that is not there yet.  Raises ``secret.name_invalid``, ``secret.name_taken``."""
    scope.require(Permission.MANAGE_SETTINGS)
    if await _found(connection, scope, name) is not None:
        raise ClarionError("secret.name_taken", f"A secret `{name}` exists.", name=name)
    await set_secret(connection, scope, sealer, name, value)
    return await _secret(connection, scope, name)


async def replace_secret(
    connection: Connection, scope: Scope, sealer: Sealer, name: str, value: str
) -> Secret:
    """Give a secret another value.  Raises ``secret.not_found``."""
    scope.require(Permission.MANAGE_SETTINGS)
    await _secret(connection, scope, name)
    await set_secret(connection, scope, sealer, name, value)
    return await _secret(connection, scope, name)


async def list_secrets(connection: Connection, scope: Scope) -> list[Secret]:
    """The workspace's secrets by name, with the flows that name each."""
    scope.require(Permission.READ)
    rows = await CALLS.fetch(connection, "secrets_of_workspace", workspace_id=scope.workspace_id)
    return [Secret(row["name"], row["changed_at"], tuple(row["flow_names"])) for row in rows]


async def delete_secret(connection: Connection, scope: Scope, name: str) -> None:
    """Forget a secret; requests that name it fail from now on.  Raises ``secret.not_found``."""
    scope.require(Permission.MANAGE_SETTINGS)
    deleted = await CALLS.fetchval(
        connection, "delete_secret", workspace_id=scope.workspace_id, name=name
    )
    if deleted is None:
        raise _not_found(name)
    await audit.record(connection, scope, "deleted", "secret", None, {"name": name})


async def _found(connection: Connection, scope: Scope, name: str) -> Secret | None:
    secrets = await list_secrets(connection, scope)
    return next((each for each in secrets if each.name == name), None)


async def _secret(connection: Connection, scope: Scope, name: str) -> Secret:
    found = await _found(connection, scope, name)
    if found is None:
        raise _not_found(name)
    return found


def _not_found(name: str) -> ClarionError:
    return ClarionError("secret.not_found", f"The workspace has no secret `{name}`.", name=name)
