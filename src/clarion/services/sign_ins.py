"""Signing in and out, and finding out who holds a session's cookie.

Theory of operation.  A browser holds a random token; the database holds its SHA-256, so that a
copy of the table opens nothing.  Signing in always makes a new token (nobody can plant one) and
takes the presented one away.  A sign-in ends 12 hours after it was last used, and when its
life (a setting, 7 days) is over.  What a failed try means is returned as a value, because the failure itself must be
committed.  An unknown e-mail costs the same work and gets the same words as a wrong password.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from clarion.domain.errors import ClarionError
from clarion.domain.identity import Role
from clarion.domain.sign_in import (
    BY_EMAIL,
    BY_PEER,
    COUNTED_FOR,
    IDLE_LIFE,
    locked_until,
)
from clarion.services.scope import Actor, Scope
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = [
    "Locked",
    "Refused",
    "SignIn",
    "SignedIn",
    "Visitor",
    "end_sign_in",
    "end_sign_ins_of_user",
    "enter_workspace",
    "fits_password",
    "hash_password",
    "sign_in",
    "token_hash",
    "visitor_of",
]

QUERIES = load("sign_ins")
# Argon2id with the parameters of RFC 9106 for machines that do other work too (64 MiB).
HASHER = PasswordHasher()
# The hash of a password that nobody has: the work for an e-mail that nobody has.
_NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=4$c5re3JrWuBXjP5Jl6SsivQ"
    "$XQcFqcWCgfsqgzQTwDkp67mLO9dqb6MTYxBvbZ9pIuI"
)
TOUCHED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SignIn:
    """What a sign-in wants.  ``peer`` is the client's network address."""

    email: str
    password: str
    peer: str
    workspace_id: int | None = None
    old_token: str | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session; ``token`` goes into the cookie and is never shown again."""

    token: str
    csrf_token: str
    user_id: int
    workspace_id: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """E-mail or password is wrong."""


@dataclass(frozen=True, slots=True)
class Locked:
    """Too many failures; try again after ``wait_seconds``."""

    wait_seconds: float


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who holds a valid session."""

    scope: Scope
    csrf_token: str


def token_hash(token: str) -> bytes:
    """What is stored of a token.  Tokens are random, so a plain SHA-256 is enough."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


async def hash_password(password: str) -> str:
    """Hash in a thread: it takes some 50 ms of a core."""
    return await asyncio.to_thread(HASHER.hash, password)


async def fits_password(stored_hash: str, password: str) -> bool:
    """Whether a password is the one of the hash, in a thread."""
    return await asyncio.to_thread(_fits, stored_hash, password)


def _fits(stored: str, password: str) -> bool:
    try:
        return HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


async def sign_in(
    connection: Connection,
    wish: SignIn,
    *,
    now: datetime,
    life: timedelta,
    mint: Callable[[int], str] = secrets.token_urlsafe,
) -> SignedIn | Refused | Locked:
    """Try to sign in, for at most ``life``.  Commit whatever is returned."""
    subjects = ((f"email:{wish.email.lower()}", BY_EMAIL), (f"peer:{wish.peer}", BY_PEER))
    by_email = subjects[0][0]
    # One try at a time for an e-mail, so that parallel tries cannot outrun the count.
    if not await QUERIES.fetchval(connection, "lock_subject", subject=by_email):
        return Locked(1.0)
    for subject, throttle in subjects:
        rows = await QUERIES.fetch(
            connection, "failures_of", subject=subject, since_at=now - COUNTED_FOR
        )
        until = locked_until([row["failed_at"] for row in rows], throttle)
        if until is not None and until > now:
            return Locked((until - now).total_seconds())
    user = await QUERIES.fetchrow(connection, "user_by_email", email=wish.email)
    stored = user["password_hash"] if user else _NOBODY
    is_right = await fits_password(stored, wish.password)
    room = None
    if user is not None and is_right:
        room = await QUERIES.fetchrow(
            connection, "room_of_user", user_id=user["id"], workspace_id=wish.workspace_id
        )
    if user is None or room is None:
        for subject, _ in subjects:
            await QUERIES.execute(connection, "insert_failure", subject=subject, failed_at=now)
        return Refused()
    await QUERIES.execute(connection, "delete_failures", subject=by_email)
    if HASHER.check_needs_rehash(stored):
        await QUERIES.execute(
            connection,
            "update_password_hash",
            user_id=user["id"],
            password_hash=await hash_password(wish.password),
        )
    return await _begin(
        connection, user["id"], room["workspace_id"], wish.old_token, now=now, life=life, mint=mint
    )


async def _begin(
    connection: Connection,
    user_id: int,
    workspace_id: int,
    old_token: str | None,
    *,
    now: datetime,
    life: timedelta,
    mint: Callable[[int], str],
) -> SignedIn:
    if old_token is not None:
        await QUERIES.execute(connection, "delete_sign_in", token_hash=token_hash(old_token))
    session = SignedIn(mint(32), mint(32), user_id, workspace_id, now + life)
    await QUERIES.execute(
        connection,
        "insert_sign_in",
        token_hash=token_hash(session.token),
        csrf_token=session.csrf_token,
        user_id=user_id,
        workspace_id=workspace_id,
        now=now,
        expires_at=session.expires_at,
    )
    return session


async def visitor_of(connection: Connection, token: str, now: datetime) -> Visitor | None:
    """Who holds this session token, with the role of this moment; None if it is not valid."""
    row = await QUERIES.fetchrow(
        connection,
        "sign_in_by_token",
        token_hash=token_hash(token),
        now=now,
        used_after=now - IDLE_LIFE,
    )
    if row is None:
        return None
    await QUERIES.execute(
        connection,
        "touch_sign_in",
        token_hash=token_hash(token),
        now=now,
        used_before=now - TOUCHED_EVERY,
    )
    actor = Actor("user", row["email"], Role(row["role"]), row["user_id"])
    return Visitor(Scope(row["workspace_id"], actor, now), row["csrf_token"])


async def enter_workspace(
    connection: Connection,
    scope: Scope,
    old_token: str,
    workspace_id: int,
    *,
    life: timedelta,
    mint: Callable[[int], str] = secrets.token_urlsafe,
) -> SignedIn:
    """Go on in another workspace of the user, with a new token.

    Raises ``workspace.not_found`` when the user has no role there.
    """
    user_id = _user_id_of(scope)
    room = await QUERIES.fetchrow(
        connection, "room_of_user", user_id=user_id, workspace_id=workspace_id
    )
    if room is None:
        raise ClarionError(
            "workspace.not_found",
            f"You have no role in a workspace {workspace_id}.",
            workspace_id=workspace_id,
        )
    return await _begin(
        connection, user_id, workspace_id, old_token, now=scope.now, life=life, mint=mint
    )


def _user_id_of(scope: Scope) -> int:
    if scope.actor.kind != "user" or scope.actor.id is None:
        raise ClarionError("access.forbidden", "Only a signed-in user may do this.")
    return scope.actor.id


async def end_sign_in(connection: Connection, token: str) -> None:
    """Sign out."""
    await QUERIES.execute(connection, "delete_sign_in", token_hash=token_hash(token))


async def end_sign_ins_of_user(
    connection: Connection, user_id: int, *, kept_token: str | None = None
) -> None:
    """Sign a user out everywhere, but for the session that asks."""
    await QUERIES.execute(
        connection,
        "delete_sign_ins_of_user",
        user_id=user_id,
        kept_token_hash=token_hash(kept_token) if kept_token is not None else None,
    )
