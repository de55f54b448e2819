"""The routes of users and their roles in the workspace."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from clarion.domain.identity import Role
from clarion.services import users
from clarion.services.users import LONGEST_PASSWORD, SHORTEST_PASSWORD
from clarion.web.access import Asking
from clarion.web.database import DB
from clarion.web.paging import Page, Paging, page_of
from clarion.web.routing import ONCE, noun_router, refusals
from clarion.web.schemas import Body, Id

__all__ = ["router"]

router = noun_router("users", prefix="/users")

Email = Annotated[str, StringConstraints(min_length=3, max_length=254, strip_whitespace=True)]
NewPassword = Annotated[
    str,
    Field(
        min_length=SHORTEST_PASSWORD,
        max_length=LONGEST_PASSWORD,
        json_schema_extra={"format": "password"},
    ),
]


class UserAnswer(BaseModel):
    """A user as this workspace sees it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    email: str
    name: str
    role: Role
    created_at: datetime


class NewUserBody(Body):
    """A user to make."""

    email: Email
    name: Annotated[str, StringConstraints(max_length=100, strip_whitespace=True)] = ""
    password: NewPassword
    role: Role


class RoleBody(Body):
    """A role to give to a user of the server, who is named by e-mail."""

    email: Email
    role: Role


class PasswordBody(Body):
    """A new password."""

    password: NewPassword


@router.post(
    "",
    operation_id="user_create",
    summary="Make a user with a role in this workspace",
    status_code=201,
    dependencies=ONCE,
    responses=refusals("user.email_taken"),
)
async def user_create(connection: DB, scope: Asking, body: NewUserBody) -> UserAnswer:
    """A user of another workspace is given a role by `user_set_role` instead."""
    user = await users.create_user(
        connection,
        scope,
        email=body.email,
        name=body.name,
        password=body.password,
        role=body.role,
    )
    return UserAnswer.model_validate(user)


@router.get("", operation_id="user_list", summary="List who may enter the workspace")
async def user_list(connection: DB, scope: Asking, paging: Paging) -> Page[UserAnswer]:
    """By rising id."""
    rows = await users.list_users(
        connection, scope, above_id=paging.above_id, limit=paging.fetch_count
    )
    return page_of(rows, paging, UserAnswer.model_validate, lambda user: (user.id,))


@router.put(
    "/role",
    operation_id="user_set_role",
    summary="Give a user a role, or another one",
    responses=refusals("user.not_found", "user.last_admin"),
)
async def user_set_role(connection: DB, scope: Asking, body: RoleBody) -> UserAnswer:
    """The role counts from the user's next request on."""
    return UserAnswer.model_validate(
        await users.set_role(connection, scope, email=body.email, role=body.role)
    )


@router.get(
    "/{user_id}",
    operation_id="user_read",
    summary="Read a user",
    responses=refusals("user.not_found"),
)
async def user_read(connection: DB, scope: Asking, user_id: Id) -> UserAnswer:
    """Only users of this workspace are found."""
    return UserAnswer.model_validate(await users.read_user(connection, scope, user_id))


@router.put(
    "/{user_id}/password",
    operation_id="user_set_password",
    summary="Set a user's password",
    status_code=204,
    responses=refusals("user.not_found"),
)
async def user_set_password(connection: DB, scope: Asking, user_id: Id, body: PasswordBody) -> None:
    """The user is signed out everywhere."""
    await users.set_password(connection, scope, user_id=user_id, password=body.password)


@router.delete(
    "/{user_id}",
    operation_id="user_remove",
    summary="Take a user's role in this workspace away",
    status_code=204,
    responses=refusals("user.not_found", "user.last_admin"),
)
async def user_remove(connection: DB, scope: Asking, user_id: Id) -> None:
    """A user without a role in any workspace is deleted."""
    await users.remove_user(connection, scope, user_id)
