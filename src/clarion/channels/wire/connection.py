"""One connection of the wire client: writes a request, reads its answer, says how it ended.

Theory of operation.  A connection carries one exchange at a time.  ``exchange`` writes and returns
a future of the ``Answer``; the parser's callbacks fill the answer in; whichever comes first of a
complete answer, a broken one, a lost transport or a timeout settles the future, once.  A connection
goes back to its pool only after a complete answer that allows it, with nothing left over.  Bytes
that arrive while nothing was asked (a late 408, a second answer) close it: an answer must never be
taken for the answer of another request.
"""

from __future__ import annotations

import asyncio
import select
from typing import Any, Protocol

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from clarion.channels.contract import Answer
from clarion.channels.wire.limits import WireLimits

__all__ = ["Connection", "Owner"]

_PEEK_AFTER_IDLE_SECONDS = 0.5  # below this the event loop has most likely seen a close itself
_KEEP_ALIVE_MARGIN_SECONDS = 1.0  # stop using it so much before the server's announced end


class Owner(Protocol):
    """Who is told about a connection's end of work and end of life."""

    def freed(self, connection: Connection) -> None:
        """The exchange is over and the connection may carry another."""

    def lost(self, connection: Connection) -> None:
        """The connection is gone."""


class Connection(asyncio.Protocol):
    """A client connection; see the module's theory of operation."""

    __slots__ = (
        "_answer_future",
        "_body",
        "_body_bytes",
        "_body_ends_at_eof",
        "_failure",
        "_head_bytes",
        "_headers",
        "_idle_limit_seconds",
        "_is_complete",
        "_is_lost",
        "_left_at",
        "_limits",
        "_loop",
        "_may_reuse",
        "_owner",
        "_parser",
        "_status",
        "_transport",
        "idle_since",
        "written_at",
    )

    def __init__(self, loop: asyncio.AbstractEventLoop, owner: Owner, limits: WireLimits) -> None:
        self._loop = loop
        self._owner = owner
        self._limits = limits
        self._transport: Any = None  # asyncio.Transport; the event loop's own class is faster typed
        self._parser = HttpResponseParser(self)
        self._answer_future: asyncio.Future[Answer] | None = None
        self._idle_limit_seconds = limits.idle_seconds
        self._is_lost = False
        self._failure: str | None = None
        self.idle_since = 0.0
        self.written_at = 0.0
        self._left_at = 0.0
        self._reset()

    def _reset(self) -> None:
        self._headers: dict[str, str] = {}
        self._body: bytes | list[bytes] = b""
        self._body_bytes = 0
        self._head_bytes = 0
        self._body_ends_at_eof = False
        self._is_complete = False
        self._may_reuse = False
        self._status = 0

    # What the pool asks for.

    @property
    def is_busy(self) -> bool:
        """Whether an exchange is under way."""
        return self._answer_future is not None

    @property
    def is_lost(self) -> bool:
        """Whether the transport is gone."""
        return self._is_lost

    @property
    def is_open(self) -> bool:
        """Whether a request may be written."""
        return not self._is_lost and not self._transport.is_closing()

    def is_fresh(self, now: float) -> bool:
        """Whether an idle connection may be used again at ``now`` (the loop's clock).

        After a short idle time the kernel is asked whether the server has closed meanwhile: that
        is cheaper than one message in doubt.
        """
        if not self.is_open:
            return False
        idle_seconds = now - self.idle_since
        if idle_seconds < _PEEK_AFTER_IDLE_SECONDS:
            return True
        return idle_seconds < self._idle_limit_seconds and not self._has_something_to_read()

    def exchange(self, payload: bytes) -> asyncio.Future[Answer]:
        """Write a request; the future is settled with its answer.  Only when open and not busy."""
        future: asyncio.Future[Answer] = self._loop.create_future()
        self._answer_future = future
        self._failure = None
        self.written_at = self._left_at = self._loop.time()
        self._transport.write(payload)
        return future

    def give_back(self) -> None:
        """Return to the pool without an exchange."""
        if self.is_open:
            self._owner.freed(self)

    def check_time(self, now: float) -> None:
        """End an exchange that has taken too long, or a connection that was idle too long."""
        if self._answer_future is None:
            if now - self.idle_since >= self._idle_limit_seconds:
                self._transport.close()
        elif self._transport.get_write_buffer_size():
            # Still leaving: the write's own limit counts, and the response's clock stands still.
            self._left_at = now
            if now - self.written_at >= self._limits.write_seconds:
                self._break("write_timeout")
        elif now - self._left_at >= self._limits.response_seconds:
            self._break("response_timeout")

    def abort(self, failure: str) -> None:
        """Drop the connection now; an exchange under way ends with ``failure``."""
        self._break(failure)

    # What the event loop tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport; the connection is idle from now on."""
        self._transport = transport
        self.idle_since = self._loop.time()

    def data_received(self, data: bytes) -> None:
        """Feed the parser; settle the exchange if the answer is complete."""
        if self._answer_future is None:
            self._transport.abort()
            return
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade):
            if self._is_complete:  # the answer is whole, what follows it is not ours
                self._finish(may_reuse=False)
            else:
                self._break(self._failure or "malformed")
            return
        if self._is_complete:
            self._finish(may_reuse=self._may_reuse)

    def eof_received(self) -> bool:
        """The server will say no more: that ends an answer whose end is the connection's end."""
        if self._answer_future is not None and self._body_ends_at_eof:
            self._finish(may_reuse=False)
        return False  # close our side too

    def connection_lost(self, exc: Exception | None) -> None:
        """Settle what is left, and tell the pool."""
        self._is_lost = True
        if exc is None:
            # Some transports (TLS) report the end without `eof_received`.
            self.eof_received()
        self._settle_failed(self._failure or "reset")
        self._owner.lost(self)

    # What the parser tells.

    def on_message_begin(self) -> None:
        """Refuse a second answer: nobody asked for it, and it must not mix with the first."""
        if self._is_complete:
            raise ValueError("an answer without a request")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Collect a header; repeated ones are joined as the standard says."""
        self._head_bytes += len(name) + len(value)
        if self._head_bytes > self._limits.answer_head_bytes:
            self._failure = "too_large"
            raise ValueError(self._failure)  # the parser turns it into its own error
        key = name.decode("latin-1").lower()
        text = value.decode("latin-1")
        headers = self._headers
        headers[key] = f"{headers[key]}, {text}" if key in headers else text

    def on_headers_complete(self) -> None:
        """Know how the body will end, before it comes."""
        headers = self._headers
        self._status = self._parser.get_status_code()
        self._body_ends_at_eof = self._status >= 200 and not (
            "content-length" in headers or "transfer-encoding" in headers
        )

    def on_body(self, part: bytes) -> None:
        """Collect the body, up to the limit."""
        self._body_bytes += len(part)
        if self._body_bytes > self._limits.answer_body_bytes:
            self._failure = "too_large"
            raise ValueError(self._failure)
        if not self._body:
            self._body = part  # nearly every answer comes in one piece
        elif isinstance(self._body, list):
            self._body.append(part)
        else:
            self._body = [self._body, part]

    def on_message_complete(self) -> None:
        """An answer is complete; an interim one (1xx) is put aside."""
        if self._status < 200:
            self._reset()
        else:
            self._is_complete = True
            self._may_reuse = self._parser.should_keep_alive()  # known only here, not afterwards

    # The end of an exchange.

    def _finish(self, *, may_reuse: bool) -> None:
        future = self._answer_future
        self._answer_future = None
        body = self._body
        answer = Answer(
            self._status,
            self._headers,
            b"".join(body) if isinstance(body, list) else body,
        )
        self._reset()
        if future is not None and not future.done():
            future.set_result(answer)
        if may_reuse and not self._is_lost:
            self.idle_since = self._loop.time()
            self._note_keep_alive(answer)
            self._owner.freed(self)
        else:
            self._transport.close()

    def _note_keep_alive(self, answer: Answer) -> None:
        announced = answer.headers.get("keep-alive")
        if announced is None:
            return
        for part in announced.split(","):
            name, _, value = part.strip().partition("=")
            if name == "timeout" and value.isdecimal():
                self._idle_limit_seconds = min(
                    self._limits.idle_seconds, max(0.0, int(value) - _KEEP_ALIVE_MARGIN_SECONDS)
                )

    def _break(self, failure: str) -> None:
        self._failure = failure
        self._settle_failed(failure)
        self._transport.abort()

    def _settle_failed(self, failure: str) -> None:
        future = self._answer_future
        self._answer_future = None
        if future is not None and not future.done():
            future.set_result(Answer(0, {}, b"", was_written=True, failure=failure))

    def _has_something_to_read(self) -> bool:
        # Either the server's FIN or bytes that nobody asked for: not a connection to write on.
        sock = self._transport.get_extra_info("socket")
        if sock is None:
            return True
        poll = select.poll()
        poll.register(sock.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
        return bool(poll.poll(0))
