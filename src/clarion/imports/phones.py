"""Phone numbers as they stand in files, read as E.164."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import phonenumbers

__all__ = ["PHONE_FAULTS", "PhoneFound", "read_phone"]

PHONE_FAULTS: Mapping[str, str] = MappingProxyType(
    {
        "phone_missing": "The row has no phone number. Fill it in or delete the row.",
        "phone_scientific": "The spreadsheet shortened the number (8.6E+12) and its last digits are "
        "lost. Format the column as text and fill it in again.",
        "phone_country_unknown": "The number has no +country code and no country is given. Write "
        "it in full, add a country column, or choose a default country.",
        "phone_invalid": "No phone can have this number. Check its digits and its country.",
    }
)

_SCIENTIFIC = re.compile(r"\d+(?:[.,]\d+)?[eE][+-]?\d+")
_PREFIX = re.compile(r"(?:tel|phone|whatsapp):", re.IGNORECASE)
_WRITTEN = re.compile(r"[+\uff0b]?[\d\s().\-\u2010-\u2015\u200e\u202a\u202c\ufeff\u00ad\u2060]+")
_NOT_DIGITS = re.compile(r"\D+")
_PLUS = ("+", "\uff0b")


class PhoneFound(NamedTuple):
    """A valid number in E.164 (``+8613800138000``) and the country (ISO) that it belongs to."""

    phone: str
    country: str | None


def read_phone(
    text: str, country: object, default_country: str | None
) -> PhoneFound | tuple[str, str]:
    """Read a number; answer the fault's code and message when it is none.

    A number without ``+`` or ``00`` is first taken as a national one of its row's country (else
    the default country), then as an international one whose plus sign the spreadsheet has eaten;
    without any country it is not guessed, since a guess would message strangers.
    """
    text = _PREFIX.sub("", text, count=1).strip(" \t\u200e\u202a\u202c\ufeff\u00a0")
    if not text:
        return "phone_missing", "The row has no phone number."
    if _SCIENTIFIC.fullmatch(text):
        return "phone_scientific", f"{text[:60]} has lost its last digits."
    if not _WRITTEN.fullmatch(text):
        return "phone_invalid", f"{text[:60]!r} is not written like one phone number."
    digits = _NOT_DIGITS.sub("", text)
    if text.startswith(_PLUS) or digits.startswith("00"):
        found = _valid("+" + digits.removeprefix("00"), None)
    else:
        region = str(country) if country else default_country
        if region is None:
            return (
                "phone_country_unknown",
                f"{text[:60]} has no +country code, and no country is given.",
            )
        found = _valid(digits, region) or _valid("+" + digits, None)
    return found or ("phone_invalid", f"{text[:60]} is no phone number that can exist.")


def _valid(text: str, region: str | None) -> PhoneFound | None:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    owner = phonenumbers.region_code_for_number(number)
    if owner is None or not phonenumbers.is_valid_number_for_region(number, owner):
        return None
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return PhoneFound(written, owner if owner in phonenumbers.SUPPORTED_REGIONS else None)
