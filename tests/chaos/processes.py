"""Processes of Clarion and of the platform, which a test may kill, freeze and start again."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def tell(line: str) -> None:
    """A figure for whoever reads the run (pytest shows it with -s, and with a failure)."""
    sys.stdout.write(line + "\n")


class Nursery:
    """Starts processes fast; see ``nursery.py``."""

    def __init__(self) -> None:
        self._mother = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("nursery.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._answer() == "ready"

    def _answer(self) -> str:
        assert self._mother.stdout is not None
        return self._mother.stdout.readline().strip()

    def ask(self, order: Mapping[str, Any]) -> int:
        assert self._mother.stdin is not None
        self._mother.stdin.write(json.dumps(order) + "\n")
        self._mother.stdin.flush()
        return int(self._answer())

    def close(self) -> None:
        assert self._mother.stdin is not None
        self._mother.stdin.close()
        self._mother.wait(10)
        assert self._mother.stdout is not None
        self._mother.stdout.close()


class Process:
    """A process with its log; killed at the end of the test if it still lives."""

    def __init__(
        self, nursery: Nursery, arguments: Sequence[str], environment: Mapping[str, str], log: Path
    ) -> None:
        self._nursery = nursery
        self._log = log
        self._offset = log.stat().st_size if log.exists() else 0
        self.is_over = False
        self.pid = nursery.ask(
            {"arguments": arguments, "environment": dict(environment), "log": str(log)}
        )

    def said(self) -> str:
        """What this process wrote so far."""
        if not self._log.exists():
            return ""
        with self._log.open("rb") as file:
            file.seek(self._offset)
            return file.read().decode(errors="replace")

    def tell(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    async def end(self, number: signal.Signals) -> int:
        """Signal and wait; the exit code."""
        self.tell(number)
        self.is_over = True
        return await asyncio.to_thread(self._nursery.ask, {"wait": self.pid})

    async def until_said(self, words: str, seconds: float = 90.0) -> None:
        limit = time.monotonic() + seconds
        while words not in self.said():
            assert time.monotonic() < limit, f"never said {words!r}: {self.said()[-3000:]}"
            await asyncio.sleep(0.01)

    def clear_away(self) -> None:
        if not self.is_over:
            self.is_over = True
            os.kill(self.pid, signal.SIGKILL)
            self._nursery.ask({"wait": self.pid})


def free_port() -> int:
    """A port that nobody uses now; it stays the same when a process is started again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number
