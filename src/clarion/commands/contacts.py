"""``clarion contacts``: import, list, show, add, remove, export."""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated, BinaryIO, Literal

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from clarion.commands.groups import group_id_of
from clarion.commands.place import AsJson, DataDir, InWorkspace, open_place, run, show_json
from clarion.config import load_settings
from clarion.domain.errors import ClarionError
from clarion.imports.files import ImportOptions
from clarion.services import contacts
from clarion.services.contact_exports import export_contacts
from clarion.services.contacts import Contact, ContactDraft, ContactFilter
from clarion.services.import_runs import ImportLimits, import_file
from clarion.services.imports import (
    Import,
    ImportCounts,
    StoredRejection,
    export_rejections,
    list_rejections,
)
from clarion.services.scope import Scope
from clarion.store.pool import Connection, transaction

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Contacts: import, list, show, add, remove, export.")

InGroup = Annotated[str | None, typer.Option("--group", help="The name of a group.")]
IntoGroups = Annotated[
    list[str] | None,
    typer.Option("--group", help="A group to join, made when missing; may be repeated."),
]
OneContact = Annotated[str, typer.Argument(help="The phone (+country code), or the contact's id.")]
LISTED_REJECTIONS = 1_000
SHOWN_REJECTIONS = 20


@app.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(help="A CSV or XLSX file; its first row names columns.")],
    group: IntoGroups = None,
    default_country: Annotated[
        str | None, typer.Option(help="How numbers without + are read: China, CN, or 86.")
    ] = None,
    duplicates: Annotated[
        Literal["overwrite", "ignore"], typer.Option(help="What a row does whose phone is known.")
    ] = "overwrite",
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--map", help="COLUMN=FIELD, COLUMN=attributes.NAME, or COLUMN=- to leave it out."
        ),
    ] = None,
    rejections_file: Annotated[
        Path | None, typer.Option("--rejections", help="Write the rejected rows to this CSV file.")
    ] = None,
    workspace: InWorkspace = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Import contacts from a file, and tell what became of every row."""
    options = ImportOptions(
        mode=duplicates, default_country=default_country, mapping=_mapping_of(column or [])
    )
    done, rejections = run(
        _import(file, options, group or [], rejections_file, workspace, data_dir, not as_json)
    )
    if as_json:
        show_json({"import": done, "rejections": rejections})
    else:
        _show_report(done, rejections)
    if done.status != "finished":
        raise typer.Exit(1)


async def _import(
    file: Path,
    options: ImportOptions,
    group_names: list[str],
    rejections_file: Path | None,
    workspace: str | None,
    data_dir: Path | None,
    is_shown: bool,  # noqa: FBT001 - private, and called once
) -> tuple[Import, list[StoredRejection]]:
    settings = load_settings(data_dir=data_dir)
    async with open_place(settings) as place:
        scope = await place.scope(workspace)
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[rows]:,} rows"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            disable=not is_shown,
        ) as bar:
            task = bar.add_task(file.name, total=None, rows=0)

            def progress(counts: ImportCounts) -> None:
                bar.update(
                    task,
                    total=counts.byte_count,
                    completed=counts.done_byte_count,
                    rows=counts.row_count,
                )

            done = await import_file(
                place.pool,
                scope,
                file,
                options,
                progress,
                clock=place.clock,
                group_names=group_names,
                limits=ImportLimits(row_limit=settings.import_limit_rows),
            )
        if rejections_file is not None:
            with rejections_file.open("wb") as report:
                async for piece in export_rejections(place.pool, scope, done.id):
                    report.write(piece)
        rejections = await list_rejections(
            place.pool, scope, done.id, above_row_number=None, limit=LISTED_REJECTIONS
        )
    return done, rejections


def _show_report(done: Import, rejections: list[StoredRejection]) -> None:
    console = Console(markup=False)
    counts = done.counts
    console.print(
        f"{counts.row_count:,} rows: {counts.added_count:,} added, {counts.updated_count:,} "
        f"updated, {counts.ignored_count:,} ignored, {counts.rejected_count:,} rejected.",
        highlight=False,
    )
    if done.reason:
        console.print(f"The import failed: {done.reason}", style="red")
    if not rejections:
        return
    table = Table("row", "column", "code", "what is wrong", title="Rejected rows")
    for item in rejections[:SHOWN_REJECTIONS]:
        table.add_row(str(item.row_number), item.column_name, item.code, item.message)
    console.print(table)
    if counts.rejected_count > SHOWN_REJECTIONS:
        kinds = Counter(item.code for item in rejections).most_common()
        told = ", ".join(f"{code} {count:,}" for code, count in kinds)
        console.print(f"… and more: {told}. --rejections FILE writes all of them.")


@app.command("list")
def list_command(
    text: Annotated[str | None, typer.Option(help="Part of the name or the phone.")] = None,
    group: InGroup = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    workspace: InWorkspace = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List contacts."""

    async def command() -> list[Contact]:
        async with open_place(load_settings(data_dir=data_dir)) as place:
            scope = await place.scope(workspace)
            async with transaction(place.pool) as connection:
                group_id = await group_id_of(connection, scope, group) if group else None
                wanted = ContactFilter(text=text, group_id=group_id)
                return await contacts.list_contacts(
                    connection, scope, wanted, above_id=None, limit=limit
                )

    found = run(command())
    if as_json:
        show_json(found)
        return
    table = Table("id", "phone", "name", "country", "groups", "consent")
    for contact in found:
        table.add_row(
            str(contact.id),
            contact.phone or ", ".join(address.value for address in contact.addresses),
            contact.name,
            contact.country or "",
            ", ".join(group.name for group in contact.groups),
            ", ".join(f"{channel}: {state}" for channel, state in contact.consents.items()),
        )
    Console(markup=False).print(table)


@app.command("show")
def show_command(
    contact: OneContact, workspace: InWorkspace = None, data_dir: DataDir = None
) -> None:
    """Show one contact with all that is known, as JSON."""

    async def command() -> Contact:
        async with open_place(load_settings(data_dir=data_dir)) as place:
            scope = await place.scope(workspace)
            async with transaction(place.pool) as connection:
                return await _find(connection, scope, contact)

    show_json(run(command()))


@app.command("add")
def add_command(
    phone: Annotated[str, typer.Argument(help="The phone, with +country code or --country.")],
    name: Annotated[str, typer.Option()] = "",
    country: Annotated[str | None, typer.Option(help="China, CN, or 86.")] = None,
    group: IntoGroups = None,
    workspace: InWorkspace = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Add one contact."""

    async def command() -> Contact:
        async with open_place(load_settings(data_dir=data_dir)) as place:
            scope = await place.scope(workspace)
            draft = ContactDraft(name=name, phone=phone, country=country)
            async with transaction(place.pool) as connection:
                return await contacts.create_contact(
                    connection, scope, draft, group_names=group or []
                )

    made = run(command())
    if as_json:
        show_json(made)
    else:
        typer.echo(f"Contact {made.id} {made.phone} is added.")


@app.command("remove")
def remove_command(
    contact: OneContact,
    workspace: InWorkspace = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Delete one contact with its messages and history."""

    async def command() -> Contact:
        async with open_place(load_settings(data_dir=data_dir)) as place:
            scope = await place.scope(workspace)
            async with transaction(place.pool) as connection:
                found = await _find(connection, scope, contact)
                await contacts.delete_contacts(connection, scope, [found.id])
                return found

    gone = run(command())
    if as_json:
        show_json(gone)
    else:
        typer.echo(f"Contact {gone.id} {gone.phone or ''} is deleted.")


@app.command("export")
def export_command(
    file: Annotated[Path, typer.Argument(help="The CSV file to write; - for the output.")],
    group: InGroup = None,
    workspace: InWorkspace = None,
    data_dir: DataDir = None,
) -> None:
    """Write the contacts of a group, or all, to a CSV file that can be imported again."""

    async def command() -> None:
        async with open_place(load_settings(data_dir=data_dir)) as place:
            scope = await place.scope(workspace)
            async with transaction(place.pool) as connection:
                group_id = await group_id_of(connection, scope, group) if group else None
            with _opened(file) as output:
                async for piece in export_contacts(place.pool, scope, group_id=group_id):
                    output.write(piece)

    run(command())


def _opened(file: Path) -> AbstractContextManager[BinaryIO]:
    """A file to write, or the output of this process."""
    return nullcontext(sys.stdout.buffer) if str(file) == "-" else file.open("wb")


async def _find(connection: Connection, scope: Scope, written: str) -> Contact:
    """A contact by its phone or its id.  Raises ``contact.not_found``."""
    if written.isascii() and written.isdigit() and len(written) < 19:
        return await contacts.read_contact(connection, scope, int(written))
    found = await contacts.find_by_phone(connection, scope, written)
    if found is None:
        raise ClarionError("contact.not_found", f"There is no contact {written} in this workspace.")
    return found


def _mapping_of(pairs: list[str]) -> dict[str, str]:
    mapping: dict[str, str] = {}
    for pair in pairs:
        column, equals, field = pair.rpartition("=")
        if not equals or not column:
            raise typer.BadParameter(f"{pair!r} is not COLUMN=FIELD.", param_hint="--map")
        mapping[column] = field
    return mapping
