"""The demo's log: a file of JSON lines, of which the terminal shows the end."""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

__all__ = ["LogTail", "line_of"]

_KEPT_LINES = 20
_NOT_TOLD = ("event", "level", "at", "logger", "exception")
# The server tells of its start and end, which the view shows anyway.
_QUIET_LOGGERS = frozenset({"uvicorn.error"})


class LogTail(io.TextIOWrapper):
    """A stream that appends to a file and remembers the last entries, as lines for people."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.open("ab"), encoding="utf-8", line_buffering=True)
        self.lines: deque[str] = deque(maxlen=_KEPT_LINES)

    def write(self, text: str, /) -> int:
        """Write to the file, and remember the entries."""
        for line in text.splitlines():
            if line.strip():
                told = line_of(orjson.loads(line))
                self.lines.extend([] if told is None else [told])
        return super().write(text)


def line_of(entry: Mapping[str, Any]) -> str | None:
    """An entry as a line, None if it is not worth one.  Pure."""
    if entry.get("logger") in _QUIET_LOGGERS and entry.get("level") == "info":
        return None
    time_of_day = str(entry.get("at", ""))[11:19]
    rest = " ".join(
        f"{name}={' '.join(str(value).split())}"
        for name, value in entry.items()
        if name not in _NOT_TOLD
    )
    return f"{time_of_day}  {entry.get('level', '')}  {entry.get('event', '')}  {rest}".rstrip()
