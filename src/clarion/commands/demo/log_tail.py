"""The demo's log: a file, of which the terminal shows the end."""

from __future__ import annotations

import io
from collections import deque
from pathlib import Path

__all__ = ["LogTail"]

_KEPT_LINES = 20


class LogTail(io.TextIOWrapper):
    """A stream that appends to a file and remembers its last lines."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.open("ab"), encoding="utf-8", line_buffering=True)
        self.lines: deque[str] = deque(maxlen=_KEPT_LINES)

    def write(self, text: str, /) -> int:
        """Write to the file, and remember the lines that say something."""
        self.lines.extend(line for line in text.splitlines() if line.strip())
        return super().write(text)
