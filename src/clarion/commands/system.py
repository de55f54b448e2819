"""``clarion system``: workers, queues, and jobs that failed for good."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from clarion.commands.output import AsJson, print_facts, print_json, print_note, print_table, run
from clarion.commands.place import open_desk
from clarion.reports.system import FailedJob, SystemFacts, judge
from clarion.services import system
from clarion.web.system.schemas import FailedJobAnswer, SystemAnswer

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="The installation: workers, queues, failed jobs.")

JobId = Annotated[int, typer.Argument(help="The id of the job.")]

_MEBIBYTE = 1024**2
_MOST_JOBS = 500


@app.command("show")
def system_show(*, as_json: AsJson = False) -> None:
    """Show workers, queues, database and disk."""

    async def work() -> SystemFacts:
        async with open_desk() as desk, desk.transaction() as connection:
            data_dir = desk.place.settings.data_dir
            return await system.read_installation(connection, desk.scope, data_dir)

    facts = run(work())
    if as_json:
        workers = [{**asdict(each), "is_alive": each.is_alive} for each in facts.workers]
        checks = [asdict(each) for each in judge(facts)]
        answer = SystemAnswer.model_validate(
            {**asdict(facts), "workers": workers, "checks": checks}
        )
        print_json(answer.model_dump(mode="json"))
        return
    database = facts.database
    print_facts(
        {
            "version": facts.version,
            "database": f"PostgreSQL {database.server_version}",
            "size": f"{database.size_bytes / _MEBIBYTE:.0f} MiB",
            "connections": f"{database.connection_count} of {database.connection_limit}",
            "schema": f"{database.steps[0].number:04d}_{database.steps[0].name}",
            "failed jobs": facts.failed_job_count,
        }
    )
    print_table(
        [
            {
                "worker": each.owner,
                "": "alive" if each.is_alive else "silent",
                "heard of": f"{each.silent_seconds:.0f} s ago",
                "version": each.version,
                "holds": ", ".join(each.senders),
            }
            for each in facts.workers
        ],
        nothing="No worker has told that it lives: `clarion serve` or `clarion work`.",
    )
    print_table(
        [
            {
                "queue": each.name,
                "waiting": each.waiting_count,
                "oldest": "" if each.oldest_seconds is None else f"{each.oldest_seconds:.0f} s",
                "running": each.running_count,
                "failed": each.failed_count,
            }
            for each in facts.queues
        ],
        nothing="",
    )


@app.command("failed-jobs")
def system_failed_jobs(*, as_json: AsJson = False) -> None:
    """List the jobs that failed for good, with their errors."""

    async def work() -> list[FailedJob]:
        async with open_desk() as desk, desk.transaction() as connection:
            return await system.list_failed_jobs(
                connection, desk.scope, below_id=None, limit=_MOST_JOBS
            )

    found = run(work())
    if as_json:
        shown = [FailedJobAnswer.model_validate(each).model_dump(mode="json") for each in found]
        print_json({"items": shown})
        return
    rows = [
        {
            "id": each.id,
            "task": each.task,
            "failed": each.failed_at,
            "tries": each.attempt_count,
            "error": each.error or "",
        }
        for each in found
    ]
    print_table(rows, nothing="No job has failed for good.")


@app.command("retry-job")
def system_retry_job(job_id: JobId) -> None:
    """Let a failed job run again."""

    async def work() -> None:
        async with open_desk() as desk, desk.transaction() as connection:
            await system.retry_job(connection, desk.scope, job_id)

    run(work())
    print_note(f"The job {job_id} runs again.")


@app.command("dismiss-job")
def system_dismiss_job(job_id: JobId) -> None:
    """Dismiss a failed job: what it should have done is not done."""

    async def work() -> None:
        async with open_desk() as desk, desk.transaction() as connection:
            await system.dismiss_job(connection, desk.scope, job_id)

    run(work())
    print_note(f"The job {job_id} is dismissed.")
