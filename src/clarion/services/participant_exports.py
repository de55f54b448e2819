"""The people of an occurrence as a CSV file; times are ISO 8601 in UTC."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

from clarion.domain.reasons import reason_in_words
from clarion.services.csv_files import PAGE_ROWS, CsvPage, csv_file
from clarion.services.occurrences import Participant, ParticipantFilter, list_participants
from clarion.services.scope import Scope
from clarion.services.workspaces import Language, read_workspace
from clarion.store.pool import Connection, Pool

__all__ = ["COLUMNS", "export_participants"]

COLUMNS = (
    "contact_id",
    "name",
    "phone",
    "outcome",
    "reason",
    "reason_in_words",
    "message_id",
    "provider_id",
    "error_code",
    "error_title",
    "accepted_at",
    "sent_at",
    "delivered_at",
    "read_at",
    "failed_at",
    "replied_at",
)


async def export_participants(
    pool: Pool, scope: Scope, occurrence_id: int, wanted: ParticipantFilter
) -> AsyncIterator[bytes]:
    """The people that fit as pieces of a UTF-8 CSV file.

    Raises ``occurrence.not_found`` before the first piece.
    """

    async def read_page(connection: Connection, above_id: int | None) -> CsvPage | None:
        language = (await read_workspace(connection, scope)).language
        page = await list_participants(
            connection, scope, occurrence_id, wanted, above_id=above_id, limit=PAGE_ROWS
        )
        rows = [_cells(each, language) for each in page]
        return CsvPage(rows, page[-1].contact_id) if page else None

    async for piece in csv_file(pool, COLUMNS, read_page):
        yield piece


def _cells(participant: Participant, language: Language) -> list[object]:
    reason = participant.reason
    words = reason and reason_in_words(reason, language)
    return [
        words if column == "reason_in_words" else _cell(getattr(participant, column))
        for column in COLUMNS
    ]


def _cell(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
