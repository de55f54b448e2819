"""The errors of the Graph API that the simulator can answer with: a table.

Each row: the code, the HTTP status, the title that follows ``(#code)``, and whether the platform calls it
transient.  ``details`` says what was wrong this time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

__all__ = ["GRAPH_ERRORS", "GraphError", "Refusal", "error_document", "webhook_error"]

_HREF = (
    "https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes"
)


@dataclass(frozen=True, slots=True)
class GraphError:
    """One row of the table."""

    code: int
    http_status: int
    title: str
    is_transient: bool = False


class Refusal(NamedTuple):
    """Why a request is refused; ``subcode`` only where the platform still gives one."""

    code: int
    details: str
    subcode: int | None = None


_ROWS = (
    GraphError(1, 500, "An unknown error occurred", is_transient=True),
    GraphError(2, 503, "Service temporarily unavailable", is_transient=True),
    GraphError(4, 400, "Application request limit reached", is_transient=True),
    GraphError(10, 403, "Application does not have permission for this action"),
    GraphError(33, 400, "The business phone number has been deleted"),
    GraphError(100, 400, "Invalid parameter"),
    GraphError(190, 401, "Error validating access token"),
    GraphError(368, 403, "Temporarily blocked for policies violations"),
    GraphError(80007, 400, "Rate limit issues"),
    GraphError(130429, 400, "Rate limit hit"),
    GraphError(130472, 400, "User's number is part of an experiment"),
    GraphError(131000, 500, "Something went wrong"),
    GraphError(131008, 400, "Required parameter is missing"),
    GraphError(131009, 400, "Parameter value is not valid"),
    GraphError(131016, 500, "Service unavailable", is_transient=True),
    GraphError(131021, 400, "Recipient cannot be sender"),
    GraphError(131026, 400, "Message undeliverable"),
    GraphError(131042, 400, "Business eligibility payment issue"),
    GraphError(131047, 400, "Re-engagement message"),
    GraphError(131048, 400, "Spam rate limit hit"),
    GraphError(
        131049, 400, "This message was not delivered to maintain healthy ecosystem engagement"
    ),
    GraphError(131050, 400, "User has stopped receipt of marketing messages from this business"),
    GraphError(131051, 400, "Unsupported message type"),
    GraphError(131053, 400, "Media upload error"),
    GraphError(131055, 400, "Method not allowed"),
    GraphError(131056, 400, "(Business Account, Consumer Account) pair rate limit hit"),
    GraphError(131057, 500, "Account in maintenance mode"),
    GraphError(132000, 400, "Number of parameters does not match the expected number of params"),
    GraphError(132001, 404, "Template name does not exist in the translation"),
    GraphError(132005, 400, "Translated text too long"),
    GraphError(132012, 400, "Parameter format does not match format in the created template"),
    GraphError(132015, 400, "Template is paused"),
    GraphError(132016, 400, "Template is disabled"),
    GraphError(132018, 400, "There is an issue with the parameters of the template"),
)

GRAPH_ERRORS: Mapping[int, GraphError] = MappingProxyType({row.code: row for row in _ROWS})


def error_document(refusal: Refusal, trace: str) -> dict[str, Any]:
    """The body of an error answer."""
    row = GRAPH_ERRORS[refusal.code]
    error: dict[str, Any] = {
        "message": f"(#{row.code}) {row.title}",
        "type": "OAuthException",
        "code": row.code,
    }
    if refusal.subcode is not None:
        error["error_subcode"] = refusal.subcode
    if row.is_transient:
        error["is_transient"] = True
    error["error_data"] = {"messaging_product": "whatsapp", "details": refusal.details}
    error["fbtrace_id"] = trace
    return {"error": error}


def webhook_error(refusal: Refusal) -> dict[str, Any]:
    """The same error as a ``failed`` status carries it."""
    row = GRAPH_ERRORS[refusal.code]
    return {
        "code": row.code,
        "title": row.title,
        "message": row.title,
        "error_data": {"details": refusal.details},
        "href": _HREF,
    }
