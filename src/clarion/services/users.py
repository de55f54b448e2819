"""Users and their roles in a workspace; a workspace always keeps an admin.

Theory of operation.  A user is a person of the whole server, with one password and a role in each
workspace that he or she may enter.  Changes of roles in one workspace happen one after the other
(the workspace's row is locked), so that two admins cannot remove each other at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
from email_validator import EmailNotValidError, validate_email

from clarion.domain.errors import ClarionError, FieldError
from clarion.domain.identity import Permission, Role
from clarion.services import audit
from clarion.services.scope import Scope
from clarion.services.sign_ins import end_sign_ins_of_user, fits_password, hash_password
from clarion.store.pool import Connection
from clarion.store.queries import Row, load

__all__ = [
    "LONGEST_PASSWORD",
    "SHORTEST_PASSWORD",
    "Room",
    "User",
    "change_own_password",
    "create_user",
    "list_users",
    "read_user",
    "remove_user",
    "rooms_of_user",
    "set_password",
    "set_role",
    "user_by_email",
]

QUERIES = load("users")
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200


@dataclass(frozen=True, slots=True)
class User:
    """A user as one workspace sees it."""

    id: int
    email: str
    name: str
    role: Role
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Room:
    """A workspace that a user may enter."""

    workspace_id: int
    name: str
    role: Role


def _user_of(row: Row) -> User:
    values: dict[str, Any] = dict(row)
    return User(**{**values, "role": Role(values["role"])})


def _not_found(user: int | str) -> ClarionError:
    return ClarionError("user.not_found", f"There is no user {user} in this workspace.", user=user)


def _checked_email(email: str) -> str:
    try:
        return validate_email(email, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise ClarionError(
            "request.invalid",
            f"{email!r} is not an e-mail address.",
            field_errors=(FieldError("email", "invalid", str(error)),),
        ) from error


def check_new_password(password: str) -> None:
    """Refuse what is too short to be safe (``request.invalid``)."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        message = f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters."
        raise ClarionError(
            "request.invalid",
            message,
            field_errors=(FieldError("password", "length", message),),
        )


async def create_user(
    connection: Connection, scope: Scope, *, email: str, name: str, password: str, role: Role
) -> User:
    """Make a user with a role in the workspace.  Raises ``user.email_taken``."""
    scope.require(Permission.MANAGE_PEOPLE)
    email = _checked_email(email)
    check_new_password(password)
    try:
        async with connection.transaction():
            user_id = await QUERIES.fetchval(
                connection,
                "insert_user",
                email=email,
                name=name,
                password_hash=await hash_password(password),
                created_at=scope.now,
            )
    except asyncpg.UniqueViolationError as error:
        raise ClarionError(
            "user.email_taken", f"A user with the e-mail {email} exists.", email=email
        ) from error
    await QUERIES.execute(
        connection,
        "upsert_role",
        workspace_id=scope.workspace_id,
        user_id=user_id,
        role=str(role),
    )
    await audit.record(
        connection, scope, "created", "user", user_id, {"email": email, "role": str(role)}
    )
    return await _read(connection, scope, user_id)


async def list_users(
    connection: Connection, scope: Scope, *, above_id: int | None, limit: int
) -> list[User]:
    """Who may enter the workspace, by rising id."""
    scope.require(Permission.MANAGE_PEOPLE)
    rows = await QUERIES.fetch(
        connection, "users_page", workspace_id=scope.workspace_id, above_id=above_id, limit=limit
    )
    return [_user_of(row) for row in rows]


async def read_user(connection: Connection, scope: Scope, user_id: int) -> User:
    """One user of the workspace.  Raises ``user.not_found``."""
    scope.require(Permission.MANAGE_PEOPLE)
    return await _read(connection, scope, user_id)


async def _read(connection: Connection, scope: Scope, user_id: int) -> User:
    row = await QUERIES.fetchrow(
        connection, "read_user", workspace_id=scope.workspace_id, user_id=user_id
    )
    if row is None:
        raise _not_found(user_id)
    return _user_of(row)


async def user_by_email(connection: Connection, scope: Scope, email: str) -> User:
    """A user of the workspace by e-mail.  Raises ``user.not_found``."""
    scope.require(Permission.MANAGE_PEOPLE)
    row = await QUERIES.fetchrow(
        connection, "user_by_email", workspace_id=scope.workspace_id, email=email
    )
    if row is None:
        raise _not_found(email)
    return _user_of(row)


async def set_role(connection: Connection, scope: Scope, *, email: str, role: Role) -> User:
    """Give a user of the server (by e-mail) a role here, or another one.

    Raises ``user.not_found``, ``user.last_admin``.
    """
    scope.require(Permission.MANAGE_PEOPLE)
    await QUERIES.execute(connection, "lock_workspace", workspace_id=scope.workspace_id)
    user_id = await QUERIES.fetchval(connection, "user_id_by_email", email=email)
    if user_id is None:
        raise _not_found(email)
    if role is not Role.ADMIN:
        await _keep_an_admin(connection, scope, user_id)
    await QUERIES.execute(
        connection, "upsert_role", workspace_id=scope.workspace_id, user_id=user_id, role=str(role)
    )
    await audit.record(connection, scope, "role_set", "user", user_id, {"role": str(role)})
    return await _read(connection, scope, user_id)


async def remove_user(connection: Connection, scope: Scope, user_id: int) -> None:
    """Take the user's role here away and end the sessions; a user without any role is deleted.

    Raises ``user.not_found``, ``user.last_admin``.
    """
    scope.require(Permission.MANAGE_PEOPLE)
    await QUERIES.execute(connection, "lock_workspace", workspace_id=scope.workspace_id)
    user = await _read(connection, scope, user_id)
    await _keep_an_admin(connection, scope, user_id)
    await QUERIES.execute(
        connection, "delete_role", workspace_id=scope.workspace_id, user_id=user_id
    )
    await QUERIES.execute(connection, "delete_user_without_role", user_id=user_id)
    await audit.record(connection, scope, "removed", "user", user_id, {"email": user.email})


async def _keep_an_admin(connection: Connection, scope: Scope, user_id: int) -> None:
    if await QUERIES.fetchval(
        connection, "is_last_admin", workspace_id=scope.workspace_id, user_id=user_id
    ):
        raise ClarionError(
            "user.last_admin", "This user is the only admin of the workspace.", user_id=user_id
        )


async def set_password(
    connection: Connection, scope: Scope, *, user_id: int, password: str
) -> None:
    """Set a user's password and sign the user out everywhere.  Raises ``user.not_found``."""
    scope.require(Permission.MANAGE_PEOPLE)
    check_new_password(password)
    await _read(connection, scope, user_id)
    await _store_password(connection, scope, user_id, password, kept_token=None)


async def change_own_password(
    connection: Connection,
    scope: Scope,
    *,
    old_password: str,
    new_password: str,
    kept_token: str | None,
) -> None:
    """Let a signed-in user choose a new password; the user's other sessions end.

    Raises ``access.wrong_credentials``.
    """
    user_id = scope.actor.id
    if scope.actor.kind != "user" or user_id is None:
        raise ClarionError("access.forbidden", "Only a signed-in user has a password.")
    check_new_password(new_password)
    stored = await QUERIES.fetchval(connection, "password_hash_of", user_id=user_id)
    if stored is None or not await fits_password(stored, old_password):
        raise ClarionError("access.wrong_credentials", "The old password is wrong.")
    await _store_password(connection, scope, user_id, new_password, kept_token=kept_token)


async def _store_password(
    connection: Connection, scope: Scope, user_id: int, password: str, *, kept_token: str | None
) -> None:
    await QUERIES.execute(
        connection, "set_password", user_id=user_id, password_hash=await hash_password(password)
    )
    await end_sign_ins_of_user(connection, user_id, kept_token=kept_token)
    await audit.record(connection, scope, "password_set", "user", user_id)


async def rooms_of_user(connection: Connection, user_id: int) -> list[Room]:
    """The workspaces that a user may enter."""
    rows = await QUERIES.fetch(connection, "rooms_of_user", user_id=user_id)
    return [Room(row["workspace_id"], row["name"], Role(row["role"])) for row in rows]
