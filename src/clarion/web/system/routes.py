"""The routes of the installation: for admins of the first workspace."""

from __future__ import annotations

from dataclasses import asdict

from clarion.reports.system import judge
from clarion.services import system
from clarion.web.access import Asking
from clarion.web.database import DB, PlaceOf
from clarion.web.paging import Page, Paging, page_of
from clarion.web.routing import noun_router, refusals
from clarion.web.schemas import Id
from clarion.web.system.schemas import FailedJobAnswer, SystemAnswer

__all__ = ["router"]

router = noun_router("system", prefix="/system")


@router.get(
    "",
    operation_id="system_read",
    summary="Read the state of the installation",
    responses=refusals("access.forbidden"),
)
async def system_read(connection: DB, scope: Asking, place: PlaceOf) -> SystemAnswer:
    """Workers, queues, database, disk, and what `clarion doctor` makes of them."""
    facts = await system.read_installation(connection, scope, place.settings.data_dir)
    workers = [{**asdict(each), "is_alive": each.is_alive} for each in facts.workers]
    checks = [asdict(each) for each in judge(facts)]
    return SystemAnswer.model_validate({**asdict(facts), "workers": workers, "checks": checks})


@router.get(
    "/failed-jobs",
    operation_id="failed_job_list",
    summary="List the jobs that failed for good, the newest first",
    responses=refusals("access.forbidden"),
)
async def failed_job_list(connection: DB, scope: Asking, paging: Paging) -> Page[FailedJobAnswer]:
    """With the error of the last try."""
    rows = await system.list_failed_jobs(
        connection, scope, below_id=paging.below_id, limit=paging.fetch_count
    )
    return page_of(rows, paging, FailedJobAnswer.model_validate, lambda job: (job.id,))


@router.post(
    "/failed-jobs/{job_id}/retry",
    operation_id="failed_job_retry",
    summary="Let a failed job run again",
    status_code=204,
    responses=refusals("access.forbidden", "job.not_found"),
)
async def failed_job_retry(connection: DB, scope: Asking, job_id: Id) -> None:
    """As if it had just been asked for, with all its tries."""
    await system.retry_job(connection, scope, job_id)


@router.delete(
    "/failed-jobs/{job_id}",
    operation_id="failed_job_dismiss",
    summary="Dismiss a failed job",
    status_code=204,
    responses=refusals("access.forbidden", "job.not_found"),
)
async def failed_job_dismiss(connection: DB, scope: Asking, job_id: Id) -> None:
    """What it should have done is not done."""
    await system.dismiss_job(connection, scope, job_id)
