"""Phone numbers as people type them, turned into E.164 or into a reason why not.

Theory of operation.  ``phonenumbers`` knows the numbering plans; this module knows spreadsheets,
chat windows and other places where numbers come from: apostrophes that Excel adds, ``1.5E+10``
that Excel leaves, full-width digits, ``00`` instead of ``+``, ``tel:`` links, invisible marks.
A number that starts with ``+`` needs no country.  One that does not is read in the default country;
without one it is refused rather than guessed: 13012345678 is a valid number of two countries.

``enable_pattern_cache`` keeps the compiled patterns of all numbering plans (under a megabyte):
without it a file with many countries compiles the same patterns again and again, seventeen times
slower.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from types import MappingProxyType

import phonenumbers
from phonenumbers import NumberParseException, ValidationResult

from clarion.domain.country import country_code, country_name

__all__ = ["PHONE_PROBLEMS", "Phone", "PhoneProblem", "parse_phone"]

phonenumbers.enable_pattern_cache()

_MAX_TEXT_LENGTH = 64
_E164 = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
_QUOTES = "'\"`´‘’“”"
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d+)?E[+-]?\d+", re.ASCII | re.IGNORECASE)
_FLOAT = re.compile(r"(\+?\d+)\.0", re.ASCII)
_ALLOWED = re.compile(r"\+?[\d\s()\[\]./\-‐-―−·]+")
# Until 2020 Mexican mobiles had a 1 after the country code; exports of chat apps still write it.
_OLD_MEXICAN = re.compile(r"52 1\d{10}")
_NOT_GEOGRAPHIC = "001"


@dataclass(frozen=True, slots=True)
class Phone:
    """A valid number.  ``country`` is ISO alpha-2, ``calling_code`` the digits after the ``+``."""

    e164: str
    country: str
    calling_code: int


@dataclass(frozen=True, slots=True)
class PhoneProblem:
    """Why a text is not accepted; ``code`` is a key of ``PHONE_PROBLEMS``."""

    code: str
    message: str


PHONE_PROBLEMS = MappingProxyType(
    {
        "empty": "There is no number.",
        "not_a_number": "This is not a phone number.",
        "scientific_notation": "A spreadsheet has rounded this number; format the column as text and enter it again.",
        "no_country": "Write the number with + and the country code, or name the country.",
        "too_short": "The number is too short.",
        "too_long": "The number is too long.",
        "invalid_for_country": "There is no such number in the numbering plan of its country.",
    }
)


def parse_phone(text: str, default_country: str | None = None) -> Phone | PhoneProblem:
    """The number that ``text`` means; total for any text.

    ``default_country`` is where a number without ``+`` is read: an ISO code, a calling code, or a
    name in English or Chinese.
    """
    if _E164.fullmatch(text):
        return _read(text, None)
    cleaned = _clean(text)
    if not cleaned:
        return _problem("empty")
    if len(cleaned) > _MAX_TEXT_LENGTH:
        return _problem("too_long")
    if _SCIENTIFIC.fullmatch(cleaned):
        return _problem("scientific_notation")
    if not _ALLOWED.fullmatch(cleaned):
        return _problem("not_a_number")
    if cleaned.startswith("+"):
        return _read(cleaned, None)
    country = None
    if default_country is not None and default_country.strip():
        country = country_code(default_country.strip())
        if country is None:
            return PhoneProblem("no_country", f"{default_country.strip()!r} is no country we know.")
    return _read(cleaned, country)


def _clean(text: str) -> str:
    """The text without what only its way here has added."""
    plain = unicodedata.normalize("NFKC", text[: 4 * _MAX_TEXT_LENGTH])
    plain = "".join(char for char in plain if unicodedata.category(char) != "Cf")
    plain = plain.strip().strip(_QUOTES).strip()
    if plain[:4].lower() == "tel:":
        plain = plain[4:].partition(";")[0].strip()
    if plain.startswith("="):  # the spreadsheet formula ="+49..." that keeps a number a text
        plain = plain[1:].strip(_QUOTES)
    if as_float := _FLOAT.fullmatch(plain):  # a spreadsheet's number, read as 13012345678.0
        plain = as_float[1]
    digits_first = plain.lstrip("([ ")
    return "+" + digits_first[2:] if digits_first.startswith("00") else plain


def _read(text: str, country: str | None) -> Phone | PhoneProblem:
    try:
        number = phonenumbers.parse(text, country)
    except NumberParseException as error:
        return _problem(_PARSE_PROBLEMS.get(error.error_type, "not_a_number"), text)
    region = phonenumbers.region_code_for_number(number)
    if (
        region is not None
        and region != _NOT_GEOGRAPHIC
        and phonenumbers.is_valid_number_for_region(number, region)
    ):
        e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        return Phone(e164, region, number.country_code or 0)
    if _OLD_MEXICAN.fullmatch(f"{number.country_code} {number.national_number}"):
        return _read(f"+52{str(number.national_number)[1:]}", None)
    length = phonenumbers.is_possible_number_with_reason(number)
    return _problem(_LENGTH_PROBLEMS.get(length, "invalid_for_country"), text, country)


_PARSE_PROBLEMS = MappingProxyType(
    {
        NumberParseException.INVALID_COUNTRY_CODE: "no_country",
        NumberParseException.NOT_A_NUMBER: "not_a_number",
        NumberParseException.TOO_SHORT_AFTER_IDD: "too_short",
        NumberParseException.TOO_SHORT_NSN: "too_short",
        NumberParseException.TOO_LONG: "too_long",
    }
)
_LENGTH_PROBLEMS = MappingProxyType(
    {
        ValidationResult.TOO_SHORT: "too_short",
        ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "too_short",
        ValidationResult.TOO_LONG: "too_long",
    }
)


def _problem(code: str, text: str = "", country: str | None = None) -> PhoneProblem:
    message = PHONE_PROBLEMS[code]
    if code == "no_country" and text.startswith("+"):
        return PhoneProblem(code, "No country has a calling code that these digits begin with.")
    if country is not None:
        message = f"{message[:-1]} ({country_name(country)})."
    return PhoneProblem(code, message)
