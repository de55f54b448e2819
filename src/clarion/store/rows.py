"""A row as a pure function sees it: columns by name, from a database record or a plain dict."""

from __future__ import annotations

from typing import Any, Protocol

__all__ = ["Columns"]


class Columns(Protocol):
    """Anything with named columns."""

    def __getitem__(self, key: str, /) -> Any:
        """The value of a column; ``KeyError`` if there is none of that name."""
        ...
