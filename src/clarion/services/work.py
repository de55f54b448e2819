"""A process that works: the engine's loops, the job queue, and what is done now and then.

Theory of operation.  ``working`` frames the life of one worker inside a process, be it ``clarion
serve`` (with the web beside it) or ``clarion work``.  All of it may run any number of times on any
number of machines; what must happen once is kept apart by leases and locks further down.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import socket
from collections.abc import AsyncIterator, Mapping
from types import MappingProxyType

import structlog
from procrastinate import App
from procrastinate.exceptions import ConnectorException

from clarion.config import Settings
from clarion.domain.network import networks_of
from clarion.engine.parts import Breaker, CallSettings, EngineSizes, Parts
from clarion.engine.worker import Worker
from clarion.services.bulk_action_runs import bulk_tasks
from clarion.services.dry_run_work import dry_run_tasks
from clarion.services.flow_limits import limits_of
from clarion.services.import_runs import ImportLimits, import_tasks
from clarion.services.place import Place
from clarion.services.upkeep import upkeep_tasks
from clarion.services.vital_signs import end_life, error_note, tell_life
from clarion.services.webhook_deliveries import Form, delivery_tasks, own_body
from clarion.store.jobs import create_app, retry_stalled_jobs, run_worker

__all__ = ["calls_of", "parts_of", "sizes_of", "working"]

log = structlog.get_logger(__name__)

_STALLED_CHECK_SECONDS = 3.0


def sizes_of(settings: Settings) -> EngineSizes:
    """The engine's sizes as the settings say."""
    return EngineSizes(
        lease_seconds=settings.lease_seconds,
        doubt_window_seconds=settings.doubt_window_seconds,
        breaker=Breaker(
            minimum_count=settings.breaker_minimum_count,
            failed_share=settings.breaker_failed_percent / 100,
            opted_out_share=settings.breaker_opted_out_percent / 100,
        ),
    )


def calls_of(settings: Settings) -> CallSettings:
    """How calls of flows are made, as the settings say."""
    key = settings.llm_api_key
    return CallSettings(
        in_flight=settings.call_concurrency,
        allowed_networks=networks_of(settings.allowed_networks),
        llm_base_url=settings.llm_base_url,
        llm_api_key=None if key is None else key.get_secret_value(),
        llm_model=settings.llm_model,
    )


def parts_of(place: Place, sizes: EngineSizes | None = None) -> Parts:
    """What the engine is handed; this process gets a name of its own for its leases."""
    owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    return Parts(
        pool=place.pool,
        now=place.clock,
        sealer=place.sealer,
        owner=owner,
        journal_folder=place.settings.data_dir / "journal",
        sizes=sizes or sizes_of(place.settings),
        calls=calls_of(place.settings),
        limits=limits_of(place.settings),
    )


@contextlib.asynccontextmanager
async def working(
    place: Place,
    database_url: str,
    parts: Parts,
    *,
    forms: Mapping[str, Form] = MappingProxyType({"clarion": own_body}),
) -> AsyncIterator[Worker]:
    """Work until the block ends; then finish what is under way and give everything back.

    ``forms``: the bodies of webhooks out, by the form that an endpoint asks for.
    """
    worker = Worker(parts)
    concurrency = place.settings.worker_concurrency
    limits = ImportLimits(row_limit=place.settings.import_limit_rows)
    tasks = (
        *worker.tasks,
        *import_tasks(place.pool, place.clock, limits),
        *dry_run_tasks(place.pool, place.clock, limits_of(place.settings)),
        *bulk_tasks(place.pool, place.clock),
        *upkeep_tasks(place),
        *delivery_tasks(place, forms),
    )
    app = create_app(database_url, tasks, concurrency=concurrency, on_error=error_note(place.pool))
    stop = asyncio.Event()
    async with app.open_async():
        jobs = asyncio.create_task(
            run_worker(
                app,
                None,
                concurrency,
                stop,
                name=parts.owner,
                shutdown_seconds=place.settings.shutdown_seconds,
            )
        )
        stalled = asyncio.create_task(_give_back_stalled(app))
        life = asyncio.create_task(tell_life(place.pool, parts.owner, place.clock()))
        worker.start()
        try:
            yield worker
        finally:
            stop.set()
            stalled.cancel()
            await worker.stop()
            await jobs
            with contextlib.suppress(asyncio.CancelledError):
                await stalled
            await end_life(place.pool, parts.owner, life)


async def _give_back_stalled(app: App) -> None:
    """Let the jobs of dead workers run again."""
    while True:
        try:
            count = await retry_stalled_jobs(app)
        except ConnectorException as error:
            log.warning("stalled_jobs_not_checked", error=str(error))
        else:
            if count:
                log.warning("stalled_jobs_given_back", job_count=count)
        await asyncio.sleep(_STALLED_CHECK_SECONDS)
