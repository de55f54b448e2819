"""The life of a worker process: loops that dispatch, fold and keep time, and the job queue.

Theory of operation.  A worker is a set of loops over the same ``Parts``, each of which may run in any
number of processes at once: leases, locks and ``SKIP LOCKED`` keep them apart.  A loop that fails is
logged and goes on after a moment: a lost database connection must not end a worker, and neither may
a bug that one row meets silently end what all other rows wait for.  ``stop``
lets what is in flight end, records it, and gives every lease back.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import asyncpg
import structlog

from clarion.channels.wire import WireClient, WireLimits
from clarion.engine.calls import Caller
from clarion.engine.changeover import carry_over
from clarion.engine.dispatcher import LeaseLostError, SenderOwner
from clarion.engine.fires import FireHandlers
from clarion.engine.flow_versions import FlowVersions
from clarion.engine.fold_results import fold_results
from clarion.engine.fold_webhooks import fold_webhooks
from clarion.engine.jobs import CARRY_OVER, PLAN_OCCURRENCE, QUEUE, REQUEUE_HELD, RUN_CHUNKS
from clarion.engine.parts import Parts
from clarion.engine.planner import Planner
from clarion.engine.requeue import requeue_held
from clarion.engine.runner import Runner
from clarion.engine.sweep import sweep
from clarion.store.jobs import TaskSpec
from clarion.store.pool import DATABASE_AWAY
from clarion.store.queries import load

__all__ = ["Worker"]

OUTBOX = load("outbox")

log = structlog.get_logger(__name__)

_RESTART_SECONDS = 0.5
_SWEEP_SECONDS = 3.0
_POLL_SECONDS = 1.0
_CALLS_END_SECONDS = 2.0
_LONGEST_FIRE_WAIT_SECONDS = 0.25
# What a loop may meet while the database is away or two transactions met head-on.
_PASSING = (asyncpg.PostgresError, *DATABASE_AWAY)


class Worker:
    """Everything of the engine that runs in the background of one process."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._flow_versions = FlowVersions(parts.limits)
        self._planner = Planner(parts)
        self._runner = Runner(parts, self._flow_versions)
        self._fires = FireHandlers(parts, self._planner, self._flow_versions)
        self._caller = Caller(parts, self._flow_versions)
        self._client = WireClient(
            WireLimits(connections_per_origin=max(256, parts.sizes.in_flight))
        )
        self._stop = asyncio.Event()
        self._owners: dict[int, asyncio.Task[None]] = {}
        self._loops: list[asyncio.Task[None]] = []

    @property
    def tasks(self) -> tuple[TaskSpec, ...]:
        """The jobs that this worker can do."""
        return (
            TaskSpec(PLAN_OCCURRENCE, self._plan_occurrence, QUEUE, retry_count=10),
            TaskSpec(RUN_CHUNKS, self._run_chunks, QUEUE, retry_count=10),
            TaskSpec(REQUEUE_HELD, self._requeue_held, QUEUE, retry_count=10),
            TaskSpec(CARRY_OVER, self._carry_over, QUEUE, retry_count=10),
        )

    def start(self) -> None:
        """Start the loops."""
        loops: dict[str, Callable[[], Awaitable[None]]] = {
            "listen": self._listen,
            "fires": self._keep_time,
            "dispatch": self._dispatch,
            "results": self._fold_results,
            "webhooks": self._fold_webhooks,
            "calls": self._call,
            "sweep": self._sweep,
        }
        self._loops = [
            asyncio.create_task(self._for_ever(name, body), name=f"clarion {name}")
            for name, body in loops.items()
        ]

    async def stop(self) -> None:
        """Stop sending, record what was in flight, fold what was recorded, end."""
        self._stop.set()
        for topic in ("outbox", *(f"outbox:{sender_id}" for sender_id in self._owners)):
            self._parts.wakeups.ring(topic)
        if self._owners:
            await asyncio.wait(self._owners.values(), timeout=self._parts.sizes.lease_seconds)
        await self._caller.stop(_CALLS_END_SECONDS)
        for task in (*self._loops, *self._owners.values()):
            task.cancel()
        for task in (*self._loops, *self._owners.values()):
            with contextlib.suppress(asyncio.CancelledError):
                await task
        with contextlib.suppress(*_PASSING):  # a later process folds what is left
            while await fold_results(self._parts):
                pass
        await self._client.close()

    async def _for_ever(self, name: str, body: Callable[[], Awaitable[None]]) -> None:
        """Run a loop's body again and again; a passing failure costs a moment."""
        while not self._stop.is_set():
            try:
                await body()
            except _PASSING as error:
                log.warning("loop_interrupted", loop=name, error=str(error) or repr(error))
                await asyncio.sleep(_RESTART_SECONDS)
            except Exception as error:
                log.exception("loop_failed", loop=name, error=repr(error))
                await asyncio.sleep(_RESTART_SECONDS)

    # -- the loops ---------------------------------------------------------------------------------

    async def _listen(self) -> None:
        """Hear what other processes ring, for as long as the connection lives."""
        async with (
            self._parts.pool.acquire() as connection,
            self._parts.wakeups.listening(connection),
        ):
            while not self._stop.is_set():
                await asyncio.sleep(_POLL_SECONDS)
                await connection.fetchval("SELECT 1")

    async def _keep_time(self) -> None:
        wait = await self._fires.run_due()
        longest = _LONGEST_FIRE_WAIT_SECONDS
        await self._parts.wakeups.wait("fires", longest if wait is None else min(wait, longest))

    async def _dispatch(self) -> None:
        """See to it that every sender with something to send has an owner."""
        rows = await OUTBOX.fetch(self._parts.pool, "senders_to_dispatch")
        for row in rows:
            sender_id: int = row["sender_id"]
            if sender_id not in self._owners:
                task = asyncio.create_task(self._own(sender_id), name=f"clarion sender {sender_id}")
                self._owners[sender_id] = task
        await self._parts.wakeups.wait("outbox", _POLL_SECONDS)

    async def _own(self, sender_id: int) -> None:
        owner = SenderOwner(self._parts, self._client, sender_id)
        try:
            await owner.run(self._stop)
        except LeaseLostError:
            log.warning("lease_lost", sender_id=sender_id)
        except _PASSING as error:
            log.warning("dispatch_interrupted", sender_id=sender_id, error=str(error))
        except Exception as error:
            log.exception("dispatch_failed", sender_id=sender_id, error=repr(error))
        finally:
            self._owners.pop(sender_id, None)

    async def _fold_results(self) -> None:
        if not await fold_results(self._parts):
            await self._parts.wakeups.wait("results", _POLL_SECONDS)

    async def _fold_webhooks(self) -> None:
        if not await fold_webhooks(self._parts, self._flow_versions):
            await self._parts.wakeups.wait("inbox", _POLL_SECONDS)

    async def _call(self) -> None:
        if not await self._caller.turn():
            await self._parts.wakeups.wait("calls", _POLL_SECONDS)

    async def _sweep(self) -> None:
        await sweep(self._parts)
        await asyncio.sleep(_SWEEP_SECONDS)

    # -- the jobs ----------------------------------------------------------------------------------

    async def _plan_occurrence(self, occurrence_id: int) -> None:
        await self._planner.take_snapshot(occurrence_id)

    async def _run_chunks(self, occurrence_id: int, runner: int) -> None:
        done_count = await self._runner.run_chunks(occurrence_id)
        log.debug("chunks_done", occurrence_id=occurrence_id, runner=runner, chunk_count=done_count)

    async def _requeue_held(self, campaign_id: int | None, sender_id: int | None) -> None:
        await requeue_held(self._parts, campaign_id=campaign_id, sender_id=sender_id)

    async def _carry_over(self, changeover_id: int) -> None:
        await carry_over(self._parts, changeover_id)
