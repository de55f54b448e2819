"""Errors as answers: RFC 9457 problem+json, one shape for every refusal.

Theory of operation.  Services raise ``ClarionError``; its kind tells the HTTP status, whose fault
it is and what to do next.  Whatever else may be raised on the way (a validation error of the
framework, an unknown path, a lost database, a bug) is turned into a ``ClarionError`` by one table
first, so that a client meets one shape only and never a traceback.  Facts that only the moment
knows stand under ``details``; faulty fields of a request stand under ``errors``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import asyncpg
import orjson
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from clarion.domain.errors import ClarionError, Fault, FieldError

__all__ = [
    "PROBLEM_MEDIA_TYPE",
    "FieldProblem",
    "ProblemAnswer",
    "install_error_handlers",
    "problem_response",
    "request_id_of",
    "translate",
]

PROBLEM_MEDIA_TYPE = "application/problem+json"

log = structlog.get_logger(__name__)


class FieldProblem(BaseModel):
    """What is wrong with one field of the request."""

    path: str = Field(description="Dotted from the root of the body, or `query.name`, `path.name`.")
    code: str = Field(description="A short stable word.")
    message: str


class ProblemAnswer(BaseModel):
    """A refusal or failure (RFC 9457)."""

    type: str = Field(description="`urn:clarion:error:` and the code.")
    title: str = Field(description="What is the same each time this error happens.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What happened this time, in one sentence.")
    code: str = Field(description="Stable; see the reference of error codes.")
    fault: Fault = Field(description="Whose fault it is.")
    is_retryable: bool = Field(description="Whether the same request may succeed when repeated.")
    next_step: str = Field(description="What to do next.")
    request_id: str = Field(description="Also in the `X-Request-Id` header.")
    details: dict[str, Any] = Field(description="Machine-readable facts of this case.")
    errors: list[FieldProblem] = Field(description="The faulty fields, if any.")


def problem_response(error: ClarionError, request_id: str) -> Response:
    """The answer for an error, with ``Retry-After`` and ``Allow`` where the error knows them."""
    answer = ProblemAnswer(
        type=f"urn:clarion:error:{error.code}",
        title=error.kind.title,
        status=error.status,
        detail=error.message,
        code=error.code,
        fault=error.fault,
        is_retryable=error.is_retryable,
        next_step=error.next_step,
        request_id=request_id,
        details=dict(error.details),
        errors=[
            FieldProblem(path=field.path, code=field.code, message=field.message)
            for field in error.field_errors
        ],
    )
    headers: dict[str, str] = {}
    if "retry_after_seconds" in error.details:
        headers["Retry-After"] = str(max(1, round(error.details["retry_after_seconds"])))
    if "allowed_methods" in error.details:
        headers["Allow"] = str(error.details["allowed_methods"])
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="clarion"'
    return Response(
        orjson.dumps(answer.model_dump(), default=str),
        status_code=error.status,
        headers=headers,
        media_type=PROBLEM_MEDIA_TYPE,
    )


def _of_validation(error: RequestValidationError) -> ClarionError:
    fields = tuple(
        FieldError(
            path=_path_of(item["loc"]),
            code=str(item["type"]),
            message=str(item["msg"]).removeprefix("Value error, "),
        )
        for item in error.errors()
    )
    if any(field.code == "json_invalid" for field in fields):
        return ClarionError(
            "request.malformed", "The body is not a JSON document.", field_errors=fields
        )
    named = ", ".join(field.path for field in fields[:3]) or "the request"
    return ClarionError("request.invalid", f"Not valid: {named}.", field_errors=fields)


def _path_of(location: tuple[str | int, ...]) -> str:
    where, *rest = location
    parts = [str(part) for part in rest]
    return ".".join(parts if where == "body" and parts else [str(where), *parts])


_HTTP_CODES: Mapping[int, tuple[str, str]] = {
    400: ("request.malformed", "The request could not be read."),
    404: ("request.not_found", "There is nothing at this address."),
    405: ("request.method_not_allowed", "This address does not know this method."),
    413: ("request.too_large", "The request is larger than this address accepts."),
    415: ("request.malformed", "This address does not know the content type."),
}


def _of_http(error: HTTPException) -> ClarionError:
    code, message = _HTTP_CODES.get(
        error.status_code, ("server.failed", f"The server answered {error.status_code}.")
    )
    allowed = (error.headers or {}).get("Allow")
    if allowed is None:
        return ClarionError(code, message)
    return ClarionError(code, message, allowed_methods=allowed)


def _itself(error: ClarionError) -> ClarionError:
    return error


def _database_lost(_: Exception) -> ClarionError:
    return ClarionError("database.unreachable", "The database does not answer.")


def _text_refused(_: Exception) -> ClarionError:
    return ClarionError(
        "request.invalid", "A text contains a character that cannot be stored, such as U+0000."
    )


def _number_refused(_: Exception) -> ClarionError:
    return ClarionError("request.invalid", "A number is outside the range that can be stored.")


# The first row whose class fits decides; what fits no row is a bug of ours.
_TRANSLATIONS: tuple[tuple[type[Exception], Callable[[Any], ClarionError]], ...] = (
    (ClarionError, _itself),
    (RequestValidationError, _of_validation),
    (HTTPException, _of_http),
    (asyncpg.CharacterNotInRepertoireError, _text_refused),
    (asyncpg.UntranslatableCharacterError, _text_refused),
    (asyncpg.NumericValueOutOfRangeError, _number_refused),
    (asyncpg.PostgresConnectionError, _database_lost),
    (asyncpg.CannotConnectNowError, _database_lost),
    (asyncpg.AdminShutdownError, _database_lost),
    (asyncpg.InterfaceError, _database_lost),
    (ConnectionError, _database_lost),
)


def translate(error: Exception) -> ClarionError:
    """The error that a client may see for whatever was raised."""
    for kind, of in _TRANSLATIONS:
        if isinstance(error, kind):
            return of(error)
    return ClarionError("server.failed", "Something broke while the request was answered.")


def request_id_of(request: Request) -> str:
    """The id that the frame gave to this request."""
    return str(getattr(request.state, "request_id", ""))


async def _answer(request: Request, error: Exception) -> Response:
    known = translate(error)
    if known.fault == "us":
        log.error(
            "request failed", code=known.code, request_id=request_id_of(request), exc_info=error
        )
    return problem_response(known, request_id_of(request))


def install_error_handlers(app: FastAPI) -> None:
    """Let every exception of the application be answered as problem+json."""
    kinds: tuple[type[Exception], ...] = (Exception, *(kind for kind, _ in _TRANSLATIONS))
    for kind in kinds:
        app.add_exception_handler(kind, _answer)
