"""``clarion contacts``: import, list, show, add, remove, export."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Annotated, BinaryIO, Literal

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from clarion.commands.groups import group_id_of
from clarion.commands.output import (
    AsJson,
    print_facts,
    print_json,
    print_note,
    print_table,
    run,
)
from clarion.commands.place import InWorkspace, open_desk
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
from clarion.store.pool import Connection
from clarion.web.contacts.schemas import ContactAnswer
from clarion.web.imports.schemas import ImportAnswer, RejectionAnswer

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
def contact_import(
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
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Import contacts from a file, and tell what became of every row."""
    options = ImportOptions(
        mode=duplicates, default_country=default_country, mapping=_mapping_of(column or [])
    )
    _report(
        run(_import(file, options, group or [], rejections_file, workspace, is_shown=not as_json)),
        as_json=as_json,
    )


def _report(found: tuple[Import, list[StoredRejection]], *, as_json: bool) -> None:
    done, rejections = found
    if as_json:
        print_json(
            {
                "import": ImportAnswer.model_validate(done),
                "rejections": [RejectionAnswer.model_validate(item) for item in rejections],
            }
        )
    else:
        _show_report(done, rejections)
    if done.status != "finished":
        raise typer.Exit(1)


@app.command("remove-file")
def contact_remove_file(
    file: Annotated[Path, typer.Argument(help="A CSV or XLSX file; its first row names columns.")],
    default_country: Annotated[
        str | None, typer.Option(help="How numbers without + are read: China, CN, or 86.")
    ] = None,
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Delete the contacts whose phone numbers stand in a file, with their messages and history."""
    options = ImportOptions(mode="delete", default_country=default_country)
    _report(run(_import(file, options, [], None, workspace, is_shown=not as_json)), as_json=as_json)


async def _import(
    file: Path,
    options: ImportOptions,
    group_names: list[str],
    rejections_file: Path | None,
    workspace: str | None,
    *,
    is_shown: bool,
) -> tuple[Import, list[StoredRejection]]:
    async with open_desk(workspace) as desk:
        place, scope = desk.place, desk.scope
        with _progress_bar(file.name, is_shown=is_shown) as progress:
            done = await import_file(
                place.pool,
                scope,
                file,
                options,
                progress,
                clock=place.clock,
                group_names=group_names,
                limits=ImportLimits(row_limit=place.settings.import_limit_rows),
            )
        if rejections_file is not None:
            with rejections_file.open("wb") as report:
                async for piece in export_rejections(place.pool, scope, done.id):
                    report.write(piece)
        rejections = await list_rejections(
            place.pool, scope, done.id, above_row_number=None, limit=LISTED_REJECTIONS
        )
    return done, rejections


@contextmanager
def _progress_bar(label: str, *, is_shown: bool) -> Iterator[Callable[[ImportCounts], None]]:
    """A bar on standard error that moves with the bytes of the file."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[rows]:,} rows"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), disable=not is_shown) as bar:
        task = bar.add_task(label, total=None, rows=0)

        def progress(counts: ImportCounts) -> None:
            done = counts.done_byte_count
            bar.update(task, total=counts.byte_count, completed=done, rows=counts.row_count)

        yield progress


def _show_report(done: Import, rejections: list[StoredRejection]) -> None:
    counts = done.counts
    print_facts(
        {
            "rows": f"{counts.row_count:,}",
            "added": f"{counts.added_count:,}",
            "updated": f"{counts.updated_count:,}",
            "ignored": f"{counts.ignored_count:,}",
            "deleted": f"{counts.deleted_count:,}",
            "rejected": f"{counts.rejected_count:,}",
        }
    )
    if done.reason:
        print_note(f"The import failed: {done.reason}")
    if not rejections:
        return
    print_table(
        [
            {
                "row": item.row_number,
                "column": item.column_name,
                "code": item.code,
                "what is wrong": item.message,
            }
            for item in rejections[:SHOWN_REJECTIONS]
        ],
        nothing="",
    )
    if counts.rejected_count > SHOWN_REJECTIONS:
        kinds = Counter(item.code for item in rejections).most_common()
        told = ", ".join(f"{code} {count:,}" for code, count in kinds)
        print_note(f"… and more: {told}. --rejections FILE writes all of them.")


@app.command("list")
def contact_search(
    text: Annotated[str | None, typer.Option(help="Part of the name or the phone.")] = None,
    group: InGroup = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """List contacts."""

    async def work() -> list[Contact]:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            group_id = await group_id_of(connection, desk.scope, group) if group else None
            wanted = ContactFilter(text=text, group_id=group_id)
            return await contacts.list_contacts(
                connection, desk.scope, wanted, above_id=None, limit=limit
            )

    found = run(work())
    if as_json:
        print_json({"items": [ContactAnswer.model_validate(contact) for contact in found]})
        return
    print_table([_row_of(contact) for contact in found], nothing="No contact fits.")


def _row_of(contact: Contact) -> dict[str, object]:
    return {
        "id": contact.id,
        "phone": contact.phone or ", ".join(address.value for address in contact.addresses),
        "name": contact.name,
        "country": contact.country,
        "groups": ", ".join(group.name for group in contact.groups),
        "consent": ", ".join(f"{channel} {state}" for channel, state in contact.consents.items()),
    }


@app.command("show")
def contact_show(
    contact: OneContact, *, workspace: InWorkspace = None, as_json: AsJson = False
) -> None:
    """Show all that is known of one contact."""

    async def work() -> Contact:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            return await _find(connection, desk.scope, contact)

    found = run(work())
    if as_json:
        print_json(ContactAnswer.model_validate(found))
        return
    details = {name: getattr(found, name) for name in ("email", "remark", "language", "zone")}
    attributes = {f"attributes.{name}": value for name, value in found.attributes.items()}
    print_facts({**_row_of(found), **details, **attributes})


@app.command("add")
def contact_add(
    phone: Annotated[str, typer.Argument(help="The phone, with +country code or --country.")],
    name: Annotated[str, typer.Option()] = "",
    country: Annotated[str | None, typer.Option(help="China, CN, or 86.")] = None,
    group: IntoGroups = None,
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Add one contact."""

    async def work() -> Contact:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            draft = ContactDraft(name=name, phone=phone, country=country)
            return await contacts.create_contact(
                connection, desk.scope, draft, group_names=group or []
            )

    made = run(work())
    if as_json:
        print_json(ContactAnswer.model_validate(made))
    else:
        print_note(f"The contact {made.phone} is added; its id is {made.id}.")


@app.command("remove")
def contact_remove(
    contact: OneContact, *, workspace: InWorkspace = None, as_json: AsJson = False
) -> None:
    """Delete one contact with its messages and history."""

    async def work() -> Contact:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            found = await _find(connection, desk.scope, contact)
            await contacts.delete_contacts(connection, desk.scope, [found.id])
            return found

    gone = run(work())
    if as_json:
        print_json(ContactAnswer.model_validate(gone))
    else:
        print_note(f"The contact {gone.id} is deleted.")


@app.command("export")
def contact_export(
    file: Annotated[Path, typer.Argument(help="The CSV file to write; - for the output.")],
    group: InGroup = None,
    *,
    workspace: InWorkspace = None,
) -> None:
    """Write the contacts of a group, or all, to a CSV file that can be imported again."""

    async def work() -> None:
        async with open_desk(workspace) as desk:
            async with desk.transaction() as connection:
                group_id = await group_id_of(connection, desk.scope, group) if group else None
            with _opened(file) as output:
                async for piece in export_contacts(desk.place.pool, desk.scope, group_id=group_id):
                    output.write(piece)

    run(work())


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
