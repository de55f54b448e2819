"""``clarion serve``, ``clarion work``, ``clarion web``: the processes of an installation.

Theory of operation.  A process opens its place, starts what it is for, and waits for SIGINT or
SIGTERM.  Then it goes down in the order of the way of a message: the web first, what arrived is
kept, what is in flight is recorded, the leases are given back, the database last.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

import structlog
import typer

from clarion.cams.callbacks import callback_body
from clarion.cams.endpoint import RpcEndpoint
from clarion.commands.output import run
from clarion.commands.place import command_settings
from clarion.config import Settings
from clarion.engine.ingest import WebhookReceiver
from clarion.observe.logging import configure_logging
from clarion.services.place import Place, database_of, open_place
from clarion.services.webhook_deliveries import Form, own_body
from clarion.services.work import parts_of, working
from clarion.services.workspaces import first_workspace
from clarion.store.migrate import check_schema, migrate
from clarion.store.pool import transaction
from clarion.web.app import create_app
from clarion.web.errors import translate
from clarion.web.limits import RateLimits
from clarion.web.live.board import LiveBoard
from clarion.web.server import listen_on, serving

__all__ = ["Running", "running", "serve", "until_told_to_stop", "web", "work"]

log = structlog.get_logger(__name__)

# The bodies of webhooks out, by the form that an endpoint asks for.
FORMS: Mapping[str, Form] = MappingProxyType({"clarion": own_body, "cams": callback_body})

HostOption = Annotated[str | None, typer.Option("--host", help="The address to listen on.")]
PortOption = Annotated[
    int | None, typer.Option("--port", help="The port to listen on; 0 takes any free one.")
]
DataDirOption = Annotated[
    Path | None,
    typer.Option("--data-dir", help="The folder of the embedded database and the sealing key."),
]


@dataclass(frozen=True, slots=True)
class Running:
    """A running process: its place, its database, and where it listens (``None``: nowhere)."""

    place: Place
    database_url: str
    origin: str | None


def serve(host: HostOption = None, port: PortOption = None, data_dir: DataDirOption = None) -> None:
    """Run everything in one process: web, webhooks, scheduler and worker."""
    settings = command_settings(host=host, port=port, data_dir=data_dir)
    run(_run(settings, has_web=True, has_worker=True))


def web(host: HostOption = None, port: PortOption = None, data_dir: DataDirOption = None) -> None:
    """Run only the web and the receiver of webhooks."""
    settings = command_settings(host=host, port=port, data_dir=data_dir)
    run(_run(settings, has_web=True, has_worker=False))


def work(data_dir: DataDirOption = None) -> None:
    """Run only a worker, on this or another machine with the same database."""
    run(_run(command_settings(data_dir=data_dir), has_web=False, has_worker=True))


async def _run(settings: Settings, *, has_web: bool, has_worker: bool) -> None:
    configure_logging(level=settings.log_level, form=settings.log_format)
    async with running(settings, has_web=has_web, has_worker=has_worker) as process:
        log.info("ready", origin=process.origin, has_worker=has_worker)
        await until_told_to_stop()
        log.info("stopping")
    log.info("stopped")


@contextlib.asynccontextmanager
async def running(
    settings: Settings, *, has_web: bool = True, has_worker: bool = True
) -> AsyncIterator[Running]:
    """Start a process's parts; they are stopped in order at the end of the block.

    Raises ``port.in_use``, ``data_dir.unusable``, ``database.unreachable``,
    ``database.schema_behind``.
    """
    listener = listen_on(settings.host, settings.port) if has_web else None
    async with contextlib.AsyncExitStack() as stack:
        if listener is not None:
            stack.callback(listener.close)
        database_url = await stack.enter_async_context(database_of(settings))
        if settings.database_url is None:
            await migrate(database_url)
        place = await stack.enter_async_context(open_place(settings, database_url))
        async with transaction(place.pool) as connection:
            await check_schema(connection)
            await first_workspace(connection, now=place.clock())
        parts = parts_of(place)
        if has_worker:
            await stack.enter_async_context(working(place, database_url, parts, forms=FORMS))
        origin = None
        if listener is not None:
            receiver = WebhookReceiver(parts)
            receiver.start()
            stack.push_async_callback(receiver.stop)
            rates = RateLimits()
            rpc = RpcEndpoint(
                place,
                translate=translate,
                admit=lambda subject: rates.admit(subject, time.monotonic()),
            )
            live = LiveBoard(place.pool)
            app = create_app(place, webhooks=receiver, rpc=rpc, rates=rates, live=live)
            origin = await stack.enter_async_context(serving(app, listener))
            # Open streams end first: the server waits for the requests that it has.
            stack.push_async_callback(live.close)
        yield Running(place, database_url, origin)


async def until_told_to_stop() -> None:
    """Wait for SIGINT or SIGTERM."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    await told.wait()
