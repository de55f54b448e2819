"""Files: put to an address of this server, and named by ``FilePath`` afterwards.

Theory of operation.  The original hands out addresses of its object store; here they are our own
uploads.  The address is told as the caller reached us, so that it works through the same proxy.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from urllib.parse import parse_qs, quote, urlsplit

from clarion.cams.call import Answer, Call
from clarion.imports.files import ImportOptions
from clarion.imports.rows import RowMode
from clarion.services.imports import start_upload
from clarion.services.uploads import NewUpload, create_upload, open_stored_file
from clarion.store.pool import Connection

__all__ = ["generate_presigned_url", "get_chatapp_upload_authorization", "import_file"]

_UPLOADS_PATH = "/api/v1/uploads"
_UNNAMED = "upload"


async def generate_presigned_url(call: Call) -> Answer:
    """An address to put one file to."""
    made = await _upload(call, call.text("FilePath"))
    return {"Data": {"Url": _address(call, made), "FilePath": made.path}}


async def get_chatapp_upload_authorization(call: Call) -> Answer:
    """The same without a name; there are no keys of an object store to hand out."""
    made = await _upload(call, _UNNAMED)
    return {
        "Data": {
            "AccessKeyId": "",
            "AccessKeySecret": "",
            "SecurityToken": "",
            "BucketName": "",
            "EndPoint": _address(call, made),
            "Dir": made.path,
            "Expire": round(made.expires_at.timestamp()),
        }
    }


async def import_file(
    connection: Connection,
    call: Call,
    mode: RowMode,
    group_ids: Sequence[int] = (),
    group_names: Sequence[str] = (),
) -> int | None:
    """Import the file of ``FilePath`` in the background; its import's id, None without a file."""
    text = call.text("FilePath")
    if not text:
        return None
    file = await open_stored_file(connection, call.scope, _path_in(text))
    made = await start_upload(
        connection,
        call.scope,
        file,
        file_name=file.name,
        options=ImportOptions(mode=mode, default_country=call.text("Country") or None),
        byte_limit=call.place.settings.upload_limit_bytes,
        group_ids=group_ids,
        group_names=group_names,
    )
    return made.id


async def _upload(call: Call, name: str) -> NewUpload:
    async with call.transaction() as connection:
        return await create_upload(
            connection, call.scope, name, mint_token=lambda: secrets.token_urlsafe(32)
        )


def _address(call: Call, made: NewUpload) -> str:
    return f"{call.origin}{_UPLOADS_PATH}/{made.token}?path={quote(made.path, safe='')}"


def _path_in(text: str) -> str:
    """The path itself, or the one inside of an address that we gave."""
    paths = parse_qs(urlsplit(text).query).get("path")
    return paths[0] if paths else text
