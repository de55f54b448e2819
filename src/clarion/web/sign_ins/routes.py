"""The routes of signing in and out, and of oneself."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from fastapi import Request, Response
from pydantic import BaseModel, Field, StringConstraints

from clarion.domain.errors import ClarionError
from clarion.domain.identity import PERMISSIONS, Permission, Role
from clarion.services import sign_ins, users, workspaces
from clarion.services.place import Place
from clarion.services.scope import Scope
from clarion.services.sign_ins import Locked, Refused, SignedIn, SignIn
from clarion.services.users import LONGEST_PASSWORD
from clarion.store.pool import Connection
from clarion.web.access import (
    Asking,
    SessionToken,
    clear_cookies,
    peer_of,
    set_cookies,
)
from clarion.web.database import DB, PlaceOf
from clarion.web.errors import problem_response, request_id_of
from clarion.web.routing import noun_router, refusals
from clarion.web.schemas import Body, IdInBody
from clarion.web.users.routes import Email, NewPassword

__all__ = ["router"]

router = noun_router("sign-in")

Password = Annotated[
    str, Field(min_length=1, max_length=LONGEST_PASSWORD, json_schema_extra={"format": "password"})
]


class SignInBody(Body):
    """Who wants to sign in, and where to."""

    email: Email
    password: Password
    workspace_id: IdInBody | None = None


class WorkspaceChoiceBody(Body):
    """The workspace to go on in."""

    workspace_id: IdInBody


class OwnPasswordBody(Body):
    """The old password and the new one."""

    old_password: Password
    new_password: NewPassword


class RoomAnswer(BaseModel):
    """A workspace that one may enter."""

    workspace_id: int
    name: str
    role: Role


class MeAnswer(BaseModel):
    """Who asks, and what is allowed."""

    kind: Literal["user", "key", "command", "system"]
    id: int | None
    name: Annotated[str, StringConstraints()] = Field(
        description="E-mail of a user, name of a key."
    )
    role: Role
    permissions: list[Permission]
    workspace_id: int
    workspace_name: str
    zone: str
    language: str
    rooms: list[RoomAnswer] = Field(description="The workspaces that a user may enter.")


def _life(place: Place) -> timedelta:
    return timedelta(seconds=place.settings.sign_in_seconds)


async def _me(connection: Connection, scope: Scope) -> MeAnswer:
    workspace = await workspaces.read_workspace(connection, scope)
    rooms = []
    if scope.actor.kind == "user" and scope.actor.id is not None:
        rooms = await users.rooms_of_user(connection, scope.actor.id)
    return MeAnswer(
        kind=scope.actor.kind,
        id=scope.actor.id,
        name=scope.actor.name,
        role=scope.actor.role,
        permissions=sorted(PERMISSIONS[scope.actor.role]),
        workspace_id=scope.workspace_id,
        workspace_name=workspace.name,
        zone=workspace.zone,
        language=workspace.language,
        rooms=[
            RoomAnswer(workspace_id=room.workspace_id, name=room.name, role=room.role)
            for room in rooms
        ],
    )


async def _entered(connection: Connection, session: SignedIn, place: PlaceOf) -> MeAnswer:
    visitor = await sign_ins.visitor_of(connection, session.token, place.clock())
    if visitor is None:
        raise ClarionError("access.not_signed_in", "The session has ended already.")
    return await _me(connection, visitor.scope)


@router.post(
    "/sign-in",
    operation_id="sign_in_create",
    summary="Sign in with e-mail and password",
    response_model=MeAnswer,
    responses=refusals("access.wrong_credentials", "access.locked", "access.forbidden"),
)
async def sign_in_create(
    request: Request,
    response: Response,
    connection: DB,
    place: PlaceOf,
    old_token: SessionToken,
    body: SignInBody,
) -> MeAnswer | Response:
    """Sets the cookies `clarion_session` and `clarion_csrf`."""
    if request.headers.get("sec-fetch-site") == "cross-site":
        raise ClarionError("access.forbidden", "Another site may not sign anybody in here.")
    wish = SignIn(body.email, body.password, peer_of(request), body.workspace_id, old_token)
    outcome = await sign_ins.sign_in(connection, wish, now=place.clock(), life=_life(place))
    # Refusals are answered, not raised: the failure that was counted must be committed.
    match outcome:
        case Locked(wait_seconds):
            locked = ClarionError(
                "access.locked",
                "There were too many failed sign-ins; this one was not tried.",
                retry_after_seconds=wait_seconds,
            )
            return problem_response(locked, request_id_of(request))
        case Refused():
            refused = ClarionError("access.wrong_credentials", "E-mail or password is wrong.")
            return problem_response(refused, request_id_of(request))
        case SignedIn():
            set_cookies(request, response, outcome, life=_life(place))
            return await _entered(connection, outcome, place)


@router.post("/sign-out", operation_id="sign_in_end", summary="Sign out", status_code=204)
async def sign_in_end(response: Response, connection: DB, _: Asking, token: SessionToken) -> None:
    """Ends the session of the cookie and takes the cookies away."""
    if token is not None:
        await sign_ins.end_sign_in(connection, token)
    clear_cookies(response)


@router.get("/me", operation_id="me_read", summary="Who asks, and what is allowed")
async def me_read(connection: DB, scope: Asking) -> MeAnswer:
    """Works for sessions and keys."""
    return await _me(connection, scope)


@router.put(
    "/me/workspace",
    operation_id="me_enter_workspace",
    summary="Go on in another workspace",
    responses=refusals("workspace.not_found"),
)
async def me_enter_workspace(
    request: Request,
    response: Response,
    connection: DB,
    place: PlaceOf,
    scope: Asking,
    token: SessionToken,
    body: WorkspaceChoiceBody,
) -> MeAnswer:
    """The session gets new cookies."""
    session = await sign_ins.enter_workspace(
        connection, scope, token or "", body.workspace_id, life=_life(place)
    )
    set_cookies(request, response, session, life=_life(place))
    return await _entered(connection, session, place)


@router.put(
    "/me/password",
    operation_id="me_set_password",
    summary="Choose a new password",
    status_code=204,
    responses=refusals("access.wrong_credentials"),
)
async def me_set_password(
    connection: DB, scope: Asking, token: SessionToken, body: OwnPasswordBody
) -> None:
    """The user's other sessions end."""
    await users.change_own_password(
        connection,
        scope,
        old_password=body.old_password,
        new_password=body.new_password,
        kept_token=token,
    )
