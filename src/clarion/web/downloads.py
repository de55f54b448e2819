"""Files that are written while they are sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import quote

from starlette.responses import StreamingResponse

__all__ = ["CSV_RESPONSE", "csv_download"]

# The ``responses`` of a route that answers with ``csv_download``.
CSV_RESPONSE = {
    "description": "A CSV file in UTF-8.",
    "content": {"text/csv": {"schema": {"type": "string"}}},
}


async def csv_download(pieces: AsyncIterator[bytes], file_name: str) -> StreamingResponse:
    """An answer of the pieces; what the first of them raises is still answered as a problem."""
    first = await anext(pieces)

    async def body() -> AsyncIterator[bytes]:
        yield first
        async for piece in pieces:
            yield piece

    disposition = f"attachment; filename*=UTF-8''{quote(file_name)}"
    return StreamingResponse(
        body(), media_type="text/csv", headers={"Content-Disposition": disposition}
    )
