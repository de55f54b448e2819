"""Types that the requests of every noun share.

Theory of operation.  JSON can carry strings that PostgreSQL cannot store (U+0000, lone surrogates)
and integers of any size.  Both are refused here, at the door, as faulty fields.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

__all__ = ["Body", "Id", "IdInBody", "SearchText", "Text", "is_storable", "storable"]

LARGEST_ID = 2**63 - 1


def is_storable(text: str) -> bool:
    """Whether PostgreSQL can store the text."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _strings_of(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        current = waiting.pop()
        if isinstance(current, str):
            yield current
        elif isinstance(current, dict):
            waiting.extend(current.keys())
            waiting.extend(current.values())
        elif isinstance(current, list):
            waiting.extend(current)


def storable(text: str) -> str:
    """Refuse text that cannot be stored (``ValueError``)."""
    if not is_storable(text):
        raise ValueError("contains U+0000 or half of a surrogate pair")
    return text


class Body(BaseModel):
    """The base of every request body: unknown fields and unstorable text are refused."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _only_storable_text(cls, data: Any) -> Any:
        if not all(is_storable(text) for text in _strings_of(data)):
            raise ValueError("a text contains U+0000 or half of a surrogate pair")
        return data


Text = Annotated[str, AfterValidator(storable)]
SearchText = Annotated[str, AfterValidator(storable)]
Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
IdInBody = Annotated[int, Field(ge=1, le=LARGEST_ID)]
