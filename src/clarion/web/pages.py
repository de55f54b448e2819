"""The way in at ``/``: to the console, or, where none was built, to what is here instead."""

from __future__ import annotations

from html import escape

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response

import clarion
from clarion.web.console import is_built

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

LINKS = (
    ("/api/docs", "API documentation", "every call, to read and to try"),
    ("/api/openapi.json", "OpenAPI", "the same for programs"),
    ("/healthz", "Health", "whether the process lives"),
    ("/readyz", "Readiness", "whether it can serve"),
    ("/metrics", "Metrics", "its numbers, for Prometheus"),
)

STYLE = """
:root { color-scheme: light dark; }
body { font: 17px/1.6 system-ui, sans-serif; max-width: 34rem; margin: 12vh auto; padding: 0 1.5rem; }
h1 { font-size: 1.6rem; margin-bottom: .2rem; }
p { margin-top: 0; opacity: .75; }
dt { margin-top: .9rem; font-weight: 600; }
dd { margin: 0; opacity: .75; }
"""


@router.get("/", response_class=HTMLResponse)
async def front_page() -> Response:
    """Lead to the console, or name the server and what it offers."""
    if is_built():
        return RedirectResponse("/console/", status_code=307)
    entries = "".join(
        f'<dt><a href="{escape(path)}">{escape(name)}</a></dt><dd>{escape(told)}</dd>'
        for path, name, told in LINKS
    )
    return HTMLResponse(
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Clarion</title><style>{STYLE}</style></head><body>"
        f"<h1>Clarion</h1><p>Version {escape(clarion.__version__)} is running.</p>"
        f"<dl>{entries}</dl></body></html>"
    )
