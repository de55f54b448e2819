"""Keys for programs: a bearer token for the REST API and a key pair for the CAMS endpoint.

Theory of operation.  Both open the same door: a workspace, with one role.  The token is stored as
its SHA-256.  The secret of the pair must be known in plain to check a signature, so it is sealed.
Token and secret are shown once, when the key is made.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from clarion.domain.errors import ClarionError
from clarion.domain.identity import Permission, Role
from clarion.services import audit
from clarion.services.scope import Actor, Scope
from clarion.services.sign_ins import token_hash
from clarion.store.pool import Connection
from clarion.store.queries import Row, load
from clarion.store.secrets import Sealer

__all__ = [
    "Key",
    "NewKey",
    "create_key",
    "list_keys",
    "read_key",
    "revoke_key",
    "scope_of_access_key",
    "scope_of_token",
]

QUERIES = load("keys")
TOKEN_PREFIX = "clarion_"  # noqa: S105 - lets scanners of leaked secrets find ours
TOUCHED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it may be shown."""

    id: int
    name: str
    role: Role
    access_key_id: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key at the one moment when its secrets are known."""

    key: Key
    access_key_secret: str
    token: str


def _key_of(row: Row) -> Key:
    values: dict[str, Any] = dict(row)
    return Key(**{**values, "role": Role(values["role"])})


async def create_key(
    connection: Connection,
    scope: Scope,
    sealer: Sealer,
    *,
    name: str,
    role: Role,
    mint: Callable[[int], str] = secrets.token_hex,
) -> NewKey:
    """Make a key of the workspace.  Needs ``Permission.MANAGE_PEOPLE``."""
    scope.require(Permission.MANAGE_PEOPLE)
    access_key_id = f"CLRN{mint(10)}"
    access_key_secret = mint(20)
    token = f"{TOKEN_PREFIX}{mint(32)}"
    row = await QUERIES.fetchrow(
        connection,
        "insert_key",
        workspace_id=scope.workspace_id,
        name=name,
        role=str(role),
        access_key_id=access_key_id,
        secret_sealed=sealer.seal(access_key_secret, context=_context(access_key_id)),
        token_hash=token_hash(token),
        created_at=scope.now,
    )
    assert row is not None  # noqa: S101 - INSERT ... RETURNING gives a row
    key = _key_of(row)
    await audit.record(
        connection, scope, "created", "key", key.id, {"name": name, "role": str(role)}
    )
    return NewKey(key, access_key_secret, token)


def _context(access_key_id: str) -> str:
    return f"key:{access_key_id}:secret"


async def list_keys(
    connection: Connection, scope: Scope, *, below_id: int | None, limit: int
) -> list[Key]:
    """The keys of the workspace, the newest first, the revoked ones too."""
    scope.require(Permission.MANAGE_PEOPLE)
    rows = await QUERIES.fetch(
        connection,
        "keys_page",
        workspace_id=scope.workspace_id,
        below_id=below_id,
        limit=limit,
    )
    return [_key_of(row) for row in rows]


async def read_key(connection: Connection, scope: Scope, key_id: int) -> Key:
    """One key.  Raises ``key.not_found``."""
    scope.require(Permission.MANAGE_PEOPLE)
    row = await QUERIES.fetchrow(
        connection, "read_key", workspace_id=scope.workspace_id, key_id=key_id
    )
    if row is None:
        raise _not_found(key_id)
    return _key_of(row)


async def revoke_key(connection: Connection, scope: Scope, key_id: int) -> Key:
    """Let a key open nothing more; a second time changes nothing.  Raises ``key.not_found``."""
    scope.require(Permission.MANAGE_PEOPLE)
    row = await QUERIES.fetchrow(
        connection,
        "revoke_key",
        workspace_id=scope.workspace_id,
        key_id=key_id,
        revoked_at=scope.now,
    )
    if row is None:
        raise _not_found(key_id)
    await audit.record(connection, scope, "revoked", "key", key_id)
    return _key_of(row)


def _not_found(key_id: int) -> ClarionError:
    return ClarionError(
        "key.not_found", f"There is no key {key_id} in this workspace.", key_id=key_id
    )


async def scope_of_token(connection: Connection, token: str, now: datetime) -> Scope | None:
    """The scope that a bearer token opens; None if it is unknown or revoked."""
    row = await QUERIES.fetchrow(connection, "key_by_token", token_hash=token_hash(token))
    return None if row is None else await _scope_of(connection, row, now)


async def scope_of_access_key(
    connection: Connection, sealer: Sealer, access_key_id: str, now: datetime
) -> tuple[Scope, str] | None:
    """The scope and the plain secret of a key pair; None if it is unknown or revoked.

    The caller must check the signature before it uses the scope.
    """
    row = await QUERIES.fetchrow(connection, "key_by_access_key_id", access_key_id=access_key_id)
    if row is None:
        return None
    secret = sealer.open(row["secret_sealed"], context=_context(access_key_id))
    return await _scope_of(connection, row, now), secret


async def _scope_of(connection: Connection, row: Row, now: datetime) -> Scope:
    await QUERIES.execute(
        connection, "touch_key", key_id=row["id"], now=now, used_before=now - TOUCHED_EVERY
    )
    return Scope(row["workspace_id"], Actor("key", row["name"], Role(row["role"]), row["id"]), now)
