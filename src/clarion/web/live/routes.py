"""The route of the live stream.

Theory of operation.  One address, two forms: an ``EventSource`` gets a stream of ``versions`` events;
whoever asks for JSON (and the console where no stream can be held open) gets the versions once.  A
stream lives a few minutes, then the browser connects anew and is asked anew who it is; so a session
that has ended, or a role that was taken away, ends the looking too.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing

import orjson
from fastapi import Request
from pydantic import BaseModel, Field
from starlette.responses import Response, StreamingResponse

from clarion.domain.identity import Permission
from clarion.reports.versions import versions_of
from clarion.web.access import AskingBriefly
from clarion.web.database import PlaceOf
from clarion.web.live.board import LiveBoard
from clarion.web.routing import noun_router

__all__ = ["router"]

router = noun_router("live", prefix="/live")

_LONGEST_STREAM_SECONDS = 300.0
_RETRY_MILLISECONDS = 2000
_STREAM = "text/event-stream"


class LiveAnswer(BaseModel):
    """What is there to see, as versions to compare."""

    versions: dict[str, str] = Field(
        description="Topic (`campaigns`, `occurrences`, `imports`) to a text that changes with it."
    )


@router.get(
    "",
    operation_id="live_read",
    summary="Whether anything changed",
    response_model=LiveAnswer,
    responses={200: {"content": {_STREAM: {"schema": {"type": "string"}}}}},
)
async def live_read(
    request: Request, place: PlaceOf, scope: AskingBriefly
) -> LiveAnswer | Response:
    """With `Accept: text/event-stream` the versions come as events, at every change."""
    scope.require(Permission.READ)
    if _STREAM not in request.headers.get("accept", ""):
        found = await versions_of(place.pool, [scope.workspace_id])
        return LiveAnswer(versions=dict(found[scope.workspace_id]))
    board: LiveBoard = request.app.state.live
    return StreamingResponse(
        _events(board, scope.workspace_id),
        media_type=_STREAM,
        headers={"X-Accel-Buffering": "no"},
    )


async def _events(board: LiveBoard, workspace_id: int) -> AsyncIterator[bytes]:
    yield f"retry: {_RETRY_MILLISECONDS}\n\n".encode()
    following = board.follow(workspace_id, seconds=_LONGEST_STREAM_SECONDS)
    async with aclosing(following) as changes:
        async for versions in changes:
            yield b"event: versions\ndata: " + orjson.dumps(versions) + b"\n\n"
