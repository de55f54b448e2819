"""``clarion upload``: files that wait here for whoever names their path."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from clarion.commands.output import AsJson, print_facts, print_json, run
from clarion.commands.place import InWorkspace, open_desk
from clarion.domain.errors import ClarionError
from clarion.services import uploads
from clarion.services.imports import PIECE_BYTES
from clarion.web.uploads.routes import mint_token

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Files that wait here for an import.")


@app.callback()
def _uploads() -> None:
    """Files that wait here for an import."""


@app.command("put")
def upload_put(
    file: Annotated[Path, typer.Argument(help="The file; it is kept for a day.")],
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Keep a file, and print the path by which it is named (FilePath of the CAMS operations)."""

    async def work() -> dict[str, object]:
        try:
            opened = file.open("rb")
        except OSError as error:
            raise ClarionError(
                "import.file_unreadable", f"{file} cannot be opened: {error.strerror}."
            ) from error
        with opened:
            async with open_desk(workspace) as desk, desk.transaction() as connection:
                made = await uploads.create_upload(
                    connection, desk.scope, file.name, mint_token=mint_token
                )
                count = await uploads.fill_upload(
                    connection,
                    made.token,
                    _pieces(opened),
                    desk.scope.now,
                    byte_limit=desk.place.settings.upload_limit_bytes,
                )
        return {"path": made.path, "byte_count": count}

    facts = run(work())
    (print_json if as_json else print_facts)(facts)


async def _pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    while piece := await asyncio.to_thread(file.read, PIECE_BYTES):
        yield piece
