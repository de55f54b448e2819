"""The reference page of the flow format, written from the node kinds themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from clarion.flow.context import ALIASES, CONTACT_FIELDS, EXTRA_NAMES
from clarion.flow.definition import MAX_NAME_CHARS, MAX_NODES, SCHEMA
from clarion.flow.limits import DEFAULT_LIMITS
from clarion.flow.nodes import NODE_KINDS
from clarion.flow.nodes.kind import NodeKind
from clarion.flow.operators import OPERATORS
from clarion.flow.problems import PROBLEM_CODES
from clarion.flow.trigger import MAX_INPUTS, TRIGGER_KINDS

__all__ = ["flow_format_page"]


def flow_format_page() -> str:
    """``docs/reference/flow-format.md``, whole."""
    parts = [
        _HEAD,
        *(_kind(kind) for kind in NODE_KINDS.values()),
        _operators(),
        _limits(),
        _problems(),
    ]
    return "\n".join(part.strip() + "\n" for part in parts)


_HEAD = f"""
# The flow file: `{SCHEMA}`

This page is generated from the node kinds (`src/clarion/flow/nodes/`). The JSON Schema is
[`flow.schema.json`](flow.schema.json); `clarion flow check FILE` explains every problem.

```json
{{
  "schema": "{SCHEMA}",
  "name": "Hello",
  "trigger": {{"kind": "manual", "inputs": [{{"name": "shop", "default": "our shop"}}]}},
  "nodes": [
    {{"id": "start", "kind": "start", "exits": {{"next": "hello"}}}},
    {{
      "id": "hello",
      "kind": "send_whatsapp_template",
      "config": {{"template": "hello", "language": "en", "body": ["{{{{ contact.name }}}}"]}},
      "exits": {{"next": "done"}}
    }},
    {{"id": "done", "kind": "end"}}
  ]
}}
```

| field | meaning |
|---|---|
| `schema` | always `{SCHEMA}` |
| `name` | at most {MAX_NAME_CHARS} characters |
| `description` | for people; may be left out |
| `trigger.kind` | {", ".join(f"`{kind}`" for kind in TRIGGER_KINDS)}; a campaign starts flows with `manual` |
| `trigger.conditions` | which messages to a bound sender start it, one of them is enough; none: any message. Each is `{{"kind": "keyword", "words": […], "match": "equals" or "contains"}}`, `{{"kind": "pattern", "pattern": "…"}}` (RE2), `{{"kind": "referral", "sources": […]}}` (an advertisement that opens a chat; its ids, or any) or `{{"kind": "media"}}` |
| `trigger.inputs` | at most {MAX_INPUTS} of `name`, `required` (default false), `default` (a text) |
| `nodes` | at most {MAX_NODES} nodes; the first of a session has the id `start` |

A node has an `id`, a `kind`, a `config` (the tables below), `exits` (name of the exit to id of the
node), and perhaps a `label` and a `position` on the canvas (`{{"x": 0, "y": 0}}`).

## Texts with holes

Where a table says "text with holes", write `{{{{ name }}}}`, or any
[Liquid](https://shopify.github.io/liquid/) without `include` and `render`. A name that nobody knows
comes out empty, with a warning in the session's events.

| name | value |
|---|---|
| `contact.*` | {", ".join(f"`{name}`" for name in CONTACT_FIELDS)}; attributes as `contact.attributes.city`; `contact.groups` is the list of its groups' names, `contact.consents.whatsapp` (or another channel) is `opted_in`, `opted_out` or empty |
| `campaign.*` | `id`, `name`, `code` |
| `occurrence.*` | `id`, `scheduled_at` (ISO 8601, in the workspace's zone) |
| `now` | the instant, ISO 8601, in the workspace's zone |
| `reply.*` | `text`, `payload`, `kind` of the latest answer; `form.*` is what was filled into a form, `location.latitude` and `location.longitude` a place |
| inputs and variables | by their own names |
| `incomingMessage`, `incomingMessageType` | the first message of the person in this session |
| {", ".join(f"`{name}`" for name in ALIASES)} | the names that CAMS gives to the same things |
| {", ".join(f"`{name}`" for name in EXTRA_NAMES)} | whatever started the session may give these |

## Node kinds
"""


def _kind(kind: NodeKind[Any]) -> str:
    lines = [f"### `{kind.name}`: {kind.title}", "", kind.summary, ""]
    rows = [*_rows(kind.config.model_json_schema())]
    if rows:
        lines += ["| config | type | needed | meaning |", "|---|---|---|---|", *rows, ""]
    if kind.exit_meanings:
        lines += ["| exit | taken |", "|---|---|"]
        lines += [f"| `{name}` | {meaning} |" for name, meaning in kind.exit_meanings.items()]
        lines += [""]
    example = json.dumps(kind.example, indent=2, ensure_ascii=False)
    return "\n".join((*lines, "```json", example, "```"))


def _rows(schema: dict[str, Any]) -> Iterator[str]:
    """A row a field, fields of inner objects below their own with a dotted name."""
    definitions = schema.get("$defs", {})
    yield from _rows_of(schema, definitions, "", 0)


_MAX_DEPTH = 4


def _rows_of(
    schema: dict[str, Any], definitions: dict[str, Any], prefix: str, depth: int
) -> Iterator[str]:
    needed = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        shape, inner = _shape(field, definitions)
        default = field.get("default")
        is_needed = "yes" if name in needed else "no"
        if default not in (None, "", [], {}):
            is_needed += f" (`{json.dumps(default)}`)"
        meaning = field.get("description", "")
        yield f"| `{prefix}{name}` | {shape} | {is_needed} | {meaning} |"
        for mark, each in inner:
            # Groups of rules hold groups of rules; once told is enough.
            if depth < _MAX_DEPTH and f"{name}{mark}" not in prefix.split("."):
                yield from _rows_of(each, definitions, f"{prefix}{name}{mark}.", depth + 1)


def _shape(
    field: dict[str, Any], definitions: dict[str, Any]
) -> tuple[str, list[tuple[str, dict[str, Any]]]]:
    """How a field's type is written, and the objects inside it, with the mark of a list."""
    if "$ref" in field:
        target = definitions[field["$ref"].rsplit("/", 1)[1]]
        if "properties" not in target:
            return _shape(target, definitions)
        return "object", [("", target)]
    if forms := field.get("anyOf", field.get("oneOf")):
        shapes = [_shape(each, definitions) for each in forms if each.get("type") != "null"]
        names = dict.fromkeys(name for name, _ in shapes)
        return " or ".join(names), [each for _, inner in shapes for each in inner]
    if "enum" in field:
        return ", ".join(f"`{each}`" for each in field["enum"]), []
    if field.get("type") == "array":
        name, inner = _shape(field.get("items", {}), definitions)
        bound = f" (at most {field['maxItems']})" if "maxItems" in field else ""
        return f"list of {name}{bound}", [(f"[]{mark}", each) for mark, each in inner]
    if field.get("type") == "object":
        patterns = [*field.get("patternProperties", {}).values()]
        values = patterns[0] if patterns else field.get("additionalProperties", {})
        name, inner = _shape(values, definitions)
        return f"object: name to {name}", [(".*" + mark, each) for mark, each in inner]
    if (max_chars := field.get("x-rendered-max-chars")) is not None:
        return f"text with holes (at most {max_chars})", []
    words = {"string": "text", "integer": "whole number", "boolean": "true or false"}
    name = words.get(field.get("type", ""), field.get("type", "value"))
    if "maxLength" in field:
        name += f" (at most {field['maxLength']})"
    if "maximum" in field:
        name += f" ({field.get('minimum', 0)} to {field['maximum']})"
    return name, []


def _operators() -> str:
    rows = (f"| `{row.name}` | {row.meaning} |" for row in OPERATORS.values())
    return "\n".join(("## Operators of rules", "", "| operator | fits when |", "|---|---|", *rows))


def _limits() -> str:
    limits = DEFAULT_LIMITS
    return f"""
## Limits of a session

A session that passes a limit ends as `failed`, with the reason. Most are [settings](settings.md)
(`CLARION_FLOW_*`).

| limit | size | reason |
|---|---|---|
| nodes entered between two waits | {limits.max_nodes} | `too_many_nodes` |
| times that a session goes on | {limits.max_sprints} | `too_many_sprints` |
| jumps | {limits.max_jumps} | `too_many_jumps` |
| flows after one another | {limits.max_forwards} forwards | `too_many_forwards` |
| variables | {limits.max_variables} | `too_many_variables` |
| characters of a variable | {limits.max_value_chars} | `variable_too_long` |
| characters of all variables | {limits.max_variables_chars} | `variables_too_large` |
| age in days | {limits.max_session_days} | `session_too_old` |
| characters of a text that a pattern looks at | {limits.max_pattern_chars} | `pattern_text_too_long` |
| characters of a text | {limits.max_text_chars} | `text_too_long` |
"""


def _problems() -> str:
    rows = (f"| `{code}` | {fix} |" for code, fix in PROBLEM_CODES.items())
    intro = (
        "Each problem names its place (`nodes.ID.config.FIELD`), what is wrong, and what to change"
        " there; this is what its code means in general. An error keeps a flow from being"
        " published, a warning does not."
    )
    return "\n".join(
        ("## Problems of a flow", "", intro, "", "| code | what to change |", "|---|---|", *rows)
    )
