"""Ways into a JSON answer: ``items[0].price``, ``$.order["number of"]``.

Theory of operation.  A small and total part of JSONPath: names and positions, nothing that searches,
so a way leads to one value or to none and costs no more than its length.
"""

from __future__ import annotations

import re
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from clarion.flow.context import MISSING

__all__ = ["AnswerPath", "find"]

_STEP = re.compile(
    r"""\.?([A-Za-z_$][\w$-]*) | \[(-?\d{1,6})\] | \["([^"\]]+)"\] | \['([^'\]]+)'\]""",
    re.VERBOSE,
)
_MAX_CHARS = 256


class AnswerPath(str):
    """A way, with its steps; equal to the text that the author wrote."""

    __slots__ = ("steps",)
    steps: tuple[str | int, ...]

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """How pydantic reads and writes a way."""
        return core_schema.no_info_plain_validator_function(
            _read, serialization=core_schema.plain_serializer_function_ser_schema(str)
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """A string."""
        return {"type": "string", "minLength": 1, "maxLength": _MAX_CHARS}


def _read(value: object) -> AnswerPath:
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "Input should be a text")
    steps = _steps(value) if 0 < len(value) <= _MAX_CHARS else None
    if steps is None:
        raise PydanticCustomError("bad_answer_path", "This is no way into a JSON answer")
    path = AnswerPath(value)
    path.steps = steps
    return path


def _steps(source: str) -> tuple[str | int, ...] | None:
    position = 1 if source == "$" or source.startswith(("$.", "$[")) else 0
    steps: list[str | int] = []
    while position < len(source):
        match = _STEP.match(source, position)
        if match is None or (not steps and position == 0 and source[0] == "."):
            return None
        name = match[1] or match[3] or match[4]
        steps.append(int(match[2]) if name is None else name)
        position = match.end()
    return tuple(steps)


def find(value: Any, path: AnswerPath) -> Any:
    """The value at the end of a way; ``MISSING`` when the way breaks off."""
    for step in path.steps:
        if isinstance(step, str):
            value = value.get(step, MISSING) if isinstance(value, dict) else MISSING
        elif isinstance(value, list) and -len(value) <= step < len(value):
            value = value[step]
        else:
            value = MISSING
    return value
