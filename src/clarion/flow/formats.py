"""Formats of the flow file: an older one is brought up to date, a newer one is refused.

Theory of operation.  A file names its format in ``schema``.  ``STEPS`` has one small pure function for
each older format, from it to the next; ``brought_up_to_date`` applies them one after the other, so a
new format needs one new step and leaves the others alone.  A step never raises: what it does not
understand it leaves as it is, and the reader explains it.

``clarion.flow/0`` was the format of early drafts: the trigger was a plain word, and a node named the
one that follows in ``next``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

__all__ = ["SCHEMA", "STEPS", "brought_up_to_date", "is_newer"]

_PREFIX = "clarion.flow/"
_CURRENT_NUMBER = 1
SCHEMA = f"{_PREFIX}{_CURRENT_NUMBER}"

Definition = Mapping[str, Any]


def brought_up_to_date(data: Definition) -> Definition:
    """The same flow in the current format; what is in no older format comes back as it is."""
    while (step := STEPS.get(str(data.get("schema")))) is not None:
        data = step(data)
    return data


def is_newer(schema: object) -> bool:
    """Whether a file says that it is of a format that only a later Clarion knows."""
    if not isinstance(schema, str) or not schema.startswith(_PREFIX):
        return False
    number = schema.removeprefix(_PREFIX)
    return number.isascii() and number.isdigit() and int(number[:9]) > _CURRENT_NUMBER


def _from_0(data: Definition) -> Definition:
    changed = {**data, "schema": "clarion.flow/1"}
    if isinstance(data.get("trigger"), str):
        changed["trigger"] = {"kind": data["trigger"]}
    if isinstance(data.get("nodes"), list):
        changed["nodes"] = [_node_from_0(node) for node in data["nodes"]]
    return changed


def _node_from_0(node: Any) -> Any:
    if not isinstance(node, Mapping) or "next" not in node:
        return node
    rest = {name: value for name, value in node.items() if name != "next"}
    exits = node.get("exits")
    return {
        **rest,
        "exits": {"next": node["next"], **(exits if isinstance(exits, Mapping) else {})},
    }


STEPS: Mapping[str, Callable[[Definition], Definition]] = MappingProxyType(
    {"clarion.flow/0": _from_0}
)
