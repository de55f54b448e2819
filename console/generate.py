"""Writes what the console takes from the server: its OpenAPI document, and its reasons in words.

The document is the server's own, without the refusals of each operation: every refusal has the one
shape ``ProblemAnswer``, and leaving it out 1,000 times keeps the file readable in a review.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from clarion.domain.reasons import REASONS
from clarion.services.place import Place
from clarion.web.app import create_api
from clarion.web.openapi import operations_of

__all__ = ["FILES", "write"]

CONSOLE = Path(__file__).resolve().parent


def openapi_document() -> Any:
    """The document; the same for the same API."""
    # Only the routes are looked at; no place is opened.
    document: dict[str, Any] = create_api(cast("Place", None)).openapi()
    for _, _, operation in operations_of(document):
        operation["responses"] = {
            status: response
            for status, response in operation["responses"].items()
            if int(status) < 400
        }
    document["info"]["version"] = ""  # a release alone changes no type
    return document


# Where a file lies, and the function that gives its content.
FILES: Mapping[str, Callable[[], Any]] = MappingProxyType(
    {
        "openapi.json": openapi_document,
        "src/locales/en/reasons.json": lambda: {code: row.en for code, row in REASONS.items()},
        "src/locales/zh/reasons.json": lambda: {code: row.zh for code, row in REASONS.items()},
    }
)


def text_of(content: Any) -> str:
    """JSON as it stands in the file."""
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def write() -> None:
    """Write every file."""
    for name, content in FILES.items():
        (CONSOLE / name).write_text(text_of(content()), encoding="utf-8")


if __name__ == "__main__":
    write()
