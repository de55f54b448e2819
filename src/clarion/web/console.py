"""Serves the console: the built files under ``/console/``, and its one page for every other address.

Theory of operation.  The build (``console/build.py``) names every file of ``assets/`` after its
content, so a browser may keep it for ever; the page that names them is asked for anew each time.
Beside each file lies a ready ``.gz``.  An address that no file has belongs to the console's own
router and gets the page; a missing asset does not, or an old page would run HTML as a script.
Without a build the API serves all the same, and this address says how to get one.
"""

from __future__ import annotations

from mimetypes import guess_type
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

import clarion
from clarion.domain.errors import ClarionError

__all__ = ["FOLDER", "is_built", "router"]

FOLDER = Path(clarion.__file__).parent / "_console"

router = APIRouter(include_in_schema=False)

_FOR_EVER = "public, max-age=31536000, immutable"
_EACH_TIME = "no-cache"
_ASSETS = "assets/"
_NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Clarion</title>
<body style="font: 16px/1.6 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem">
<h1>The console was not built</h1>
<p>In a checkout, <code>make console</code> builds it. The API is there:
<a href="/api/docs">/api/docs</a>.</p></body></html>"""


def is_built() -> bool:
    """Whether there is a console to serve."""
    return (FOLDER / "index.html").is_file()


@router.get("/console")
async def console_without_slash() -> Response:
    """To the address with the slash, which the page's own addresses begin with."""
    return RedirectResponse("/console/", status_code=307)


@router.api_route("/console/{path:path}", methods=["GET", "HEAD"])
async def console_file(request: Request, path: str) -> Response:
    """A file of the build, or the page."""
    found = _file_at(path)
    if found is not None:
        return _answer(request, found, _FOR_EVER if path.startswith(_ASSETS) else _EACH_TIME)
    if path.startswith(_ASSETS):
        raise ClarionError("request.not_found", "The console has no such file; load it again.")
    if not is_built():
        return HTMLResponse(_NOT_BUILT, status_code=503)
    return _answer(request, FOLDER / "index.html", _EACH_TIME)


def _file_at(path: str) -> Path | None:
    found = (FOLDER / path).resolve()
    is_inside = found.is_relative_to(FOLDER.resolve()) and not path.startswith(".")
    return found if is_inside and found.is_file() else None


def _answer(request: Request, found: Path, cache_control: str) -> Response:
    headers = {"Cache-Control": cache_control, "Vary": "Accept-Encoding"}
    media_type = guess_type(found.name)[0] or "application/octet-stream"
    packed = found.with_name(f"{found.name}.gz")
    if packed.is_file() and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        found = packed
    return FileResponse(found, headers=headers, media_type=media_type)
