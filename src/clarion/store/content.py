"""A message's content as JSON: ``{"kind": "template", "name": ..., ...}`` and back.

The kinds are a table; a class that is missing here cannot be stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import orjson

from clarion.domain.message import CONTENT_KINDS, Content, kind_of

__all__ = ["CONTENT_KINDS", "content_from_json", "content_to_json", "kind_of"]


def content_to_json(content: Content) -> str:
    """The JSON text of a content, for a jsonb column."""
    return orjson.dumps({"kind": kind_of(content), "body": content}).decode()


def content_from_json(data: Mapping[str, Any]) -> Content:
    """What ``content_to_json`` wrote.  ``KeyError`` or ``msgspec.ValidationError`` otherwise."""
    return msgspec.convert(data["body"], CONTENT_KINDS[data["kind"]])
