"""What a trace keeps of a sprint: its events as JSON, redacted and bounded.  Pure.

Theory of operation.  A trace is read by people who look for what went wrong, and lives outside of the
session, so it holds no secrets: values under names such as ``token`` or ``authorization``, and tokens
inside of texts, are hidden by the same rules as in the log.  A long value is cut, and so is a long
sprint: what is cut says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clarion.flow.sprint import Sprint, VariableSet, event_to_json
from clarion.observe.logging import HIDDEN, Redactor

__all__ = ["MAX_EVENTS", "MAX_VALUE_CHARS", "trace_of"]

MAX_EVENTS = 300
MAX_VALUE_CHARS = 2000

_REDACTOR = Redactor(hides_phones=False)


def trace_of(sprint: Sprint) -> list[dict[str, Any]]:
    """The events of a sprint as they are kept."""
    kept: list[dict[str, Any]] = []
    for event in sprint.events[:MAX_EVENTS]:
        data = event_to_json(event)
        if isinstance(event, VariableSet):
            # The name of the variable tells whether its value is a secret.
            [(_, value)] = _hidden({event.name: event.value}).items()
            data["value"] = value
        kept.append({name: _cut(value) for name, value in _hidden(data).items()})
    if len(sprint.events) > MAX_EVENTS:
        left_out = len(sprint.events) - MAX_EVENTS
        kept.append({"event": "events_left_out", "event_count": left_out})
    return kept


def _hidden(data: Mapping[str, Any]) -> dict[str, Any]:
    return dict(_REDACTOR(None, "", dict(data)))


def _cut(value: Any) -> Any:
    if isinstance(value, str) and len(value) > MAX_VALUE_CHARS and value != HIDDEN:
        return value[:MAX_VALUE_CHARS] + "…"
    if isinstance(value, Mapping):
        return {key: _cut(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_cut(each) for each in value]
    return value
