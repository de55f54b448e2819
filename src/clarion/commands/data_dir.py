"""The folder that ``clarion --data-dir DIR`` names, for the one command line of this context.

A context variable, since Typer carries a Click of its own and the package ``click`` therefore knows
no current context.  It lies apart from ``place``, which costs a second to import.
"""

from __future__ import annotations

from contextvars import ContextVar
from pathlib import Path

__all__ = ["DATA_DIR"]

DATA_DIR: ContextVar[Path | None] = ContextVar("DATA_DIR", default=None)
