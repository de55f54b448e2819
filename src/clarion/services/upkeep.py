"""Upkeep: what every installation does from time to time by itself.

Theory of operation.  Periodic jobs of the queue, so that one worker of all does each of them.  Rows
that count no more are forgotten (their readers ignore them anyway, so the hour does not matter);
templates and the health of senders are read afresh from every provider, and what a provider refuses
is logged.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from clarion.domain.errors import ClarionError
from clarion.domain.sign_in import COUNTED_FOR, IDLE_LIFE
from clarion.services.bulk_actions import forget_old_results
from clarion.services.insight import fold_insight, forget_insight
from clarion.services.nonces import forget_old_nonces
from clarion.services.place import Place
from clarion.services.sender_health import refresh_all
from clarion.services.templates import sync_all
from clarion.store.jobs import TaskSpec
from clarion.store.pool import Connection, Pool, transaction
from clarion.store.queries import load

__all__ = ["ANSWERS_KEPT_FOR", "forget_calls", "forget_old", "upkeep_tasks"]

SIGN_INS = load("sign_ins")
IDEMPOTENCY = load("idempotency")
DRY_RUNS = load("dry_runs")
DAY_LIMITS = load("day_limits")
CALLS = load("calls")
SYSTEM = load("system")

# How long the answer of a create is kept under its Idempotency-Key.
ANSWERS_KEPT_FOR = timedelta(hours=24)

# How long a dry run can be read, and how many of one campaign.
DRY_RUNS_KEPT_FOR = timedelta(days=7)
DRY_RUNS_KEPT_COUNT = 5

# Longer than any day of a platform with its margin.
REACHED_KEPT_FOR = timedelta(days=2)
_BATCH = 20_000

log = structlog.get_logger(__name__)


async def forget_old(connection: Connection, now: datetime) -> int:
    """Delete what counts no more (sign-ins, failures, kept answers, nonces, dry runs); how many rows."""
    return (
        await SIGN_INS.execute(
            connection, "delete_old_sign_ins", now=now, used_before=now - IDLE_LIFE
        )
        + await SIGN_INS.execute(connection, "delete_old_failures", not_after=now - COUNTED_FOR)
        + await IDEMPOTENCY.execute(
            connection, "delete_old_answers", not_after=now - ANSWERS_KEPT_FOR
        )
        + await forget_old_nonces(connection, now)
        + await forget_old_results(connection, now)
        + await DAY_LIMITS.execute(
            connection, "forget_portfolio_people", before=now - REACHED_KEPT_FOR
        )
        + await SYSTEM.execute(connection, "forget_lost_workers")
        + await SYSTEM.execute(connection, "forget_job_errors")
        + await DRY_RUNS.execute(
            connection,
            "delete_old_dry_runs",
            not_after=now - DRY_RUNS_KEPT_FOR,
            kept_count=DRY_RUNS_KEPT_COUNT,
        )
    )


async def forget_calls(pool: Pool, now: datetime, kept_for: timedelta) -> int:
    """Delete calls of flows that are over, with what they asked, in batches; how many rows."""
    forgotten_count = 0
    while True:
        async with transaction(pool) as connection:
            count = await CALLS.execute(
                connection, "forget_calls", before=now - kept_for, limit=_BATCH
            )
        forgotten_count += count
        if count < _BATCH:
            return forgotten_count


def upkeep_tasks(place: Place) -> tuple[TaskSpec, ...]:
    """The periodic jobs, for ``store.jobs.create_app``."""

    async def forget(timestamp: int) -> None:  # noqa: ARG001 - the queue gives the planned time
        async with transaction(place.pool) as connection:
            count = await forget_old(connection, place.clock())
        kept_for = timedelta(days=place.settings.trace_days)
        count += await forget_insight(place.pool, place.clock(), kept_for)
        calls_kept_for = timedelta(days=place.settings.call_days)
        count += await forget_calls(place.pool, place.clock(), calls_kept_for)
        log.info("old_rows_forgotten", row_count=count)

    async def fold(timestamp: int) -> None:  # noqa: ARG001 - the queue gives the planned time
        await fold_insight(place.pool)

    async def sync(timestamp: int) -> None:  # noqa: ARG001 - the queue gives the planned time
        for sender_id, result in (await sync_all(place)).items():
            if isinstance(result, ClarionError):
                log.warning("templates_not_synchronised", sender_id=sender_id, error=str(result))

    async def refresh(timestamp: int) -> None:  # noqa: ARG001 - the queue gives the planned time
        for sender_id, error in (await refresh_all(place)).items():
            if error is not None:
                log.warning("sender_not_refreshed", sender_id=sender_id, error=str(error))

    return (
        TaskSpec("forget_old", forget, cron="17 * * * *"),
        TaskSpec("fold_insight", fold, cron="* * * * *"),
        TaskSpec("sync_templates", sync, cron="*/30 * * * *"),
        TaskSpec("refresh_senders", refresh, cron="*/10 * * * *"),
    )
