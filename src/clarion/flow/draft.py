"""What a draft must be to be stored: nearly nothing, because authors save half-made flows.

A draft is a JSON object with a name, of bounded size and depth; everything else about it is told
by ``check`` and asked for by publishing only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from clarion.domain.errors import ClarionError, FieldError
from clarion.flow.definition import MAX_BYTES, MAX_NAME_CHARS
from clarion.flow.trigger import TRIGGER_KINDS, TriggerKind

__all__ = ["check_storable", "name_of", "trigger_kind_of"]

DEEPEST_NESTING = 100
LARGEST_INTEGER = 2**63 - 1


def name_of(definition: Mapping[str, Any]) -> str:
    """The draft's name without blanks around it.  Raises ``request.invalid``."""
    name = definition.get("name")
    if not isinstance(name, str) or not 1 <= len(name.strip()) <= MAX_NAME_CHARS:
        raise _invalid(
            "definition.name", "length", f"A flow has a name of 1 to {MAX_NAME_CHARS} characters."
        )
    return name.strip()


def trigger_kind_of(definition: Mapping[str, Any]) -> TriggerKind:
    """The kind of the draft's trigger, ``manual`` when it names none that we know."""
    trigger = definition.get("trigger")
    kind = trigger.get("kind", "manual") if isinstance(trigger, Mapping) else "manual"
    return cast("TriggerKind", kind if kind in TRIGGER_KINDS else "manual")


def check_storable(definition: Mapping[str, Any]) -> None:
    """Refuse what cannot be kept: too deep, too large, numbers out of range.

    Raises ``request.invalid``.
    """
    level: list[Any] = [definition]
    for _ in range(DEEPEST_NESTING):
        if any(_is_out_of_range(value) for value in level):
            raise _invalid("definition", "not_json", "The flow holds a number out of range.")
        level = [child for value in level for child in _children(value)]
        if not level:
            break
    else:
        raise _invalid("definition", "nested_too_deep", "The flow is nested too deep.")
    if len(json.dumps(definition, ensure_ascii=False).encode()) > MAX_BYTES:
        raise _invalid("definition", "too_large", f"A flow has at most {MAX_BYTES:,} bytes.")


def _is_out_of_range(value: Any) -> bool:
    return isinstance(value, int) and abs(value) > LARGEST_INTEGER


def _children(value: Any) -> list[Any]:
    match value:
        case dict():
            return list(value.values())
        case list():
            return value
        case _:
            return []


def _invalid(path: str, code: str, message: str) -> ClarionError:
    return ClarionError("request.invalid", message, field_errors=(FieldError(path, code, message),))
