"""The work of an import: rows of a file become contacts, batch by batch.

Theory of operation.  A batch is judged in a thread and stored in one transaction that also moves
the import's ``row_count``.  That count is the place in the file (reading again gives the same rows
in the same order), so after a crash the next worker skips what is stored and goes on; a worker
that was only slow finds the count moved by another and stops.  The counters are therefore right
whatever is killed, whenever.

Memory holds two batches: one is judged while the other is stored.  A CSV file is read as a stream; a workbook is loaded by the library that
reads it, which is why what it unpacks to is bounded.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

import asyncpg
import orjson

from clarion.domain.errors import ClarionError
from clarion.domain.identity import Role
from clarion.imports.files import (
    BATCH_ROWS,
    UNPACKED_BYTE_LIMIT,
    Batch,
    ImportOptions,
    batches,
    open_file,
)
from clarion.imports.rows import ContactRow, Rejection, RowMode
from clarion.services.contacts import QUERIES as CONTACT_QUERIES
from clarion.services.contacts import delete_contacts
from clarion.services.groups import link_contacts, ungrouped
from clarion.services.imports import (
    IMPORT_QUEUE,
    QUERIES,
    RUN_IMPORT,
    Import,
    ImportCounts,
    create_import,
    read_import,
)
from clarion.services.scope import Actor, Scope
from clarion.store.jobs import TaskSpec
from clarion.store.pool import Connection, Pool, transaction

__all__ = ["ImportLimits", "import_file", "import_tasks", "run_import"]

_log = logging.getLogger(__name__)
# The database went away: not the file's fault, and no reason to give up.
_LOST = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InterfaceError,
)
_UPSERTS = {"overwrite": "overwrite_contacts", "ignore": "add_new_contacts"}

Progress = Callable[[ImportCounts], None]
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class ImportLimits:
    """Bounds of one import.  ``batch_rows`` is how many rows one transaction stores."""

    row_limit: int = 5_000_000
    unpacked_byte_limit: int = UNPACKED_BYTE_LIMIT
    batch_rows: int = BATCH_ROWS


_LIMITS = ImportLimits()


class _Overtaken(Exception):  # noqa: N818 - not an error: another worker does the rest
    """Another worker has moved the import on, or a person has deleted it."""


@dataclass(slots=True)
class _Run:
    """One import under way in this process; ``row_count`` is the place in the file."""

    pool: Pool
    import_id: int
    workspace_id: int
    group_ids: Sequence[int]
    options: ImportOptions
    byte_count: int
    row_count: int
    clock: Clock
    limits: ImportLimits


def import_tasks(pool: Pool, clock: Clock, limits: ImportLimits = _LIMITS) -> tuple[TaskSpec, ...]:
    """The kinds of jobs of this noun, for a worker with this pool."""

    async def run(*, import_id: int) -> None:
        await run_import(pool, import_id, clock=clock, limits=limits)

    return (TaskSpec(RUN_IMPORT, run, IMPORT_QUEUE, retry_count=20, retry_wait_seconds=5),)


async def run_import(
    pool: Pool, import_id: int, *, clock: Clock, limits: ImportLimits = _LIMITS
) -> None:
    """Do an uploaded import, or what a worker before has left of it.

    An unreadable file ends the import as ``failed`` with its reason; nothing is raised for it.
    """
    run = await _start(pool, import_id, clock, limits)
    if run is None:
        return
    with tempfile.TemporaryFile() as file:
        number = 0
        while piece := await QUERIES.fetchval(
            pool, "read_piece", import_id=import_id, number=number
        ):
            file.write(piece)
            number += 1
        await _do(run, file, None)


async def import_file(
    pool: Pool,
    scope: Scope,
    path: Path,
    options: ImportOptions,
    progress: Progress | None = None,
    *,
    clock: Clock,
    group_ids: Sequence[int] = (),
    group_names: Sequence[str] = (),
    limits: ImportLimits = _LIMITS,
) -> Import:
    """Import a file of this machine here and now, and return the report.

    ``progress`` is called after each batch.  A file that cannot be read is an import that
    ``failed``, with its reason.  Raises ``import.file_unreadable`` when there is no such file, and
    what ``create_import`` raises.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise ClarionError(
            "import.file_unreadable", f"{path} cannot be opened: {error.strerror}."
        ) from error
    with file:
        async with transaction(pool) as connection:
            made = await create_import(
                connection,
                scope,
                file_name=path.name,
                options=options,
                group_ids=group_ids,
                group_names=group_names,
            )
            await QUERIES.execute(
                connection,
                "set_byte_count",
                import_id=made.id,
                byte_count=file.seek(0, os.SEEK_END),
            )
        run = await _start(pool, made.id, clock, limits)
        if run is not None:
            await _do(run, file, progress)
    return await read_import(pool, scope, made.id)


async def _start(pool: Pool, import_id: int, clock: Clock, limits: ImportLimits) -> _Run | None:
    """Take an import up; None when it is over or gone."""
    row = await QUERIES.fetchrow(pool, "start_import", import_id=import_id, now=clock())
    if row is None:
        return None
    return _Run(
        pool=pool,
        import_id=import_id,
        workspace_id=row["workspace_id"],
        group_ids=row["group_ids"],
        options=ImportOptions(**row["options"]),
        byte_count=row["byte_count"],
        row_count=row["row_count"],
        clock=clock,
        limits=limits,
    )


async def _do(run: _Run, file: BinaryIO, progress: Progress | None) -> None:
    """Import what is left of a file, and write down how it ended."""
    try:
        await _store_rows(run, file, progress)
    except _Overtaken as overtaken:
        _log.info("Import %s: %s", run.import_id, overtaken)
        return
    except _LOST:
        raise  # the job is tried again, and goes on where this one stood
    except ClarionError as error:
        await _finish(run, "failed", str(error))
    except Exception as error:
        await _finish(run, "failed", f"Something broke on our side: {error!r} [server.failed]")
        raise
    else:
        await _finish(run, "finished", None)


async def _store_rows(run: _Run, file: BinaryIO, progress: Progress | None) -> None:
    opened = await asyncio.to_thread(
        open_file, file, run.options, unpacked_byte_limit=run.limits.unpacked_byte_limit
    )
    lots = batches(opened, run.options, skip_rows=run.row_count, batch_rows=run.limits.batch_rows)
    async with contextlib.aclosing(_read_ahead(lots, file)) as ahead:
        async for batch, byte_count in ahead:
            if run.row_count + batch.row_count > run.limits.row_limit:
                raise ClarionError(
                    "import.too_large",
                    f"The file has more than {run.limits.row_limit:,} rows;"
                    f" the first {run.row_count:,} are imported.",
                    row_limit=run.limits.row_limit,
                )
            done_byte_count = byte_count
            if opened.last_row_number:
                done_byte_count = run.byte_count * batch.last_row_number // opened.last_row_number
            async with transaction(run.pool) as connection:
                counts = await _store_batch(connection, run, batch, done_byte_count)
            run.row_count += batch.row_count
            if progress is not None:
                progress(counts)


async def _read_ahead(
    lots: Iterator[Batch], file: BinaryIO
) -> AsyncGenerator[tuple[Batch, int], None]:
    """Each batch and how far the file was read for it; the next one is judged meanwhile."""

    def read() -> tuple[Batch, int] | None:
        batch = next(lots, None)
        return None if batch is None else (batch, file.tell())

    pending = asyncio.create_task(asyncio.to_thread(read))
    try:
        while (found := await pending) is not None:
            pending = asyncio.create_task(asyncio.to_thread(read))
            yield found
    finally:
        # Whoever opened the file closes it next: nobody may still be reading.
        await asyncio.gather(pending, return_exceptions=True)


async def _store_batch(
    connection: Connection, run: _Run, batch: Batch, done_byte_count: int
) -> ImportCounts:
    """Store one batch and move the import on, in the connection's transaction."""
    has_advanced = await QUERIES.fetchval(
        connection,
        "advance_import",
        import_id=run.import_id,
        row_count=batch.row_count,
        rejected_count=len(batch.rejections),
        done_byte_count=done_byte_count,
        expected_row_count=run.row_count,
    )
    if has_advanced is None:
        raise _Overtaken("another worker has moved it on, or it was deleted")
    if batch.rejections:
        await _store_rejections(connection, run.import_id, batch.rejections)
    take, counted_as, others = _MODES[run.options.mode]
    taken_count = await take(connection, run, batch.contacts) if batch.contacts else 0
    counts = {counted_as: taken_count, others: batch.accepted_count - taken_count}
    row = await QUERIES.fetchrow(
        connection,
        "count_batch",
        import_id=run.import_id,
        **{f"{name}_count": counts.get(name, 0) for name in _COUNTED},
    )
    assert row is not None  # noqa: S101 - this transaction holds the row's lock
    return ImportCounts(**dict(row))


async def _store_contacts(connection: Connection, run: _Run, rows: Sequence[ContactRow]) -> int:
    """Store contacts with their groups and opt-outs; return how many are new."""
    scope = Scope(run.workspace_id, Actor("system", "imports", Role.ADMIN), run.clock())
    phones = [row.phone for row in rows]
    if run.options.mode == "overwrite":
        await QUERIES.execute(
            connection, "lock_known_contacts", workspace_id=run.workspace_id, phones=phones
        )
    stored = await QUERIES.fetch(
        connection,
        _UPSERTS[run.options.mode],
        workspace_id=run.workspace_id,
        now=scope.now,
        phones=phones,
        names=[row.name for row in rows],
        countries=[row.country for row in rows],
        emails=[row.email for row in rows],
        remarks=[row.remark for row in rows],
        languages=[row.language for row in rows],
        zones=[row.zone for row in rows],
        attributes=[orjson.dumps(row.attributes).decode() for row in rows],
    )
    id_of = {row["phone"]: row["id"] for row in stored}
    if unseen := [phone for phone in phones if phone not in id_of]:
        known = await QUERIES.fetch(
            connection, "known_contacts", workspace_id=run.workspace_id, phones=unseen
        )
        id_of |= {row["phone"]: row["id"] for row in known}
    groups = await QUERIES.fetch(
        connection, "groups_left", workspace_id=run.workspace_id, group_ids=run.group_ids
    )
    group_ids = [row["id"] for row in groups] or [await ungrouped(connection, scope)]
    await link_contacts(connection, scope, sorted(id_of.values()), group_ids)
    opted_out = [id_of[row.phone] for row in rows if row.is_opted_out and row.phone in id_of]
    if opted_out:
        await CONTACT_QUERIES.execute(
            connection,
            "opt_out_contacts",
            workspace_id=run.workspace_id,
            contact_ids=opted_out,
            channel=run.options.channel,
            source="import",
            reason=f"import {run.import_id}",
            now=scope.now,
        )
        await CONTACT_QUERIES.execute(connection, "raise_control_epoch")
    return sum(1 for row in stored if row["is_new"])


async def _delete_contacts(connection: Connection, run: _Run, rows: Sequence[ContactRow]) -> int:
    """Delete the contacts of these rows; return how many there were."""
    scope = Scope(run.workspace_id, Actor("system", "imports", Role.ADMIN), run.clock())
    known = await QUERIES.fetch(
        connection,
        "known_contacts",
        workspace_id=run.workspace_id,
        phones=[row.phone for row in rows],
    )
    return await delete_contacts(connection, scope, [row["id"] for row in known])


_Take = Callable[[Connection, _Run, Sequence[ContactRow]], Awaitable[int]]
_COUNTED = ("added", "updated", "ignored", "deleted")
# Mode -> who takes the accepted rows, how those taken are counted, and how the others are.
_MODES: Mapping[RowMode, tuple[_Take, str, str]] = MappingProxyType(
    {
        "overwrite": (_store_contacts, "added", "updated"),
        "ignore": (_store_contacts, "added", "ignored"),
        "delete": (_delete_contacts, "deleted", "ignored"),
    }
)


async def _store_rejections(
    connection: Connection, import_id: int, rejections: Sequence[Rejection]
) -> None:
    await QUERIES.execute(
        connection,
        "insert_rejections",
        import_id=import_id,
        row_numbers=[item.row_number for item in rejections],
        column_names=[item.column for item in rejections],
        codes=[item.code for item in rejections],
        messages=[item.message for item in rejections],
        raws=[orjson.dumps(item.raw).decode() for item in rejections],
    )


async def _finish(run: _Run, status: str, reason: str | None) -> None:
    """The end; the file's pieces go with it."""
    async with transaction(run.pool) as connection:
        await QUERIES.execute(
            connection,
            "finish_import",
            import_id=run.import_id,
            status=status,
            reason=reason,
            now=run.clock(),
        )
        await QUERIES.execute(connection, "delete_pieces", import_id=run.import_id)
