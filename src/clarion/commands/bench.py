"""``clarion bench``: the figures, measured on this machine.

Theory of operation.  The benches are programs of their own in the folder ``bench`` of a checkout;
they are not part of the installed package.  This command runs one of them and hands its arguments
on.  Each prints a table and one line of JSON, with ratios taken within the same run.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

import clarion
from clarion.domain.errors import ClarionError

__all__ = ["bench"]

_FOLDER = Path(clarion.__file__).parents[2] / "bench"


def bench(
    name: Annotated[
        str | None, typer.Argument(help="Which figure; without it, the benches are listed.")
    ] = None,
    arguments: Annotated[
        list[str] | None, typer.Argument(help="Handed on to the bench (after `--`).")
    ] = None,
) -> None:
    """Measure on this machine (from a checkout of the source)."""
    benches = {path.stem: path for path in sorted(_FOLDER.glob("*.py"))}
    if not benches:
        raise ClarionError(
            "bench.not_found", "The benches come with a checkout of the source, not with the wheel."
        )
    if name is None:
        for each, path in benches.items():
            summary = path.read_text(encoding="utf-8").split('"""')[1].splitlines()[0]
            typer.echo(f"{each:12} {summary}")
        return
    if name not in benches:
        raise ClarionError(
            "bench.not_found", f"There is no bench {name!r}; there are {', '.join(benches)}."
        )
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", f"bench.{name}", *(arguments or [])], cwd=_FOLDER.parent, check=False
    )
    raise typer.Exit(done.returncode)
