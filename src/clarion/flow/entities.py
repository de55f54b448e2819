"""What stands in a text: phone numbers, e-mail addresses, dates and numbers.

Theory of operation.  Each kind is looked for in turn, and what one has taken is blanked out for the
next, so that the digits of a phone number are not a number and the year of a date is not one
either.  Patterns are RE2, so that no text makes them slow.  What is found comes out in one form:
E.164, ``2026-05-01``, ``1234.5``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from types import MappingProxyType
from typing import Literal

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberMatcher

from clarion.flow.operators import compile_pattern

__all__ = [
    "ENTITY_KINDS",
    "MAX_ENTITIES",
    "DateOrder",
    "EntityKind",
    "Reading",
    "entities_of",
    "plain_number",
]

EntityKind = Literal["phone_number", "email_address", "date", "number"]
DateOrder = Literal["day_first", "month_first"]
MAX_ENTITIES = 20
_MAX_TRIES = 200

_EMAIL = compile_pattern(r"[A-Za-z0-9._%+'-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\.[A-Za-z]{2,24}")  # fmt: skip
_ISO_DATE = compile_pattern(r"\b([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})\b")
_SHORT_DATE = compile_pattern(r"\b([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})\b")
_NUMBER = compile_pattern(r"[+-]?[0-9]+(?:[.,][0-9]+)*")


@dataclass(frozen=True, slots=True)
class Reading:
    """How a text is read: where numbers without ``+`` are from, and how dates are written."""

    country: str | None = None
    date_order: DateOrder = "day_first"


_Found = Iterator[tuple[int, int, str]]


def entities_of(
    text: str, kinds: tuple[EntityKind, ...], reading: Reading
) -> Mapping[EntityKind, tuple[str, ...]]:
    """The entities of each kind, in the order of the text, at most ``MAX_ENTITIES`` a kind.

    A kind that is not asked for is still looked for, since its digits are not a number.  Total.
    """
    found: dict[EntityKind, tuple[str, ...]] = {}
    for kind, find in _FINDERS.items():
        spans = sorted(islice(find(text, reading), MAX_ENTITIES))
        for begin, end, _ in spans:
            text = f"{text[:begin]}{' ' * (end - begin)}{text[end:]}"
        if kind in kinds:
            found[kind] = tuple(value for _, _, value in spans)
    return found


def _emails(text: str, _reading: Reading) -> _Found:
    for match in _EMAIL.finditer(text):
        yield match.start(), match.end(), match.group()


def _dates(text: str, reading: Reading) -> _Found:
    for match in _ISO_DATE.finditer(text):
        year, month, day = (int(part) for part in match.groups())
        if (value := _date(year, month, day)) is not None:
            yield match.start(), match.end(), value
    for match in _SHORT_DATE.finditer(text):
        first, second, year = (int(part) for part in match.groups())
        day, month = (first, second) if reading.date_order == "day_first" else (second, first)
        if (value := _date(year, month, day)) is not None:
            yield match.start(), match.end(), value


def _date(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _phones(text: str, reading: Reading) -> _Found:
    matcher = PhoneNumberMatcher(
        text, reading.country, leniency=phonenumbers.Leniency.VALID, max_tries=_MAX_TRIES
    )
    for match in matcher:
        yield (
            match.start,
            match.end,
            phonenumbers.format_number(match.number, PhoneNumberFormat.E164),
        )


def _numbers(text: str, _reading: Reading) -> _Found:
    for match in _NUMBER.finditer(text):
        if (value := plain_number(match.group())) is not None:
            yield match.start(), match.end(), value


def plain_number(text: str) -> str | None:
    """A number as ASCII digits with a point (``1.234,50`` is ``1234.50``), or ``None``.

    Of two different marks the last is the decimal one.  A single mark before exactly three digits
    groups thousands, as in ``1,000``; else it is the decimal mark.
    """
    sign, digits = ("-" if text.startswith("-") else ""), text.lstrip("+-")
    decimal = _decimal_mark(digits)
    whole, _, fraction = digits.rpartition(decimal) if decimal else (digits, "", "")
    groups = whole.replace(",", ".").split(".")
    is_grouped = len(groups) > 1
    if not all(each.isascii() and each.isdigit() for each in (*groups, fraction or "0")):
        return None
    if is_grouped and (len(groups[0]) > 3 or any(len(each) != 3 for each in groups[1:])):
        return None
    return sign + "".join(groups) + (f".{fraction}" if fraction else "")


def _decimal_mark(digits: str) -> str:
    """The mark before the fraction; nothing when there is no fraction."""
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return ""
    mark = digits[last]
    other = "," if mark == "." else "."
    if digits.count(mark) > 1:
        return ""
    is_thousands = len(digits) - last - 1 == 3 and 1 <= last <= 3 and digits[0] != "0"
    return "" if is_thousands and other not in digits else mark


# The order matters: what one kind has taken the next does not see.
_FINDERS: Mapping[EntityKind, Callable[[str, Reading], _Found]] = MappingProxyType(
    {
        "email_address": _emails,
        "date": _dates,
        "phone_number": _phones,
        "number": _numbers,
    }
)
ENTITY_KINDS: tuple[EntityKind, ...] = ("phone_number", "email_address", "date", "number")
