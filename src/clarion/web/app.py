"""The web application, put together.

Theory of operation, from the outside in.  ``/webhooks/*`` goes straight to the receiver of the
engine: it takes a hundred thousand receipts a second and needs nothing of what follows.  Everything
else passes the frame (request id, headers, counts) and the limit of the body; then a ``POST /``, or a
``GET /`` that names an action, is a call of the compatible RPC endpoint, and the rest is FastAPI's.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any, Protocol, cast

from fastapi import APIRouter, FastAPI
from prometheus_client import CollectorRegistry
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

import clarion
from clarion.services.place import Place
from clarion.web import console, docs_page, health, pages
from clarion.web.errors import install_error_handlers
from clarion.web.frame import RequestCounts, RequestFrame
from clarion.web.limits import BodyLimit, RateLimits
from clarion.web.live.board import LiveBoard
from clarion.web.openapi import DESCRIPTION, install_openapi
from clarion.web.routers import ROUTERS

__all__ = ["API_PREFIX", "WebhookReceiver", "create_api", "create_app", "is_call"]

API_PREFIX = "/api/v1"
_WEBHOOKS_PREFIX = "/webhooks/"
_ACTION_HEADER = b"x-acs-action"


class WebhookReceiver(Protocol):
    """Answers every request under ``/webhooks/``; a bare ASGI callable."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Verify, append durably, answer."""


def create_api(
    place: Place,
    *,
    routers: Sequence[APIRouter] = ROUTERS,
    registry: CollectorRegistry | None = None,
    rates: RateLimits | None = None,
    live: LiveBoard | None = None,
    seconds: Callable[[], float] = time.monotonic,
) -> FastAPI:
    """The FastAPI application alone, without what stands around it."""
    api = FastAPI(
        title="Clarion",
        version=clarion.__version__,
        description=DESCRIPTION,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    api.state.place = place
    api.state.registry = registry if registry is not None else CollectorRegistry()
    api.state.rates = rates if rates is not None else RateLimits()
    api.state.live = live
    api.state.seconds = seconds
    api.include_router(health.router)
    api.include_router(pages.router)
    api.include_router(docs_page.router)
    api.include_router(console.router)
    for router in routers:
        api.include_router(router, prefix=API_PREFIX)
    install_error_handlers(api)
    install_openapi(api)
    return api


def create_app(
    place: Place,
    *,
    webhooks: WebhookReceiver | None = None,
    rpc: ASGIApp | None = None,
    routers: Sequence[APIRouter] = ROUTERS,
    registry: CollectorRegistry | None = None,
    rates: RateLimits | None = None,
    live: LiveBoard | None = None,
) -> ASGIApp:
    """The whole application over an open place (which the caller closes).

    ``webhooks`` receives ``/webhooks/*``; ``rpc`` receives ``POST /`` and what ``is_call`` tells of
    ``GET /``; ``registry`` may already hold the counters of the engine; ``live`` is a board that
    the caller closes before it stops the server, so that open streams do not hold it up.
    """
    registry = registry if registry is not None else CollectorRegistry()
    live = live if live is not None else LiveBoard(place.pool)
    api = create_api(place, routers=routers, registry=registry, rates=rates, live=live)
    framed = RequestFrame(
        BodyLimit(_either_rpc_or(api, rpc), upload_limit_bytes=place.settings.upload_limit_bytes),
        counts=RequestCounts.in_registry(registry),
        mint_id=lambda: uuid.uuid4().hex,
        seconds=time.perf_counter,
    )
    # Webhooks need no client address; everything else must know who asks behind a proxy.
    behind_proxy = cast(
        "ASGIApp", ProxyHeadersMiddleware(cast("Any", framed), place.settings.trusted_proxies)
    )
    if webhooks is None:
        return behind_proxy

    async def entrance(scope: Scope, receive: Receive, send: Send) -> None:
        is_webhook = scope["type"] == "http" and scope["path"].startswith(_WEBHOOKS_PREFIX)
        await (webhooks if is_webhook else behind_proxy)(scope, receive, send)

    return entrance


def _either_rpc_or(api: ASGIApp, rpc: ASGIApp | None) -> ASGIApp:
    if rpc is None:
        return api

    async def either(scope: Scope, receive: Receive, send: Send) -> None:
        await (rpc if is_call(scope) else api)(scope, receive, send)

    return either


def is_call(scope: Scope) -> bool:
    """Whether a request is for the RPC endpoint and not for a person who opens the console."""
    if scope["type"] != "http" or scope["path"] != "/":
        return False
    if scope["method"] == "POST":
        return True
    names_action = any(name == _ACTION_HEADER for name, _ in scope["headers"])
    query = b"&" + scope["query_string"]
    return scope["method"] == "GET" and (names_action or b"&Action=" in query)
