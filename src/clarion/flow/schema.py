"""The published JSON Schema of ``clarion.flow/1``, built from the node kinds.

It says what a schema can say: fields, types, limits.  What needs a look at the whole flow (exits,
loops, variables) is told by ``check``.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic.json_schema import models_json_schema

from clarion.flow.definition import (
    ID_PATTERN,
    MAX_LABEL_CHARS,
    MAX_NAME_CHARS,
    MAX_NODES,
    SCHEMA,
)
from clarion.flow.flow_test import MAX_TESTS, FlowTest
from clarion.flow.nodes import NODE_KINDS
from clarion.flow.nodes.kind import NodeKind
from clarion.flow.trigger import CONDITIONS, MAX_INPUTS, NAME_PATTERN, TRIGGER_KINDS

__all__ = ["flow_schema", "flow_schema_text"]

_ID = {"type": "string", "pattern": f"^{ID_PATTERN}$"}


def flow_schema() -> dict[str, Any]:
    """The schema, JSON Schema draft 2020-12."""
    references, definitions = models_json_schema(
        [
            *((kind.config, "validation") for kind in NODE_KINDS.values()),
            (FlowTest, "validation"),
        ],
        ref_template="#/$defs/{model}",
    )
    conditions = CONDITIONS.json_schema(ref_template="#/$defs/{model}")
    condition_definitions = conditions.pop("$defs")
    nodes = {
        kind.name: _node(kind, references[(kind.config, "validation")])
        for kind in NODE_KINDS.values()
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Clarion flow",
        "type": "object",
        "required": ["schema", "name", "nodes"],
        "additionalProperties": False,
        "properties": {
            "schema": {"const": SCHEMA},
            "name": {"type": "string", "minLength": 1, "maxLength": MAX_NAME_CHARS},
            "description": {"type": "string", "maxLength": 1000},
            "trigger": _trigger(conditions),
            "tests": {
                "type": "array",
                "maxItems": MAX_TESTS,
                "items": references[(FlowTest, "validation")],
            },
            "nodes": {
                "type": "array",
                "minItems": 1,
                "maxItems": MAX_NODES,
                "items": {"oneOf": [{"$ref": f"#/$defs/node_{name}"} for name in nodes]},
            },
        },
        "$defs": definitions["$defs"]
        | condition_definitions
        | {f"node_{name}": node for name, node in nodes.items()},
    }


def flow_schema_text() -> str:
    """The schema as it is published: indented, with a line end."""
    return json.dumps(flow_schema(), indent=2, ensure_ascii=False) + "\n"


def _trigger(conditions: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "kind": {"enum": list(TRIGGER_KINDS), "default": "manual"},
            "conditions": conditions,
            "inputs": {
                "type": "array",
                "maxItems": MAX_INPUTS,
                "items": {
                    "type": "object",
                    "required": ["name"],
                    "additionalProperties": False,
                    "properties": {
                        "name": {"type": "string", "pattern": f"^{NAME_PATTERN}$"},
                        "required": {"type": "boolean", "default": False},
                        "default": {"type": ["string", "null"]},
                    },
                },
            },
        },
    }


def _node(kind: NodeKind[Any], config: dict[str, Any]) -> dict[str, Any]:
    is_config_needed = any(field.is_required() for field in kind.config.model_fields.values())
    return {
        "title": kind.title,
        "type": "object",
        "required": ["id", "kind", *(("config",) if is_config_needed else ())],
        "additionalProperties": False,
        "properties": {
            "id": _ID,
            "kind": {"const": kind.name},
            "label": {"type": "string", "maxLength": MAX_LABEL_CHARS},
            "config": config,
            "exits": {"type": "object", "additionalProperties": _ID},
            "position": {
                "type": ["object", "null"],
                "required": ["x", "y"],
                "additionalProperties": False,
                "properties": {"x": {"type": "number"}, "y": {"type": "number"}},
            },
        },
    }
