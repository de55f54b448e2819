"""Prints the OpenAPI document that the console's types are generated from.

The document is the server's own, without the refusals of each operation: every refusal has the one
shape ``ProblemAnswer``, and leaving it out 1,000 times keeps the file readable in a review.
"""

from __future__ import annotations

import json
import sys
from typing import Any, cast

from clarion.services.place import Place
from clarion.web.app import create_api
from clarion.web.openapi import operations_of

__all__ = ["text"]


def text() -> str:
    """The document as JSON, the same bytes for the same API."""
    # Only the routes are looked at; no place is opened.
    document: dict[str, Any] = create_api(cast("Place", None)).openapi()
    for _, _, operation in operations_of(document):
        operation["responses"] = {
            status: response
            for status, response in operation["responses"].items()
            if int(status) < 400
        }
    document["info"]["version"] = ""  # a release alone changes no type
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
