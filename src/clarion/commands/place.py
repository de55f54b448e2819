"""Where a command works: the place opened by the settings, and the command as the actor.

Theory of operation.  Who may run a command on the server has its database anyway, so a command
acts as an admin; the audit log names the operating system's user.  An embedded database is
brought up to date by whoever opens it; another one only by ``clarion migrate``.
"""

from __future__ import annotations

import contextlib
import getpass
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from clarion.commands.data_dir import DATA_DIR
from clarion.config import Settings, load_settings
from clarion.domain.identity import Role
from clarion.services.place import Place, database_of, open_place
from clarion.services.scope import Actor, Scope
from clarion.services.workspaces import first_workspace, workspace_named
from clarion.store.migrate import check_schema, migrate
from clarion.store.pool import Connection, transaction

__all__ = [
    "Desk",
    "InWorkspace",
    "command_actor",
    "command_settings",
    "open_desk",
]

InWorkspace = Annotated[
    str | None,
    typer.Option("--workspace", help="Name or id of the workspace; the first one when not given."),
]


@dataclass(frozen=True, slots=True)
class Desk:
    """What a command works with: the open place and its own scope."""

    place: Place
    scope: Scope

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A connection in a transaction that is committed at the end."""
        async with transaction(self.place.pool) as connection:
            yield connection


def command_settings(**given: Any) -> Settings:
    """The settings of this command line: what is given, then ``clarion --data-dir DIR``."""
    return load_settings(**{**given, "data_dir": given.get("data_dir") or DATA_DIR.get()})


def command_actor() -> Actor:
    """The person at the server's shell."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # no such entry in the password database, as in some containers
        name = "shell"
    return Actor("command", name, Role.ADMIN)


@contextlib.asynccontextmanager
async def open_desk(workspace: str | None = None) -> AsyncIterator[Desk]:
    """Open the place and enter a workspace (the first one is made when there is none).

    Raises ``database.unreachable``, ``database.schema_behind``, ``workspace.not_found``.
    """
    settings = command_settings()
    async with database_of(settings) as database_url:
        if settings.database_url is None:
            await migrate(database_url)
        async with open_place(settings, database_url, application_name="clarion command") as place:
            now = place.clock()
            async with transaction(place.pool) as connection:
                await check_schema(connection)
                if workspace is None:
                    entered = await first_workspace(connection, now=now)
                else:
                    entered = await workspace_named(connection, workspace)
            yield Desk(place, Scope(entered.id, command_actor(), now))
