"""The frame around every request: an id, safe headers, a count, and a last net for bugs.

Theory of operation.  A plain ASGI callable around the application.  The id of a request is the
caller's ``X-Request-Id`` if it is a harmless word, else a new one; it stands in every answer, in
every problem and in every line of the log.  Requests are counted by the template of their route
(``/api/v1/users/{user_id}``), never by their path, so that the number of time series is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clarion.domain.errors import ClarionError
from clarion.web.errors import problem_response

__all__ = ["RequestCounts", "RequestFrame"]

log = structlog.get_logger(__name__)

_HARMLESS_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")

# What a browser must know.
_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (
        b"content-security-policy",
        b"; ".join(
            (
                b"default-src 'self'",
                b"img-src 'self' data: blob:",
                b"style-src 'self' 'unsafe-inline'",
                b"connect-src 'self'",
                b"base-uri 'none'",
                b"form-action 'self'",
                b"object-src 'none'",
                b"frame-ancestors 'none'",
            )
        ),
    ),
)
_TRANSPORT_SECURITY = (b"strict-transport-security", b"max-age=31536000")
_NO_STORE = (b"cache-control", b"no-store")
_API_PREFIX = "/api/"


@dataclass(frozen=True, slots=True)
class RequestCounts:
    """The counters of one application, in its own registry."""

    registry: CollectorRegistry
    requests: Counter
    seconds: Histogram

    @classmethod
    def in_registry(cls, registry: CollectorRegistry) -> RequestCounts:
        """Register the counters."""
        return cls(
            registry,
            Counter(
                "clarion_http_requests",
                "Requests answered, by route template and status.",
                ("method", "route", "status"),
                registry=registry,
            ),
            Histogram(
                "clarion_http_request_seconds",
                "Time from the first byte of the request to the last of the answer.",
                ("method", "route"),
                registry=registry,
            ),
        )


class RequestFrame:
    """See the module.  ``mint_id`` makes request ids, ``seconds`` is a monotonic clock."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        counts: RequestCounts,
        mint_id: Callable[[], str],
        seconds: Callable[[], float],
    ) -> None:
        self._app = app
        self._counts = counts
        self._mint_id = mint_id
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _given_id(scope) or self._mint_id()
        scope.setdefault("state", {})["request_id"] = request_id
        additions = _additions(scope, request_id)
        started = self._seconds()
        status = 0

        async def send_framed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _with_additions(message.get("headers", ()), additions)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, send_framed)
            except Exception as error:
                if status == 0:
                    log.error("request broke", exc_info=error)
                    broken = ClarionError("server.failed", "Something broke on our side.")
                    await problem_response(broken, request_id)(scope, receive, send_framed)
                elif status < 500:
                    log.error("answer broke off", exc_info=error)
                    raise
        route = _template_of(scope)
        method = scope["method"] if route != _UNKNOWN_ROUTE else "any"
        self._counts.requests.labels(method, route, str(status)).inc()
        self._counts.seconds.labels(method, route).observe(self._seconds() - started)


def _given_id(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _HARMLESS_ID.fullmatch(value):
            return bytes(value).decode("ascii")
    return None


def _additions(scope: Scope, request_id: str) -> list[tuple[bytes, bytes]]:
    additions = [(b"x-request-id", request_id.encode("ascii")), *_HEADERS]
    if scope.get("scheme") == "https":
        additions.append(_TRANSPORT_SECURITY)
    if scope["path"].startswith(_API_PREFIX):
        additions.append(_NO_STORE)
    return additions


def _with_additions(
    headers: Any, additions: list[tuple[bytes, bytes]]
) -> list[tuple[bytes, bytes]]:
    present = {name.lower() for name, _ in headers}
    return [*headers, *(pair for pair in additions if pair[0] not in present)]


_UNKNOWN_ROUTE = "unknown"


def _template_of(scope: Scope) -> str:
    context = scope.get("fastapi", {}).get("effective_route_context")
    route = context if context is not None else scope.get("route")
    return getattr(route, "path_format", None) or _UNKNOWN_ROUTE
