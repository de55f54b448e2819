"""What a command stands on: the database, a scope, and a way to tell errors.

Theory of operation.  A command acts at the server's shell, as an admin of the workspace that it
names (else of the first one).  The embedded database is started, or joined, for as long as the
command lasts, and its schema brought up to date; a database named by ``CLARION_DATABASE_URL`` is
left as it is (``clarion migrate``).
"""

from __future__ import annotations

import asyncio
import contextlib
import getpass
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

import orjson
import typer
from rich.console import Console

from clarion.config import Settings
from clarion.domain.errors import ClarionError
from clarion.domain.identity import Role
from clarion.services import place as services_place
from clarion.services.scope import Actor, Scope
from clarion.services.workspaces import first_workspace, workspace_named
from clarion.store.migrate import migrate
from clarion.store.pool import Pool, transaction

__all__ = ["AsJson", "CommandPlace", "DataDir", "InWorkspace", "open_place", "run", "show_json"]

Result = TypeVar("Result")

DataDir = Annotated[
    Path | None, typer.Option("--data-dir", help="The folder of the embedded database.")
]
InWorkspace = Annotated[
    str | None, typer.Option("--workspace", help="The name of the workspace; else the first one.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer with JSON.")]


@dataclass(frozen=True, slots=True)
class CommandPlace:
    """An open database, and the clock."""

    pool: Pool
    clock: services_place.Clock

    async def scope(self, workspace: str | None) -> Scope:
        """The scope of this command in a workspace.  Raises ``workspace.not_found``."""
        now = self.clock()
        async with transaction(self.pool) as connection:
            found = (
                await first_workspace(connection, now=now)
                if workspace is None
                else await workspace_named(connection, workspace)
            )
        return Scope(found.id, Actor("command", getpass.getuser(), Role.ADMIN), now)


@contextlib.asynccontextmanager
async def open_place(settings: Settings) -> AsyncIterator[CommandPlace]:
    """Open the settings' database for one command.

    Raises ``database.unreachable``, ``data_dir.unusable``.
    """
    async with services_place.database_of(settings) as database_url:
        if settings.database_url is None:
            await migrate(database_url)
        async with services_place.open_place(settings, database_url) as place:
            yield CommandPlace(place.pool, place.clock)


def run(command: Coroutine[Any, Any, Result]) -> Result:
    """Run a command to its end; tell a ``ClarionError`` in words and leave with status 1."""
    try:
        return asyncio.run(command)
    except ClarionError as error:
        console = Console(stderr=True, highlight=False, markup=False)
        console.print(f"{error.message} [{error.code}]", style="red")
        for field in error.field_errors:
            console.print(f"  {field.path}: {field.message}")
        console.print(error.next_step)
        raise typer.Exit(1) from error


def show_json(answer: object) -> None:
    """Write an answer of a service (dataclasses and what is in them) as JSON."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS
    typer.echo(orjson.dumps(answer, default=_plain, option=options).decode())


def _plain(value: object) -> object:
    try:
        return dict(value)  # type: ignore[call-overload]  # a mapping proxy; anything else is refused
    except (TypeError, ValueError):
        return str(value)
