"""What Meta would refuse, found before anything is sent: limits and parameters as problems.

Theory of operation.  Two independent lists: the *fields* of a content against the documented
limits, and the *parameters* of a template send against the placeholders of the approved template.
Nothing here judges whether a window is open or a person agreed; that is the engine's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from clarion.channels.contract import OutMessage, TemplateInfo
from clarion.channels.whatsapp.payloads import body_of
from clarion.domain.errors import Problem
from clarion.domain.message import (
    FormContent,
    LinkContent,
    ListContent,
    LocationContent,
    LocationRequestContent,
    MediaContent,
    TemplateContent,
    TemplateParameter,
    TextContent,
)

__all__ = ["problems_of"]

_TEMPLATE_NAME = re.compile(r"[a-z0-9_]{1,512}")
_PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")
_TEXT_REFUSED = re.compile(r"[\n\r\t]| {4,}")
_ATTEMPT_ID_CHARACTERS = 512
_COUPON_CHARACTERS = 15
_MEDIA_FORMATS = frozenset({"IMAGE", "VIDEO", "DOCUMENT"})


def problems_of(message: OutMessage, template: TemplateInfo | None) -> Sequence[Problem]:
    """Every problem of a message; empty if Meta should take it.

    ``template`` is the approved template that a ``TemplateContent`` names, ``None`` if we do not
    have it (then that itself is a problem); it is ignored for other contents.
    """
    content = message.content
    problems = list(_CHECKS.get(type(content), _check_nothing)(content))
    if isinstance(content, TemplateContent):
        problems += _template_problems(content, template)
    if len(message.attempt_id) > _ATTEMPT_ID_CHARACTERS:
        problems.append(_too_long("attempt_id", len(message.attempt_id), _ATTEMPT_ID_CHARACTERS))
    if not problems:
        try:
            body_of(message)
        except ValueError as error:
            problems.append(
                _problem("message.inexpressible", "message", f"{error}.", "Correct the message.")
            )
    return problems


def _problem(code: str, where: str, message: str, fix: str) -> Problem:
    return Problem(code, "error", where, message, fix)


def _too_long(where: str, length: int, limit: int) -> Problem:
    return _problem(
        "message.too_long",
        where,
        f"{where} has {length} characters; WhatsApp takes at most {limit}.",
        f"Shorten it to {limit} characters.",
    )


def _empty(where: str) -> Problem:
    return _problem("message.empty", where, f"{where} is empty.", "Give it a text.")


def _text(
    where: str, text: str | None, limit: int, *, is_required: bool = True
) -> Iterator[Problem]:
    if text is None or not text.strip():
        if is_required or text is not None:
            yield _empty(where)
    elif len(text) > limit:
        yield _too_long(where, len(text), limit)


def _count(where: str, count: int, limit: int) -> Iterator[Problem]:
    if not 1 <= count <= limit:
        yield _problem(
            "message.count",
            where,
            f"{where} has {count} entries; WhatsApp takes 1 to {limit}.",
            "Add or remove entries.",
        )


def _unique(where: str, ids: Sequence[str]) -> Iterator[Problem]:
    for repeated in sorted({id_ for id_ in ids if ids.count(id_) > 1}):
        yield _problem(
            "message.duplicate_id",
            where,
            f"{where} uses the id {repeated!r} more than once.",
            "Give each entry an id of its own.",
        )


def _check_text(content: TextContent) -> Iterator[Problem]:
    if not content.buttons:
        yield from _text("text", content.text, 4096)
        return
    yield from _text("text", content.text, 1024)
    yield from _text("header", content.header, 60, is_required=False)
    yield from _text("footer", content.footer, 60, is_required=False)
    yield from _count("buttons", len(content.buttons), 3)
    for position, button in enumerate(content.buttons):
        yield from _text(f"buttons.{position}.title", button.title, 20)
        yield from _text(f"buttons.{position}.id", button.id, 256)
    yield from _unique("buttons", [button.id for button in content.buttons])
    yield from _unique("buttons", [button.title for button in content.buttons])


def _check_list(content: ListContent) -> Iterator[Problem]:
    yield from _text("text", content.text, 4096)
    yield from _text("button", content.button, 20)
    yield from _text("header", content.header, 60, is_required=False)
    yield from _text("footer", content.footer, 60, is_required=False)
    rows = [row for section in content.sections for row in section.rows]
    yield from _count("sections", len(content.sections), 10)
    yield from _count("rows", len(rows), 10)
    for position, section in enumerate(content.sections):
        is_required = len(content.sections) > 1
        yield from _text(f"sections.{position}.title", section.title, 24, is_required=is_required)
    for position, row in enumerate(rows):
        yield from _text(f"rows.{position}.title", row.title, 24)
        yield from _text(f"rows.{position}.id", row.id, 200)
        yield from _text(f"rows.{position}.description", row.description, 72, is_required=False)
    yield from _unique("rows", [row.id for row in rows])


def _check_media(content: MediaContent) -> Iterator[Problem]:
    if (content.link is None) == (content.media_id is None):
        yield _problem(
            "media.source",
            "media",
            "Media needs either a link or a media id.",
            "Give exactly one of the two.",
        )
    if content.caption is None:
        return
    if content.media in ("audio", "sticker"):
        yield _problem(
            "media.caption",
            "caption",
            f"WhatsApp shows no caption with {content.media}.",
            "Send the text as a message of its own.",
        )
    else:
        yield from _text("caption", content.caption, 1024)


def _check_template(content: TemplateContent) -> Iterator[Problem]:
    if not _TEMPLATE_NAME.fullmatch(content.name):
        yield _problem(
            "template.name",
            "template.name",
            f"{content.name!r} cannot be the name of a template.",
            "Use lower-case letters, digits and underscores.",
        )
    for position, parameter in enumerate(content.parameters):
        where = f"parameters.{position}"
        if not parameter.value.strip():
            yield _problem(
                "template.parameter_empty",
                where,
                f"The value for {_label(parameter, position)} is empty.",
                "Give a default for contacts that lack it.",
            )
        elif parameter.kind == "text" and _TEXT_REFUSED.search(parameter.value):
            yield _problem(
                "template.parameter_text",
                where,
                f"The value for {_label(parameter, position)} has a line break, a tab or four "
                "spaces in a row.",
                "Take them out; WhatsApp refuses them in parameters.",
            )
        elif parameter.kind == "coupon_code":
            yield from _text(where, parameter.value, _COUPON_CHARACTERS)


def _label(parameter: TemplateParameter, position: int) -> str:
    name = parameter.name if parameter.name is not None else f"number {position + 1}"
    return f"the {parameter.component}'s parameter {name}"


def _check_location(content: LocationContent) -> Iterator[Problem]:
    if abs(content.latitude) > 90 or abs(content.longitude) > 180:
        yield _problem("message.place", "location", "There is no such place.", "Correct it.")


def _check_location_request(content: LocationRequestContent) -> Iterator[Problem]:
    yield from _text("text", content.text, 1024)


def _check_link(content: LinkContent) -> Iterator[Problem]:
    yield from _text("text", content.text, 1024)
    yield from _text("title", content.title, 20)
    yield from _text("header", content.header, 60, is_required=False)
    yield from _text("footer", content.footer, 60, is_required=False)


def _check_form(content: FormContent) -> Iterator[Problem]:
    yield from _text("text", content.text, 1024)
    yield from _text("button", content.button, 20)
    yield from _text("form_id", content.form_id, 64)


def _check_nothing(_content: object) -> Iterator[Problem]:
    """A content of another channel: that it cannot be expressed is told by its payload."""
    yield from ()


_CHECKS: Mapping[type, Callable[[Any], Iterator[Problem]]] = MappingProxyType(
    {
        TextContent: _check_text,
        ListContent: _check_list,
        LocationContent: _check_location,
        LocationRequestContent: _check_location_request,
        LinkContent: _check_link,
        FormContent: _check_form,
        MediaContent: _check_media,
        TemplateContent: _check_template,
    }
)


# A template's parameters against its placeholders.


def _template_problems(
    content: TemplateContent, template: TemplateInfo | None
) -> Iterator[Problem]:
    label = f"{content.name} ({content.language})"
    if template is None:
        yield _problem(
            "template.unknown",
            "template",
            f"The sender has no template {label}.",
            "Synchronise the templates, or correct name and language.",
        )
        return
    if template.status != "approved":
        yield _problem(
            "template.not_approved",
            "template",
            f"The template {label} is {template.status}; only approved ones can be sent.",
            "Wait for its approval, or use another template.",
        )
    is_named = template.parameter_format == "named"
    for component in ("header", "body"):
        given = [p for p in content.parameters if p.component == component]
        definition = _definition(template, component)
        yield from _placeholder_problems(component, given, definition, is_named=is_named)
    yield from _button_problems(content, template)


def _definition(template: TemplateInfo, component: str) -> Mapping[str, Any]:
    for definition in template.components:
        if str(definition.get("type", "")).lower() == component:
            return definition
    return {}


def _placeholders(text: Any) -> list[str]:
    """The distinct placeholders of a text, in order of first appearance."""
    return list(dict.fromkeys(_PLACEHOLDER.findall(text))) if isinstance(text, str) else []


def _placeholder_problems(
    component: str,
    given: Sequence[TemplateParameter],
    definition: Mapping[str, Any],
    *,
    is_named: bool,
) -> Iterator[Problem]:
    wire_format = str(definition.get("format", "TEXT")).upper()
    if wire_format in _MEDIA_FORMATS:
        if [parameter.kind for parameter in given] != [wire_format.lower()]:
            yield _parameters(component, f"needs one {wire_format.lower()}")
        return
    wanted = _placeholders(definition.get("text"))
    if is_named:
        names = [parameter.name for parameter in given]
        if sorted(map(str, names)) != sorted(wanted):
            listed = ", ".join(wanted) or "none"
            yield _parameters(component, f"needs the parameters {listed}")
    elif len(given) != len(wanted):
        yield _parameters(component, f"needs {len(wanted)} parameters, not {len(given)}")
    elif any(parameter.name is not None for parameter in given):
        yield _parameters(component, "counts its parameters, it does not name them")


def _parameters(component: str, needs: str) -> Problem:
    return _problem(
        "template.parameters",
        component,
        f"The template's {component} {needs}.",
        "Fill the template's placeholders anew.",
    )


def _button_problems(content: TemplateContent, template: TemplateInfo) -> Iterator[Problem]:
    buttons = _definition(template, "buttons").get("buttons")
    definitions: Sequence[Any] = buttons if isinstance(buttons, list) else ()
    given = {p.index: p for p in content.parameters if p.component == "button"}
    for index, parameter in given.items():
        kind = _button_kind(definitions, index)
        if kind is None:
            yield _parameters("buttons", f"have no button {index}")
        elif kind != parameter.sub_type:
            yield _parameters("buttons", f"have {kind} at {index}, not {parameter.sub_type}")
    for index, button in enumerate(definitions):
        if index not in given and isinstance(button, Mapping) and _needs_value(button):
            yield _parameters("buttons", f"need a value at {index}")


def _button_kind(definitions: Sequence[Any], index: int | None) -> str | None:
    if index is None or not 0 <= index < len(definitions):
        return None
    button = definitions[index]
    return str(button.get("type", "")).lower() if isinstance(button, Mapping) else None


def _needs_value(button: Mapping[str, Any]) -> bool:
    kind = str(button.get("type", "")).upper()
    return kind == "COPY_CODE" or (kind == "URL" and bool(_placeholders(button.get("url"))))
