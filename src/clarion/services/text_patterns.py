"""What a person types to find people, as patterns that the database's index of texts understands.

Theory of operation.  A part of a name is looked for in lower case, and what looks like a number,
however it is grouped, also by its digits alone, because numbers are stored as ``+`` and digits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["TextPatterns", "patterns_of"]

_LIKE_A_PHONE = re.compile(r"[+\d\s().-]*\d[+\d\s().-]*")
_SPECIAL = re.compile(r"([\\%_])")


@dataclass(frozen=True, slots=True)
class TextPatterns:
    """For ``LIKE``: of a name in lower case, and of a phone (None: it cannot be a part of one)."""

    name_pattern: str
    phone_pattern: str | None


def patterns_of(text: str | None) -> TextPatterns | None:
    """The patterns of what was typed; None when that is nothing."""
    text = (text or "").strip()
    if not text:
        return None
    digits = re.sub(r"\D", "", text) if _LIKE_A_PHONE.fullmatch(text) else None
    return TextPatterns(_containing(text.lower()), digits and _containing(digits))


def _containing(part: str) -> str:
    escaped = _SPECIAL.sub(r"\\\1", part)
    return f"%{escaped}%"
