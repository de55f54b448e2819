"""The fields of a contact: what may stand in them, however they arrive.

Theory of operation.  A form, a file and the compatible API all bring the same fields.  Each field
has one pure check here: the tidy value, or a ``FieldFault`` with a stable code and a sentence for
a person.  Whether the value is free in the workspace is not asked here.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from clarion.domain.country import country_code

__all__ = [
    "ATTRIBUTE_COUNT_LIMIT",
    "ATTRIBUTE_NAME_LIMIT",
    "ATTRIBUTE_VALUE_LIMIT",
    "CONTACT_FIELDS",
    "FieldFault",
    "check_attribute",
    "check_field",
]

NAME_LIMIT = 100
REMARK_LIMIT = 200
EMAIL_LIMIT = 254
ATTRIBUTE_COUNT_LIMIT = 200
ATTRIBUTE_NAME_LIMIT = 100
ATTRIBUTE_VALUE_LIMIT = 1000

_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,2}", re.ASCII)
_ZONES = frozenset(zoneinfo.available_timezones())


@dataclass(frozen=True, slots=True)
class FieldFault:
    """Why a value cannot stand in a field; ``code`` is stable."""

    code: str
    message: str


def check_field(field: str, text: str) -> str | FieldFault:
    """The tidy value of a field of ``CONTACT_FIELDS`` (``KeyError`` for another), or its fault."""
    return CONTACT_FIELDS[field](text)


def check_attribute(name: str, text: str) -> str | FieldFault:
    """The value of an attribute, or why it cannot be one."""
    if not 0 < len(name.strip()) <= ATTRIBUTE_NAME_LIMIT:
        return FieldFault(
            "attribute_name", f"An attribute's name has 1 to {ATTRIBUTE_NAME_LIMIT} characters."
        )
    return _within(ATTRIBUTE_VALUE_LIMIT)(text)


def _within(limit: int) -> Callable[[str], str | FieldFault]:
    def checked(text: str) -> str | FieldFault:
        if len(text) > limit:
            return FieldFault("too_long", f"{len(text)} characters; the limit is {limit}.")
        return text

    return checked


def _country(text: str) -> str | FieldFault:
    country = country_code(text)
    return country or FieldFault("country_unknown", f"{text[:60]!r} is no country that we know.")


def _email(text: str) -> str | FieldFault:
    if _EMAIL.fullmatch(text) and len(text) <= EMAIL_LIMIT:
        return text
    return FieldFault("email_invalid", f"{text[:60]!r} is not an e-mail address.")


def _language(text: str) -> str | FieldFault:
    if _LANGUAGE.fullmatch(text):
        return text.replace("-", "_")
    return FieldFault("language_invalid", f"{text[:60]!r} is not a code such as en or pt_BR.")


def _zone(text: str) -> str | FieldFault:
    if text in _ZONES:
        return text
    return FieldFault("zone_unknown", f"{text[:60]!r} is not a time zone such as Asia/Shanghai.")


CONTACT_FIELDS: Mapping[str, Callable[[str], str | FieldFault]] = MappingProxyType(
    {
        "name": _within(NAME_LIMIT),
        "country": _country,
        "email": _email,
        "remark": _within(REMARK_LIMIT),
        "language": _language,
        "zone": _zone,
    }
)
