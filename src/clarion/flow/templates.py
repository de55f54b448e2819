"""The shape of an approved template: what a send node must give it.

Theory of operation.  A provider stores a template as a list of components.  Of all that, a flow
needs to know which placeholders the body has and whether they are named, what the header wants,
and which buttons take a parameter.  ``shape_of`` takes that out, ``problems_of_use`` compares it
with a node's config.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from clarion.domain.errors import Problem
from clarion.flow.nodes.send_whatsapp_template import SendTemplateConfig
from clarion.flow.problems import error, warning

__all__ = ["ButtonShape", "TemplateShape", "problems_of_use", "shape_of"]

_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_SUB_TYPES: Mapping[str, Literal["quick_reply", "url", "copy_code"]] = {
    "QUICK_REPLY": "quick_reply",
    "URL": "url",
    "COPY_CODE": "copy_code",
}


@dataclass(frozen=True, slots=True)
class ButtonShape:
    """A button that may or must be given a parameter."""

    index: int
    sub_type: Literal["quick_reply", "url", "copy_code"]
    text: str
    is_required: bool


@dataclass(frozen=True, slots=True)
class TemplateShape:
    """What a template wants.

    ``body`` holds the placeholders of the body, in order: names, or "1", "2", ... when they are
    numbered (``is_named`` false).  ``header`` is the kind of the header's parameter, ``None`` when
    it wants none; ``status`` is the provider's, lower case.
    """

    name: str
    language: str
    body: tuple[str, ...] = ()
    is_named: bool = False
    header: Literal["text", "image", "video", "document"] | None = None
    buttons: tuple[ButtonShape, ...] = ()
    status: str = "approved"
    category: str = "marketing"


def shape_of(
    name: str,
    language: str,
    parameter_format: str,
    components: Sequence[Mapping[str, Any]],
    *,
    status: str = "approved",
    category: str = "marketing",
) -> TemplateShape:
    """The shape of a template from the provider's components; unknown parts are passed over."""
    body: tuple[str, ...] = ()
    header: Literal["text", "image", "video", "document"] | None = None
    buttons: tuple[ButtonShape, ...] = ()
    for component in components:
        kind = str(component.get("type", "")).upper()
        text = str(component.get("text") or "")
        if kind == "BODY":
            body = tuple(dict.fromkeys(_PLACEHOLDER.findall(text)))
        elif kind == "HEADER":
            match str(component.get("format", "TEXT")).upper():
                case "IMAGE":
                    header = "image"
                case "VIDEO":
                    header = "video"
                case "DOCUMENT":
                    header = "document"
                case "TEXT" if _PLACEHOLDER.search(text):
                    header = "text"
        elif kind == "BUTTONS":
            buttons = tuple(_buttons(component.get("buttons") or ()))
    return TemplateShape(
        name,
        language,
        body,
        parameter_format.lower() == "named",
        header,
        buttons,
        status.lower(),
        category.lower(),
    )


def _buttons(buttons: Sequence[Mapping[str, Any]]) -> Iterator[ButtonShape]:
    for index, button in enumerate(buttons):
        sub_type = _SUB_TYPES.get(str(button.get("type", "")).upper())
        if sub_type is not None:
            is_required = sub_type == "copy_code" or (
                sub_type == "url" and bool(_PLACEHOLDER.search(str(button.get("url") or "")))
            )
            yield ButtonShape(index, sub_type, str(button.get("text") or ""), is_required)


def problems_of_use(
    config: SendTemplateConfig, shape: TemplateShape, where: str
) -> Iterator[Problem]:
    """What the provider would refuse about this use of the template."""
    if shape.status != "approved":
        yield warning(
            "template_not_approved",
            f"{where}.template",
            f"The template `{shape.name}` is {shape.status}.",
            "Wait for its approval, or use another template.",
        )
    if shape.category != config.category:
        yield warning(
            "template_category",
            f"{where}.category",
            f"The provider counts the template as {shape.category}, the node as {config.category}.",
            f'Write `"category": "{shape.category}"`.',
        )
    yield from _body_problems(config, shape, where)
    wanted, given = shape.header, config.header
    if (wanted or "none") != (given.kind if given else "none"):
        yield error(
            "template_header",
            f"{where}.header",
            f"The template's header takes {wanted or 'no parameter'}, the node gives "
            f"{given.kind if given else 'none'}.",
            f"Give a header of the kind `{wanted}`." if wanted else "Remove `header`.",
        )
    yield from _button_problems(config, shape, where)


def _body_problems(
    config: SendTemplateConfig, shape: TemplateShape, where: str
) -> Iterator[Problem]:
    given = tuple(config.body) if isinstance(config.body, dict) else None
    if not shape.body and not config.body:
        return
    if shape.is_named is not (given is not None) and shape.body and config.body:
        form = "an object, name to value" if shape.is_named else "a list of values"
        yield error(
            "template_parameters",
            f"{where}.body",
            f"The placeholders of `{shape.name}` are {'named' if shape.is_named else 'numbered'}.",
            f"Write `body` as {form}.",
        )
    elif len(config.body) != len(shape.body):
        yield error(
            "template_parameters",
            f"{where}.body",
            f"The template `{shape.name}` has {len(shape.body)} placeholders, the node gives "
            f"{len(config.body)} values.",
            f"Give {len(shape.body)}: {', '.join(shape.body) or 'none'}.",
        )
    elif given is not None and set(given) != set(shape.body):
        yield error(
            "template_parameters",
            f"{where}.body",
            f"The placeholders of `{shape.name}` are named {', '.join(shape.body)}.",
            "Use these names.",
        )


def _button_problems(
    config: SendTemplateConfig, shape: TemplateShape, where: str
) -> Iterator[Problem]:
    wanted = {button.index: button for button in shape.buttons}
    given = {button.index for button in config.buttons}
    for position, button in enumerate(config.buttons):
        place = f"{where}.buttons.{position}"
        known = wanted.get(button.index)
        if known is None or known.sub_type != button.sub_type:
            yield error(
                "template_button",
                place,
                f"The template `{shape.name}` has no {button.sub_type} button at position "
                f"{button.index}.",
                "Remove the entry, or correct `index` and `sub_type`.",
            )
        elif button.sub_type == "url" and not known.is_required:
            yield error(
                "template_button",
                place,
                "The address of this button has no placeholder.",
                "Remove the entry.",
            )
    for index, known in wanted.items():
        if known.is_required and index not in given:
            yield error(
                "template_button",
                f"{where}.buttons",
                f"The button `{known.text}` at position {index} needs a value.",
                f'Add `{{"index": {index}, "sub_type": "{known.sub_type}", "value": "…"}}`.',
            )
