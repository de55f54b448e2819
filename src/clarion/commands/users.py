"""``clarion user``: who may sign in to the console, and with which role."""

from __future__ import annotations

import secrets
import sys
from typing import Annotated

import typer

from clarion.commands.output import AsJson, print_facts, print_json, print_note, print_table, run
from clarion.commands.place import InWorkspace, open_desk
from clarion.domain.identity import Role
from clarion.services import users
from clarion.services.users import User
from clarion.web.users.routes import UserAnswer

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Users of the console and their roles.")

Email = Annotated[str, typer.Argument(help="The user's e-mail address.")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]
Generated = Annotated[bool, typer.Option("--generate", help="Make a password and print it once.")]
MOST_USERS = 10_000


def _password(*, is_generated: bool, is_from_stdin: bool) -> str:
    if is_generated:
        return secrets.token_urlsafe(15)
    if is_from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    password: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return password


def _print(user: User, *, password: str | None, as_json: bool) -> None:
    facts = UserAnswer.model_validate(user).model_dump(mode="json")
    if password is not None:
        facts["password"] = password
    (print_json if as_json else print_facts)(facts)


@app.command("create")
def user_create(
    email: Email,
    role: Annotated[Role, typer.Option(help="What the user may do.")] = Role.VIEWER,
    name: Annotated[str, typer.Option(help="The user's name.")] = "",
    *,
    password_stdin: FromStdin = False,
    generate: Generated = False,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Make a user with a role in the workspace."""
    password = _password(is_generated=generate, is_from_stdin=password_stdin)

    async def work() -> User:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            return await users.create_user(
                connection, desk.scope, email=email, name=name, password=password, role=role
            )

    _print(run(work()), password=password if generate else None, as_json=as_json)


@app.command("list")
def user_list(*, workspace: InWorkspace = None, as_json: AsJson = False) -> None:
    """List who may enter the workspace."""

    async def work() -> list[User]:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            return await users.list_users(connection, desk.scope, above_id=None, limit=MOST_USERS)

    rows = [UserAnswer.model_validate(user).model_dump() for user in run(work())]
    if as_json:
        print_json({"items": rows})
    else:
        print_table(rows, nothing="Nobody yet: `clarion user create EMAIL --role admin`.")


@app.command("password")
def user_password(
    email: Email,
    *,
    password_stdin: FromStdin = False,
    generate: Generated = False,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Set a user's password; the user is signed out everywhere."""
    password = _password(is_generated=generate, is_from_stdin=password_stdin)

    async def work() -> User:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            user = await users.user_by_email(connection, desk.scope, email)
            await users.set_password(connection, desk.scope, user_id=user.id, password=password)
            return user

    _print(run(work()), password=password if generate else None, as_json=as_json)


@app.command("role")
def user_role(
    email: Email,
    role: Annotated[Role, typer.Argument(help="What the user may do.")],
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Give a user of this server a role in the workspace, or another one."""

    async def work() -> User:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            return await users.set_role(connection, desk.scope, email=email, role=role)

    _print(run(work()), password=None, as_json=as_json)


@app.command("remove")
def user_remove(email: Email, *, workspace: InWorkspace = None) -> None:
    """Take a user's role in the workspace away."""

    async def work() -> None:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            user = await users.user_by_email(connection, desk.scope, email)
            await users.remove_user(connection, desk.scope, user.id)

    run(work())
    print_note(f"{email} may no longer enter.")
