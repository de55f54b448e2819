"""The simulator as an object: start it, use it, stop it.

Used in a test as ``async with Simulator(SimulatorSettings.calm()) as simulator``, with ``simulator.base_url`` for the
code under test and the methods below for the test itself; used by ``python -m`` as a process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from clarion.channels.simulator.control import Control, EventSpec, NumberSpec, SaySpec
from clarion.channels.simulator.fates import Fates
from clarion.channels.simulator.faults import FaultRule
from clarion.channels.simulator.ledger import LedgerFilter, summary_of
from clarion.channels.simulator.people import Person, digits_of
from clarion.channels.simulator.routes import Routes
from clarion.channels.simulator.server import HttpServer
from clarion.channels.simulator.settings import SimulatorSettings
from clarion.channels.simulator.world import World

__all__ = ["Simulator"]


class Simulator:
    """A simulated WhatsApp Cloud API on its own port.

    ``port`` 0 takes a free one.  ``ledger_path`` keeps the ledger on a file, and continues one that
    exists.  ``OSError`` if the port or the file cannot be had.
    """

    def __init__(
        self,
        settings: SimulatorSettings | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        ledger_path: Path | None = None,
    ) -> None:
        self._settings = settings or SimulatorSettings()
        self._host, self._port = host, port
        self.world = World(self._settings, ledger_path)
        self.control = Control(self.world, Fates(self.world))
        self._server = HttpServer(Routes(self.world, self.control))

    async def start(self) -> None:
        """Listen."""
        await self._server.start(self._host, self._port)

    async def stop(self) -> None:
        """Close the server, stop the webhooks, close the ledger."""
        await self._server.stop()
        await self.world.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    @property
    def base_url(self) -> str:
        """Where the API is, without a version: ``http://127.0.0.1:PORT``."""
        return f"http://{self._server.host}:{self._server.port}"

    async def add_number(self, **spec: Any) -> dict[str, Any]:
        """Put a business number into service; the fields of ``NumberSpec``."""
        return await self.control.add_number(NumberSpec(**spec))

    def add_templates(self, waba_id: str, documents: Iterable[Mapping[str, Any]]) -> None:
        """Store templates as approved."""
        for document in documents:
            self.control.put_template({**document, "waba_id": waba_id})

    def add_fault(self, rule: FaultRule) -> int:
        """Put a fault rule in force; its id."""
        return self.world.faults.add(rule)

    def person(self, phone: str, **changes: Any) -> Person:
        """The person behind a phone, changed as asked."""
        digits = digits_of(phone)
        if changes:
            return self.world.people.override(digits, changes)
        return self.world.people.person(digits)

    def say(self, phone: str, **spec: Any) -> str | None:
        """Have a person say something; the fields of ``SaySpec``.  The id of her message."""
        return self.control.say(digits_of(phone), SaySpec(**spec))

    def chats(self, phone_number_id: str, *phones: str, limit: int = 0) -> dict[str, Any]:
        """What these people, and the newest ``limit`` of the number, see on their phones."""
        return self.control.chats(phone_number_id, [digits_of(phone) for phone in phones], limit)

    def tell_event(self, **spec: Any) -> None:
        """Tell a callback something about its account; the fields of ``EventSpec``."""
        self.control.tell_event(EventSpec(**spec))

    async def settle(self, timeout_seconds: float = 30.0) -> None:
        """Wait until nothing is to come any more; ``TimeoutError`` if that takes longer."""
        async with asyncio.timeout(timeout_seconds):
            while not self.world.is_idle:  # noqa: ASYNC110 - many sides must come to rest at once
                await asyncio.sleep(0.01)

    def ledger(self, **equal: str) -> list[dict[str, Any]]:
        """The accepted messages, oldest first, with these fields."""
        return list(self.world.ledger.rows(LedgerFilter(equal)))

    def marks(self) -> list[dict[str, Any]]:
        """The newest marks (read, typing) of the business, oldest first."""
        return [dict(each) for each in self.world.ledger.marks]

    async def summary(self, attempt_prefix: str = "", separator: str = ":") -> dict[str, Any]:
        """Counts and repetitions over the ledger; see ``summary_of``."""
        wanted = LedgerFilter(attempt_prefix=attempt_prefix)
        return await summary_of(self.world.ledger, wanted, separator)
