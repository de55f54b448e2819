"""Contacts as a CSV file that an import can read again.

Theory of operation.  The columns are those that an import knows, then one an attribute.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from clarion.domain.identity import Permission
from clarion.services.contacts import QUERIES, ContactFilter, contact_ids
from clarion.services.csv_files import PAGE_ROWS, CsvPage, csv_file
from clarion.services.groups import read_group
from clarion.services.scope import Scope
from clarion.store.pool import Connection, Pool

__all__ = ["attribute_columns", "export_columns", "export_contacts", "export_rows"]

COLUMNS = ("phone", "name", "country", "email", "remark", "language", "zone")


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
    wanted = ContactFilter(group_id=group_id)

    async def read_page(connection: Connection, above_id: int | None) -> CsvPage | None:
        ids = await contact_ids(connection, scope, wanted, above_id=above_id or 0, limit=PAGE_ROWS)
        if not ids:
            return None
        return CsvPage(await export_rows(connection, scope, ids, channel, attributes), ids[-1])

    async for piece in csv_file(pool, export_columns(attributes), read_page):
        yield piece


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


def export_columns(attributes: Sequence[str]) -> list[str]:
    """The columns of the file."""
    return [*COLUMNS, "opted out", *attributes]


async def export_rows(
    connection: Connection,
    scope: Scope,
    ids: Sequence[int],
    channel: str,
    attributes: Sequence[str],
) -> list[Sequence[object]]:
    """Some contacts as rows of the file."""
    scope.require(Permission.READ)
    rows = await QUERIES.fetch(
        connection,
        "export_rows",
        workspace_id=scope.workspace_id,
        contact_ids=list(ids),
        channel=channel,
    )
    return [
        [
            *(row[name] for name in COLUMNS),
            "yes" if row["is_opted_out"] else "",
            *(row["attributes"].get(name) for name in attributes),
        ]
        for row in rows
    ]
