"""Imports of contacts from files, as people ask for them: upload, watch, look at the rejections.

Theory of operation.  An upload stores the file in pieces and defers one job; ``import_runs`` does
the work, on any machine.  The row of the import tells at any moment how far it has come.  The
command line imports a file straight from the disk by the same means, without storing it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, BinaryIO, Literal, Protocol

from clarion.domain.country import country_code
from clarion.domain.errors import ClarionError, FieldError
from clarion.domain.identity import Permission
from clarion.imports.files import ImportOptions, Peek, peek
from clarion.services import audit
from clarion.services.contacts import QUERIES as CONTACT_QUERIES
from clarion.services.csv_files import PAGE_ROWS, CsvPage, csv_file
from clarion.services.groups import find_or_create_groups, ungrouped
from clarion.services.scope import Scope
from clarion.store.jobs import defer
from clarion.store.pool import Connection, Pool
from clarion.store.queries import Row, load

__all__ = [
    "IMPORT_QUEUE",
    "RUN_IMPORT",
    "Import",
    "ImportCounts",
    "StoredRejection",
    "create_import",
    "delete_import",
    "export_rejections",
    "import_of",
    "list_imports",
    "list_rejections",
    "peek_upload",
    "read_import",
    "start_upload",
]

QUERIES = load("imports")
RUN_IMPORT = "run_import"
IMPORT_QUEUE = "imports"
PEEKED_ROWS = 5
PIECE_BYTES = 1024 * 1024
FILE_NAME_LIMIT = 255
REJECTION_COLUMNS = ("row", "column", "code", "message", "cells")


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """How far an import has come.

    ``row_count`` = added + updated + ignored + deleted + rejected; blank rows do not count.
    """

    row_count: int
    added_count: int
    updated_count: int
    ignored_count: int
    deleted_count: int
    rejected_count: int
    byte_count: int
    done_byte_count: int


@dataclass(frozen=True, slots=True)
class Import:
    """An import and its report.  ``reason`` says why one failed."""

    id: int
    file_name: str
    group_ids: tuple[int, ...]
    options: ImportOptions
    status: Literal["waiting", "running", "finished", "failed"]
    reason: str | None
    counts: ImportCounts
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoredRejection:
    """A row that was not taken: where (the header is row 1), why, and the row itself."""

    row_number: int
    column_name: str
    code: str
    message: str
    raw: tuple[str, ...]


class Upload(Protocol):
    """A file that is arriving."""

    async def read(self, size: int = -1, /) -> bytes:
        """The next bytes; none at the end."""


def peek_upload(scope: Scope, file: BinaryIO, options: ImportOptions) -> Peek:
    """What an import would make of the columns of a file, with its first rows; stores nothing.

    It blocks while it reads.  Raises ``import.file_unreadable``, ``import.mapping_invalid`` and
    ``import.too_large``.
    """
    scope.require(Permission.EDIT_AUDIENCE)
    return peek(file, options, row_count=PEEKED_ROWS)


async def create_import(
    connection: Connection,
    scope: Scope,
    *,
    file_name: str,
    options: ImportOptions,
    group_ids: Sequence[int] = (),
    group_names: Sequence[str] = (),
) -> Import:
    """Record a new import whose contacts join some groups (else "Ungrouped").

    The mode ``delete`` takes no groups.  A missing default country is the workspace's.  Raises
    ``group.not_found``, ``request.invalid``.
    """
    scope.require(Permission.EDIT_AUDIENCE)
    is_deleting = options.mode == "delete"
    if is_deleting and (group_ids or group_names):
        message = "Contacts that are deleted join no groups."
        raise ClarionError(
            "request.invalid", message, field_errors=(FieldError("mode", "groups", message),)
        )
    groups = await find_or_create_groups(
        connection, scope, group_ids=group_ids, group_names=group_names
    )
    if not groups and not is_deleting:
        groups = [await ungrouped(connection, scope)]
    written = options.default_country or await CONTACT_QUERIES.fetchval(
        connection, "default_country", workspace_id=scope.workspace_id
    )
    country = country_code(written) if written else None
    if written and country is None:
        message = f"{written!r} is no country that we know."
        raise ClarionError(
            "request.invalid",
            message,
            field_errors=(FieldError("default_country", "country_unknown", message),),
        )
    import_id = await QUERIES.fetchval(
        connection,
        "insert_import",
        workspace_id=scope.workspace_id,
        file_name=file_name[-FILE_NAME_LIMIT:],
        group_ids=groups,
        options={**asdict(options), "mapping": dict(options.mapping), "default_country": country},
        now=scope.now,
    )
    details = {"file_name": file_name[-FILE_NAME_LIMIT:]}
    await audit.record(connection, scope, "created", "import", import_id, details)
    return await read_import(connection, scope, import_id)


async def start_upload(
    connection: Connection,
    scope: Scope,
    upload: Upload,
    *,
    file_name: str,
    options: ImportOptions,
    byte_limit: int,
    group_ids: Sequence[int] = (),
    group_names: Sequence[str] = (),
) -> Import:
    """Store an uploaded file, piece by piece, and let a worker import it.

    Raises ``import.too_large`` and what ``create_import`` raises.
    """
    made = await create_import(
        connection,
        scope,
        file_name=file_name,
        options=options,
        group_ids=group_ids,
        group_names=group_names,
    )
    number = byte_count = 0
    while piece := await upload.read(PIECE_BYTES):
        byte_count += len(piece)
        if byte_count > byte_limit:
            raise ClarionError(
                "import.too_large",
                f"The file is larger than {byte_limit:,} bytes.",
                byte_limit=byte_limit,
            )
        await QUERIES.execute(
            connection, "insert_piece", import_id=made.id, number=number, bytes=piece
        )
        number += 1
    await QUERIES.execute(connection, "set_byte_count", import_id=made.id, byte_count=byte_count)
    await defer(
        connection,
        RUN_IMPORT,
        IMPORT_QUEUE,
        args={"import_id": made.id},
        lock=f"import {made.id}",
    )
    return await read_import(connection, scope, made.id)


async def read_import(connection: Connection | Pool, scope: Scope, import_id: int) -> Import:
    """One import.  Raises ``import.not_found``."""
    scope.require(Permission.READ)
    row = await QUERIES.fetchrow(
        connection, "read_import", workspace_id=scope.workspace_id, import_id=import_id
    )
    if row is None:
        raise _not_found(import_id)
    return import_of(row)


async def list_imports(
    connection: Connection, scope: Scope, *, below_id: int | None, limit: int
) -> list[Import]:
    """Up to ``limit`` imports below a cursor, the newest first."""
    scope.require(Permission.READ)
    rows = await QUERIES.fetch(
        connection,
        "list_imports",
        workspace_id=scope.workspace_id,
        below_id=below_id,
        limit=limit,
    )
    return [import_of(row) for row in rows]


async def delete_import(connection: Connection, scope: Scope, import_id: int) -> None:
    """Forget an import; one that runs stops, and what it has stored stays.

    Raises ``import.not_found``.
    """
    scope.require(Permission.EDIT_AUDIENCE)
    if not await QUERIES.execute(
        connection, "delete_import", workspace_id=scope.workspace_id, import_id=import_id
    ):
        raise _not_found(import_id)
    await audit.record(connection, scope, "deleted", "import", import_id)


async def list_rejections(
    connection: Connection | Pool,
    scope: Scope,
    import_id: int,
    *,
    above_row_number: int | None,
    limit: int,
) -> list[StoredRejection]:
    """Up to ``limit`` rejected rows above a cursor, in the order of the file.

    Raises ``import.not_found``.
    """
    await read_import(connection, scope, import_id)
    rows = await QUERIES.fetch(
        connection,
        "list_rejections",
        import_id=import_id,
        above_row_number=above_row_number or 0,
        limit=limit,
    )
    return [StoredRejection(**{**dict(row), "raw": tuple(row["raw"])}) for row in rows]


async def export_rejections(pool: Pool, scope: Scope, import_id: int) -> AsyncIterator[bytes]:
    """The rejected rows as pieces of a CSV file: row, column, code, message, then the row's cells.

    Raises ``import.not_found`` before the first piece.
    """

    async def read_page(connection: Connection, above: int | None) -> CsvPage | None:
        page = await list_rejections(
            connection, scope, import_id, above_row_number=above, limit=PAGE_ROWS
        )
        rows = [
            (str(item.row_number), item.column_name, item.code, item.message, *item.raw)
            for item in page
        ]
        return CsvPage(rows, page[-1].row_number) if page else None

    async for piece in csv_file(pool, REJECTION_COLUMNS, read_page):
        yield piece


def import_of(row: Row) -> Import:
    """The import of a row of ``read_import``."""
    values: dict[str, Any] = dict(row)
    counts = {name: values.pop(name) for name in ImportCounts.__slots__}
    return Import(
        **{
            **values,
            "group_ids": tuple(row["group_ids"]),
            "options": ImportOptions(**row["options"]),
            "counts": ImportCounts(**counts),
        }
    )


def _not_found(import_id: int) -> ClarionError:
    return ClarionError(
        "import.not_found",
        f"There is no import {import_id} in this workspace.",
        import_id=import_id,
    )
