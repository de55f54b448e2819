"""What commands print: tables and facts for people, JSON for programs, errors for both.

Theory of operation.  With ``--json`` standard output holds one JSON document and nothing else;
its shapes are those of the REST API.  Errors go to standard error: what happened, the code, the
next step.  The exit code is 0 for done, 1 for refused or failed, 2 for a wrong use of the command.
"""

from __future__ import annotations

import sys
from collections.abc import Coroutine, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar

import orjson
import typer
import uvloop
from pydantic import BaseModel
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from clarion.domain.errors import ClarionError

__all__ = [
    "AsJson",
    "print_error",
    "print_facts",
    "print_json",
    "print_note",
    "print_table",
    "run",
    "shown",
]

Result = TypeVar("Result")
_WIDTH_IN_A_PIPE = 10_000

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Do a command's work; a ``ClarionError`` is printed and ends the command with exit code 1."""
    try:
        return uvloop.run(work)
    except ClarionError as error:
        print_error(error)
        raise typer.Exit(1) from None


def print_error(error: ClarionError) -> None:
    """What happened, the code, what is wrong with which field, and the next step."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(f"[bold red]Error:[/] {escape(error.message)} [dim]\\[{error.code}][/]")
    for field in error.field_errors:
        console.print(f"  {escape(field.path)}: {escape(field.message)}")
    for problem in error.details.get("problems", ()):
        if isinstance(problem, Mapping):
            console.print(f"  {escape(str(problem['where']))}: {escape(str(problem['message']))}")
    console.print(f"[bold]Next:[/] {escape(error.next_step)}")


def print_json(value: Any) -> None:
    """Print one JSON document."""
    data = orjson.dumps(value, default=_plain, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS)
    sys.stdout.write(data.decode() + "\n")


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def print_table(rows: Sequence[Mapping[str, Any]], *, nothing: str) -> None:
    """Print rows of the same keys as a table; ``nothing`` is said when there are none."""
    if not rows:
        print_note(nothing)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in rows[0]:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(escape(shown(value)) for value in row.values()))
    # In a pipe no row is broken and nothing is cut: it is read by a program.
    width = None if sys.stdout.isatty() else _WIDTH_IN_A_PIPE
    Console(highlight=False, width=width).print(table)


def print_facts(facts: Mapping[str, Any]) -> None:
    """Print one thing, a line a fact."""
    width = max(len(name) for name in facts)
    console = Console(highlight=False, soft_wrap=True)
    for name, value in facts.items():
        console.print(f"[bold]{escape(name.ljust(width))}[/]  {escape(shown(value))}")


def print_note(text: str) -> None:
    """Say something that is no data, on standard error."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(escape(text))


def shown(value: Any) -> str:
    """A value as people read it."""
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M:%S %Z").strip()
        case float():
            return f"{value:g}"
        case _:
            return str(value)
