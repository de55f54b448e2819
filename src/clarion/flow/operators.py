"""The operators of rules: one row each, comparing a variable with a value.

Theory of operation.  Every operator is total: what is not a number is not equal to, greater or
less than any number; what is not a date likewise.  Dates are ISO 8601; one without an offset is
taken in the workspace's zone, one without a time at midnight.  Patterns are RE2, whose time grows
with the length of the text and never explodes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import re2

__all__ = ["OPERATORS", "Operator", "PatternError", "compile_pattern"]

Test = Callable[[str, str, str], bool]
_MAX_NUMBER_CHARS = 64
_PATTERN_CACHE_BYTES = 1 << 20


class PatternError(ValueError):
    """A pattern is not valid RE2."""


def compile_pattern(source: str, *, is_case_insensitive: bool = False) -> Any:
    """A compiled RE2 pattern; raises ``PatternError``."""
    options = re2.Options()
    options.case_sensitive = not is_case_insensitive
    options.log_errors = False
    options.max_mem = _PATTERN_CACHE_BYTES
    try:
        return re2.compile(source, options)
    except re2.error as error:
        reason = error.args[0] if error.args else "unknown reason"
        text = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
        raise PatternError(text) from error


@dataclass(frozen=True, slots=True)
class Operator:
    """One row: how to test, and what the value is.

    ``test`` takes the variable's text, the value and the workspace's zone.  Operators with
    ``is_pattern`` have a compiled pattern in place of the value; ``needs_value`` is false when
    only the variable counts.  ``is_of_list``: the variable is a list, one of whose entries must pass.
    """

    name: str
    meaning: str
    test: Test
    needs_value: bool = True
    is_pattern: bool = False
    is_of_list: bool = False


def _number(text: str) -> Decimal | None:
    text = text.strip()
    if not text or len(text) > _MAX_NUMBER_CHARS:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _numbers(compare: Callable[[Decimal, Decimal], bool]) -> Test:
    def test(left: str, right: str, zone: str) -> bool:  # noqa: ARG001 - the shape of a test
        first, second = _number(left), _number(right)
        return first is not None and second is not None and compare(first, second)

    return test


def _instant(text: str, zone: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text.strip())
        if instant.tzinfo is None:
            instant = instant.replace(tzinfo=ZoneInfo(zone))
        return instant.astimezone(UTC)
    except (ValueError, OverflowError):  # overflow: the calendar's last day, moved over its edge
        return None


def _dates(compare: Callable[[datetime, datetime], bool]) -> Test:
    def test(left: str, right: str, zone: str) -> bool:
        first, second = _instant(left, zone), _instant(right, zone)
        return first is not None and second is not None and compare(first, second)

    return test


def _texts(compare: Callable[[str, str], bool]) -> Test:
    def test(left: str, right: str, zone: str) -> bool:  # noqa: ARG001 - the shape of a test
        return compare(left, right)

    return test


def _is_in_list(left: str, right: str) -> bool:
    right = right.strip()
    if right.startswith("["):
        try:
            entries = json.loads(right)
        except ValueError:
            entries = right.split(",")
        except RecursionError:
            return False
    else:
        entries = right.split(",")
    return left.strip() in {str(entry).strip() for entry in entries}


def _never(left: str, right: str, zone: str) -> bool:  # noqa: ARG001 - patterns do not come here
    return False


_ROWS = (
    Operator("stringEquals", "The text is exactly the value.", _texts(lambda a, b: a == b)),
    Operator("stringContains", "The value stands somewhere in the text.", _texts(lambda a, b: b in a)),
    Operator("stringStartsWith", "The text begins with the value.", _texts(lambda a, b: a.startswith(b))),
    Operator("stringIsBlank", "The text is empty, or only spaces.", _texts(lambda a, _b: not a.strip()), needs_value=False),
    Operator("stringIsNotBlank", "The text has something but spaces.", _texts(lambda a, _b: bool(a.strip())), needs_value=False),
    Operator("stringEntireMatchesRegex", "The whole text fits the pattern (RE2).", _never, is_pattern=True),
    Operator("stringAnyMatchesRegex", "Some part of the text fits the pattern (RE2).", _never, is_pattern=True),
    Operator("inList", "The text is one of the values, which are separated by commas, or a JSON list.", _texts(_is_in_list)),
    Operator("listContains", "The variable is a list, such as `contact.groups`, and the value one of its entries.", _texts(lambda a, b: a.strip() == b.strip()), is_of_list=True),
    Operator("numberEquals", "Both are numbers and equal.", _numbers(lambda a, b: a == b)),
    Operator("numberGreaterThan", "Both are numbers and the first is greater.", _numbers(lambda a, b: a > b)),
    Operator("numberLessThan", "Both are numbers and the first is less.", _numbers(lambda a, b: a < b)),
    Operator("numberGreaterOrEqual", "Both are numbers and the first is not less.", _numbers(lambda a, b: a >= b)),
    Operator("numberLessOrEqual", "Both are numbers and the first is not greater.", _numbers(lambda a, b: a <= b)),
    Operator("dateEquals", "Both are dates (ISO 8601) and the same instant.", _dates(lambda a, b: a == b)),
    Operator("dateGreaterThan", "Both are dates and the first is later.", _dates(lambda a, b: a > b)),
    Operator("dateLessThan", "Both are dates and the first is earlier.", _dates(lambda a, b: a < b)),
)  # fmt: skip

OPERATORS: Mapping[str, Operator] = MappingProxyType({row.name: row for row in _ROWS})
