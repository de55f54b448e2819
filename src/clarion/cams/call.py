"""What an operation is, and one call of it.

Theory of operation.  An operation is a row: its name on the wire, its parameters with their kinds,
and the function that does it.  ``read_values`` turns the texts of a request into values by these
rows, so no handler parses anything; a required parameter that is missing, a text that is not of its
kind, and a parameter that cannot be honoured here are refused before the handler runs.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import orjson

from clarion.cams.refusals import RefusedError, invalid, missing, refuse
from clarion.services.place import Place
from clarion.services.scope import Scope
from clarion.store.pool import Connection, transaction

__all__ = [
    "IGNORED",
    "Answer",
    "Call",
    "Handler",
    "Operation",
    "Parameter",
    "Values",
    "read_values",
]

Values = Mapping[str, Any]
# The fields of an answer beside the envelope.
Answer = Mapping[str, Any]
Kind = Literal["text", "integer", "boolean", "object", "list"]

# Parameters of nearly every operation that mean nothing on one's own server.
IGNORED = frozenset(
    {
        "BizCode",
        "BizExtend",
        "CustSpaceId",
        "IsvCode",
        "OwnerId",
        "ResourceOwnerAccount",
        "ResourceOwnerId",
    }
)
_LARGEST_INTEGER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter.  ``note`` tells how it differs; ``refusal`` why no value is accepted."""

    name: str
    kind: Kind = "text"
    is_required: bool = False
    note: str = ""
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated call.  ``values`` holds only what was given.

    ``origin`` is how this server is reached, as ``http://host:port``.
    """

    place: Place
    scope: Scope
    values: Values
    origin: str = ""

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A connection in a transaction, committed at the end of the block."""
        async with transaction(self.place.pool) as connection:
            yield connection

    def text(self, name: str) -> str:
        """A text, empty when it was not given."""
        return str(self.values.get(name, ""))


Handler = Callable[[Call], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation.  ``differs`` tells, sentence by sentence, what is not as in the original.

    ``has_success``: whether its answers have the field ``Success``, as most do.
    """

    name: str
    handler: Handler
    parameters: tuple[Parameter, ...]
    answers: str
    differs: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    has_success: bool = True


def read_values(operation: Operation, given: Mapping[str, str]) -> Values:
    """The values of an operation's parameters.

    Raises ``RefusedError`` with ``Missing<Name>``, ``InvalidParameter.<Name>`` or
    ``UnsupportedParameter``.
    """
    values: dict[str, Any] = {}
    for parameter in operation.parameters:
        text = given.get(parameter.name)
        if text is not None:
            value = _READERS[parameter.kind](parameter.name, text)
            if value is not None:
                values[parameter.name] = value
        is_absent = values.get(parameter.name) in (None, "")
        if parameter.is_required and is_absent:
            raise missing(parameter.name)
        if parameter.refusal and not is_absent:
            raise RefusedError(
                refuse("UnsupportedParameter", f"{parameter.name}: {parameter.refusal}")
            )
    return MappingProxyType(values)


def _text(_: str, text: str) -> str:
    return text


def _integer(name: str, text: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or abs(int(text[:20])) > _LARGEST_INTEGER:
        raise invalid(name, "a whole number")
    return int(text)


def _boolean(name: str, text: str) -> bool | None:
    # The Python SDK writes True and False, the others true and false.
    word = text.strip().lower()
    if word in ("true", "false"):
        return word == "true"
    if not word:
        return None
    raise invalid(name, "true or false")


def _json_of(kind: type, what: str) -> Callable[[str, str], Any]:
    def read(name: str, text: str) -> Any:
        if not text.strip():
            return None
        try:
            value = orjson.loads(text)
        except orjson.JSONDecodeError:
            value = None
        if not isinstance(value, kind):
            raise invalid(name, what)
        return value or None  # SDKs send empty objects and lists for what was not set

    return read


_READERS: Mapping[Kind, Callable[[str, str], Any]] = MappingProxyType(
    {
        "text": _text,
        "integer": _integer,
        "boolean": _boolean,
        "object": _json_of(dict, "a JSON object"),
        "list": _json_of(list, "a JSON list"),
    }
)
