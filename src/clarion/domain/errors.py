"""The errors of Clarion: one exception, one table of kinds.

Theory of operation.  An error is part of the interface.  Every error that can reach a person has a
*kind*: a stable code, an HTTP status, whose fault it is, whether the same request may succeed when
it is repeated, and what to do next.  The kinds stand in one table per noun (``CAMPAIGN_ERRORS``,
``FLOW_ERRORS``, ...), gathered in ``ERROR_KINDS``; the reference page of error codes and the
problem+json answers of the REST API are both generated from it.

Raising one adds what only the moment knows: ``raise ClarionError("campaign.not_found",
"There is no campaign 12 in this workspace.", campaign_id=12)``.  Expected outcomes (a rejected row
of an import, a refused send, a problem in a flow) are values, not exceptions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from clarion.domain.error_kinds import ERROR_KINDS, ErrorKind, Fault

__all__ = ["ERROR_KINDS", "ClarionError", "ErrorKind", "Fault", "FieldError", "Problem", "Severity"]


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field of a request.

    ``path`` is dotted from the root of the request body (``plan.every``), ``code`` is a short
    stable word (``too_long``), ``message`` is for a person.
    """

    path: str
    code: str
    message: str


class ClarionError(Exception):
    """An error that a caller can understand and act on.

    ``code`` must be a key of ``ERROR_KINDS`` (``KeyError`` otherwise: that is a bug of ours).
    ``message`` tells what happened in one sentence; ``details`` are machine-readable values.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        field_errors: tuple[FieldError, ...] = (),
        **details: Any,
    ) -> None:
        super().__init__(message)
        self.kind: ErrorKind = ERROR_KINDS[code]
        self.code = code
        self.message = message
        self.details: Mapping[str, Any] = MappingProxyType(dict(details))
        self.field_errors = field_errors

    def __str__(self) -> str:
        return f"{self.message} [{self.code}]"

    @property
    def status(self) -> int:
        """The HTTP status that fits this error."""
        return self.kind.status

    @property
    def fault(self) -> Fault:
        """Whose fault it is: ``caller``, ``provider`` or ``us``."""
        return self.kind.fault

    @property
    def is_retryable(self) -> bool:
        """Whether the same request may succeed when repeated unchanged."""
        return self.kind.is_retryable

    @property
    def next_step(self) -> str:
        """What the caller should do next, in one sentence."""
        return self.kind.next_step


Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a definition (flow, plan, template use), as data.

    ``code`` is stable, ``where`` names the place (a node id, a field path), ``fix`` says what to
    change.  A definition with at least one problem of severity ``error`` cannot be published.
    """

    code: str
    severity: Severity
    where: str
    message: str
    fix: str
