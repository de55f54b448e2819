"""The job queue: Procrastinate on the same PostgreSQL.

Theory of operation.  A job is one piece of control work (a tick, a snapshot, a chunk, an import),
never one contact.  It is deferred *inside* the transaction that makes it necessary, by
Procrastinate's SQL function on our own connection, so a job exists exactly when the state that
asks for it does.  Workers take jobs from any machine; each worker's heart beats every
``HEARTBEAT_SECONDS``, and the jobs of one that has been silent for ``STALLED_SECONDS`` are given
back by ``retry_stalled_jobs``, which every worker process calls now and then.  A job may therefore
run twice, and every task is written for that.

Tasks are listed, not registered by import: the engine passes its ``TaskSpec`` rows to
``create_app``.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

import asyncpg
import orjson
import procrastinate
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import DeleteJobCondition, Status
from procrastinate.worker import Worker

from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = [
    "HEARTBEAT_SECONDS",
    "STALLED_SECONDS",
    "ErrorNote",
    "JobRequest",
    "TaskSpec",
    "create_app",
    "defer",
    "defer_many",
    "hasten",
    "retry_stalled_jobs",
    "run_worker",
]

HEARTBEAT_SECONDS = 2.0
STALLED_SECONDS = 10.0

_POLL_SECONDS = 2.0  # jobs are announced by NOTIFY; this is for those that become due by the clock
_RESTART_SECONDS = 1.0
_POOL_SPARE_CONNECTIONS = 3  # heartbeat, NOTIFY listener, fetching
_QUERIES = load("jobs")
_log = logging.getLogger(__name__)


ErrorNote = Callable[[int, Exception], Awaitable[None]]
"""Told the id of a job and why it failed; must not raise."""


@dataclass(frozen=True, slots=True)
class TaskSpec:
    """A kind of job: its stable name, the coroutine that does it, the queue it goes to.

    ``retry_count`` is how often a failed job is tried again, waiting ``retry_wait_seconds`` times
    the number of tries so far.  ``cron`` (five fields, UTC) makes it periodic; the coroutine then
    gets ``timestamp``, the planned time in seconds since 1970.
    """

    name: str
    run: Callable[..., Awaitable[None]]
    queue: str = "default"
    retry_count: int = 0
    retry_wait_seconds: int = 1
    cron: str | None = None


@dataclass(frozen=True, slots=True)
class JobRequest:
    """One job to defer.

    ``queueing_lock``: at most one *waiting* job has it.  ``lock``: jobs with the same one run one
    after the other, in order.  ``schedule_at`` (aware) is the earliest time; None: now.
    ``priority``: higher goes first.
    """

    task_name: str
    queue: str = "default"
    args: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    lock: str | None = None
    queueing_lock: str | None = None
    schedule_at: datetime | None = None
    priority: int = 0


async def defer(
    connection: Connection,
    task_name: str,
    queue: str = "default",
    *,
    args: Mapping[str, Any] = MappingProxyType({}),
    lock: str | None = None,
    queueing_lock: str | None = None,
    schedule_at: datetime | None = None,
    priority: int = 0,
) -> int | None:
    """Defer one job in the connection's transaction; see ``JobRequest`` for the arguments.

    Returns the job's id, or None when a waiting job already has the ``queueing_lock`` (the
    transaction goes on).
    """
    job = JobRequest(task_name, queue, args, lock, queueing_lock, schedule_at, priority)
    try:
        async with connection.transaction():  # a savepoint: a taken lock must not end the caller's
            return (await defer_many(connection, [job]))[0]
    except asyncpg.UniqueViolationError:
        return None


async def hasten(connection: Connection, queueing_lock: str) -> None:
    """Let the job that waits under a queueing lock for a later moment be done now."""
    await _QUERIES.execute(connection, "hasten_jobs", queueing_lock=queueing_lock)


async def defer_many(connection: Connection, jobs: Sequence[JobRequest]) -> list[int]:
    """Defer many jobs by one statement; return their ids, in order.

    Raises ``asyncpg.UniqueViolationError`` when a waiting job has one of the queueing locks.
    """
    if not jobs:
        return []
    rows = await _QUERIES.fetch(
        connection,
        "defer_jobs",
        queue_names=[job.queue for job in jobs],
        task_names=[job.task_name for job in jobs],
        priorities=[job.priority for job in jobs],
        locks=[job.lock for job in jobs],
        queueing_locks=[job.queueing_lock for job in jobs],
        args=[orjson.dumps(dict(job.args)).decode() for job in jobs],
        scheduled_ats=[job.schedule_at for job in jobs],
    )
    return [row["id"] for row in rows]


def create_app(
    database_url: str,
    tasks: Sequence[TaskSpec],
    *,
    concurrency: int = 10,
    on_error: ErrorNote | None = None,
) -> procrastinate.App:
    """An application that knows ``tasks``; use it inside ``async with app.open_async():``.

    ``concurrency`` is the largest that ``run_worker`` will be given.  ``on_error`` is told of every
    try that failed, by the job's id.
    """
    connector = procrastinate.PsycopgConnector(
        conninfo=database_url,
        min_size=1,
        max_size=concurrency + _POOL_SPARE_CONNECTIONS,
        kwargs={"application_name": "clarion jobs"},
    )
    app = procrastinate.App(connector=connector)
    for spec in tasks:
        retry = (
            procrastinate.RetryStrategy(
                max_attempts=spec.retry_count, linear_wait=spec.retry_wait_seconds
            )
            if spec.retry_count
            else False
        )
        run = _told(spec.run, on_error)
        task = app.task(name=spec.name, queue=spec.queue, retry=retry, pass_context=True)(run)
        if spec.cron is not None:
            app.periodic(cron=spec.cron)(task)
    return app


def _told(run: Callable[..., Awaitable[None]], on_error: ErrorNote | None) -> Any:
    """The work of a task, whose failure is told before it is raised on."""

    async def told(context: procrastinate.JobContext, /, *args: Any, **kwargs: Any) -> None:
        try:
            await run(*args, **kwargs)
        except Exception as error:
            if on_error is not None and context.job.id is not None:
                await on_error(context.job.id, error)
            raise

    return told


async def run_worker(
    app: procrastinate.App,
    queues: Sequence[str] | None,
    concurrency: int,
    stop_event: asyncio.Event,
    *,
    name: str = "worker",
    shutdown_seconds: float = 20.0,
) -> None:
    """Work on ``queues`` (None: all) until ``stop_event`` is set.

    Then no new job is taken; those running get ``shutdown_seconds`` to end and are cancelled
    after that.  When the database goes away, the worker starts again until it is back.
    """
    while not stop_event.is_set():
        worker = Worker(
            app,
            queues=queues,
            name=name,
            concurrency=concurrency,
            fetch_job_polling_interval=_POLL_SECONDS,
            shutdown_graceful_timeout=shutdown_seconds,
            delete_jobs=DeleteJobCondition.SUCCESSFUL,
            install_signal_handlers=False,
            update_heartbeat_interval=HEARTBEAT_SECONDS,
            stalled_worker_timeout=STALLED_SECONDS,
        )
        stopping = asyncio.create_task(_stop_when_set(worker, stop_event))
        try:
            await worker.run()  # type: ignore[no-untyped-call]  # theirs has no annotations
        except ConnectorException as error:
            _log.warning("The worker lost the database and starts again: %s", error)
        finally:
            stopping.cancel()
        if not stop_event.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop_event.wait(), _RESTART_SECONDS)


async def retry_stalled_jobs(
    app: procrastinate.App, *, stalled_seconds: float = STALLED_SECONDS
) -> int:
    """Give back the jobs of workers that have been silent for ``stalled_seconds``.

    Returns how many run again.  A job whose queueing lock is held by a waiting job is ended
    instead: the waiting one does its work.
    """
    retried_count = 0
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=stalled_seconds):
        try:
            await app.job_manager.retry_job(job)
            retried_count += 1
        except UniqueViolation:
            await app.job_manager.finish_job(job, Status.ABORTED, delete_job=False)
        except ConnectorException as error:
            # Another process was faster, or the job ended after all.
            _log.info("The stalled job %s was not given back: %s", job.id, error)
    return retried_count


async def _stop_when_set(worker: Worker, stop_event: asyncio.Event) -> None:
    await stop_event.wait()
    worker.stop()  # type: ignore[no-untyped-call]  # theirs has no annotations
