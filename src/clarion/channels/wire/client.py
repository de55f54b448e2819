"""The public face of the wire client: one ``send``, one clock, one ``close``."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable

from clarion.channels.contract import Answer, Request
from clarion.channels.wire.connection import Connection
from clarion.channels.wire.limits import WireLimits
from clarion.channels.wire.pool import Pool, endpoint_of

__all__ = ["WireClient"]

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})  # HEAD answers differ in framing
_CLOSE_WAIT_SECONDS = 1.0


class WireClient:
    """Sends requests over kept-alive connections, a pool per origin.

    Belongs to the event loop that runs when it is first used.  ``ssl_context`` defaults to
    ``ssl.create_default_context()``: certificates and host names are verified.
    """

    def __init__(
        self, limits: WireLimits | None = None, *, ssl_context: ssl.SSLContext | None = None
    ) -> None:
        self._limits = limits or WireLimits()
        self._ssl_context = ssl_context or ssl.create_default_context()
        self._pools: dict[str, Pool] = {}
        self._clock: asyncio.TimerHandle | None = None
        self._in_flight_count = 0
        self._is_closed = False

    @property
    def in_flight_count(self) -> int:
        """How many ``send`` calls are under way, those that wait for a connection included.

        What goes out by ``write`` is counted by its caller.
        """
        return self._in_flight_count

    async def send(self, request: Request) -> Answer:
        """Send a request and wait for its answer.

        Never raises for what a network may do: then ``status`` is 0, ``failure`` says what
        happened, and ``was_written`` is false only if no byte of the request was given to the
        socket.  ``ValueError`` for a request that must not be written at all: an unknown method,
        a line break in path or headers.
        """
        if self._is_closed:
            return _not_written("closed")
        pool = self._pool_of(request.origin)
        if pool is None:
            return _not_written("bad_origin")
        payload = _payload(request, pool.endpoint.host_header)
        self._in_flight_count += 1
        try:
            while True:
                connection = pool.take_idle() or await pool.acquire()
                if isinstance(connection, str):
                    return _not_written(connection)
                if connection.is_open:
                    break
                # It died between being handed over and now: nothing was written, look again.
            try:
                return await connection.exchange(payload)
            except asyncio.CancelledError:
                # The answer would be taken for that of the next request.
                connection.abort("cancelled")
                raise
        finally:
            self._in_flight_count -= 1

    def lend(self, origin: str, count: int) -> list[Connection]:
        """At most ``count`` open connections to an origin, without waiting.

        For a caller that must know before it commits itself that what it commits to can be written
        at once.  Missing connections are opened in the background, so the next call finds more.
        Each connection must go to ``write`` or ``give_back``.
        """
        pool = None if self._is_closed else self._pool_of(origin)
        return [] if pool is None else pool.lend(count)

    def give_back(self, connections: Iterable[Connection]) -> None:
        """Take back lent connections that were not written on."""
        for connection in connections:
            connection.give_back()

    def payload_of(self, request: Request) -> bytes:
        """The bytes of a request, for ``write``.  ``ValueError`` as for ``send``."""
        endpoint = endpoint_of(request.origin)
        if endpoint is None:
            raise ValueError(f"not an origin: {request.origin}")
        return _payload(request, endpoint.host_header)

    def write(self, connection: Connection, payload: bytes) -> asyncio.Future[Answer]:
        """Write on a lent connection, now: when this returns, the bytes are the kernel's.

        The future never fails; one that died since it was lent answers "not written".
        """
        if connection.is_open and not self._is_closed:
            return connection.exchange(payload)
        connection.give_back()
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        answer.set_result(_not_written("closed" if self._is_closed else "reset"))
        return answer

    def failure_of(self, origin: str) -> str | None:
        """Why the last connection that ``lend`` wanted did not come about; ``None``: it did."""
        pool = self._pool_of(origin)
        return "bad_origin" if pool is None else pool.failure

    async def close(self, grace_seconds: float = 0.0) -> None:
        """Take nothing more, wait ``grace_seconds`` for what is in flight, then drop the rest.

        Requests that still wait for a connection end as not written; those dropped in flight end
        as written, effect unknown.
        """
        self._is_closed = True
        for pool in self._pools.values():
            pool.close_waiting()
        await self._until_empty(grace_seconds)
        for pool in self._pools.values():
            pool.abort()
        await self._until_empty(_CLOSE_WAIT_SECONDS)
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None
        self._pools.clear()

    async def _until_empty(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                for pool in self._pools.values():
                    await pool.until_empty()
        except TimeoutError:
            return  # expected: the caller drops what is left

    def _pool_of(self, origin: str) -> Pool | None:
        return self._pools.get(origin) or self._open_pool(origin)

    def _open_pool(self, origin: str) -> Pool | None:
        endpoint = endpoint_of(origin)
        if endpoint is None:
            return None
        loop = asyncio.get_running_loop()
        pool = Pool(loop, endpoint, self._limits, self._ssl_context)
        self._pools[origin] = pool
        if self._clock is None:
            self._clock = loop.call_later(self._limits.tick_seconds, self._tick, loop)
        return pool

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        # One timer for all requests: a timer a request would cost more than the request's parsing.
        now = loop.time()
        for pool in self._pools.values():
            pool.check_time(now)
        self._clock = loop.call_later(self._limits.tick_seconds, self._tick, loop)


def _payload(request: Request, host: str) -> bytes:
    headers = request.headers
    lines = [f"{request.method} {request.path} HTTP/1.1", f"host: {host}"]
    lines += [f"{name}: {value}" for name, value in headers]
    lines.append(f"content-length: {len(request.body)}\r\n\r\n")
    head = "\r\n".join(lines)
    # Whatever a configuration or a template name smuggled in, it must not become a second header.
    line_count = len(headers) + 4
    if head.count("\n") != line_count or head.count("\r") != line_count:
        raise ValueError("a line break in the path or a header of a request")
    if request.method not in _METHODS or " " in request.path:
        raise ValueError(f"not a request that this client can write: {request.method}")
    return head.encode("latin-1") + request.body


def _not_written(failure: str) -> Answer:
    return Answer(0, {}, b"", was_written=False, failure=failure)
