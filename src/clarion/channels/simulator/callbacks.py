"""The client that posts webhooks: a bounded pool of kept-alive connections per origin.

Theory of operation.  The pump never has more requests under way than it has workers, so the pool needs no queue: a
request takes an idle connection or opens one, and returns it if the answer was complete and kept it alive.  A
connection that died while idle shows before anything was written; one that dies under a request is a
failure like any other, and the pump repeats the whole POST, as the platform does.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from typing import cast
from urllib.parse import urlsplit

import httptools

__all__ = ["CallbackClient", "CallbackError"]


class CallbackError(Exception):
    """No complete answer came; the message is a short reason."""


class _Connection(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._parser: httptools.HttpResponseParser | None = None
        self._body = bytearray()
        self._timer: asyncio.TimerHandle | None = None
        self.is_open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.is_open = True

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_open = False
        self._fail(f"connection lost: {exc or 'closed by the receiver'}")

    def data_received(self, data: bytes) -> None:
        if self._parser is None:
            self.close()
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self.close()
            self._fail(f"malformed answer: {error}")

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        parser, answer = self._parser, self.answer
        if parser is None or answer is None or answer.done():
            return
        if not parser.should_keep_alive():
            self.close()
        self._stop_timer()
        self._parser = None
        answer.set_result((parser.get_status_code(), bytes(self._body)))

    def request(self, raw: bytes, timeout_seconds: float) -> asyncio.Future[tuple[int, bytes]]:
        """Write a request; the future of its answer."""
        if self.transport is None:
            raise CallbackError("not connected")
        self._body.clear()
        self._parser = httptools.HttpResponseParser(self)
        loop = asyncio.get_running_loop()
        self.answer = loop.create_future()
        self._timer = loop.call_later(timeout_seconds, self._expire)
        self.transport.write(raw)
        return self.answer

    def _expire(self) -> None:
        self._fail("timeout")
        self.close()

    def close(self) -> None:
        self._stop_timer()
        self.is_open = False
        if self.transport is not None:
            self.transport.close()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _fail(self, reason: str) -> None:
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(CallbackError(reason))


class CallbackClient:
    """Requests to callbacks, with one time limit for connecting and one for answering."""

    def __init__(self) -> None:
        self._idle: dict[tuple[str, str], deque[_Connection]] = {}
        self._tls: ssl.SSLContext | None = None

    async def get(self, url: str, timeout_seconds: float) -> tuple[int, bytes]:
        """The status and body of a GET; ``CallbackError`` without a complete answer."""
        return await self._send("GET", url, {}, b"", timeout_seconds)

    async def post(
        self, url: str, headers: dict[str, str], body: bytes, timeout_seconds: float
    ) -> tuple[int, bytes]:
        """The status and body of a POST; ``CallbackError`` without a complete answer."""
        return await self._send("POST", url, headers, body, timeout_seconds)

    async def _send(
        self, method: str, url: str, headers: dict[str, str], body: bytes, timeout_seconds: float
    ) -> tuple[int, bytes]:
        parts = urlsplit(url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        lines = [f"{method} {path} HTTP/1.1", f"host: {parts.netloc}", "user-agent: facebookexternalua", "accept: */*"]  # fmt: skip
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines.append(f"content-length: {len(body)}\r\n\r\n")
        raw = "\r\n".join(lines).encode() + body
        connection = await self._connection(parts.scheme, parts.netloc, timeout_seconds)
        try:
            answer = await connection.request(raw, timeout_seconds)
        except BaseException:
            connection.close()
            raise
        if connection.is_open:
            self._idle.setdefault((parts.scheme, parts.netloc), deque()).append(connection)
        return answer

    async def _connection(self, scheme: str, netloc: str, timeout_seconds: float) -> _Connection:
        idle = self._idle.get((scheme, netloc))
        while idle:
            connection = idle.pop()
            if connection.is_open:
                return connection
        parts = urlsplit(f"{scheme}://{netloc}")
        is_tls = scheme == "https"
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout_seconds):
                _, connection = await loop.create_connection(
                    _Connection,
                    parts.hostname or "",
                    parts.port or (443 if is_tls else 80),
                    ssl=self._tls_context() if is_tls else None,
                )
        except TimeoutError as error:
            raise CallbackError("timeout") from error
        except OSError as error:
            raise CallbackError(f"cannot connect: {error}") from error
        return connection

    def _tls_context(self) -> ssl.SSLContext:
        if self._tls is None:  # reading the certificates takes a while: once is enough
            self._tls = ssl.create_default_context()
        return self._tls

    def close(self) -> None:
        """Close the idle connections."""
        for idle in self._idle.values():
            while idle:
                idle.pop().close()
