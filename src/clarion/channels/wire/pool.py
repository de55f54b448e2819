"""The connections of one origin: at most so many, lent one exchange at a time, first come first.

Theory of operation.  ``acquire`` gives an open connection or the failure that came before any byte:
the freshest idle one, else a new one while there is room, else its turn in the queue.  A slot
belongs to a connection from before it is opened until it is lost; a freed connection goes straight
to the first in the queue, and a lost one passes its slot on (the waiter then opens its own).  Who
gives up while waiting passes on what it was given meanwhile, so no slot leaks.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections import deque
from dataclasses import dataclass
from urllib.parse import urlsplit

from clarion.channels.wire.connection import Connection
from clarion.channels.wire.limits import WireLimits

__all__ = ["Endpoint", "Pool", "endpoint_of"]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where an origin is reached, and what to write in the ``Host`` header."""

    host: str
    port: int
    is_tls: bool
    host_header: str


def endpoint_of(origin: str) -> Endpoint | None:
    """The parts of ``http[s]://host[:port]``; ``None`` if it is not such an origin."""
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return None
    is_plain_origin = not (parts.path.strip("/") or parts.query or parts.fragment or parts.username)
    host = parts.hostname
    if parts.scheme not in ("http", "https") or not host or not is_plain_origin:
        return None
    is_tls = parts.scheme == "https"
    return Endpoint(host, port or (443 if is_tls else 80), is_tls, parts.netloc)


_OPEN_AGAIN_SECONDS = 0.5  # after a connection that did not come about


class _Slot:
    """Leave to open a connection, handed to a waiter."""


_SLOT = _Slot()


class Pool:
    """The connections of one origin; see the module's theory of operation."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        endpoint: Endpoint,
        limits: WireLimits,
        ssl_context: ssl.SSLContext,
    ) -> None:
        self.endpoint = endpoint
        self.connections: set[Connection] = set()
        self._loop = loop
        self._limits = limits
        self._ssl_context = ssl_context if endpoint.is_tls else None
        self._idle: list[Connection] = []
        self._waiters: deque[asyncio.Future[Connection | _Slot | str]] = deque()
        self._slot_count = 0
        self._is_closed = False
        self._is_empty = asyncio.Event()
        self._is_empty.set()
        self._openings: set[asyncio.Task[None]] = set()
        self._may_open_at = 0.0
        self.failure: str | None = None

    def lend(self, count: int) -> list[Connection]:
        """At most ``count`` idle connections, at once; the missing ones are opened meanwhile.

        Each must be written on or given back with ``freed``.
        """
        lent: list[Connection] = []
        if self._is_closed:
            return lent
        while len(lent) < count and (connection := self.take_idle()) is not None:
            lent.append(connection)
        self._open_ahead(count - len(lent))
        return lent

    def take_idle(self) -> Connection | None:
        """The most recently used idle connection that still may be written on."""
        idle = self._idle
        while idle:
            connection = idle.pop()
            if connection.is_fresh(self._loop.time()):
                return connection
            connection.abort("stale")
        return None

    async def acquire(self) -> Connection | str:
        """A connection to write on, or the short reason why there is none."""
        if self._is_closed:
            return "closed"
        connection = self.take_idle()
        if connection is not None:
            return connection
        if self._slot_count < self._limits.connections_per_origin:
            self._slot_count += 1
        else:
            given = await self._wait()
            if not isinstance(given, _Slot):
                return given
        return await self._open()

    def freed(self, connection: Connection) -> None:
        """Hand a connection that finished its exchange, or was not used, to the next in the queue."""
        if connection.is_lost:
            return  # its slot has been passed on
        if self._is_closed:
            connection.abort("closed")
        elif not self._give(connection):
            self._idle.append(connection)

    def lost(self, connection: Connection) -> None:
        """Forget a connection and pass its slot on."""
        if connection not in self.connections:
            return  # lost while it was being opened: `_open` still holds the slot
        self.connections.remove(connection)
        if connection in self._idle:
            self._idle.remove(connection)
        self._pass_slot_on()
        if not self.connections:
            self._is_empty.set()

    def check_time(self, now: float) -> None:
        """Let every connection look at the clock."""
        for connection in tuple(self.connections):
            connection.check_time(now)

    def close_waiting(self) -> None:
        """Give nothing out any more; whoever waits is told ``closed`` (nothing was written)."""
        self._is_closed = True
        for opening in tuple(self._openings):
            opening.cancel()
        while self._give("closed"):
            pass
        for connection in tuple(self._idle):
            connection.abort("closed")

    async def until_empty(self) -> None:
        """Wait until no connection is left."""
        await self._is_empty.wait()

    def abort(self) -> None:
        """Drop every connection now."""
        for connection in tuple(self.connections):
            connection.abort("closed")

    def _give(self, what: Connection | _Slot | str) -> bool:
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(what)
                return True
        return False

    def _pass_slot_on(self) -> None:
        if self._is_closed or not self._give(_SLOT):
            self._slot_count -= 1

    async def _wait(self) -> Connection | _Slot | str:
        waiter: asyncio.Future[Connection | _Slot | str] = self._loop.create_future()
        self._waiters.append(waiter)
        timer = self._loop.call_later(self._limits.pool_wait_seconds, _expire, waiter)
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                given = waiter.result()
                if isinstance(given, Connection):
                    self.freed(given)
                elif isinstance(given, _Slot):
                    self._pass_slot_on()
            raise
        finally:
            timer.cancel()

    def _open_ahead(self, missing_count: int) -> None:
        if self._loop.time() < self._may_open_at:
            return
        room = self._limits.connections_per_origin - self._slot_count
        for _ in range(min(missing_count - len(self._openings), room)):
            self._slot_count += 1
            opening = self._loop.create_task(self._open_idle())
            self._openings.add(opening)
            opening.add_done_callback(self._openings.discard)

    async def _open_idle(self) -> None:
        connection = await self._open()
        if isinstance(connection, str):
            self.failure = connection
            self._may_open_at = self._loop.time() + _OPEN_AGAIN_SECONDS
        else:
            self.failure = None
            self.freed(connection)

    async def _open(self) -> Connection | str:
        """Open a connection on a slot that we hold; on failure the slot is passed on."""
        is_opened = False
        endpoint = self.endpoint
        try:
            async with asyncio.timeout(self._limits.connect_seconds):
                _, connection = await self._loop.create_connection(
                    lambda: Connection(self._loop, self, self._limits),
                    endpoint.host,
                    endpoint.port,
                    ssl=self._ssl_context,
                    server_hostname=endpoint.host if endpoint.is_tls else None,
                )
            is_opened = not connection.is_lost
        except (OSError, UnicodeError) as error:
            return _failure_of(error)
        finally:
            if not is_opened:
                self._pass_slot_on()
        if not is_opened:
            return "reset"  # accepted and closed at once
        self.connections.add(connection)
        self._is_empty.clear()
        if self._is_closed:
            connection.abort("closed")
            return "closed"
        return connection


def _expire(waiter: asyncio.Future[Connection | _Slot | str]) -> None:
    if not waiter.done():
        waiter.set_result("pool_timeout")


def _failure_of(error: OSError | UnicodeError) -> str:
    """The short reason of a connection that did not come about; the order is the specific first."""
    if isinstance(error, socket.gaierror | UnicodeError):
        return "dns"
    if isinstance(error, ssl.SSLError | ssl.CertificateError):
        return "tls"
    if isinstance(error, TimeoutError):
        return "connect_timeout"
    if isinstance(error, ConnectionRefusedError) or error.errno == errno.ECONNREFUSED:
        return "connect_refused"
    return "connect_failed"
