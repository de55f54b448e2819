"""``reference/rest.md``: every operation of the REST API, from its OpenAPI document.

Theory of operation.  The document tells paths, parameters, bodies, answers and codes.  What a caller
must be allowed to do is no part of it; ``docs.pages.permissions`` reads it from the code.  Bodies are
told where they are sent; what is answered, and objects inside of objects, stand once under "Shapes".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from docs.pages.frame import cell, head, page, table
from docs.pages.permissions import permissions_of

from clarion.domain.identity import PERMISSIONS, Role
from clarion.services.place import Place
from clarion.web.app import API_PREFIX, create_api
from clarion.web.openapi import codes_of, operations_of

__all__ = ["rest_page"]

# Codes that follow from the shape of an operation; they are told once, at the head.
_ANYWHERE = frozenset(
    {
        "access.csrf",
        "access.forbidden",
        "access.not_signed_in",
        "database.unreachable",
        "request.cursor_invalid",
        "request.idempotency_conflict",
        "request.in_progress",
        "request.invalid",
        "request.malformed",
        "request.rate_limited",
        "request.too_large",
        "secret.unreadable",
        "server.failed",
    }
)
# Parameters that are told once, at the head.
_PAGING = frozenset({"limit", "cursor", "idempotency-key"})
_WORDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "object",
    "null": "null",
}
_FORMATS = {"date-time": "instant", "binary": "file"}
_LARGEST_TOLD = 10**9
_REFERENCE = "#/components/schemas/"

_HEAD = f"""\
The machine-readable form is answered by every server at `/api/openapi.json`, and shown at
`/api/docs`. Everything but health and signing in stands under `{API_PREFIX}`.

**Who asks.** Send `Authorization: Bearer TOKEN` with the `token` of a key (`clarion key create`), or
the cookie of a sign-in; a cookie's unsafe requests also carry the header `X-CSRF-Token` with the
value of the cookie `clarion_csrf`. What a role may do is in the table below; an operation names the
permission that it needs.

**Pages.** A list takes `limit` (1 to 500, else 50) and answers `items` and `next_cursor`; the next
page is asked for with `cursor`. `next_cursor` is null on the last one.

**Repeating.** A create (201) takes the header `Idempotency-Key`: the same request with the same key
is done once, and answered the same, for 24 hours.

**Times** are ISO 8601 with an offset; answers are in UTC.

**Errors** are `application/problem+json` (RFC 9457) with a stable `code`; all are in
[Errors](errors.md). Any operation may answer: {", ".join(f"`{code}`" for code in sorted(_ANYWHERE))}.
Operations name only the codes that are their own."""


def rest_page() -> str:
    """All operations by noun, then the shapes of what they answer."""
    api = create_api(cast("Place", None))  # the document needs no database
    document = api.openapi()
    schemas: Mapping[str, Any] = document["components"]["schemas"]
    needed = permissions_of(api)
    lines = [*head("REST API"), _HEAD, "", "## Roles", *_roles()]
    by_noun: dict[str, list[tuple[str, str, dict[str, Any]]]] = {}
    for method, path, operation in operations_of(document):
        by_noun.setdefault(operation["tags"][0], []).append((method, path, operation))
    answered: list[str] = []
    for noun, operations in sorted(by_noun.items(), key=lambda item: item[0]):
        lines += ["", f"## {noun.replace('_', ' ').capitalize()}"]
        for method, path, operation in operations:
            name = operation["operationId"]
            lines += _operation(method, path, operation, needed.get(name, ()), schemas)
            answered += _answered(operation)
    lines += [
        "",
        "## Shapes",
        "",
        "A field that is not always there is marked with *may be missing*.",
    ]
    for name in sorted(_reachable([*answered, "ProblemAnswer"], schemas)):
        schema = schemas[name]
        lines += ["", f"### `{name}`"]
        lines += ["", _text(schema["description"])] if "description" in schema else []
        if "enum" in schema:
            lines += ["", "One of " + ", ".join(f"`{each}`" for each in schema["enum"]) + "."]
        lines += table(
            ("field", "type", "meaning"),
            (
                (
                    f"`{field}`",
                    _type(each)
                    + ("" if field in schema.get("required", ()) else "; may be missing"),
                    each.get("description", ""),
                )
                for field, each in schema.get("properties", {}).items()
            ),
        )
    return page(lines)


def _roles() -> list[str]:
    rows = []
    before: frozenset[Any] = frozenset()
    for role in Role:
        more = sorted(permission.value for permission in PERMISSIONS[role] - before)
        rows.append((f"`{role}`", ", ".join(f"`{each}`" for each in more)))
        before = PERMISSIONS[role]
    return table(("role", "may, besides all that the role above it may"), rows)


def _operation(
    method: str,
    path: str,
    operation: Mapping[str, Any],
    permissions: tuple[str, ...],
    schemas: Mapping[str, Any],
) -> list[str]:
    lines = ["", f"### `{method.upper()} {path}`", "", f"{operation['summary']}."]
    description = _text(operation.get("description", ""))
    if description:
        lines += ["", description]
    facts = []
    if permissions:
        facts.append("Needs " + ", ".join(f"`{each}`" for each in permissions) + ".")
    else:
        facts.append("For whoever is signed in." if operation.get("security") else "Open to all.")
    if _has(operation, "cursor"):
        facts.append("Paged.")
    if _has(operation, "idempotency-key"):
        facts.append("Takes `Idempotency-Key`.")
    lines += ["", " ".join(facts)] if facts else []
    lines += table(
        ("parameter", "in", "type", "default", "meaning"),
        (
            (
                f"`{each['name']}`",
                each["in"],
                _type(each["schema"]),
                _default(each["schema"], is_needed=each.get("required", False)),
                each.get("description", ""),
            )
            for each in operation.get("parameters", ())
            if each["name"].lower() not in _PAGING
        ),
    )
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        lines += ["", f"Body (`{media_type}`):", *_fields(content.get("schema", {}), schemas)]
    lines += ["", f"Answers {_answer(operation)}."]
    own = sorted(codes_of(dict(operation)) - _ANYWHERE)
    if own:
        lines += ["", "Refuses with " + ", ".join(f"`{code}`" for code in own) + "."]
    return lines


def _has(operation: Mapping[str, Any], parameter: str) -> bool:
    return any(each["name"].lower() == parameter for each in operation.get("parameters", ()))


def _answer(operation: Mapping[str, Any]) -> str:
    told = []
    for status, response in operation["responses"].items():
        if int(status) >= 400:
            continue
        shapes = [
            _type(content.get("schema", {})) if "json" in kind else f"`{kind}`"
            for kind, content in response.get("content", {}).items()
        ]
        told.append(f"{status}" + (f" with {' or '.join(shapes)}" if shapes else ""))
    return ", ".join(told)


def _fields(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> list[str]:
    # A body that may be left out has the alternatives "its shape" and "null".
    names = [_named(each) for each in (schema, *schema.get("anyOf", ()))]
    name = next((each for each in names if each), None)
    if name is None:
        return ["", _type(schema)]
    body = schemas[name]
    needed = body.get("required", ())
    return table(
        ("field", "type", "default", "meaning"),
        (
            (
                f"`{field}`",
                _type(each),
                _default(each, is_needed=field in needed),
                each.get("description", ""),
            )
            for field, each in body.get("properties", {}).items()
        ),
    )


def _type(schema: Mapping[str, Any]) -> str:
    """A schema in a few words; a shape is a link to its section."""
    name = _named(schema)
    if name is not None:
        return f"[`{name}`](#{name.lower()})"
    if forms := schema.get("anyOf", schema.get("oneOf")):
        return " or ".join(dict.fromkeys(_type(each) for each in forms))
    if "enum" in schema:
        return ", ".join(f"`{each}`" for each in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    kind = schema.get("type")
    if kind == "array":
        most = f" (at most {schema['maxItems']})" if "maxItems" in schema else ""
        return f"list of {_type(schema.get('items', {}))}{most}"
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    if kind == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        return f"object: name to {_type(schema['additionalProperties'])}"
    return _WORDS.get(str(kind), "any value") + _bounds(schema)


def _bounds(schema: Mapping[str, Any]) -> str:
    low = schema.get("minimum", schema.get("minLength"))
    high = schema.get("maximum", schema.get("maxLength"))
    if high is not None and high <= _LARGEST_TOLD:
        return f" ({int(low or 0)} to {int(high)})"
    return ""


def _default(schema: Mapping[str, Any], *, is_needed: bool) -> str:
    if is_needed:
        return "needed"
    value = schema.get("default")
    if value in (None, "", [], {}):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _named(schema: Mapping[str, Any]) -> str | None:
    reference = schema.get("$ref")
    return reference.removeprefix(_REFERENCE) if isinstance(reference, str) else None


def _text(text: str) -> str:
    return cell(text).replace("\\|", "|")


def _answered(operation: Mapping[str, Any]) -> Iterator[str]:
    """The shapes that stand in answers, and inside of bodies."""
    for status, response in operation["responses"].items():
        if int(status) < 400:
            yield from _references(response)
    for name in _references(operation.get("parameters", ())):
        yield name
    for name in _references(operation.get("requestBody", {})):
        yield f"inside {name}"


def _reachable(names: list[str], schemas: Mapping[str, Any]) -> set[str]:
    found: set[str] = set()
    left = list(names)
    while left:
        name = left.pop()
        inside = name.removeprefix("inside ")
        if name in found:
            continue
        if name == inside:
            found.add(name)
        left += [each for each in _references(schemas[inside]) if each not in found]
    return found


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        name = _named(value)
        if name is not None:
            yield name
        for each in value.values():
            yield from _references(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _references(each)
