"""Who asks: a bearer token or a session's cookie becomes a ``Scope``.

Theory of operation.  ``Asking`` is the dependency of every route that needs to know; it refuses
with ``access.not_signed_in``.  A cookie travels by itself, so an unsafe request of a session must
also carry the session's CSRF token in a header, which another site cannot know.  A bearer token
does not travel by itself and needs no more.  The role is read at each request: who loses a role
loses it at once.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from clarion.domain.errors import ClarionError
from clarion.services.keys import scope_of_token
from clarion.services.scope import Scope
from clarion.services.sign_ins import SignedIn, visitor_of
from clarion.store.pool import transaction
from clarion.web.database import DB, PlaceOf

__all__ = [
    "CSRF_COOKIE",
    "CSRF_HEADER",
    "SESSION_COOKIE",
    "Asking",
    "AskingBriefly",
    "SessionToken",
    "clear_cookies",
    "peer_of",
    "set_cookies",
]

SESSION_COOKIE = "clarion_session"
CSRF_COOKIE = "clarion_csrf"
CSRF_HEADER = "X-CSRF-Token"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_bearer = HTTPBearer(
    auto_error=False, scheme_name="key", description="The `token` of a key (`clarion key create`)."
)
_cookie = APIKeyCookie(
    name=SESSION_COOKIE,
    auto_error=False,
    scheme_name="session",
    description=f"Set by signing in; unsafe methods also need `{CSRF_HEADER}`.",
)


@dataclass(frozen=True, slots=True)
class _Presented:
    """What the request shows."""

    token: str | None
    session: str | None


async def _presented(
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    session: Annotated[str | None, Depends(_cookie)],
) -> _Presented:
    return _Presented(bearer.credentials if bearer else None, session)


async def _asking(
    request: Request,
    presented: Annotated[_Presented, Depends(_presented)],
    connection: DB,
    place: PlaceOf,
) -> Scope:
    now = place.clock()
    if presented.token is not None:
        scope = await scope_of_token(connection, presented.token, now)
        if scope is None:
            raise ClarionError(
                "access.not_signed_in", "The bearer token belongs to no key, or it was revoked."
            )
    else:
        scope = await _scope_of_session(request, presented.session, connection, place)
    request.app.state.rates.admit(
        f"{scope.actor.kind}:{scope.actor.id}", request.app.state.seconds()
    )
    return scope


async def _scope_of_session(
    request: Request, session: str | None, connection: DB, place: PlaceOf
) -> Scope:
    visitor = await visitor_of(connection, session, place.clock()) if session else None
    if visitor is None:
        raise ClarionError("access.not_signed_in", "The request names neither key nor session.")
    if request.method not in _SAFE_METHODS:
        given = request.headers.get(CSRF_HEADER, "")
        if not hmac.compare_digest(given.encode(), visitor.csrf_token.encode()):
            raise ClarionError("access.csrf", f"The header {CSRF_HEADER} is missing or wrong.")
    return visitor.scope


async def _asking_briefly(
    request: Request, presented: Annotated[_Presented, Depends(_presented)], place: PlaceOf
) -> Scope:
    async with transaction(place.pool) as connection:
        return await _asking(request, presented, connection, place)


Asking = Annotated[Scope, Depends(_asking)]
# For routes that ask a provider or answer for long: no transaction stays open meanwhile.
AskingBriefly = Annotated[Scope, Depends(_asking_briefly)]
SessionToken = Annotated[str | None, Depends(_cookie)]


def peer_of(request: Request) -> str:
    """The client's network address; behind a proxy, as `trusted_proxies` tell it."""
    return request.client.host if request.client else "unknown"


def set_cookies(
    request: Request, response: Response, session: SignedIn, *, life: timedelta
) -> None:
    """Give the browser its session and its CSRF token (which its scripts must read)."""
    public_url = request.app.state.place.settings.public_url or str(request.url)
    is_secure = "https" in (request.url.scheme, urlsplit(public_url).scheme)
    life_seconds = int(life.total_seconds())
    for name, value, is_hidden in (
        (SESSION_COOKIE, session.token, True),
        (CSRF_COOKIE, session.csrf_token, False),
    ):
        response.set_cookie(
            name,
            value,
            max_age=life_seconds,
            path="/",
            secure=is_secure,
            httponly=is_hidden,
            samesite="lax",
        )


def clear_cookies(response: Response) -> None:
    """Take both cookies away."""
    for name in (SESSION_COOKIE, CSRF_COOKIE):
        response.delete_cookie(name, path="/")
