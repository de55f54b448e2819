"""The small words that the configs of node kinds are made of.

``Config`` is the base of every config model: unknown fields are refused, values do not change.
A text with holes is declared as ``Annotated[Expression, Rendered(max_chars)]``: it arrives as a
string and is compiled when the flow is read, so a mistake in Liquid is reported at its field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    model_validator,
)
from pydantic_core import PydanticCustomError, core_schema

from clarion.flow.context import RESERVED_NAMES, Path
from clarion.flow.expressions import Expression, ExpressionError

__all__ = [
    "Config",
    "CountryCode",
    "Duration",
    "LongText",
    "NamedPath",
    "Rendered",
    "Senders",
    "VariableName",
    "VariablePath",
    "paths_of",
    "senders_of",
]


class Config(BaseModel):
    """The base of every node's config."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


@dataclass(frozen=True, slots=True)
class Rendered:
    """Marks an ``Expression``: what it may become.  ``max_chars`` counts Unicode code points."""

    max_chars: int
    is_empty_allowed: bool = False

    def _compile(self, value: object) -> Expression:
        if isinstance(value, Expression):
            return value
        if not isinstance(value, str):
            raise PydanticCustomError("string_type", "Input should be a text")
        try:
            expression = Expression(value)
        except ExpressionError as error:
            raise PydanticCustomError(
                "liquid_syntax", "This is not valid Liquid: {reason}", {"reason": str(error)}
            ) from error
        if expression.literal_chars > self.max_chars:
            raise PydanticCustomError(
                "text_too_long",
                "The text has {count} characters; at most {limit} are allowed",
                {"count": expression.literal_chars, "limit": self.max_chars},
            )
        if not self.is_empty_allowed and not value.strip():
            raise PydanticCustomError("text_empty", "The text is empty")
        return expression

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """How pydantic reads and writes such a text."""
        return core_schema.no_info_plain_validator_function(
            self._compile,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda expression: expression.source
            ),
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """A string; how long it may become depends on the holes, so it is only described."""
        shape: dict[str, Any] = {
            "type": "string",
            "format": "liquid",
            "x-rendered-max-chars": self.max_chars,
        }
        if not self.is_empty_allowed:
            shape["minLength"] = 1
        return shape


LongText = Annotated[Expression, Rendered(4096)]
CountryCode = Annotated[
    str,
    Field(pattern=r"^[A-Z]{2}$", description="An ISO code of two capital letters, such as `CN`."),
]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_PATH = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}(\.[A-Za-z0-9_-]{1,64}){0,7}")


@dataclass(frozen=True, slots=True)
class _Name:
    """Marks a string: a name for a variable of the session."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(
            _variable_name, core_schema.str_schema()
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{_NAME.pattern}$"}


def _variable_name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise PydanticCustomError(
            "bad_name", "A variable's name has letters, digits and `_`, at most 64"
        )
    if value in RESERVED_NAMES:
        raise PydanticCustomError("reserved_name", "This name belongs to Clarion")
    return value


VariableName = Annotated[str, _Name()]


@dataclass(frozen=True, slots=True)
class _PathMark:
    """Marks a path: a variable, perhaps with dots, written without braces."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _variable_path,
            serialization=core_schema.plain_serializer_function_ser_schema(".".join),
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {
            "type": "string",
            "pattern": f"^{_PATH.pattern}$",
            "description": "A variable, such as `contact.attributes.city`, without braces.",
        }


class NamedPath(tuple[str, ...]):
    """A path that stands in a config by itself, told apart from a list of texts by its type."""

    __slots__ = ()


def _variable_path(value: object) -> NamedPath:
    if isinstance(value, NamedPath):
        return value
    if not isinstance(value, str) or not _PATH.fullmatch(value):
        raise PydanticCustomError(
            "bad_path", "Name a variable without braces, such as contact.attributes.city"
        )
    return NamedPath(value.split("."))


VariablePath = Annotated[NamedPath, _PathMark()]

_UNIT_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}
_MAX_SECONDS = 90 * 86_400


class Duration(Config):
    """A span of time: an amount of a unit, at most 90 days."""

    amount: Annotated[int, Field(ge=1, le=_MAX_SECONDS)]
    unit: Literal["seconds", "minutes", "hours", "days"] = "seconds"

    @model_validator(mode="after")
    def check_whole(self) -> Self:
        """Refuse what no flow means; computed here, since the two fields count together."""
        if self.seconds > _MAX_SECONDS:
            raise PydanticCustomError("duration_too_long", "A span is at most 90 days")
        return self

    @property
    def seconds(self) -> int:
        """The span in seconds."""
        return self.amount * _UNIT_SECONDS[self.unit]

    @property
    def delta(self) -> timedelta:
        """The span as a difference of instants."""
        return timedelta(seconds=self.seconds)


_SenderName = Annotated[str, Field(min_length=1, max_length=100)]
Senders = Annotated[
    _SenderName | Annotated[tuple[_SenderName, ...], Field(min_length=1, max_length=50)] | None,
    Field(
        description="The sender, or a pool of senders, by name; without it the campaign's or the "
        "workspace's."
    ),
]


def senders_of(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    """The names of a pool, whichever way the author wrote it."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else value


class Reads:
    """The base of texts that read variables besides ``Expression``."""

    @property
    def paths(self) -> tuple[Path, ...]:
        """The variables that it reads."""
        raise NotImplementedError


def paths_of(value: object, where: str = "config") -> Iterator[tuple[str, Path]]:
    """Every variable that a config reads, in texts and in rules, with its dotted place."""
    if isinstance(value, NamedPath):
        yield where, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from paths_of(getattr(value, name), f"{where}.{name}")
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from paths_of(each, f"{where}.{key}")
    elif isinstance(value, tuple):
        for index, each in enumerate(value):
            yield from paths_of(each, f"{where}.{index}")
    elif isinstance(value, Expression | Reads):
        for path in value.paths:
            yield where, path
