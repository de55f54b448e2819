"""The routes of imports."""

from __future__ import annotations

import asyncio
from typing import Annotated

import msgspec
from fastapi import File, Form, UploadFile
from pydantic import StringConstraints
from starlette.responses import StreamingResponse

from clarion.domain.errors import ClarionError, FieldError
from clarion.domain.message import Channel
from clarion.imports.files import ImportOptions
from clarion.imports.rows import RowMode
from clarion.services import imports
from clarion.web.access import Asking, AskingBriefly
from clarion.web.database import DB, PlaceOf
from clarion.web.downloads import CSV_RESPONSE, csv_download
from clarion.web.imports.schemas import ImportAnswer, PeekAnswer, RejectionAnswer
from clarion.web.paging import Page, Paging, page_of
from clarion.web.routing import ONCE, noun_router, refusals
from clarion.web.schemas import LARGEST_ID, Id, Text, storable

__all__ = ["router"]

router = noun_router("imports", prefix="/imports")

GroupId = Annotated[int, Form(ge=1, le=LARGEST_ID)]
GroupName = Annotated[Text, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]


@router.post(
    "",
    operation_id="import_create",
    summary="Import a file of contacts",
    status_code=201,
    dependencies=ONCE,
    responses=refusals("group.not_found", "import.too_large"),
)
async def import_create(
    connection: DB,
    scope: Asking,
    place: PlaceOf,
    file: Annotated[UploadFile, File(description="CSV or XLSX, the first row names the columns.")],
    group_ids: Annotated[list[GroupId], Form(description="Groups to join.")] = [],  # noqa: B006 - FastAPI copies it
    group_names: Annotated[
        list[GroupName], Form(description="Groups to join, made when they are missing.")
    ] = [],  # noqa: B006 - FastAPI copies it
    mode: Annotated[
        RowMode,
        Form(
            description="What a row does whose phone is known; `delete`: the contacts of the file go,"
            " and nobody is added."
        ),
    ] = "overwrite",
    default_country: Annotated[
        Text | None, Form(max_length=60, description="How numbers without a + are read.")
    ] = None,
    mapping: Annotated[
        Text,
        Form(
            max_length=20_000,
            description='JSON: `{"header": "phone", "other": "attributes.city", "third": "-"}`.',
        ),
    ] = "{}",
    channel: Annotated[
        Channel, Form(description="For which opt-outs of the file hold.")
    ] = Channel.WHATSAPP,
    encoding: Annotated[Text | None, Form(max_length=20)] = None,
    separator: Annotated[Text | None, Form(max_length=1)] = None,
) -> ImportAnswer:
    """It is done by a worker; read it again to watch it."""
    made = await imports.start_upload(
        connection,
        scope,
        file,
        file_name=storable_name(file.filename),
        options=ImportOptions(
            mode=mode,
            default_country=default_country or None,
            mapping=_mapping_of(mapping),
            channel=str(channel),
            encoding=encoding or None,
            separator=separator or None,
        ),
        byte_limit=place.settings.upload_limit_bytes,
        group_ids=group_ids,
        group_names=group_names,
    )
    return ImportAnswer.model_validate(made)


@router.post(
    "/peek",
    operation_id="import_peek",
    summary="Look at the columns of a file before importing it",
    responses=refusals("import.file_unreadable", "import.mapping_invalid", "import.too_large"),
)
async def import_peek(
    scope: AskingBriefly,
    file: Annotated[UploadFile, File(description="CSV (its beginning will do) or XLSX.")],
    mapping: Annotated[Text, Form(max_length=20_000)] = "{}",
) -> PeekAnswer:
    """What each column would feed, and the first rows; nothing is stored."""
    options = ImportOptions(mapping=_mapping_of(mapping))
    return PeekAnswer.model_validate(
        await asyncio.to_thread(imports.peek_upload, scope, file.file, options)
    )


@router.get("", operation_id="import_list", summary="List imports, the newest first")
async def import_list(connection: DB, scope: Asking, paging: Paging) -> Page[ImportAnswer]:
    """With their counts."""
    rows = await imports.list_imports(
        connection, scope, below_id=paging.below_id, limit=paging.fetch_count
    )
    return page_of(rows, paging, ImportAnswer.model_validate, lambda one: (one.id,))


@router.get(
    "/{import_id}",
    operation_id="import_read",
    summary="Read an import",
    responses=refusals("import.not_found"),
)
async def import_read(connection: DB, scope: Asking, import_id: Id) -> ImportAnswer:
    """While it runs, its counts grow."""
    return ImportAnswer.model_validate(await imports.read_import(connection, scope, import_id))


@router.delete(
    "/{import_id}",
    operation_id="import_delete",
    summary="Forget an import",
    status_code=204,
    responses=refusals("import.not_found"),
)
async def import_delete(connection: DB, scope: Asking, import_id: Id) -> None:
    """One that runs stops; the contacts that it has stored stay."""
    await imports.delete_import(connection, scope, import_id)


@router.get(
    "/{import_id}/rejections",
    operation_id="import_rejections",
    summary="List the rejected rows",
    responses=refusals("import.not_found"),
)
async def import_rejections(
    connection: DB, scope: Asking, paging: Paging, import_id: Id
) -> Page[RejectionAnswer]:
    """In the order of the file."""
    rows = await imports.list_rejections(
        connection,
        scope,
        import_id,
        above_row_number=paging.above_id,
        limit=paging.fetch_count,
    )
    return page_of(rows, paging, RejectionAnswer.model_validate, lambda row: (row.row_number,))


@router.get(
    "/{import_id}/rejections.csv",
    operation_id="import_rejections_export",
    summary="Download the rejected rows as CSV",
    response_class=StreamingResponse,
    responses={**refusals("import.not_found"), 200: CSV_RESPONSE},
)
async def import_rejections_export(
    place: PlaceOf, scope: Asking, import_id: Id
) -> StreamingResponse:
    """Row, column, code and message, then the row's own cells."""
    pieces = imports.export_rejections(place.pool, scope, import_id)
    return await csv_download(pieces, f"rejections-{import_id}.csv")


def storable_name(name: str | None) -> str:
    """A file's name without what cannot be stored."""
    return (name or "upload").replace("\x00", "").encode("utf-8", "replace").decode()


def _mapping_of(written: str) -> dict[str, str]:
    try:
        mapping = msgspec.json.decode(written or "{}", type=dict[str, str])
        for text in (*mapping.keys(), *mapping.values()):
            storable(text)
    except (msgspec.DecodeError, ValueError) as error:
        message = f"The mapping is not a JSON object of texts: {error}."
        raise ClarionError(
            "request.invalid", message, field_errors=(FieldError("mapping", "form", message),)
        ) from error
    return mapping
