"""The work of a bulk action: batch after batch, each in one transaction with its progress.

Theory of operation.  A batch takes the next ids of the search above ``reached_id``, acts, and moves
``reached_id`` in the same transaction, so a worker that takes over after a crash goes on behind
what is committed.  The row of the action is locked first: a second worker, or one that was only
slow, finds it moved and stops; a person who cancels is heard at the next batch.

A contact that an action must leave as it is (its last group, for example) is not an error: it goes
into the result file with the reason, and the others of the batch go on.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

import asyncpg

from clarion.domain.errors import ClarionError
from clarion.domain.identity import Role
from clarion.services.bulk_actions import BULK_QUEUE, QUERIES, RUN_BULK_ACTION, BulkKind
from clarion.services.consents import opt_out_contacts
from clarion.services.contact_exports import attribute_columns, export_columns, export_rows
from clarion.services.contacts import QUERIES as CONTACTS
from clarion.services.contacts import ContactFilter, contact_ids, delete_contacts, read_contacts
from clarion.services.csv_files import csv_head, csv_lines
from clarion.services.groups import QUERIES as GROUPS
from clarion.services.groups import MembershipChange, change_memberships
from clarion.services.scope import Actor, Scope
from clarion.store.jobs import TaskSpec
from clarion.store.pool import DATABASE_AWAY, Connection, Pool, plan_by_values, transaction
from clarion.store.queries import Row

__all__ = ["BATCH_CONTACTS", "bulk_tasks", "run_bulk_action"]

_log = logging.getLogger(__name__)
BATCH_CONTACTS = 1_000
_REFUSED_HEADER = ("contact", "name", "phone", "reason")

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class _Batch:
    """What one batch works on."""

    connection: Connection
    scope: Scope
    ids: Sequence[int]
    options: Mapping[str, Any]
    channel: str


@dataclass(frozen=True, slots=True)
class _Done:
    """What became of a batch: how many changed, who was refused and why, lines for the file."""

    changed_count: int
    refused: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))
    lines: bytes = b""


def bulk_tasks(pool: Pool, clock: Clock) -> tuple[TaskSpec, ...]:
    """The kind of job of this noun, for a worker with this pool."""

    async def run(*, bulk_action_id: int) -> None:
        await run_bulk_action(pool, bulk_action_id, clock=clock)

    return (TaskSpec(RUN_BULK_ACTION, run, BULK_QUEUE, retry_count=20, retry_wait_seconds=5),)


async def run_bulk_action(
    pool: Pool, bulk_action_id: int, *, clock: Clock, batch_contacts: int = BATCH_CONTACTS
) -> None:
    """Do a bulk action, or what a worker before has left of it.

    What goes wrong ends the action as ``failed`` with its reason, unless the database went away.
    """
    row = await QUERIES.fetchrow(
        pool, "start_bulk_action", bulk_action_id=bulk_action_id, now=clock()
    )
    if row is None:
        return
    try:
        if row["kind"] == BulkKind.EXPORT and "attributes" not in row["options"]:
            await _choose_columns(pool, bulk_action_id, row)
        while await _do_batch(pool, bulk_action_id, clock(), batch_contacts):
            pass
    except DATABASE_AWAY:
        raise  # the job is tried again, and goes on where this one stood
    except ClarionError as error:
        await _end(pool, bulk_action_id, "failed", str(error), clock())
    except Exception as error:
        reason = f"Something broke on our side: {error!r} [server.failed]"
        await _end(pool, bulk_action_id, "failed", reason, clock())
        raise


async def _choose_columns(pool: Pool, bulk_action_id: int, row: Row) -> None:
    """The columns of an export, found once: that takes a look at everybody."""
    group_id = row["filter"]["group_id"]
    attributes = await attribute_columns(pool, row["workspace_id"], group_id)
    options = {**row["options"], "attributes": attributes}
    await QUERIES.execute(pool, "set_options", bulk_action_id=bulk_action_id, options=options)


async def _do_batch(pool: Pool, bulk_action_id: int, now: datetime, size: int) -> bool:
    """One batch; false when there is no further one."""
    async with transaction(pool) as connection:
        await plan_by_values(connection)
        row = await QUERIES.fetchrow(connection, "lock_bulk_action", bulk_action_id=bulk_action_id)
        if row is None:
            return False  # over, cancelled, or in the hands of another worker
        actor = Actor(
            row["actor_kind"], row["actor_name"], Role(row["actor_role"]), row["actor_id"]
        )
        scope = Scope(row["workspace_id"], actor, now)
        wanted = ContactFilter(**row["filter"])
        found = await contact_ids(connection, scope, wanted, above_id=row["reached_id"], limit=size)
        ids = [contact_id for contact_id in found if contact_id <= row["until_id"]]
        kind = BulkKind(row["kind"])
        batch = _Batch(connection, scope, ids, row["options"], wanted.consent_channel)
        done = await _STEPS[kind](batch) if ids else _Done(0)
        await _write_file(connection, row, kind, batch, done)
        is_last = len(ids) < size
        await QUERIES.execute(
            connection,
            "advance_bulk_action",
            bulk_action_id=bulk_action_id,
            reached_id=ids[-1] if ids else row["reached_id"],
            done_count=len(ids),
            changed_count=done.changed_count,
            refused_count=len(done.refused),
            is_last=is_last,
            now=now,
        )
    return not is_last


async def _write_file(
    connection: Connection, row: Row, kind: BulkKind, batch: _Batch, done: _Done
) -> None:
    """Append to the result file; its header goes before the first lines."""
    lines = done.lines
    if done.refused:
        people = await read_contacts(connection, batch.scope, sorted(done.refused))
        lines += csv_lines(
            (str(each.id), each.name, each.phone or "", done.refused[each.id]) for each in people
        )
    header = b""
    if row["piece_count"] == 0 and (lines or kind is BulkKind.EXPORT):
        is_export = kind is BulkKind.EXPORT
        header = csv_head(
            export_columns(batch.options["attributes"]) if is_export else _REFUSED_HEADER
        )
    if header or lines:
        await QUERIES.execute(
            connection,
            "insert_piece",
            bulk_action_id=row["id"],
            number=row["piece_count"],
            bytes=header + lines,
        )


async def _regroup(batch: _Batch, change: MembershipChange) -> _Done:
    """Those who would be left without a group stay as they are; the others change."""
    connection, group_ids = batch.connection, batch.options["group_ids"]
    locked = await CONTACTS.fetch(
        connection,
        "lock_contacts",
        workspace_id=batch.scope.workspace_id,
        contact_ids=list(batch.ids),
    )
    ids = [row["id"] for row in locked]
    refused: dict[int, str] = {}
    if change == "remove":
        kept = await GROUPS.fetch(
            connection, "contacts_only_in", contact_ids=ids, group_ids=group_ids
        )
        refused = {row["id"]: "contact.last_group" for row in kept}
    ids = [contact_id for contact_id in ids if contact_id not in refused]
    if ids:
        await change_memberships(connection, batch.scope, ids, group_ids, change)
    return _Done(len(ids), refused)


async def _add(batch: _Batch) -> _Done:
    return await _regroup(batch, "add")


async def _remove(batch: _Batch) -> _Done:
    return await _regroup(batch, "remove")


async def _replace(batch: _Batch) -> _Done:
    return await _regroup(batch, "replace")


async def _opt_out(batch: _Batch) -> _Done:
    changed_count = await opt_out_contacts(
        batch.connection, batch.scope, batch.ids, batch.channel, batch.options["reason"]
    )
    return _Done(changed_count)


async def _delete(batch: _Batch) -> _Done:
    return _Done(await delete_contacts(batch.connection, batch.scope, batch.ids))


async def _export(batch: _Batch) -> _Done:
    rows = await export_rows(
        batch.connection, batch.scope, batch.ids, batch.channel, batch.options["attributes"]
    )
    return _Done(len(batch.ids), lines=csv_lines(rows))


_STEPS: Mapping[BulkKind, Callable[[_Batch], Awaitable[_Done]]] = MappingProxyType(
    {
        BulkKind.ADD: _add,
        BulkKind.REMOVE: _remove,
        BulkKind.REPLACE: _replace,
        BulkKind.OPT_OUT: _opt_out,
        BulkKind.DELETE: _delete,
        BulkKind.EXPORT: _export,
    }
)


async def _end(pool: Pool, bulk_action_id: int, status: str, reason: str, now: datetime) -> None:
    _log.warning("Bulk action %s: %s", bulk_action_id, reason)
    with contextlib.suppress(*DATABASE_AWAY, asyncpg.PostgresError):
        await QUERIES.execute(
            pool, "end_bulk_action", bulk_action_id=bulk_action_id, status=status, reason=reason,
            now=now,
        )  # fmt: skip
