"""How a noun's routes are declared: its router, and the codes that each route may answer.

Example::

    router = noun_router("keys", prefix="/keys")

    @router.get("/{key_id}", operation_id="key_read", summary="Read a key",
                responses=refusals("key.not_found"))
    async def key_read(connection: DB, scope: Asking, key_id: Id) -> KeyAnswer: ...

Codes that any route may answer (not signed in, not valid, too many requests, ...) are added to the
document by ``clarion.web.openapi`` and need not be named.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from clarion.domain.errors import ERROR_KINDS
from clarion.web.idempotency import Once, Route

__all__ = ["CODES_EXTENSION", "ONCE", "noun_router", "refusals"]

CODES_EXTENSION = "x-codes"

# The dependencies of a create: it keeps its answer under an ``Idempotency-Key``.
ONCE = [Once]


def noun_router(noun: str, *, prefix: str = "") -> APIRouter:
    """A router for one noun, tagged with it."""
    return APIRouter(prefix=prefix, tags=[noun], route_class=Route)


def refusals(*codes: str) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route that may answer these codes (``KeyError`` if unknown)."""
    by_status: dict[int | str, dict[str, Any]] = {}
    for code in codes:
        kind = ERROR_KINDS[code]
        entry = by_status.setdefault(kind.status, {"description": "", CODES_EXTENSION: []})
        entry[CODES_EXTENSION].append(code)
    return by_status
