"""The routes of uploads: an address for one file, and the file itself."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Annotated

from fastapi import Path, Request
from pydantic import BaseModel, Field

from clarion.services import uploads
from clarion.web.access import Asking
from clarion.web.database import DB, PlaceOf
from clarion.web.routing import ONCE, noun_router, refusals
from clarion.web.schemas import Body, Text

__all__ = ["UPLOADS_PATH", "mint_token", "router"]

router = noun_router("uploads", prefix="/uploads")

UPLOADS_PATH = "/api/v1/uploads"


class UploadRequest(Body):
    """The file that will come."""

    name: Annotated[Text, Field(min_length=1, max_length=255)]


class UploadAnswer(BaseModel):
    """Where to put the file, and what it is called afterwards."""

    path: str = Field(description="Names the file where a path is asked for (CAMS: `FilePath`).")
    put_path: str = Field(description="`PUT` the bytes here, once; no key is needed.")
    expires_at: datetime


class FilledAnswer(BaseModel):
    """What has arrived."""

    byte_count: int


def mint_token() -> str:
    """A token that nobody guesses."""
    return secrets.token_urlsafe(32)


@router.post(
    "",
    operation_id="upload_create",
    summary="Make an address for one file",
    status_code=201,
    dependencies=ONCE,
)
async def upload_create(connection: DB, scope: Asking, body: UploadRequest) -> UploadAnswer:
    """It is open for an hour; the file is kept for a day."""
    made = await uploads.create_upload(connection, scope, body.name, mint_token=mint_token)
    return UploadAnswer(
        path=made.path, put_path=f"{UPLOADS_PATH}/{made.token}", expires_at=made.expires_at
    )


@router.put(
    "/{token}",
    operation_id="upload_fill",
    summary="Put the file",
    responses=refusals("upload.not_found", "import.too_large"),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
            },
        }
    },
)
async def upload_fill(
    connection: DB,
    place: PlaceOf,
    request: Request,
    token: Annotated[str, Path(min_length=20, max_length=100, pattern=r"^[A-Za-z0-9_-]+$")],
) -> FilledAnswer:
    """The bytes as they are; whoever has the address needs no key."""
    count = await uploads.fill_upload(
        connection,
        token,
        request.stream(),
        place.clock(),
        byte_limit=place.settings.upload_limit_bytes,
    )
    return FilledAnswer(byte_count=count)
