"""A server process: the web and the receiver of webhooks on one port, with a worker beside them.

Theory of operation.  ``serving`` frames the life of the HTTP server inside a process.  On the way
down the order matters: first no new request is taken, then what arrived at the webhooks is
committed, then (by the caller) the worker finishes what is in flight.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import uvicorn
from starlette.types import ASGIApp

from clarion.domain.errors import ClarionError
from clarion.web.long_targets import LongTargetProtocol

__all__ = ["listen_on", "serving"]

_GRACE_SECONDS = 5


def listen_on(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes any free one.  Raises ``port.in_use``."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise ClarionError(
            "port.in_use", f"Cannot listen on {host}:{port}: {error.strerror}.", port=port
        ) from error
    return listener


@contextlib.asynccontextmanager
async def serving(app: ASGIApp, listener: socket.socket) -> AsyncIterator[str]:
    """Serve the application until the block ends; gives the origin that it listens at."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        loop="none",
        http=LongTargetProtocol,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    server = uvicorn.Server(config)
    # The process that owns us handles signals; uvicorn must not.
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]
    task = asyncio.create_task(server.serve(sockets=[listener]), name="clarion web")
    while not server.started:
        if task.done():
            await task
            raise ClarionError("server.failed", "The web server ended before it had started.")
        await asyncio.sleep(0.005)
    host, port = listener.getsockname()[:2]
    try:
        yield f"http://{f'[{host}]' if ':' in host else host}:{port}"
    finally:
        server.should_exit = True
        await task
