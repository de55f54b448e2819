"""The simulated WhatsApp as a child process: started, watched, stopped.

Theory of operation.  The child keeps its ledger in a file and so goes on where it stood.  It has a
session of its own, so that Ctrl-C in a terminal reaches the demo alone, which stops the child last;
and it holds the end of a pipe, so that it ends by itself however the demo dies.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from pathlib import Path
from urllib.parse import urlsplit

from clarion.channels.simulator import SimulatorSettings
from clarion.domain.errors import ClarionError
from clarion.services.sample_shop import WABA_ID

__all__ = ["SimulatorProcess"]

_READY_SECONDS = 60.0
_STOP_SECONDS = 10.0


class SimulatorProcess:
    """One simulator; ``base_url`` is where it listens once started."""

    def __init__(self, folder: Path, settings: SimulatorSettings, *, port: int = 0) -> None:
        self._folder = folder
        self._settings = settings
        self._port = port
        self._process: asyncio.subprocess.Process | None = None
        self.base_url = ""

    @property
    def port(self) -> int:
        """The port that it listens on; kept over restarts if it can be."""
        return self._port

    async def start(self) -> None:
        """Start it, on the port that it had before unless somebody took that meanwhile.

        Raises ``simulator.failed``.
        """
        for port in dict.fromkeys((self._port, 0)):
            base_url = await self._try(port)
            if base_url is not None:
                self.base_url = base_url
                self._port = urlsplit(base_url).port or 0
                return
        log_path = self._folder / "simulator.log"
        raise ClarionError(
            "simulator.failed", f"The simulator does not start; {log_path} tells why."
        )

    async def _try(self, port: int) -> str | None:
        settings_path = self._folder / "simulator.json"
        settings_path.write_text(json.dumps(self._settings.as_document()))
        arguments = {
            "--port": str(port),
            "--ledger": str(self._folder / "ledger.ndjson"),
            "--settings": str(settings_path),
            "--sample": WABA_ID,
        }
        with (self._folder / "simulator.log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",
                "-m",
                "clarion.channels.simulator",
                "--stop-with-input",
                *(word for pair in arguments.items() for word in pair),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        self._process = process
        assert process.stdout is not None  # noqa: S101 - asked for above
        try:
            async with asyncio.timeout(_READY_SECONDS):
                line = await process.stdout.readline()
        except TimeoutError:
            line = b""
        if not line:
            await self.stop()
            return None
        ready: str = json.loads(line)["ready"]
        return ready

    async def ended(self) -> int:
        """Wait until it ends; its exit code (negative: the signal that killed it)."""
        if self._process is None:
            return 0
        return await self._process.wait()

    async def stop(self) -> None:
        """Stop it if it runs."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):  # it has ended by itself
            process.terminate()
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
