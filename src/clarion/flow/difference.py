"""What two definitions of a flow have not in common: nodes added, removed, changed, field by field.

Theory of operation.  Definitions are compared as they are written, because a draft may be broken in
every way; so the functions are total for any JSON value.  Nodes are the same when they have the same
id.  A node's place on the canvas is no difference.  A field is named by its path in the node, such as
``config.text.body`` or ``exits.next``; what is a list is compared place by place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["Difference", "FieldChange", "NodeChange", "compare"]

_NOT_COMPARED = frozenset(("position",))
_OF_NODES = "nodes"
_DEEPEST = 12


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field with its values; ``None`` where it is missing."""

    path: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class NodeChange:
    """One node that differs; ``fields`` is empty unless it was changed."""

    node_id: str
    change: Literal["added", "removed", "changed"]
    kind: str
    label: str
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """``fields`` are those of the flow itself (its name, its trigger); ``nodes`` in the file's order."""

    fields: tuple[FieldChange, ...]
    nodes: tuple[NodeChange, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the two do the same."""
        return not self.fields and not self.nodes

    @property
    def disturbed_node_ids(self) -> frozenset[str]:
        """The nodes at which somebody who waits would find something else."""
        return frozenset(each.node_id for each in self.nodes if each.change != "added")


def compare(before: object, after: object) -> Difference:
    """What must change in ``before`` to become ``after``; total."""
    old, new = _object(before), _object(after)
    old_nodes, new_nodes = _nodes(old), _nodes(new)
    changes = [
        _node_change(node_id, old_nodes.get(node_id), new_nodes.get(node_id))
        for node_id in {**old_nodes, **new_nodes}
    ]
    own = (
        {name: value for name, value in each.items() if name != _OF_NODES} for each in (old, new)
    )
    return Difference(_fields(*own), tuple(each for each in changes if each is not None))


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _nodes(definition: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    nodes = definition.get(_OF_NODES)
    if not isinstance(nodes, list):
        return {}
    return {
        node["id"]: {name: value for name, value in node.items() if name not in _NOT_COMPARED}
        for node in nodes
        if isinstance(node, Mapping) and isinstance(node.get("id"), str)
    }


def _node_change(
    node_id: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> NodeChange | None:
    shown = after or before or {}
    kind, label = str(shown.get("kind", "")), str(shown.get("label", ""))
    if before is None:
        return NodeChange(node_id, "added", kind, label)
    if after is None:
        return NodeChange(node_id, "removed", kind, label)
    fields = _fields(before, after)
    return NodeChange(node_id, "changed", kind, label, fields) if fields else None


def _fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    old, new = dict(_leaves(before, "", 0)), dict(_leaves(after, "", 0))
    return tuple(
        FieldChange(path, old.get(path), new.get(path))
        for path in {**old, **new}
        if path not in old or path not in new or not _is_same(old[path], new[path])
    )


def _is_same(before: Any, after: Any) -> bool:
    # In JSON, true is not 1.
    return bool(before == after) and isinstance(before, bool) == isinstance(after, bool)


def _leaves(value: Any, path: str, depth: int) -> Iterator[tuple[str, Any]]:
    """The fields of a value by their paths; what is empty or too deep is one field."""
    parts: Iterator[tuple[Any, Any]]
    if depth < _DEEPEST and isinstance(value, Mapping) and (value or not path):
        parts = iter(value.items())
    elif depth < _DEEPEST and isinstance(value, list) and value:
        parts = iter(enumerate(value))
    else:
        yield path, value
        return
    for name, each in parts:
        yield from _leaves(each, f"{path}.{name}" if path else str(name), depth + 1)
