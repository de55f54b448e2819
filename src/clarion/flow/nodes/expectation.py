"""What an answer must be: a number, a date, an e-mail address, one of some words, a pattern.

Theory of operation.  ``Expectation.read`` takes a text and gives it back in one form, or ``None`` when
it is not what was asked for.  It is pure and total, so what counts as an answer can be tried out in a
test without a session.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from clarion.flow.entities import DateOrder, Reading, entities_of, plain_number
from clarion.flow.nodes.config import Config
from clarion.flow.operators import PatternError, compile_pattern

__all__ = ["Expectation"]

_Word = Annotated[str, Field(min_length=1, max_length=256)]
# Which fields belong to which kind; any other is a mistake of the author.
_FIELDS_OF_KIND: dict[str, frozenset[str]] = {
    "number": frozenset(("minimum", "maximum")),
    "date": frozenset(("earliest", "latest", "date_order")),
    "email": frozenset(),
    "choice": frozenset(("choices",)),
    "pattern": frozenset(("pattern",)),
}


class Expectation(Config):
    """What an answer must be."""

    kind: Literal["number", "date", "email", "choice", "pattern"]
    minimum: Annotated[float | None, Field(description="`number`: the least.")] = None
    maximum: Annotated[float | None, Field(description="`number`: the most.")] = None
    earliest: Annotated[date | None, Field(description="`date`: the first day.")] = None
    latest: Annotated[date | None, Field(description="`date`: the last day.")] = None
    date_order: Annotated[DateOrder, Field(description="`date`: how `3/4/2026` is meant.")] = (
        "day_first"
    )
    choices: Annotated[
        tuple[_Word, ...],
        Field(max_length=50, description="`choice`: the words, whatever their case."),
    ] = ()
    pattern: Annotated[
        str | None,
        Field(min_length=1, max_length=1000, description="`pattern`: what the whole answer must fit (RE2)."),
    ] = None  # fmt: skip

    @model_validator(mode="after")
    def check_whole(self) -> Self:
        """Refuse fields of another kind, bounds the wrong way round, and what is not RE2."""
        foreign = self.model_fields_set - {"kind"} - _FIELDS_OF_KIND[self.kind]
        if foreign:
            raise PydanticCustomError(
                "foreign_field",
                "An answer of the kind `{kind}` has no `{name}`",
                {"kind": self.kind, "name": min(foreign)},
            )
        if self.kind == "choice" and not self.choices:
            raise PydanticCustomError("choices_missing", "There is nothing to choose from")
        if self.kind == "pattern":
            self._check_pattern()
        is_crossed = (
            self.minimum is not None and self.maximum is not None and self.minimum > self.maximum
        ) or (self.earliest is not None and self.latest is not None and self.earliest > self.latest)
        if is_crossed:
            raise PydanticCustomError("bounds_crossed", "The least is more than the most")
        return self

    def _check_pattern(self) -> None:
        if self.pattern is None:
            raise PydanticCustomError("pattern_missing", "There is no pattern")
        try:
            _ = self._pattern
        except PatternError as error:
            raise PydanticCustomError(
                "bad_pattern", "This is not a valid pattern: {reason}", {"reason": str(error)}
            ) from error

    @cached_property
    def _pattern(self) -> Any:
        return compile_pattern(self.pattern or "")

    def read(self, text: str) -> str | None:
        """The answer in one form, or ``None`` when it is not what was asked for."""
        text = text.strip()
        match self.kind:
            case "number":
                return self._number(text)
            case "date":
                return self._date(text)
            case "email":
                found = entities_of(text, ("email_address",), Reading())["email_address"]
                return text if found == (text,) else None
            case "choice":
                folded = text.casefold()
                return next((each for each in self.choices if each.casefold() == folded), None)
            case "pattern":
                return text if self._pattern.fullmatch(text) is not None else None

    def _number(self, text: str) -> str | None:
        plain = plain_number(text) if len(text) <= 40 else None
        if plain is None:
            return None
        value = Decimal(plain)
        is_low = self.minimum is not None and value < Decimal(str(self.minimum))
        is_high = self.maximum is not None and value > Decimal(str(self.maximum))
        return None if is_low or is_high else plain

    def _date(self, text: str) -> str | None:
        if len(text) > 10:
            return None
        found = entities_of(text, ("date",), Reading(date_order=self.date_order))["date"]
        if not found or any(char not in "0123456789./-" for char in text):
            return None
        day = date.fromisoformat(found[0])
        is_early = self.earliest is not None and day < self.earliest
        is_late = self.latest is not None and day > self.latest
        return None if is_early or is_late else found[0]
