"""Every story of the wire client is told on both event loops, against a real socket."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import pytest
import uvloop

from clarion.channels.contract import Request
from clarion.channels.wire import WireClient, WireLimits


def pytest_asyncio_loop_factories(config, item):
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@dataclass
class Visit:
    """One connection to a scripted server: what it read, and the means to answer."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    number: int  # of the connection, from 1
    requests: list[bytes]

    async def request(self) -> bytes:
        """The next whole request, head and body; ``IncompleteReadError`` when there is none."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1])
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length:")
        )
        whole = head + await self.reader.readexactly(length)
        self.requests.append(whole)
        return whole

    def say(self, data: bytes) -> None:
        self.writer.write(data)

    def ok(self, body: bytes = b"{}", *headers: bytes) -> None:
        lines = [b"HTTP/1.1 200 OK", *headers, b"Content-Length: %d" % len(body), b"", body]
        self.say(b"\r\n".join(lines))

    async def closed_by_client(self) -> bytes:
        """Wait until the client closes its side; whatever it said until then."""
        return await self.reader.read()

    def reset(self) -> None:
        self.writer.transport.abort()


Script = Callable[[Visit], Awaitable[None]]


@dataclass
class Server:
    origin: str
    visits: int = 0
    requests: list[bytes] = field(default_factory=list)

    def post(self, body: bytes = b"{}", path: str = "/v25.0/1/messages") -> Request:
        return Request("POST", self.origin, path, (("x-key", "k"),), body)


@asynccontextmanager
async def _serving(
    script: Script, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> AsyncIterator[Server]:
    running: set[asyncio.Task[None]] = set()

    async def visited(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        server.visits += 1
        try:
            await script(Visit(reader, writer, server.visits, server.requests))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client went away, as some stories want
        finally:
            running.discard(task)
            writer.close()

    listener = await asyncio.start_server(visited, "127.0.0.1", 0, ssl=tls)
    port = listener.sockets[0].getsockname()[1]
    server = Server(f"{'https' if tls else 'http'}://{host}:{port}")
    try:
        yield server
    finally:
        listener.close()
        for task in tuple(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


@pytest.fixture
async def serving():
    """``await serving(script)`` starts a server whose connections follow the script."""
    async with AsyncExitStack() as stack:

        async def start(script: Script, **options) -> Server:
            return await stack.enter_async_context(_serving(script, **options))

        yield start


@pytest.fixture
async def client_with():
    """``client_with(response_seconds=…)`` makes a client that the fixture closes."""
    clients: list[WireClient] = []

    def make(*, ssl_context: ssl.SSLContext | None = None, **limits) -> WireClient:
        limits.setdefault("tick_seconds", 0.01)
        client = WireClient(WireLimits(**limits), ssl_context=ssl_context)
        clients.append(client)
        return client

    yield make
    for client in clients:
        await client.close()


@pytest.fixture
def client(client_with):
    return client_with(response_seconds=20.0)
