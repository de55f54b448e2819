"""Limits of what one client may ask: the size of a body, and requests a second.

Theory of operation.  A body is counted while it is read, so that a chunked upload cannot pass the
limit; the limit depends on the path.  Requests are limited per key or signed-in user by a
token bucket in this process's memory (with N processes a client gets N times the rate: the limit
protects the server and is no billing).  The arithmetic of the bucket is pure.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clarion.domain.errors import ClarionError
from clarion.web.errors import problem_response

__all__ = ["BodyLimit", "Bucket", "RateLimits", "body_limit_of", "take"]

MEBIBYTE = 1024 * 1024
DEFAULT_BODY_BYTES = 2 * MEBIBYTE
_UPLOAD_PREFIXES = ("/api/v1/imports", "/api/v1/uploads/")
MOST_BUCKETS = 10_000


def body_limit_of(path: str, upload_limit_bytes: int) -> int:
    """How many bytes of a body this path accepts."""
    return upload_limit_bytes if path.startswith(_UPLOAD_PREFIXES) else DEFAULT_BODY_BYTES


class _TooLargeError(Exception):
    """Raised inside ``receive``; never leaves this module."""


class BodyLimit:
    """ASGI middleware that refuses bodies above the path's limit with ``request.too_large``."""

    def __init__(self, app: ASGIApp, *, upload_limit_bytes: int) -> None:
        self._app = app
        self._upload_limit_bytes = upload_limit_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = body_limit_of(scope["path"], self._upload_limit_bytes)
        refused = ClarionError(
            "request.too_large",
            f"The body is larger than {limit:,} bytes, the limit of this address.",
            limit_bytes=limit,
        )
        answer = problem_response(refused, scope["state"]["request_id"])
        if _announced_length(scope) > limit:
            await answer(scope, receive, send)
            return
        is_over = False
        has_started = False
        received = 0

        async def receive_counted() -> Message:
            nonlocal received, is_over
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                is_over = True
                raise _TooLargeError
            return message

        async def send_unless_over(message: Message) -> None:
            nonlocal has_started
            # The framework answers 400 or 500 when reading fails; ours is the true answer.
            if not is_over:
                has_started = True
                await send(message)

        try:
            await self._app(scope, receive_counted, send_unless_over)
        except _TooLargeError:
            pass
        finally:
            if is_over and not has_started:
                await answer(scope, receive, send)


def _announced_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


@dataclass(frozen=True, slots=True)
class Bucket:
    """A token bucket as it stood at ``at_seconds`` of a monotonic clock."""

    tokens: float
    at_seconds: float


def take(
    bucket: Bucket, now_seconds: float, *, rate_per_second: float, burst_count: float
) -> tuple[Bucket, float]:
    """Take one token; return the bucket, and 0 or the seconds to wait until there is one."""
    refilled = min(
        burst_count, bucket.tokens + max(0.0, now_seconds - bucket.at_seconds) * rate_per_second
    )
    if refilled >= 1:
        return Bucket(refilled - 1, now_seconds), 0.0
    return Bucket(refilled, now_seconds), (1 - refilled) / rate_per_second


class RateLimits:
    """The buckets of one process, the least recently used forgotten first."""

    def __init__(self, *, rate_per_second: float = 100, burst_count: float = 200) -> None:
        self._rate_per_second = rate_per_second
        self._burst_count = burst_count
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def admit(self, subject: str, now_seconds: float) -> None:
        """Let one request of ``subject`` pass, or raise ``request.rate_limited``."""
        bucket = self._buckets.pop(subject, Bucket(self._burst_count, now_seconds))
        bucket, wait_seconds = take(
            bucket,
            now_seconds,
            rate_per_second=self._rate_per_second,
            burst_count=self._burst_count,
        )
        self._buckets[subject] = bucket
        if len(self._buckets) > MOST_BUCKETS:
            self._buckets.popitem(last=False)
        if wait_seconds > 0:
            raise ClarionError(
                "request.rate_limited",
                f"More than {self._rate_per_second:g} requests a second.",
                retry_after_seconds=wait_seconds,
            )
