"""Contacts as a CSV file: written page by page, readable again by an import.

Theory of operation.  Each page takes a connection for one moment only, so a slow reader holds
nothing; a contact that comes or goes meanwhile may or may not be in the file.  The columns are those
that an import knows, then one an attribute.  Cells that a spreadsheet would run as formulas get an
apostrophe, which an import takes off again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence

from clarion.domain.identity import Permission
from clarion.imports.cells import guarded, text_of
from clarion.services.contacts import QUERIES, ContactFilter, contact_ids
from clarion.services.groups import read_group
from clarion.services.scope import Scope
from clarion.store.pool import Connection, Pool

__all__ = [
    "attribute_columns",
    "csv_lines",
    "export_contacts",
    "export_header",
    "export_lines",
]

COLUMNS = ("phone", "name", "country", "email", "remark", "language", "zone")
PAGE_ROWS = 2_000
BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes UTF-8 for something else


async def export_contacts(
    pool: Pool, scope: Scope, *, group_id: int | None = None, channel: str = "whatsapp"
) -> AsyncIterator[bytes]:
    """The contacts of a group (None: all) as pieces of a UTF-8 CSV file.

    ``opted out`` tells about ``channel``.  Raises ``group.not_found`` before the first piece.
    """
    scope.require(Permission.READ)
    async with pool.acquire() as connection:
        if group_id is not None:
            await read_group(connection, scope, group_id)
        attributes = await attribute_columns(connection, scope.workspace_id, group_id)
    yield export_header(attributes)
    above_id = 0
    wanted = ContactFilter(group_id=group_id)
    while True:
        async with pool.acquire() as connection:
            ids = await contact_ids(connection, scope, wanted, above_id=above_id, limit=PAGE_ROWS)
            if not ids:
                return
            lines = await export_lines(connection, scope, ids, channel, attributes)
        yield lines
        above_id = ids[-1]


async def attribute_columns(
    connection: Connection | Pool, workspace_id: int, group_id: int | None
) -> list[str]:
    """The attributes that somebody has (in a group), which are columns of an export."""
    if group_id is None:
        rows = await QUERIES.fetch(connection, "attribute_names", workspace_id=workspace_id)
    else:
        rows = await QUERIES.fetch(
            connection, "attribute_names_of_group", workspace_id=workspace_id, group_id=group_id
        )
    return [row["name"] for row in rows]


def export_header(attributes: Sequence[str]) -> bytes:
    """The beginning of the file."""
    return BYTE_ORDER_MARK.encode() + csv_lines([[*COLUMNS, "opted out", *attributes]])


async def export_lines(
    connection: Connection,
    scope: Scope,
    ids: Sequence[int],
    channel: str,
    attributes: Sequence[str],
) -> bytes:
    """Some contacts as lines of the file."""
    scope.require(Permission.READ)
    rows = await QUERIES.fetch(
        connection,
        "export_rows",
        workspace_id=scope.workspace_id,
        contact_ids=list(ids),
        channel=channel,
    )
    return csv_lines(
        [
            *(row[name] for name in COLUMNS),
            "yes" if row["is_opted_out"] else "",
            *(row["attributes"].get(name) for name in attributes),
        ]
        for row in rows
    )


def csv_lines(rows: Iterable[Sequence[object]]) -> bytes:
    """Rows as lines of CSV in UTF-8, guarded against formulas."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(
        [guarded(text_of(cell)) for cell in row] for row in rows
    )
    return text.getvalue().encode()
