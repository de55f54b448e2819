"""Texts of requests: holes are filled with encoded values, and secrets only by name.

Theory of operation.  What a person wrote to us must not change the shape of a request.  So a text is
cut into literals, holes and secrets when the flow is read, and each hole is written as its place
demands: percent-encoded in an address or a form, as the inside of a JSON text between quotes, as a
whole JSON value elsewhere in JSON.  ``{{ secrets.name }}`` becomes a ``SecretName``; it is the
author's text that is cut, never a rendered one, so nobody can write a message that becomes a secret.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Annotated, Any
from urllib.parse import quote

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from clarion.flow.calls import Encoding, SecretName, SecretText
from clarion.flow.context import Path
from clarion.flow.expressions import Expression, ExpressionError
from clarion.flow.nodes.config import Reads
from clarion.flow.state import NodeFailed, State

__all__ = [
    "AddressText",
    "HtmlText",
    "JsonText",
    "LinkText",
    "PlainText",
    "SafeText",
    "address_parts",
    "body_parts",
    "html_of",
    "link_of",
]

MAX_CHARS = 8192
_HOLE = re.compile(r"(\{\{.*?\}\})", re.DOTALL)
_SECRET = re.compile(r"\{\{\s*secrets\.([A-Za-z_][A-Za-z0-9_]{0,63})\s*\}\}")
_CLIMBING = re.compile(r"/\.{1,2}(?=[/#]|$)")
_MENTION = re.compile(r"\bsecrets\b")
_HOST = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+(?=[/?#]|$)", re.IGNORECASE)
_SIMPLE = re.compile(r"\{\{\s*[A-Za-z_][\w.]*\s*\}\}")


@dataclass(frozen=True)
class SafeText(Reads):
    """A text in pieces: what the author wrote, holes, secrets."""

    source: str
    pieces: tuple[str | Expression | SecretName, ...]

    @property
    def paths(self) -> tuple[Path, ...]:
        """The variables that it reads."""
        return tuple(
            path for each in self.pieces if isinstance(each, Expression) for path in each.paths
        )

    @property
    def secret_names(self) -> tuple[str, ...]:
        """The secrets that it names."""
        return tuple(each.name for each in self.pieces if isinstance(each, SecretName))


def compile_text(source: str) -> SafeText:
    """Cut a text.  ``PydanticCustomError`` when a hole is no valid Liquid."""
    if len(source) > MAX_CHARS:
        raise PydanticCustomError(
            "text_too_long",
            "The text has {count} characters; at most {limit} are allowed",
            {"count": len(source), "limit": MAX_CHARS},
        )
    if "{%" in source:
        raise PydanticCustomError(
            "liquid_syntax", "This is not valid Liquid: {reason}", {"reason": "no tags here"}
        )
    pieces: list[str | Expression | SecretName] = []
    for part in _HOLE.split(source):
        secret = _SECRET.fullmatch(part)
        if secret is not None:
            pieces.append(SecretName(secret[1]))
        elif part.startswith("{{"):
            pieces.append(_hole(part))
        elif part:
            pieces.append(part)
    return SafeText(source, tuple(pieces))


def _hole(part: str) -> Expression:
    if _MENTION.search(part):
        raise PydanticCustomError("secret_changed", "A secret is written as it is, without filters")
    try:
        return Expression(part)
    except ExpressionError as error:
        raise PydanticCustomError(
            "liquid_syntax", "This is not valid Liquid: {reason}", {"reason": str(error)}
        ) from error


def compile_address(source: str) -> SafeText:
    """Cut an address; its scheme and host must stand there as they are."""
    text = compile_text(source.strip())
    first = text.pieces[0] if text.pieces else ""
    if not isinstance(first, str) or not (match := _HOST.match(first)):
        raise PydanticCustomError(
            "bad_url", "An address begins with http:// or https:// and a host without holes"
        )
    if match.end() == len(first) and len(text.pieces) > 1:
        raise PydanticCustomError(
            "bad_url", "An address begins with http:// or https:// and a host without holes"
        )
    return text


def compile_link(source: str) -> SafeText:
    """Cut an address that people are given: no secret belongs there."""
    text = compile_address(source)
    if text.secret_names:
        raise PydanticCustomError("secret_not_here", "People see this; no secret belongs here")
    return text


def compile_html(source: str) -> SafeText:
    """Cut HTML that people are given: no secret belongs there."""
    text = compile_text(source)
    if text.secret_names:
        raise PydanticCustomError("secret_not_here", "People see this; no secret belongs here")
    if not source.strip():
        raise PydanticCustomError("text_empty", "The text is empty")
    return text


def compile_json(source: str) -> SafeText:
    """Cut a JSON document; with any values in its holes it must be JSON."""
    text = compile_text(source)
    is_inside = False
    trial: list[str] = []
    for each in text.pieces:
        if isinstance(each, str):
            is_inside = _is_inside(each, is_inside)
            trial.append(each)
        else:
            trial.append("x" if is_inside else "0")
    try:
        json.loads("".join(trial))
    except (ValueError, RecursionError) as error:
        raise PydanticCustomError("bad_json", "This is not JSON") from error
    return text


def text_parts(text: SafeText, state: State, encoding: Encoding) -> SecretText:
    """The text with its holes filled, each encoded the same way."""
    encode = _ENCODERS[encoding]
    return tuple(
        each
        if isinstance(each, str)
        else SecretName(each.name, encoding)
        if isinstance(each, SecretName)
        else encode(state.render(each))
        for each in text.pieces
    )


def address_parts(text: SafeText, state: State) -> SecretText:
    """An address; values are percent-encoded, so none adds a step or a parameter."""
    parts = text_parts(text, state, "url")
    address = "".join(each if isinstance(each, str) else "x" for each in parts)
    if _CLIMBING.search(address.partition("?")[0]):
        raise NodeFailed("url_unsafe", f"`{text.source}` came out with a step up (`..`).")
    return parts


def link_of(text: SafeText, state: State) -> str:
    """An address that people are given, whole."""
    return "".join(each for each in address_parts(text, state) if isinstance(each, str))


def html_of(text: SafeText, state: State) -> str:
    """HTML that people are given, with every value escaped."""
    return "".join(
        escape(state.render(each)) if isinstance(each, Expression) else str(each)
        for each in text.pieces
    )


def body_parts(text: SafeText, state: State) -> SecretText:
    """A JSON document: the inside of a text between quotes, a whole value elsewhere."""
    return tuple(_json_parts(text, state))


def _json_parts(text: SafeText, state: State) -> Iterator[str | SecretName]:
    is_inside = False
    for each in text.pieces:
        if isinstance(each, str):
            is_inside = _is_inside(each, is_inside)
            yield each
        elif isinstance(each, SecretName):
            yield from (
                (SecretName(each.name, "json"),)
                if is_inside
                else ('"', SecretName(each.name, "json"), '"')
            )
        elif is_inside:
            yield json_inside(state.render(each))
        else:
            yield _json_value(each, state)


def _json_value(hole: Expression, state: State) -> str:
    """A whole value: a variable keeps its type; what a filter made is a number or a text."""
    if _SIMPLE.fullmatch(hole.source):
        value: Any = state.value_of(hole.paths[0])
        try:
            return json.dumps(value, ensure_ascii=False, default=str)
        except (TypeError, ValueError, RecursionError) as error:
            raise NodeFailed("variable_not_json", f"`{hole.source}` is no JSON value.") from error
    text = state.render(hole)
    try:
        is_scalar = isinstance(json.loads(text), int | float | bool | None)
    except ValueError:
        is_scalar = False
    return text if is_scalar else json.dumps(text, ensure_ascii=False)


def _is_inside(literal: str, is_inside: bool) -> bool:  # noqa: FBT001 - a state, not a switch
    """Whether a literal ends inside a JSON text."""
    is_escaped = False
    for character in literal:
        if is_escaped:
            is_escaped = False
        elif character == "\\" and is_inside:
            is_escaped = True
        elif character == '"':
            is_inside = not is_inside
    return is_inside


def json_inside(value: str) -> str:
    """A text as it stands between the quotes of a JSON text."""
    return json.dumps(value, ensure_ascii=False)[1:-1]


def _url(value: str) -> str:
    return quote(value, safe="")


_ENCODERS: Mapping[Encoding, Callable[[str], str]] = {
    "plain": str,
    "url": _url,
    "json": json_inside,
}


@dataclass(frozen=True, slots=True)
class _Mark:
    """Marks a text of a request; ``compiler`` cuts it."""

    compiler: Any
    format: str

    def _compile(self, value: object) -> SafeText:
        if isinstance(value, SafeText):
            return value
        if not isinstance(value, str):
            raise PydanticCustomError("string_type", "Input should be a text")
        text: SafeText = self.compiler(value)
        return text

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """How pydantic reads and writes such a text."""
        return core_schema.no_info_plain_validator_function(
            self._compile,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda text: text.source
            ),
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """A string with holes."""
        return {"type": "string", "format": self.format, "x-rendered-max-chars": MAX_CHARS}


PlainText = Annotated[SafeText, _Mark(compile_text, "liquid")]
AddressText = Annotated[SafeText, _Mark(compile_address, "liquid")]
LinkText = Annotated[SafeText, _Mark(compile_link, "liquid")]
HtmlText = Annotated[SafeText, _Mark(compile_html, "liquid")]
JsonText = Annotated[SafeText, _Mark(compile_json, "liquid")]
