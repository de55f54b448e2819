"""Countries by whatever people call them: ISO codes, calling codes, names in English or Chinese."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from clarion.domain.country_names import COUNTRY_ALIASES, COUNTRY_ROWS

__all__ = ["calling_code", "country_code", "country_name"]

_MAX_TEXT_LENGTH = 100
_CALLING_CODE = re.compile(r"(?:\+|00)?([1-9]\d{0,2})", re.ASCII)
_INSIDE_WORDS = re.compile(r"[.'’]")
_NOT_LETTERS = re.compile(r"[\W_]+")
_LEADING_ARTICLE = re.compile(r"^the ")
_SAINT = re.compile(r"\bst\b")


def country_code(text: str) -> str | None:
    """The ISO 3166 alpha-2 code of what ``text`` names, ``None`` if it names no country.

    Understands alpha-2 and alpha-3 codes, calling codes with or without ``+`` or ``00`` (a code
    that several countries share means the largest: ``1`` is the United States), and common names.
    """
    if len(text) > _MAX_TEXT_LENGTH:
        return None
    if len(text) == 2 and text in _NAMES:
        return text
    code = _CALLING_CODE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if code is not None:
        region = COUNTRY_CODE_TO_REGION_CODE.get(int(code[1]), ("",))[0]
        return region if region in _NAMES else None
    return _BY_KEY.get(_key_of(text))


def country_name(code: str, language: Literal["en", "zh"] = "en") -> str:
    """The common name of a country by its alpha-2 code; the code itself if it is unknown."""
    names = _NAMES.get(code)
    if names is None:
        return code
    return names[1] if language == "zh" else names[0]


def calling_code(code: str) -> int | None:
    """The calling code of a country by its alpha-2 code: 86 for CN."""
    return _CALLING_CODES.get(code)


def _key_of(name: str) -> str:
    """What two spellings of a name have in common."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    words = _NOT_LETTERS.sub(" ", _INSIDE_WORDS.sub("", letters.replace("&", " and "))).strip()
    return _SAINT.sub("saint", _LEADING_ARTICLE.sub("", words))


_NAMES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {alpha_2: (english, chinese) for alpha_2, _, english, chinese in COUNTRY_ROWS}
)
_CALLING_CODES: Mapping[str, int] = MappingProxyType(
    {region: code for code, regions in COUNTRY_CODE_TO_REGION_CODE.items() for region in regions}
)
_BY_KEY: Mapping[str, str] = MappingProxyType(
    {
        key: row[0]
        for row in COUNTRY_ROWS
        for key in map(_key_of, (*row, *COUNTRY_ALIASES.get(row[0], "").split("|")))
        if key
    }
)
