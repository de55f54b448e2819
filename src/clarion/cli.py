"""``clarion``: the command line, put together.

Theory of operation.  The tables below are all that there is: where each command of the server, and
each noun's Typer application, lies.  A command that was named is imported alone, because importing
all of them takes longer than most commands; for ``--help`` all are.  What nobody expected ends here
as one sentence, never as a traceback, unless ``CLARION_LOG_LEVEL=debug`` asks for one.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

import typer

import clarion
from clarion.commands.data_dir import DATA_DIR
from clarion.commands.output import AsJson, print_error, print_json
from clarion.domain.errors import ClarionError

__all__ = ["command_line", "main"]


def version(*, as_json: AsJson = False) -> None:
    """Print the version."""
    if as_json:
        print_json({"version": clarion.__version__})
    else:
        typer.echo(clarion.__version__)


# Commands of the server itself: a function of a module.
COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "demo": "clarion.commands.demo.command:demo",
        "serve": "clarion.commands.serve:serve",
        "work": "clarion.commands.serve:work",
        "web": "clarion.commands.serve:web",
        "migrate": "clarion.commands.migrations:migrate_database",
        "doctor": "clarion.commands.doctor:doctor",
        "migrate-from-cams": "clarion.commands.migrate_from_cams:migrate_from_cams",
        "simulate": "clarion.commands.simulate:simulate",
        "bench": "clarion.commands.bench:bench",
        "version": "clarion.cli:version",
    }
)
# Commands of a noun: a Typer application of a module.
SUB_APPS: Mapping[str, str] = MappingProxyType(
    {
        "workspace": "clarion.commands.workspaces:app",
        "user": "clarion.commands.users:app",
        "key": "clarion.commands.keys:app",
        "sender": "clarion.commands.senders:app",
        "system": "clarion.commands.system:app",
        "template": "clarion.commands.templates:app",
        "contacts": "clarion.commands.contacts:app",
        "upload": "clarion.commands.uploads:app",
        "groups": "clarion.commands.groups:app",
        "flow": "clarion.commands.flows:app",
        "session": "clarion.commands.flow_reports:app",
        "secret": "clarion.commands.secrets:app",
        "campaign": "clarion.commands.campaigns:app",
        "message": "clarion.commands.messages:app",
        "webhook-endpoint": "clarion.commands.webhook_endpoints:app",
    }
)


def _root(
    data_dir: Annotated[
        Path | None,
        typer.Option(help="The folder of the embedded database and the sealing key."),
    ] = None,
) -> None:
    """Clarion: campaigns over chat apps that message every contact of a group exactly once."""
    DATA_DIR.set(data_dir)


def command_line(only: str | None = None) -> typer.Typer:
    """The application with all commands, or with one of them."""
    root = typer.Typer(
        name="clarion",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    root.callback()(_root)
    for name, place in COMMANDS.items():
        if only in (None, name):
            root.command(name)(_found(place))
    for name, place in SUB_APPS.items():
        if only in (None, name):
            root.add_typer(_found(place), name=name)
    return root


def _found(place: str) -> Any:
    module, _, attribute = place.partition(":")
    return getattr(importlib.import_module(module), attribute)


def _named_in(arguments: Sequence[str]) -> str | None:
    """The command that the arguments name, if it can be told without parsing them."""
    words = iter(arguments)
    for word in words:
        if word == "--data-dir":
            next(words, None)
        elif not word.startswith("-"):
            return word if word in COMMANDS or word in SUB_APPS else None
        elif not word.startswith("--data-dir="):
            return None
    return None


def main() -> None:
    """Run the command line; the exit code is 0, 1 (refused or failed), 2 (wrong use) or 130."""
    try:
        command_line(_named_in(sys.argv[1:]))()
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
