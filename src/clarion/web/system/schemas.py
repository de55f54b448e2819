"""What the routes of the installation give."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["FailedJobAnswer", "SystemAnswer"]


class _Answer(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class CheckAnswer(_Answer):
    """What one check found; the same as `clarion doctor` tells."""

    check: str
    is_well: bool
    finding: str
    fix: str = Field(description="What to do; empty when all is well.")


class WorkerAnswer(_Answer):
    """A worker process."""

    owner: str = Field(description="Its name in leases: host, process, and a word of its own.")
    version: str
    started_at: datetime
    is_alive: bool
    silent_seconds: float = Field(description="Since it was last heard of.")
    senders: list[str] = Field(description="The senders whose outboxes it holds.")
    lease_seconds: float | None = Field(
        description="For how long the shortest of its leases still lasts; null when it holds none."
    )


class QueueAnswer(_Answer):
    """What waits to be done."""

    kind: Literal["engine", "jobs"]
    name: str
    waiting_count: int = Field(description="Counted up to 100,000.")
    oldest_seconds: float | None = Field(description="For how long the oldest waits.")
    running_count: int
    failed_count: int


class TableAnswer(_Answer):
    """A table with its indexes."""

    name: str
    size_bytes: int
    row_estimate: int | None


class LongQueryAnswer(_Answer):
    """A statement that has run for more than five seconds."""

    seconds: float
    application_name: str
    statement: str


class StepAnswer(_Answer):
    """A step of the schema that was applied."""

    number: int
    name: str
    applied_at: datetime


class DatabaseAnswer(_Answer):
    """The database."""

    server_version: str
    size_bytes: int
    skew_seconds: float = Field(description="By how much its clock differs from this machine's.")
    connection_count: int
    connection_limit: int
    tables: list[TableAnswer] = Field(description="The ten largest.")
    long_queries: list[LongQueryAnswer]
    steps: list[StepAnswer] = Field(description="The newest first.")


class DiskAnswer(_Answer):
    """The disk of the data directory, on the machine that answers."""

    folder: str
    free_bytes: int
    total_bytes: int


class SystemAnswer(_Answer):
    """The state of the installation at one moment."""

    version: str
    read_at: datetime
    checks: list[CheckAnswer]
    workers: list[WorkerAnswer]
    queues: list[QueueAnswer]
    failed_job_count: int
    database: DatabaseAnswer
    disk: DiskAnswer | None


class FailedJobAnswer(_Answer):
    """A job that failed for good."""

    id: int
    queue: str
    task: str
    args: dict[str, Any]
    attempt_count: int
    failed_at: datetime | None
    error: str | None = Field(description="Null for one that ended with its worker.")
