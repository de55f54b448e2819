"""The people of a dry run as a CSV file; times are ISO 8601 in UTC.

``message`` is filled for the people of the sample.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from clarion.domain.reasons import reason_in_words
from clarion.services.csv_files import PAGE_ROWS, CsvPage, csv_file
from clarion.services.dry_runs import DryRunPerson, PeopleFilter, list_people
from clarion.services.scope import Scope
from clarion.services.workspaces import Language, read_workspace
from clarion.store.pool import Connection, Pool

__all__ = ["COLUMNS", "export_people", "message_in_words"]

COLUMNS = (
    "contact_id",
    "name",
    "phone",
    "outcome",
    "reason",
    "reason_in_words",
    "node_id",
    "sender",
    "send_at",
    "message",
)


async def export_people(
    pool: Pool, scope: Scope, dry_run_id: int, wanted: PeopleFilter
) -> AsyncIterator[bytes]:
    """The people that fit as pieces of a UTF-8 CSV file.

    Raises ``dry_run.not_found`` before the first piece.
    """

    async def read_page(connection: Connection, above_id: int | None) -> CsvPage | None:
        language = (await read_workspace(connection, scope)).language
        page = await list_people(
            connection, scope, dry_run_id, wanted, above_id=above_id, limit=PAGE_ROWS
        )
        rows = [_cells(each, language) for each in page]
        return CsvPage(rows, page[-1].contact_id) if page else None

    async for piece in csv_file(pool, COLUMNS, read_page):
        yield piece


def _cells(person: DryRunPerson, language: Language) -> list[object]:
    return [
        person.contact_id,
        person.name,
        person.phone,
        person.outcome,
        person.reason,
        person.reason and reason_in_words(person.reason, language),
        person.node_id,
        person.sender_name,
        person.send_at and person.send_at.isoformat(),
        message_in_words(person),
    ]


def message_in_words(person: DryRunPerson) -> str:
    """A line for the rendered message: the template and its values, or the text."""
    if person.content is None:
        return ""
    body = person.content["body"]
    if person.content["kind"] == "template":
        values = ", ".join(each["value"] for each in body.get("parameters", ()))
        return f"{body['name']} ({body['language']}): {values}"
    return str(body.get("text") or body.get("caption") or "")
