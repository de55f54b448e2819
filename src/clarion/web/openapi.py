"""The OpenAPI document: FastAPI's, completed with what every operation may refuse.

Theory of operation.  A route names the codes that are its own (``refusals``).  Codes that follow
from the shape of an operation (it is guarded, has parameters, has a body, is a create) follow from
one table here.  For each status the document then shows the problem schema and the codes, so that
a typed client knows every answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from clarion.domain.errors import ERROR_KINDS
from clarion.web.errors import PROBLEM_MEDIA_TYPE, ProblemAnswer
from clarion.web.routing import CODES_EXTENSION

__all__ = ["DESCRIPTION", "codes_of", "install_openapi", "operations_of"]

DESCRIPTION = """\
Everything that the console does goes through this API.

* Sign in with a session cookie, or send `Authorization: Bearer <token>` of a key.
* Lists are paged: `?limit=50`, then `?cursor=<next_cursor>`.
* Creates accept an `Idempotency-Key`: the same request with the same key is done once.
* Refusals are `application/problem+json` with a stable `code`.
"""

_METHODS = ("get", "put", "post", "delete", "patch")


def _always(_: dict[str, Any]) -> bool:
    return True


def _is_guarded(operation: dict[str, Any]) -> bool:
    return bool(operation.get("security"))


def _is_guarded_change(operation: dict[str, Any]) -> bool:
    return _is_guarded(operation) and operation["x-method"] != "get"


def _has_input(operation: dict[str, Any]) -> bool:
    return bool(operation.get("parameters")) or "requestBody" in operation


def _has_body(operation: dict[str, Any]) -> bool:
    return "requestBody" in operation


def _has_parameter(name: str) -> Callable[[dict[str, Any]], bool]:
    def has(operation: dict[str, Any]) -> bool:
        return any(
            parameter["name"].lower() == name for parameter in operation.get("parameters", ())
        )

    return has


_IMPLIED: tuple[tuple[Callable[[dict[str, Any]], bool], tuple[str, ...]], ...] = (
    (_always, ("server.failed", "database.unreachable", "request.too_large")),
    (_is_guarded, ("access.not_signed_in", "access.forbidden", "request.rate_limited")),
    (_is_guarded_change, ("access.csrf",)),
    (_has_input, ("request.invalid",)),
    (_has_body, ("request.malformed",)),
    (_has_parameter("cursor"), ("request.cursor_invalid",)),
    (
        _has_parameter("idempotency-key"),
        ("request.idempotency_conflict", "request.in_progress", "secret.unreadable"),
    ),
)


def operations_of(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each (method, path, operation) of a document."""
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                yield method, path, item[method]


def codes_of(operation: dict[str, Any]) -> frozenset[str]:
    """The codes that a completed operation says it may answer."""
    return frozenset(
        code
        for response in operation["responses"].values()
        for code in response.get(CODES_EXTENSION, ())
    )


def _complete(method: str, operation: dict[str, Any]) -> None:
    operation["x-method"] = method
    responses: dict[str, Any] = operation["responses"]
    named = {code for response in responses.values() for code in response.get(CODES_EXTENSION, ())}
    implied = {code for applies, codes in _IMPLIED if applies(operation) for code in codes}
    del operation["x-method"]
    responses.pop("422", None)
    by_status: dict[str, list[str]] = {}
    for code in sorted(named | implied):
        by_status.setdefault(str(ERROR_KINDS[code].status), []).append(code)
    for status, codes in sorted(by_status.items()):
        responses[status] = {
            "description": "; ".join(ERROR_KINDS[code].title for code in codes),
            CODES_EXTENSION: codes,
            "content": {
                PROBLEM_MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemAnswer"}}
            },
        }


def _build(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version="3.1.0",
        description=app.description,
        routes=app.routes,
        tags=app.openapi_tags,
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    problem = ProblemAnswer.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas["ProblemAnswer"] = problem
    for method, _, operation in operations_of(document):
        _complete(method, operation)
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    return document


def install_openapi(app: FastAPI) -> None:
    """Let ``app.openapi()`` (and so /api/openapi.json) answer the completed document."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _build(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # the way that FastAPI documents
