"""The installation, for whoever keeps it running: its state, and jobs that failed for good.

Theory of operation.  It shows what belongs to no workspace, so only admins of the first workspace see
it (that of whoever installed the server); an error of a job may name people of any.  Facts come from
``reports.system``, the same that ``clarion doctor`` judges.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from clarion import __version__
from clarion.domain.errors import ClarionError
from clarion.domain.identity import Permission
from clarion.reports.system import Disk, FailedJob, SystemFacts, failed_jobs_of, read_system
from clarion.services import audit
from clarion.services.scope import Scope
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = [
    "check_operator",
    "disk_of",
    "dismiss_job",
    "list_failed_jobs",
    "read_installation",
    "retry_job",
]

QUERIES = load("system")
WORKSPACES = load("workspaces")


def disk_of(data_dir: Path) -> Disk:
    """The room on the disk of a folder, or of the first folder above it that exists."""
    existing = next(path for path in (data_dir, *data_dir.parents) if path.exists())
    usage = shutil.disk_usage(existing)
    return Disk(str(data_dir), usage.free, usage.total)


async def check_operator(connection: Connection, scope: Scope) -> None:
    """Nothing for an admin of the first workspace; else ``access.forbidden``."""
    scope.require(Permission.MANAGE_SETTINGS)
    first_id = await WORKSPACES.fetchval(connection, "first_workspace")
    if first_id != scope.workspace_id:
        raise ClarionError(
            "access.forbidden", "Only admins of the first workspace see the installation."
        )


async def read_installation(connection: Connection, scope: Scope, data_dir: Path) -> SystemFacts:
    """The state of now.  Raises ``access.forbidden``."""
    await check_operator(connection, scope)
    return await read_system(connection, version=__version__, now=scope.now, disk=disk_of(data_dir))


async def list_failed_jobs(
    connection: Connection, scope: Scope, *, below_id: int | None, limit: int
) -> list[FailedJob]:
    """Jobs that failed for good, the newest first.  Raises ``access.forbidden``."""
    await check_operator(connection, scope)
    return await failed_jobs_of(connection, below_id=below_id, limit=limit)


async def _failed_job(connection: Connection, scope: Scope, job_id: int) -> FailedJob:
    await check_operator(connection, scope)
    for job in await failed_jobs_of(connection, below_id=None, limit=1, job_id=job_id):
        return job
    raise ClarionError("job.not_found", f"No failed job has the id {job_id}.", job_id=job_id)


async def retry_job(connection: Connection, scope: Scope, job_id: int) -> None:
    """Let a failed job run again.

    A job whose work another one waits to do needs no second try and is dismissed.  Raises
    ``access.forbidden``, ``job.not_found``.
    """
    job = await _failed_job(connection, scope, job_id)
    await QUERIES.execute(connection, "dismiss_repeated", job_id=job_id)
    await QUERIES.execute(connection, "retry_job", job_id=job_id)
    await audit.record(connection, scope, "retried", "job", job_id, {"task": job.task})


async def dismiss_job(connection: Connection, scope: Scope, job_id: int) -> None:
    """Forget a failed job.  Raises ``access.forbidden``, ``job.not_found``."""
    job = await _failed_job(connection, scope, job_id)
    await QUERIES.execute(connection, "free_periodic_defer", job_id=job_id)
    await QUERIES.execute(connection, "dismiss_job", job_id=job_id)
    await audit.record(connection, scope, "dismissed", "job", job_id, {"task": job.task})
