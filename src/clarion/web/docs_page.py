"""The page at ``/api/docs``: the OpenAPI document as plain HTML, without scripts or a network.

Theory of operation.  The usual pages for OpenAPI load their scripts from another host, which a
self-hosted server must not need and our content policy forbids.  This one is made here, from the
same document; a client that wants more takes ``/api/openapi.json``.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from clarion.web.openapi import operations_of
from clarion.web.routing import CODES_EXTENSION

__all__ = ["page_of_document", "router"]

router = APIRouter()

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
       color: #1b1f24; background: #fff; }
nav a { margin-right: 1rem; } h2 { margin-top: 3rem; border-bottom: 1px solid #ccc; }
details { margin: .5rem 0; padding: .25rem .75rem; border: 1px solid #ddd; border-radius: 6px; }
summary { cursor: pointer; } code { font: .9em ui-monospace, monospace; }
.method { display: inline-block; min-width: 4.5em; font-weight: 600; text-transform: uppercase; }
pre { overflow-x: auto; background: #f6f8fa; padding: .75rem; border-radius: 6px; }
table { border-collapse: collapse; } td, th { padding: .15rem 1rem .15rem 0; text-align: left;
        vertical-align: top; }
@media (prefers-color-scheme: dark) { body { color: #e6edf3; background: #0d1117; }
  a { color: #79c0ff; } pre { background: #161b22; } details { border-color: #30363d; } }
"""


def page_of_document(document: dict[str, Any]) -> str:
    """The whole page for an OpenAPI document."""
    by_tag: dict[str, list[str]] = {}
    for method, path, operation in operations_of(document):
        by_tag.setdefault(operation["tags"][0], []).append(_operation(method, path, operation))
    links = "".join(f'<a href="#{escape(tag)}">{escape(tag)}</a>' for tag in by_tag)
    sections = "".join(
        f'<section><h2 id="{escape(tag)}">{escape(tag)}</h2>{"".join(parts)}</section>'
        for tag, parts in by_tag.items()
    )
    schemas = "".join(
        f'<details id="schema-{escape(name)}"><summary><code>{escape(name)}</code></summary>'
        f"{_schema(schema)}</details>"
        for name, schema in sorted(document["components"]["schemas"].items())
    )
    info = document["info"]
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(info['title'])} API</title><style>{_STYLE}</style></head><body><main>"
        f"<h1>{escape(info['title'])} API {escape(info['version'])}</h1>"
        f"<pre>{escape(info['description'])}</pre>"
        f'<p><a href="/api/openapi.json">OpenAPI document</a></p><nav>{links}'
        f'<a href="#schemas">schemas</a></nav>{sections}'
        f'<section><h2 id="schemas">schemas</h2>{schemas}</section></main></body></html>'
    )


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    parts = [f"<p>{escape(operation.get('description', ''))}</p>"]
    rows = list(_parameters(operation))
    if rows:
        parts.append(
            f"<table><tr><th>parameter</th><th>in</th><th></th></tr>{''.join(rows)}</table>"
        )
    body = operation.get("requestBody", {}).get("content", {})
    for media_type, content in body.items():
        parts.append(f"<p>Body, <code>{escape(media_type)}</code>: {_link(content['schema'])}</p>")
    parts.append(f"<table><tr><th>answer</th><th></th></tr>{''.join(_answers(operation))}</table>")
    return (
        f'<details id="{escape(operation["operationId"])}"><summary>'
        f'<span class="method">{escape(method)}</span> <code>{escape(path)}</code> '
        f"{escape(operation['summary'])}</summary>{''.join(parts)}</details>"
    )


def _parameters(operation: dict[str, Any]) -> Iterator[str]:
    for parameter in operation.get("parameters", ()):
        note = parameter.get("description") or ("required" if parameter.get("required") else "")
        yield (
            f"<tr><td><code>{escape(parameter['name'])}</code></td>"
            f"<td>{escape(parameter['in'])}</td><td>{escape(note)}</td></tr>"
        )


def _answers(operation: dict[str, Any]) -> Iterator[str]:
    for status, response in operation["responses"].items():
        codes = response.get(CODES_EXTENSION)
        if codes:
            shown = ", ".join(f"<code>{escape(code)}</code>" for code in codes)
        else:
            schemas = [
                content.get("schema", {}) for content in response.get("content", {}).values()
            ]
            shown = ", ".join(_link(schema) for schema in schemas)
        yield f"<tr><td>{escape(status)}</td><td>{shown}</td></tr>"


def _link(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#schema-{name}"><code>{name}</code></a>'
    if "items" in schema:
        return f"list of {_link(schema['items'])}"
    if "anyOf" in schema:
        return " or ".join(_link(choice) for choice in schema["anyOf"])
    if "enum" in schema:
        return " ".join(f"<code>{escape(str(value))}</code>" for value in schema["enum"])
    return escape(str(schema.get("type", "any")))


def _schema(schema: dict[str, Any]) -> str:
    required = set(schema.get("required", ()))
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{_link(field)}</td>"
        f"<td>{'required' if name in required else ''}</td>"
        f"<td>{escape(field.get('description', ''))}</td></tr>"
        for name, field in schema.get("properties", {}).items()
    )
    text = escape(schema.get("description", ""))
    return f"<p>{text}</p><table>{rows}</table>" if rows else f"<p>{text} {_link(schema)}</p>"


@router.get("/api/docs", include_in_schema=False)
async def docs_read(request: Request) -> HTMLResponse:
    """The page; public, as the document is."""
    return HTMLResponse(page_of_document(request.app.openapi()))
