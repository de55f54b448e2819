"""The installation at a glance: for admins of the first workspace, and for nobody else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from clarion.domain.identity import Role
from clarion.reports.system import (
    COUNT_BOUND,
    DatabaseFacts,
    Disk,
    QueueFacts,
    SystemFacts,
    judge,
)

SYSTEM = "/api/v1/system"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


async def failed_job(place: Any, lock: str | None = None) -> int:
    job_id: int = await place.pool.fetchval(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status, attempts, args, queueing_lock)"
        " VALUES ('imports', 'run_import', 'failed', 3, '{\"import_id\": 7}', $1) RETURNING id",
        lock,
    )
    await place.pool.execute(
        "INSERT INTO job_errors VALUES ($1, 'LookupError: there is no piece 4', now())", job_id
    )
    return job_id


async def test_the_state_of_the_installation(admin: Any, place: Any) -> None:
    await place.pool.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    await place.pool.execute("INSERT INTO workers VALUES ('host:1:ab', '0.1', now(), now())")
    await place.pool.execute(
        "INSERT INTO workers VALUES ('host:2:cd', '0.1', now(), now() - interval '1 minute')"
    )
    await place.pool.execute(
        "INSERT INTO webhook_inbox (sender_id, body, received_at) VALUES (1, '', $1)", place.clock()
    )
    answer = await admin.get(SYSTEM)
    assert answer.status_code == 200, answer.text
    state = answer.json()
    assert {each["owner"]: each["is_alive"] for each in state["workers"]} == {
        "host:1:ab": True,
        "host:2:cd": False,
    }
    queues = {each["name"]: each for each in state["queues"]}
    assert queues["inbox"]["waiting_count"] == 1
    assert state["database"]["size_bytes"] > 0
    assert state["database"]["steps"][-1]["number"] == 1
    assert state["disk"]["free_bytes"] > 0
    checks = {each["check"]: each["is_well"] for each in state["checks"]}
    assert checks["worker"] is checks["failed jobs"] is True


async def test_a_failed_job_shows_its_error_and_runs_again(admin: Any, place: Any) -> None:
    job_id = await failed_job(place)
    (job,) = (await admin.get(f"{SYSTEM}/failed-jobs")).json()["items"]
    assert (job["id"], job["error"]) == (job_id, "LookupError: there is no piece 4")
    assert job["args"] == {"import_id": 7}
    assert (await admin.post(f"{SYSTEM}/failed-jobs/{job_id}/retry")).status_code == 204
    row = await place.pool.fetchrow("SELECT * FROM procrastinate_jobs WHERE id = $1", job_id)
    assert (row["status"], row["attempts"]) == ("todo", 0)
    again = await admin.post(f"{SYSTEM}/failed-jobs/{job_id}/retry")
    assert (again.status_code, again.json()["code"]) == (404, "job.not_found")


async def test_a_failed_job_is_dismissed_or_left_to_the_one_that_waits(
    admin: Any, place: Any
) -> None:
    job_id = await failed_job(place)
    assert (await admin.delete(f"{SYSTEM}/failed-jobs/{job_id}")).status_code == 204
    repeated_id = await failed_job(place, lock="import:7")
    await place.pool.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock)"
        " VALUES ('imports', 'run_import', 'import:7')"
    )
    assert (await admin.post(f"{SYSTEM}/failed-jobs/{repeated_id}/retry")).status_code == 204
    assert (await admin.get(f"{SYSTEM}/failed-jobs")).json()["items"] == []
    assert await place.pool.fetchval("SELECT count(*) FROM procrastinate_jobs") == 1


async def test_only_admins_of_the_first_workspace_see_it(as_role: Any, other_scope: Any) -> None:
    for client in (await as_role(Role.PUBLISHER), await as_role(Role.ADMIN, other_scope)):
        for path in (SYSTEM, f"{SYSTEM}/failed-jobs"):
            answer = await client.get(path)
            assert (answer.status_code, answer.json()["code"]) == (403, "access.forbidden")


def facts_of(**changes: Any) -> SystemFacts:
    database = DatabaseFacts("18.0", 1, 0.0, 5, 100, (), (), ())
    given: dict[str, Any] = {
        "version": "0.1",
        "read_at": NOW,
        "database": database,
        "workers": (),
        "alive_count": 1,
        "last_heartbeat_seconds": 1.0,
        "queues": (),
        "failed_job_count": 0,
        "disk": Disk("/data", 5 * 1024**3, 10 * 1024**3),
    }
    return SystemFacts(**{**given, **changes})


def broken(facts: SystemFacts) -> dict[str, str]:
    return {each.check: each.finding for each in judge(facts) if not each.is_well}


def test_what_is_wrong_is_named_with_what_to_do() -> None:
    assert broken(facts_of()) == {}
    queues = (
        QueueFacts("engine", "inbox", COUNT_BOUND, 400.0),
        QueueFacts("engine", "outbox", 5_000_000, None),
        QueueFacts("jobs", "imports", 3, 200.0),
        QueueFacts("jobs", "engine", 1, 301.0),
    )
    facts = facts_of(
        queues=queues, failed_job_count=2, alive_count=0, disk=Disk("/data", 1024, 4096)
    )
    assert broken(facts) == {
        "data directory": "/data, 0.0 GiB free",
        "worker": "the last one was seen 1 s ago",
        "queue inbox": "100000 or more wait, the oldest for 400 s",
        "queue engine": "1 wait, the oldest for 301 s",
        "failed jobs": "2",
    }
    assert all(each.fix for each in judge(facts) if not each.is_well)
