"""Countries as people write them: ISO code, calling code, or name in English or Chinese."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from types import MappingProxyType

import phonenumbers
from babel import Locale

__all__ = ["country_of"]

_LANGUAGES = ("en", "zh_Hans", "zh_Hant")
# What people write though no table of names has it.
_ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "usa": "US", "america": "US", "unitedstatesofamerica": "US", "uk": "GB", "england": "GB",
        "greatbritain": "GB", "britain": "GB", "uae": "AE", "korea": "KR", "southkorea": "KR",
        "hongkong": "HK", "macau": "MO", "macao": "MO", "mainlandchina": "CN", "prc": "CN",
        "中国大陆": "CN", "中国内地": "CN", "中華人民共和國": "CN", "中华人民共和国": "CN", "内地": "CN", "中國": "CN",
        "香港": "HK", "中国香港": "HK", "澳门": "MO", "澳門": "MO", "中国澳门": "MO", "中国台湾": "TW", "台湾": "TW",
        "viet nam": "VN", "czechrepublic": "CZ", "turkey": "TR", "holland": "NL", "burma": "MM",
        "ivorycoast": "CI", "swaziland": "SZ", "阿联酋": "AE",
    }
)  # fmt: skip
_NOISE = re.compile(r"[\W_]+")
_CALLING_CODE = re.compile(r"\(?(?:\+|00)?\s*([1-9]\d{0,2})\)?")


def _bare(name: str) -> str:
    return _NOISE.sub("", name).casefold()


@functools.cache
def _codes_by_name() -> Mapping[str, str]:
    regions = phonenumbers.SUPPORTED_REGIONS
    names = {
        _bare(name): code
        for language in _LANGUAGES
        for code, name in Locale.parse(language).territories.items()
        if code in regions
    }
    return names | {_bare(name): code for name, code in _ALIASES.items()}


@functools.lru_cache(maxsize=4096)
def country_of(text: str) -> str | None:
    """The ISO 3166 code of a country, or None when it is not known.

    A calling code that several countries share (+1, +7, +44) is that of the largest of them.
    """
    text = text.strip()
    if len(text) == 2 and text.upper() in phonenumbers.SUPPORTED_REGIONS:
        return text.upper()
    if called := _CALLING_CODE.fullmatch(text):
        region = phonenumbers.region_code_for_country_code(int(called[1]))
        return region if region in phonenumbers.SUPPORTED_REGIONS else None
    return _codes_by_name().get(_bare(text))
