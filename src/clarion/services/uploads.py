"""Uploads: a file arrives by an address that was made for it, and waits for whoever asked.

Theory of operation.  Who may import contacts asks for an address; it holds a random token, of which
only the hash is kept, may be filled once, and expires after an hour.  Whoever has the address needs no
key.  The file is kept in pieces, as imports keep theirs, for a day at most.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from clarion.domain.errors import ClarionError
from clarion.domain.identity import Permission
from clarion.services.imports import PIECE_BYTES
from clarion.services.scope import Scope
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["NewUpload", "StoredFile", "create_upload", "fill_upload", "open_stored_file"]

QUERIES = load("uploads")

OPEN_FOR = timedelta(hours=1)
_KEPT_FOR = timedelta(hours=24)
_LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class NewUpload:
    """Where to put a file: ``token`` opens its address, ``path`` names the file afterwards."""

    id: int
    path: str
    token: str
    expires_at: datetime


class StoredFile:
    """A file that has arrived, read piece by piece."""

    def __init__(self, connection: Connection, upload_id: int, name: str) -> None:
        self._connection = connection
        self._upload_id = upload_id
        self._number = 0
        self.name = name

    async def read(self, size: int = -1, /) -> bytes:  # noqa: ARG002 - pieces have their size
        """The next piece; none at the end."""
        piece = await QUERIES.fetchval(
            self._connection, "read_piece", upload_id=self._upload_id, number=self._number
        )
        self._number += 1
        return piece or b""


async def create_upload(
    connection: Connection, scope: Scope, name: str, *, mint_token: Callable[[], str]
) -> NewUpload:
    """Make an address for one file.  Raises ``request.invalid``."""
    scope.require(Permission.EDIT_AUDIENCE)
    name = name.replace("\\", "/").rpartition("/")[2].strip()
    if not 1 <= len(name) <= _LONGEST_NAME:
        raise ClarionError("request.invalid", f"A file's name has 1 to {_LONGEST_NAME} characters.")
    await QUERIES.execute(connection, "forget_old", now=scope.now)
    token, expires_at = mint_token(), scope.now + OPEN_FOR
    upload_id: int = await QUERIES.fetchval(
        connection,
        "insert_upload",
        workspace_id=scope.workspace_id,
        name=name,
        token_hash=_hash_of(token),
        now=scope.now,
        expires_at=scope.now + _KEPT_FOR,
    )
    return NewUpload(upload_id, f"uploads/{upload_id}/{name}", token, expires_at)


async def fill_upload(
    connection: Connection,
    token: str,
    pieces: AsyncIterator[bytes],
    now: datetime,
    *,
    byte_limit: int,
) -> int:
    """Keep the file that comes; how many bytes it has.

    Raises ``upload.not_found`` (no such address, expired, or filled already) and
    ``import.too_large``.
    """
    upload_id = await QUERIES.fetchval(
        connection, "open_upload", token_hash=_hash_of(token), now=now + (_KEPT_FOR - OPEN_FOR)
    )
    if upload_id is None:
        raise ClarionError("upload.not_found", "This address is not open for a file.")
    number = byte_count = 0
    waiting = bytearray()
    async for piece in pieces:
        byte_count += len(piece)
        if byte_count > byte_limit:
            raise ClarionError("import.too_large", f"The file is larger than {byte_limit:,} bytes.")
        waiting += piece
        while len(waiting) >= PIECE_BYTES:
            await _keep(connection, upload_id, number, bytes(waiting[:PIECE_BYTES]))
            del waiting[:PIECE_BYTES]
            number += 1
    if waiting:
        await _keep(connection, upload_id, number, bytes(waiting))
    await QUERIES.execute(
        connection, "close_upload", upload_id=upload_id, byte_count=byte_count, now=now
    )
    return byte_count


async def open_stored_file(connection: Connection, scope: Scope, path: str) -> StoredFile:
    """The file that a path names.  Raises ``upload.not_found``."""
    scope.require(Permission.EDIT_AUDIENCE)
    parts = path.strip().lstrip("/").split("/")
    is_ours = len(parts) > 1 and parts[0] == "uploads" and parts[1].isascii() and parts[1].isdigit()
    row = (
        await QUERIES.fetchrow(
            connection,
            "find_upload",
            workspace_id=scope.workspace_id,
            upload_id=int(parts[1][:18]),
            now=scope.now,
        )
        if is_ours
        else None
    )
    if row is None:
        raise ClarionError("upload.not_found", f"There is no uploaded file {path[:300]!r}.")
    return StoredFile(connection, row["id"], row["name"])


async def _keep(connection: Connection, upload_id: int, number: int, piece: bytes) -> None:
    await QUERIES.execute(
        connection, "insert_piece", upload_id=upload_id, number=number, bytes=piece
    )


def _hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
