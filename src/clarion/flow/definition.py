"""The flow file, ``clarion.flow/1``: reading it, writing it.

Theory of operation.  ``read_flow`` turns any JSON value into a ``Flow`` and a list of problems; it
never raises.  There is a flow only when no problem is an error, and such a flow is well formed:
ids are unique, every exit and target leads to a node, every config is valid, every text compiled.
So the engine can walk it without looking twice.  ``parse_flow`` is the same for callers who want a
flow or an error.  Whether a well-formed flow is also wise is the business of ``check``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from clarion.domain.errors import ClarionError, Problem
from clarion.flow.flow_test import FlowTest, flow_test_to_json, read_tests
from clarion.flow.formats import SCHEMA, brought_up_to_date, is_newer
from clarion.flow.nodes import NODE_KINDS
from clarion.flow.nodes.kind import Node, NodeKind
from clarion.flow.problems import error, problems_of_config, shown, unknown_fields
from clarion.flow.trigger import Trigger, read_trigger, trigger_to_json

__all__ = [
    "MAX_NODES",
    "SCHEMA",
    "START_NODE_ID",
    "Flow",
    "Node",
    "parse_flow",
    "read_flow",
    "to_json",
]

START_NODE_ID = "start"
MAX_NODES = 500
MAX_BYTES = 1_000_000
MAX_NAME_CHARS = 60
MAX_LABEL_CHARS = 120
ID_PATTERN = r"[A-Za-z0-9_#:-]{1,64}"

_FLOW_FIELDS = frozenset(("schema", "name", "description", "trigger", "nodes", "tests"))
_NODE_FIELDS = frozenset(("id", "kind", "label", "config", "exits", "position"))


@dataclass(frozen=True)
class Flow:
    """A well-formed flow.  ``nodes`` and ``tests`` are in the file's order."""

    name: str
    trigger: Trigger
    nodes: tuple[Node[Any], ...]
    description: str = ""
    tests: tuple[FlowTest, ...] = ()

    @cached_property
    def nodes_by_id(self) -> Mapping[str, Node[Any]]:
        """The nodes by their ids."""
        return {node.id: node for node in self.nodes}


def parse_flow(data: object) -> Flow:
    """The flow of a JSON value (already decoded).

    Raises ``ClarionError`` ``flow.invalid`` with every problem in ``problems``.
    """
    flow, problems = read_flow(data)
    if flow is None:
        first = problems[0]
        more = f" ({len(problems) - 1} more)" if len(problems) > 1 else ""
        raise ClarionError(
            "flow.invalid",
            f"The flow cannot be used: {first.where}: {first.message}{more}",
            problems=problems,
        )
    return flow


def read_flow(data: object) -> tuple[Flow | None, list[Problem]]:
    """The flow, if there is one, and every problem of form; total."""
    if not isinstance(data, Mapping):
        return None, [error("not_object", "flow", "The flow is not a JSON object.", "Write `{…}`.")]
    data = brought_up_to_date(data)
    schema = data.get("schema")
    if is_newer(schema):
        return None, [
            error(
                "newer_schema",
                "schema",
                f"The file is of the format {shown(schema)}; this Clarion knows up to `{SCHEMA}`.",
                "Upgrade this Clarion, or export the flow again from one of this version.",
            )
        ]
    if schema != SCHEMA:
        return None, [
            error(
                "unknown_schema",
                "schema",
                f"The field `schema` is {shown(schema)}; this version knows `{SCHEMA}`.",
                f'Write `"schema": "{SCHEMA}"`, or use a newer version of Clarion.',
            )
        ]
    if (size_problem := _too_large(data)) is not None:
        return None, [size_problem]
    problems: list[Problem] = []
    problems += unknown_fields(data, _FLOW_FIELDS, "")
    name = _text(data, "name", "name", MAX_NAME_CHARS, problems, is_required=True)
    description = _text(data, "description", "description", 1000, problems)
    trigger = read_trigger(data.get("trigger", {}), problems)
    nodes = _read_nodes(data.get("nodes"), problems)
    tests = read_tests(data.get("tests", []), problems)
    if problems:
        return None, problems
    return Flow(name, trigger, nodes, description, tests), problems


def to_json(flow: Flow) -> dict[str, Any]:
    """The flow file of a flow, as a plain value; reading it again gives an equal flow."""
    data: dict[str, Any] = {"schema": SCHEMA, "name": flow.name}
    if flow.description:
        data["description"] = flow.description
    data |= {
        "trigger": trigger_to_json(flow.trigger),
        "nodes": [_node_to_json(node) for node in flow.nodes],
    }
    if flow.tests:
        data["tests"] = [flow_test_to_json(each) for each in flow.tests]
    return data


def _node_to_json(node: Node[Any]) -> dict[str, Any]:
    data: dict[str, Any] = {"id": node.id, "kind": node.kind}
    if node.label:
        data["label"] = node.label
    if config := node.config.model_dump(mode="json", exclude_unset=True):
        data["config"] = config
    if node.exits:
        data["exits"] = dict(node.exits)
    if node.position is not None:
        data["position"] = {"x": node.position[0], "y": node.position[1]}
    return data


def _too_large(data: Mapping[Any, Any]) -> Problem | None:
    try:
        size = len(json.dumps(data, ensure_ascii=False))
    except (TypeError, ValueError, RecursionError):
        return error(
            "not_json",
            "flow",
            "The flow is not a JSON value, or nested too deep.",
            "Mend the file.",
        )
    nodes = data.get("nodes")
    if size > MAX_BYTES or (isinstance(nodes, list) and len(nodes) > MAX_NODES):
        return error(
            "flow_too_large",
            "flow",
            f"A flow has at most {MAX_NODES} nodes and {MAX_BYTES} characters.",
            "Cut it into several flows.",
        )
    return None


def _read_nodes(data: object, problems: list[Problem]) -> tuple[Node[Any], ...]:
    if not isinstance(data, list) or not data:
        fix = "Write `[…]` with a node `start`."
        problems.append(error("no_nodes", "nodes", "The flow has no nodes.", fix))
        return ()
    ids = [each.get("id") for each in data if isinstance(each, Mapping)]
    known = {each for each in ids if isinstance(each, str)}
    nodes: list[Node[Any]] = []
    seen: set[str] = set()
    for index, each in enumerate(data):
        if (node := _read_node(each, index, seen, known, problems)) is not None:
            nodes.append(node)
    starts = [each for each in data if isinstance(each, Mapping) and each.get("kind") == "start"]
    if len(starts) != 1 or starts[0].get("id") != START_NODE_ID:
        problems.append(
            error(
                "no_start",
                "nodes",
                "A flow has exactly one node of the kind `start`, with the id `start`.",
                'Add `{"id": "start", "kind": "start", "exits": {"next": "…"}}`.',
            )
        )
    return tuple(nodes)


def _read_node(
    data: object, index: int, seen: set[str], known: set[str], problems: list[Problem]
) -> Node[Any] | None:
    place = f"nodes[{index}]"
    if not isinstance(data, Mapping):
        problems.append(error("bad_node", place, "The node is not an object.", "Write `{…}`."))
        return None
    node_id = data.get("id")
    if not isinstance(node_id, str) or not re.fullmatch(ID_PATTERN, node_id):
        fix = "Give it an `id` of letters, digits and `_ - # :`, at most 64."
        problems.append(error("bad_node_id", place, "The node has no proper id.", fix))
        return None
    where = f"nodes.{node_id}"
    if node_id in seen:
        fix = "Give each node an id of its own."
        problems.append(error("duplicate_id", where, f"Two nodes have the id `{node_id}`.", fix))
    seen.add(node_id)
    problems += unknown_fields(data, _NODE_FIELDS, f"{where}.")
    kind_name = data.get("kind")
    kind = NODE_KINDS.get(kind_name) if isinstance(kind_name, str) else None
    if kind is None:
        problems.append(
            error(
                "unknown_kind",
                f"{where}.kind",
                f"There is no node kind {shown(kind_name)}.",
                f"Write one of {', '.join(NODE_KINDS)}.",
            )
        )
        return None
    label = _text(data, "label", f"{where}.label", MAX_LABEL_CHARS, problems)
    position = _read_position(data.get("position"), where, problems)
    try:
        config = kind.config.model_validate(data.get("config", {}))
    except ValidationError as failure:
        problems += problems_of_config(failure, f"{where}.config")
        return None
    exits = _read_exits(data.get("exits", {}), where, kind, config, known, problems)
    for target in kind.targets(config):
        if target not in known:
            fix = "Name a node of this flow."
            problems.append(
                error(
                    "exit_to_nowhere",
                    f"{where}.config.target",
                    f"The node goes to `{target}`, which is no node of this flow.",
                    fix,
                )
            )
    return Node(node_id, kind.name, config, exits, label, position)


def _read_exits(
    data: object,
    where: str,
    kind: NodeKind[Any],
    config: Any,
    known: set[str],
    problems: list[Problem],
) -> dict[str, str]:
    if not isinstance(data, Mapping):
        fix = "Write `{exit name: node id}`."
        problems.append(error("bad_exits", f"{where}.exits", "Exits are not an object.", fix))
        return {}
    names = [each.name for each in kind.exits(config)]
    exits: dict[str, str] = {}
    for name, target in data.items():
        place = f"{where}.exits.{name}"
        if name not in names:
            has = f"Its exits are {', '.join(names)}." if names else "It has no exits."
            message = f"A node of the kind `{kind.name}` has no exit `{name}` here."
            problems.append(error("unknown_exit", place, message, has))
        elif not isinstance(target, str) or target not in known:
            message = f"The exit leads to {shown(target)}, which is no node of this flow."
            fix = "Name a node of this flow, or remove the exit."
            problems.append(error("exit_to_nowhere", place, message, fix))
        else:
            exits[name] = target
    return exits


def _read_position(data: object, where: str, problems: list[Problem]) -> tuple[float, float] | None:
    if data is None:
        return None
    if isinstance(data, Mapping) and set(data) == {"x", "y"}:
        x, y = data["x"], data["y"]
        if all(isinstance(each, int | float) and abs(each) < 1e9 for each in (x, y)):
            return float(x), float(y)
    fix = 'Write `{"x": 0, "y": 0}`, or leave it out.'
    problems.append(error("bad_position", f"{where}.position", "This is no position.", fix))
    return None


def _text(
    data: Mapping[Any, Any],
    key: str,
    where: str,
    max_chars: int,
    problems: list[Problem],
    *,
    is_required: bool = False,
) -> str:
    value = data.get(key, "")
    if not isinstance(value, str) or len(value) > max_chars or (is_required and not value.strip()):
        problems.append(
            error(
                "bad_text",
                where,
                f"`{key}` is not a text of at most {max_chars} characters.",
                "Shorten it." if isinstance(value, str) and value.strip() else "Write one.",
            )
        )
        return ""
    return value
