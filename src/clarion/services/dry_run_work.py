"""The work of a dry run: one snapshot is read, the answer is kept.

Theory of operation.  Everything is read on one connection, in one transaction that is READ ONLY and
REPEATABLE READ: PostgreSQL itself refuses to write there, and what somebody changes meanwhile
is not seen.  What is found is written elsewhere (``dry_runs``, ``dry_run_people``), a chunk at a
time, so that progress can be watched and memory stays flat.  A dry run that was cut off begins again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from datetime import datetime
from typing import Any

import orjson
import structlog

from clarion.domain.campaign import Overlap
from clarion.domain.errors import ClarionError
from clarion.engine.flow_versions import FlowVersions
from clarion.engine.forecast import Forecast, Frame, forecasts
from clarion.flow.limits import DEFAULT_LIMITS, Limits
from clarion.services.campaign_rows import draft_from_json
from clarion.services.dry_run_days import days_of_senders, without_conversation
from clarion.services.dry_run_summary import Tally, step_seconds_for
from clarion.store.content import content_to_json
from clarion.store.jobs import TaskSpec, defer
from clarion.store.pool import Connection, Pool, snapshot, transaction
from clarion.store.queries import Row, load

__all__ = ["RUN_DRY_RUN", "defer_dry_run", "dry_run_tasks", "frame_of", "run_dry_run"]

RUN_DRY_RUN = "run_dry_run"

QUERIES = load("dry_runs")
OCCURRENCES = load("occurrences")

Clock = Callable[[], datetime]
Progress = Callable[[int, int], None]
"""Told how many people are done, of how many."""

_QUEUE = "dry_runs"
_CHUNK = 1_000
_PEOPLE_COLUMNS = (
    "dry_run_id", "contact_id", "outcome", "reason", "node_id", "sender_id", "send_at", "content",
)  # fmt: skip

log = structlog.get_logger(__name__)


def dry_run_tasks(pool: Pool, clock: Clock, limits: Limits) -> tuple[TaskSpec, ...]:
    """The kind of job of this noun, for a worker with this pool."""

    async def run(*, dry_run_id: int) -> None:
        await run_dry_run(pool, dry_run_id, clock=clock, limits=limits)

    return (TaskSpec(RUN_DRY_RUN, run, _QUEUE, retry_count=3, retry_wait_seconds=5),)


async def defer_dry_run(connection: Connection, workspace_id: int, dry_run_id: int) -> None:
    """Compute it as a job; those of one workspace one after the other."""
    await defer(
        connection,
        RUN_DRY_RUN,
        _QUEUE,
        args={"dry_run_id": dry_run_id},
        lock=f"dry_runs:{workspace_id}",
    )


async def run_dry_run(
    pool: Pool,
    dry_run_id: int,
    *,
    clock: Clock,
    progress: Progress | None = None,
    chunk_size: int = _CHUNK,
    limits: Limits = DEFAULT_LIMITS,
) -> None:
    """Compute a dry run that is not over; nothing happens when it is, or is gone.

    ``limits`` are those that the sessions would keep.
    """
    async with transaction(pool) as connection:
        row = await QUERIES.fetchrow(
            connection, "start_dry_run", dry_run_id=dry_run_id, now=clock()
        )
        if row is None:
            return
        await QUERIES.execute(connection, "clear_people", dry_run_id=dry_run_id)
    try:
        async with snapshot(pool) as reading:
            flow_versions = FlowVersions(limits)
            summary = await _summarise(
                pool, reading, row, clock(), progress, chunk_size, flow_versions
            )
    except ClarionError as error:
        log.info("dry_run_failed", dry_run_id=dry_run_id, reason=error.code)
        await QUERIES.execute(
            pool, "fail_dry_run", dry_run_id=dry_run_id, reason=error.code, now=clock()
        )
        return
    await QUERIES.execute(
        pool, "finish_dry_run", dry_run_id=dry_run_id, summary=summary, now=clock()
    )


async def frame_of(reading: Connection, row: Row, now: datetime) -> Frame:
    """What is tried, from a row of ``dry_runs``.

    Raises ``flow.not_found``, ``flow.not_published``.
    """
    draft = draft_from_json(row["draft"])
    found = await QUERIES.fetchrow(
        reading,
        "dry_run_frame",
        workspace_id=row["workspace_id"],
        campaign_id=row["campaign_id"],
        flow_id=draft.flow_id,
    )
    if found is None:
        raise ClarionError("flow.not_found", f"There is no flow {draft.flow_id} in this workspace.")
    if found["published_version_id"] is None:
        raise ClarionError(
            "flow.not_published", f"The flow {found['flow_name']!r} is not published."
        )
    return Frame(
        workspace_id=row["workspace_id"],
        workspace_zone=found["workspace_zone"],
        campaign_id=row["campaign_id"] or 0,
        campaign_code=found["campaign_code"] or "",
        flow_version_id=found["published_version_id"],
        draft=draft,
        scheduled_at=row["scheduled_at"],
        now=now,
    )


async def _summarise(
    pool: Pool,
    reading: Connection,
    row: Row,
    now: datetime,
    progress: Progress | None,
    chunk_size: int,
    flow_versions: FlowVersions,
) -> dict[str, Any]:
    frame = await frame_of(reading, row, now)
    draft = frame.draft
    audience_count: int = await QUERIES.fetchval(
        reading,
        "audience_count",
        workspace_id=frame.workspace_id,
        include_group_ids=list(draft.include_group_ids),
        exclude_group_ids=list(draft.exclude_group_ids),
    )
    await QUERIES.execute(
        pool,
        "set_audience",
        dry_run_id=row["id"],
        audience_count=audience_count,
        flow_version_id=frame.flow_version_id,
    )
    paces = await QUERIES.fetch(reading, "paces", workspace_id=frame.workspace_id)
    days = await days_of_senders(reading, paces, now)
    tally = Tally.of(paces, now, days)
    done_count = 0
    async for chunk in forecasts(reading, flow_versions, frame, chunk_size):
        opening_ids = await without_conversation(reading, days.keys(), chunk, now)
        await _keep(pool, row["id"], tally, chunk, opening_ids)
        done_count += len(chunk)
        if progress is not None:
            progress(done_count, audience_count)
    summary = tally.to_json()
    summary["audience_count"] = done_count
    summary["notices"] = await _notices(reading, frame, tally)
    summary["histogram"] = await _histogram(pool, row["id"], tally)
    return summary


async def _keep(
    pool: Pool,
    dry_run_id: int,
    tally: Tally,
    chunk: Sequence[Forecast],
    opening_ids: Set[int],
) -> None:
    records = []
    for each in chunk:
        send_at, is_sample = tally.take(each, opens_conversation=each.contact_id in opening_ids)
        content = each.content if is_sample else None
        records.append(
            (
                dry_run_id,
                each.contact_id,
                each.outcome,
                each.reason,
                each.node_id,
                each.sender_id,
                send_at,
                None if content is None else orjson.loads(content_to_json(content)),
            )
        )
    async with transaction(pool) as connection:
        await connection.copy_records_to_table(
            "dry_run_people", records=records, columns=_PEOPLE_COLUMNS
        )
        await QUERIES.execute(connection, "add_progress", dry_run_id=dry_run_id, count=len(records))


async def _histogram(pool: Pool, dry_run_id: int, tally: Tally) -> Mapping[str, Any] | None:
    first_at, finish_at = tally.first_send_at, tally.finish_at
    if first_at is None or finish_at is None:
        return None
    step_seconds = step_seconds_for(first_at, finish_at)
    rows = await QUERIES.fetch(
        pool,
        "sends_over_time",
        dry_run_id=dry_run_id,
        first_at=first_at,
        step_seconds=step_seconds,
    )
    return {
        "first_at": first_at,
        "step_seconds": step_seconds,
        "steps": [
            {"step": row["step"], "sender_id": row["sender_id"], "send_count": row["send_count"]}
            for row in rows
        ],
    }


async def _notices(reading: Connection, frame: Frame, tally: Tally) -> list[dict[str, Any]]:
    """What a person should know before, although it changes no number."""
    notices: list[dict[str, Any]] = []
    if (
        frame.campaign_id
        and frame.draft.overlap is not Overlap.PARALLEL
        and await OCCURRENCES.fetchval(
            reading, "has_open_occurrence", campaign_id=frame.campaign_id
        )
    ):
        notices.append({"code": f"previous_running_{frame.draft.overlap.value}"})
    rows = await QUERIES.fetch(
        reading,
        "template_states",
        workspace_id=frame.workspace_id,
        names=[name for name, _ in tally.templates],
        languages=[language for _, language in tally.templates],
    )
    states = {(row["name"], row["language"]): row["status"] for row in rows}
    for (name, language), count in tally.templates.items():
        status = states.get((name, language))
        if status == "approved":
            continue
        notices.append(
            {
                "code": "template_unknown" if status is None else "template_not_approved",
                "template": name,
                "language": language,
                "status": status,
                "people_count": count,
            }
        )
    for each in tally.senders.values():
        if each.day_waiting_count:
            notices.append(
                {"code": "day_limit_reached", "sender": each.name, "day_limit": each.day_limit}
            )
    if tally.replaced_count:
        notices.append({"code": "sessions_end", "session_count": tally.replaced_count})
    if not sum(tally.counts.values()):
        notices.append({"code": "audience_empty"})
    return notices
