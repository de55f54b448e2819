"""``clarion``: the command line, put together.

Each noun's commands are a Typer application of their own in ``clarion.commands``; the tables below
are all that there is.  What nobody expected ends here as one sentence, never as a traceback,
unless ``CLARION_LOG_LEVEL=debug`` asks for one.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

import clarion
from clarion.commands import (
    campaigns,
    contacts,
    flows,
    groups,
    keys,
    messages,
    senders,
    templates,
    users,
    workspaces,
)
from clarion.commands.demo.command import demo
from clarion.commands.doctor import doctor
from clarion.commands.migrations import migrate_database
from clarion.commands.output import AsJson, print_error, print_json
from clarion.commands.serve import serve, web, work
from clarion.commands.simulate import simulate
from clarion.domain.errors import ClarionError

__all__ = ["app", "main"]


def version(*, as_json: AsJson = False) -> None:
    """Print the version."""
    if as_json:
        print_json({"version": clarion.__version__})
    else:
        typer.echo(clarion.__version__)


# Commands of the server itself.
COMMANDS: tuple[tuple[str, Callable[..., Any]], ...] = (
    ("demo", demo),
    ("serve", serve),
    ("work", work),
    ("web", web),
    ("migrate", migrate_database),
    ("doctor", doctor),
    ("simulate", simulate),
    ("version", version),
)
# Commands of a noun.
SUB_APPS: tuple[tuple[str, typer.Typer], ...] = (
    ("workspace", workspaces.app),
    ("user", users.app),
    ("key", keys.app),
    ("sender", senders.app),
    ("template", templates.app),
    ("contacts", contacts.app),
    ("groups", groups.app),
    ("flow", flows.app),
    ("campaign", campaigns.app),
    ("message", messages.app),
)


def _root(
    data_dir: Annotated[
        Path | None,
        typer.Option(help="The folder of the embedded database and the sealing key."),
    ] = None,
) -> None:
    """Clarion: campaigns over chat apps that message every contact of a group exactly once."""


def _assembled() -> typer.Typer:
    root = typer.Typer(
        name="clarion",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    root.callback()(_root)
    for name, command in COMMANDS:
        root.command(name)(command)
    for name, sub_app in SUB_APPS:
        root.add_typer(sub_app, name=name)
    return root


app = _assembled()


def main() -> None:
    """Run the command line; the exit code is 0, 1 (refused or failed), 2 (wrong use) or 130."""
    try:
        app()
    except ClarionError as error:
        print_error(error)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if os.environ.get("CLARION_LOG_LEVEL", "").lower() == "debug":
            raise
        print_error(
            ClarionError(
                "server.failed",
                f"Something broke: {type(error).__name__}: {error}. "
                "Set CLARION_LOG_LEVEL=debug to see where.",
            )
        )
        sys.exit(1)
