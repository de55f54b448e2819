"""A small, fast HTTP/1.1 server: one asyncio Protocol over httptools.

Theory of operation.  A connection parses bytes into ``HttpRequest`` values and gives them one after the other to the
application, which returns an ``HttpAnswer`` (or an awaitable of one, for the few routes that wait).  An answer
says not only what to write but how the connection behaves: late, reset, silent, cut in half.  That is what
a general server cannot do, and why this one exists; that it also serves more than ten thousand sends a
second on one core is measured in ``bench/simulator.py``.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import cast

import httptools
import orjson

from clarion.channels.simulator.faults import Ending

__all__ = ["Application", "HttpAnswer", "HttpRequest", "HttpServer", "json_answer"]

_LOG = logging.getLogger(__name__)
_REASONS = {status.value: status.phrase.encode() for status in HTTPStatus}
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_MAX_BODY_BYTES = 110 * 1024 * 1024
_JSON = b"application/json; charset=UTF-8"


@dataclass(slots=True)
class HttpRequest:
    """A request that was read in full.  ``headers`` has lower-case names."""

    method: str
    path: str
    query: str
    headers: dict[bytes, bytes]
    body: bytes


@dataclass(slots=True)
class HttpAnswer:
    """What to write, when, and what becomes of the connection.

    ``headers`` is ready to write, each line ended by CRLF; ``stream`` (chunked) takes the place of ``body``.
    """

    status: int = 200
    body: bytes = b""
    headers: bytes = b""
    content_type: bytes = _JSON
    delay_seconds: float = 0.0
    ending: Ending = Ending.COMPLETE
    stream: AsyncIterator[bytes] | None = None


Application = Callable[[HttpRequest], "HttpAnswer | Awaitable[HttpAnswer]"]


def json_answer(document: object, status: int = 200) -> HttpAnswer:
    """A document as an answer."""
    return HttpAnswer(status=status, body=orjson.dumps(document))


class _Connection(asyncio.Protocol):
    """One client connection; answers in the order of the requests."""

    def __init__(self, application: Application, connections: set[_Connection]) -> None:
        self._application = application
        self._connections = connections
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpRequestParser(self)
        self._url = b""
        self._headers: dict[bytes, bytes] = {}
        self._body = bytearray()
        self._requests: deque[HttpRequest] = deque()
        self._is_busy = False
        self._does_keep_alive = True
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._may_write = asyncio.Event()
        self._may_write.set()

    # asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self._transport = None
        self._connections.discard(self)
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()
        self._may_write.set()

    def pause_writing(self) -> None:
        self._may_write.clear()

    def resume_writing(self) -> None:
        self._may_write.set()

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self.close()
        except httptools.HttpParserError:
            self._write(HttpAnswer(status=400, body=b'{"error":{"message":"Malformed HTTP"}}'))
            self.close()

    # the parser's side

    def on_message_begin(self) -> None:
        self._url = b""
        self._headers = {}
        self._body = bytearray()

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.lower()] = value

    def on_headers_complete(self) -> None:
        if self._headers.get(b"expect", b"").lower() == b"100-continue" and self._transport:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        self._body += body
        if len(self._body) > _MAX_BODY_BYTES:
            self.close()

    def on_message_complete(self) -> None:
        path, _, query = self._url.partition(b"?")
        self._does_keep_alive = self._parser.should_keep_alive()
        self._requests.append(
            HttpRequest(
                method=self._parser.get_method().decode(),
                path=path.decode(errors="replace"),
                query=query.decode(errors="replace"),
                headers=self._headers,
                body=bytes(self._body),
            )
        )
        if not self._is_busy:
            self._next()

    # our side

    def _next(self) -> None:
        while self._requests and self._transport is not None:
            request = self._requests.popleft()
            try:
                answer = self._application(request)
            except Exception:  # noqa: BLE001 - a bug here must not look like a fault of the scenario
                _LOG.exception("The simulator failed on %s %s", request.method, request.path)
                answer = HttpAnswer(status=500, body=b'{"simulator_error":"see its log"}')
            if isinstance(answer, HttpAnswer):
                if self._finish(answer):
                    continue
            else:
                self._task = asyncio.get_running_loop().create_task(self._wait_for(answer))
            self._is_busy = True
            return
        self._is_busy = False

    async def _wait_for(self, coming: Awaitable[HttpAnswer]) -> None:
        try:
            answer = await coming
        except Exception:  # noqa: BLE001 - as in _next
            _LOG.exception("The simulator failed on a control request")
            answer = HttpAnswer(status=500, body=b'{"simulator_error":"see its log"}')
        self._task = None
        if self._finish(answer):
            self._next()

    def _finish(self, answer: HttpAnswer) -> bool:
        """Act on an answer; whether the connection is ready for its next request already."""
        if answer.stream is not None:
            task = self._write_stream(answer, answer.stream)
            self._task = asyncio.get_running_loop().create_task(task)
            return False
        if answer.delay_seconds > 0:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(answer.delay_seconds, self._finish_late, answer)
            return False
        return self._end(answer)

    def _finish_late(self, answer: HttpAnswer) -> None:
        self._timer = None
        if self._end(answer):
            self._next()

    def _end(self, answer: HttpAnswer) -> bool:
        if answer.ending is Ending.COMPLETE:
            self._write(answer)
            if not self._does_keep_alive:
                self.close()
        elif answer.ending is Ending.TRUNCATED:
            self._write(answer, body=answer.body[: len(answer.body) // 2])
            self.close()
        else:  # a reset, or a silence that has lasted long enough
            self.abort()
        return self._transport is not None

    def _write(self, answer: HttpAnswer, body: bytes | None = None) -> None:
        if self._transport is not None:
            head = self._head(answer, b"content-length: %d" % len(answer.body))
            self._transport.write(head + (answer.body if body is None else body))

    def _head(self, answer: HttpAnswer, length: bytes) -> bytes:
        return b"HTTP/1.1 %d %s\r\ncontent-type: %s\r\n%s\r\n%s%s\r\n" % (
            answer.status,
            _REASONS.get(answer.status, b"Unknown"),
            answer.content_type,
            length,
            answer.headers,
            b"" if self._does_keep_alive else b"connection: close\r\n",
        )

    async def _write_stream(self, answer: HttpAnswer, stream: AsyncIterator[bytes]) -> None:
        self._send(self._head(answer, b"transfer-encoding: chunked"))
        async for chunk in stream:
            await self._may_write.wait()
            self._send(b"%x\r\n%s\r\n" % (len(chunk), chunk))
        self._send(b"0\r\n\r\n")
        self._task = None
        if not self._does_keep_alive:
            self.close()
        self._next()

    def _send(self, raw: bytes) -> None:
        if self._transport is not None:
            self._transport.write(raw)

    def close(self) -> None:
        """Close after what was written."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def abort(self) -> None:
        """Close at once, with a reset rather than an orderly end."""
        if self._transport is None:
            return
        raw_socket = self._transport.get_extra_info("socket")
        if raw_socket is not None:
            raw_socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self._transport.abort()
        self._transport = None


class HttpServer:
    """Listens on one address."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._server: asyncio.Server | None = None
        self._connections: set[_Connection] = set()
        self.host = ""
        self.port = 0

    async def start(self, host: str, port: int) -> None:
        """Listen; port 0 takes a free one.  ``OSError`` if the address is taken."""
        self._server = await asyncio.get_running_loop().create_server(
            lambda: _Connection(self._application, self._connections), host, port, backlog=2048
        )
        self.host, self.port = self._server.sockets[0].getsockname()[:2]

    async def stop(self) -> None:
        """Close the listener and every connection."""
        if self._server is None:
            return
        self._server.close()
        for connection in tuple(self._connections):
            connection.abort()
        await self._server.wait_closed()
        self._server = None
