"""The state of the installation: one source of facts for the console, the API and ``clarion doctor``.

Theory of operation.  ``read_system`` asks cheap questions: what may be large is counted up to
``COUNT_BOUND`` or estimated, so it answers on a loaded installation as fast as on an idle one.
``judge`` is pure: it turns the facts into findings, each with what to do.  What only the machine
knows (its disk) is handed in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from clarion.store.jobs import HEARTBEAT_SECONDS, STALLED_SECONDS
from clarion.store.pool import Connection
from clarion.store.queries import Row, load

__all__ = [
    "COUNT_BOUND",
    "LEAST_FREE_BYTES",
    "Disk",
    "FailedJob",
    "Finding",
    "SystemFacts",
    "failed_jobs_of",
    "judge",
    "read_system",
]

QUERIES = load("system")

# Beyond so many nobody counts on.
COUNT_BOUND = 100_000
LARGEST_SKEW = timedelta(seconds=2)
LEAST_FREE_BYTES = 1024**3
# A queue whose oldest waits longer than that does not keep up.
_LONGEST_WAIT_SECONDS: Mapping[str, float] = {"inbox": 30.0, "results": 30.0, "fires": 30.0}
_LONGEST_JOB_WAIT_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; ``fix`` is empty when all is well."""

    check: str
    is_well: bool
    finding: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Disk:
    """The room on a folder's disk."""

    folder: str
    free_bytes: int
    total_bytes: int


@dataclass(frozen=True, slots=True)
class WorkerFacts:
    """A worker process: the senders that it holds, and for how long its shortest lease still lasts."""

    owner: str
    version: str
    started_at: datetime
    silent_seconds: float
    senders: Sequence[str]
    lease_seconds: float | None

    @property
    def is_alive(self) -> bool:
        """Whether it was heard of lately."""
        return self.silent_seconds <= STALLED_SECONDS


@dataclass(frozen=True, slots=True)
class QueueFacts:
    """A queue: of ``jobs``, or one of the ``engine``'s own, counted up to ``COUNT_BOUND``."""

    kind: str
    name: str
    waiting_count: int
    oldest_seconds: float | None
    running_count: int = 0
    failed_count: int = 0


@dataclass(frozen=True, slots=True)
class TableFacts:
    """A table with its indexes; the count of rows is an estimate, if there is one yet."""

    name: str
    size_bytes: int
    row_estimate: int | None


@dataclass(frozen=True, slots=True)
class LongQuery:
    """A statement that runs for long."""

    seconds: float
    application_name: str
    statement: str


@dataclass(frozen=True, slots=True)
class StepFacts:
    """A step of the schema."""

    number: int
    name: str
    applied_at: datetime


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """The server; ``skew_seconds`` is by how much its clock differs from ours at least."""

    server_version: str
    size_bytes: int
    skew_seconds: float
    connection_count: int
    connection_limit: int
    tables: Sequence[TableFacts]
    long_queries: Sequence[LongQuery]
    steps: Sequence[StepFacts]


@dataclass(frozen=True, slots=True)
class SystemFacts:
    """Everything at one moment."""

    version: str
    read_at: datetime
    database: DatabaseFacts
    workers: Sequence[WorkerFacts]
    alive_count: int
    last_heartbeat_seconds: float | None
    queues: Sequence[QueueFacts]
    failed_job_count: int
    disk: Disk | None


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A job that failed for good; ``error`` is unknown for one that died with its worker."""

    id: int
    queue: str
    task: str
    args: Mapping[str, Any]
    attempt_count: int
    failed_at: datetime | None
    error: str | None


async def read_system(
    connection: Connection, *, version: str, now: datetime, disk: Disk | None
) -> SystemFacts:
    """The facts of now; ``disk`` is that of the data directory, where there is one to look at."""
    heart = await QUERIES.fetchrow(connection, "heartbeats", alive_seconds=STALLED_SECONDS)
    if heart is None:
        raise LookupError("heartbeats always answers")
    jobs = [
        QueueFacts(kind="jobs", **dict(row))
        for row in await QUERIES.fetch(connection, "job_queues")
    ]
    engine = [
        QueueFacts(kind="engine", **dict(row))
        for row in await QUERIES.fetch(connection, "engine_queues", now=now, bound=COUNT_BOUND)
    ]
    return SystemFacts(
        version=version,
        read_at=now,
        database=await _read_database(connection),
        workers=[WorkerFacts(**dict(row)) for row in await QUERIES.fetch(connection, "workers")],
        alive_count=heart["alive_count"],
        last_heartbeat_seconds=heart["last_seconds"],
        queues=[*engine, *jobs],
        failed_job_count=sum(each.failed_count for each in jobs),
        disk=disk,
    )


async def _read_database(connection: Connection) -> DatabaseFacts:
    asked_at = datetime.now(UTC)
    row = await QUERIES.fetchrow(connection, "database")
    answered_at = datetime.now(UTC)
    if row is None:
        raise LookupError("database always answers")
    skew = max(asked_at - row["told_at"], row["told_at"] - answered_at, timedelta(0))
    return DatabaseFacts(
        server_version=row["server_version"],
        size_bytes=row["size_bytes"],
        skew_seconds=skew.total_seconds(),
        connection_count=row["connection_count"],
        connection_limit=row["connection_limit"],
        tables=[
            TableFacts(**dict(each)) for each in await QUERIES.fetch(connection, "largest_tables")
        ],
        long_queries=[
            LongQuery(**dict(each)) for each in await QUERIES.fetch(connection, "long_queries")
        ],
        steps=[
            StepFacts(**dict(each)) for each in await QUERIES.fetch(connection, "applied_steps")
        ],
    )


async def failed_jobs_of(
    connection: Connection, *, below_id: int | None, limit: int, job_id: int | None = None
) -> list[FailedJob]:
    """Jobs that failed for good, the newest first; one of them if it is named."""
    rows: Sequence[Row] = await QUERIES.fetch(
        connection, "failed_jobs", below_id=below_id, limit=limit, job_id=job_id
    )
    return [FailedJob(**dict(row)) for row in rows]


def judge(facts: SystemFacts) -> list[Finding]:
    """What is well and what is not, in the order in which to mend it."""
    return [
        *_judge_disk(facts.disk),
        _judge_clock(facts.database),
        _judge_workers(facts),
        *(_judge_queue(each) for each in facts.queues if _is_judged(each)),
        _judge_jobs(facts),
        _judge_connections(facts.database),
    ]


def _judge_disk(disk: Disk | None) -> list[Finding]:
    if disk is None:
        return []
    found = f"{disk.folder}, {disk.free_bytes / 1024**3:.1f} GiB free"
    is_well = disk.free_bytes >= LEAST_FREE_BYTES
    fix = "" if is_well else "Make room; the database needs some."
    return [Finding("data directory", is_well, found, fix)]


def _judge_clock(database: DatabaseFacts) -> Finding:
    is_well = database.skew_seconds <= LARGEST_SKEW.total_seconds()
    return Finding(
        "clock",
        is_well,
        f"at most {database.skew_seconds:.3f} s from the database's",
        "" if is_well else "Let NTP keep the time on both machines.",
    )


def _judge_workers(facts: SystemFacts) -> Finding:
    if facts.alive_count:
        return Finding("worker", is_well=True, finding=f"{facts.alive_count} alive")
    found = "none has told that it lives"
    if facts.last_heartbeat_seconds is not None:
        found = f"the last one was seen {facts.last_heartbeat_seconds:.0f} s ago"
    fix = f"Start `clarion serve` or `clarion work` (they tell every {HEARTBEAT_SECONDS:g} s)."
    return Finding("worker", is_well=False, finding=found, fix=fix)


def _is_judged(queue: QueueFacts) -> bool:
    return queue.kind == "jobs" or queue.name in _LONGEST_WAIT_SECONDS


def _judge_queue(queue: QueueFacts) -> Finding:
    longest = _LONGEST_WAIT_SECONDS.get(queue.name, _LONGEST_JOB_WAIT_SECONDS)
    if queue.kind == "jobs":
        longest = _LONGEST_JOB_WAIT_SECONDS
    waited = queue.oldest_seconds or 0.0
    shown = (
        f"{queue.waiting_count}" if queue.waiting_count < COUNT_BOUND else f"{COUNT_BOUND} or more"
    )
    found = f"{shown} wait"
    if queue.waiting_count:
        found += f", the oldest for {waited:.0f} s"
    is_well = waited <= longest
    fix = "" if is_well else "Start more workers (`clarion work`), or look at what keeps them busy."
    return Finding(f"queue {queue.name}", is_well, found, fix)


def _judge_jobs(facts: SystemFacts) -> Finding:
    count = facts.failed_job_count
    fix = (
        ""
        if count == 0
        else "Look at them: `clarion system failed-jobs`; then retry or dismiss them."
    )
    return Finding("failed jobs", count == 0, f"{count}", fix)


def _judge_connections(database: DatabaseFacts) -> Finding:
    used, limit = database.connection_count, database.connection_limit
    is_well = used < limit * 0.9
    fix = "" if is_well else "Raise max_connections of PostgreSQL, or run fewer processes."
    return Finding("connections", is_well, f"{used} of {limit}", fix)
