"""Texts with holes: ``Hello {{ contact.name }}``, written in Liquid.

Theory of operation.  A text is compiled once, when the flow's version is read, and rendered a
million times.  Liquid costs some 40 us a rendering, twenty times the fast way, so the common case (plain text and holes that
only name a variable) is cut into parts beforehand and joined without it; everything else (filters,
tags) goes through Liquid.  A test compares both ways.

Authors are not trusted with the machine: there are no files to include, no clock (``now`` is the
sprint's instant), loops, nesting and sizes are bounded, and every filter's arguments and result
are bounded too, since ``replace`` and ``join`` multiply lengths.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from liquid import Environment, Mode
from liquid.exceptions import LiquidError
from liquid.stringify import to_liquid_string

from clarion.flow.context import ALIASES, MISSING, ROOTS, Context, Path, lookup

__all__ = ["Expression", "ExpressionError", "text_of"]

MAX_SOURCE_CHARS = 8192
_MAX_INTERMEDIATE = 8192
_FORBIDDEN_TAGS = ("include", "render")
_HOLE = re.compile(r"\{\{\s*([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\s*\}\}")
# Names that Liquid itself gives a meaning to, so they are left to it.
_LIQUID_WORDS = frozenset(
    ("true", "false", "nil", "null", "empty", "blank", "forloop", "tablerowloop")
)
_LIQUID_SEGMENTS = frozenset(("size", "first", "last"))

# What a third-party filter may raise on data that it did not expect.
_RENDER_ERRORS = (
    LiquidError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


class ExpressionError(ValueError):
    """A text is not valid Liquid (when compiled) or failed on its data (when rendered)."""


def _bounded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def call(*arguments: Any, **options: Any) -> Any:
        for argument in arguments:
            _refuse_large(name, argument)
        result = function(*arguments, **options)
        _refuse_large(name, result)
        return result

    return call


def _refuse_large(name: str, value: Any) -> None:
    if isinstance(value, int) and not isinstance(value, bool):
        is_large = value.bit_length() > 256
    else:
        is_large = hasattr(value, "__len__") and len(value) > _MAX_INTERMEDIATE
    if is_large:
        raise ExpressionError(f"the value at the filter `{name}` is too large")


class _BoundedEnvironment(Environment):
    """Liquid without files, with bounds on loops, nesting and output."""

    block_nesting_limit = 10
    context_depth_limit = 10
    loop_iteration_limit = 1000
    local_namespace_limit = 65_536
    output_stream_limit = 65_536


def _environment() -> Environment:
    environment = _BoundedEnvironment(tolerance=Mode.STRICT, strict_filters=True)
    for tag in _FORBIDDEN_TAGS:
        environment.tags.pop(tag, None)
    for name, function in list(environment.filters.items()):
        environment.filters[name] = _bounded(name, function)
    date = environment.filters["date"]

    @wraps(date)
    def date_of(value: Any, *arguments: Any, **options: Any) -> Any:
        # Liquid would read the machine's clock for these words; `{{ now | date: … }}` is ours.
        if value in ("now", "today"):
            raise ExpressionError("write `{{ now | date: … }}` without quotes around `now`")
        return date(value, *arguments, **options)

    environment.filters["date"] = date_of
    return environment


_ENVIRONMENT = _environment()


def text_of(value: Any) -> str:
    """A value as it is shown in a message: nothing for ``None``, ``true`` for ``True``."""
    if type(value) is str:
        return value
    if value is None or value is MISSING:
        return ""
    return str(to_liquid_string(value, autoescape=False))


class Expression:
    """A compiled text.  Two expressions are equal when their sources are.

    ``source`` is what the author wrote, ``paths`` the variables that it reads, ``is_literal``
    whether it has no holes at all, ``literal_chars`` how many characters surely come out.
    """

    __slots__ = ("_holes", "_literal", "_parts", "_template", "literal_chars", "paths", "source")

    def __init__(self, source: str) -> None:
        """Compile; raises ``ExpressionError`` for text that is not valid Liquid."""
        if len(source) > MAX_SOURCE_CHARS:
            raise ExpressionError(f"the text has more than {MAX_SOURCE_CHARS} characters")
        self.source = source
        self._template: Any = None
        self._literal: str | None = None
        self._holes: tuple[Path, ...] = ()
        self._parts: tuple[str, ...] = ()
        # Liquid turns every line end into "\n"; the fast way must not differ.
        text = source.replace("\r\n", "\n").replace("\r", "\n")
        if "{{" not in text and "{%" not in text:
            self._literal = text
            self.paths: tuple[Path, ...] = ()
            self.literal_chars = len(text)
            return
        if self._split(text):
            return
        try:
            self._template = _ENVIRONMENT.from_string(text)
            analysis = self._template.analyze()
        except _RENDER_ERRORS as error:
            raise ExpressionError(_sentence(error)) from error
        if unknown := analysis.filters.keys() - _ENVIRONMENT.filters.keys():
            raise ExpressionError(f"unknown filter '{min(unknown)}'")
        self.paths = tuple(
            dict.fromkeys(
                tuple(str(part) for part in use.segments)
                for uses in analysis.globals.values()
                for use in uses
            )
        )
        self.literal_chars = 0

    def _split(self, source: str) -> bool:
        """Cut into text and holes; ``False`` when the text needs Liquid."""
        pieces = _HOLE.split(source)
        texts = tuple(pieces[::2])
        paths = tuple(tuple(name.split(".")) for name in pieces[1::2])
        if any("{{" in text or "{%" in text or "}}" in text for text in texts):
            return False
        if any(path[0] in _LIQUID_WORDS or path[-1] in _LIQUID_SEGMENTS for path in paths):
            return False
        self._holes = paths
        self._parts = texts
        self.paths = paths
        self.literal_chars = sum(map(len, texts))
        return True

    @property
    def is_literal(self) -> bool:
        """Whether the text has no holes."""
        return self._literal is not None

    def render(
        self, variables: Mapping[str, Any], context: Context, missing: list[Path] | None = None
    ) -> str:
        """The finished text.  Paths that nobody knows are appended to ``missing``.

        Raises ``ExpressionError`` when a filter or tag fails on the data.
        """
        if self._literal is not None:
            return self._literal
        if self._template is not None:
            return self._render_liquid(variables, context, missing)
        parts = self._parts
        out = [parts[0]]
        for position, path in enumerate(self._holes, 1):
            value = lookup(path, variables, context)
            if type(value) is not str:
                if value is MISSING and missing is not None:
                    missing.append(path)
                value = text_of(value)
            out.append(value)
            out.append(parts[position])
        return "".join(out)

    def _render_liquid(
        self, variables: Mapping[str, Any], context: Context, missing: list[Path] | None
    ) -> str:
        scope: dict[str, Any] = dict(context.extras)
        for name, getter in (*ALIASES.items(), *ROOTS.items()):
            value = getter(context)
            if value is not MISSING:
                scope[name] = value
        scope.update(variables)
        try:
            text = str(self._template.render(scope))
        except _RENDER_ERRORS as error:
            raise ExpressionError(_sentence(error)) from error
        # `default` and the tags are how an author provides for a name that may be absent.
        if missing is not None and "{%" not in self.source and "default" not in self.source:
            missing.extend(
                path for path in self.paths if lookup(path, variables, context) is MISSING
            )
        return text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and other.source == self.source

    def __hash__(self) -> int:
        return hash(self.source)

    def __repr__(self) -> str:
        return f"Expression({self.source!r})"


def _sentence(error: BaseException) -> str:
    text = str(error).split("\n", 1)[0].strip()
    return text or type(error).__name__
