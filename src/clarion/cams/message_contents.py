"""What a message says: the CAMS form turned into ours, purely.

Theory of operation.  A template is given values by name; which of them goes where is told by the
shape of our copy of it.  Free messages come as a JSON text whose form hangs on ``MessageType``: one
row a type in the table below; a type that is in no row cannot be sent from here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal

import orjson

from clarion.cams.refusals import refuse_business
from clarion.domain.message import (
    Button,
    Content,
    ListContent,
    ListRow,
    ListSection,
    MediaContent,
    MediaKind,
    TemplateContent,
    TemplateParameter,
    TextContent,
)
from clarion.flow.templates import TemplateShape, shape_of
from clarion.services.templates import Template

__all__ = ["free_content", "template_content"]

_Item = Mapping[str, Any]
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
# What the value of a header or of a button is called when the template has no name for it.
_CATEGORIES: Mapping[str, Literal["marketing", "utility", "authentication"]] = MappingProxyType(
    {"utility": "utility", "authentication": "authentication"}
)
_HEADER_NAMES = ("header", "url", "link", "1")
_BUTTON_NAMES = MappingProxyType({"url": ("1", "url"), "copy_code": ("code", "couponCode", "1")})


def template_content(
    template: Template, values: Mapping[str, Any], payloads: Sequence[Any]
) -> TemplateContent:
    """A template with its values.  Raises ``InvalidParameter.TemplateParams``."""
    shape = shape_of(
        template.name,
        template.language,
        template.parameter_format,
        template.components,
        status=template.status,
        category=template.category,
    )
    left = {str(name): str(value) for name, value in values.items()}
    parameters = [*_header(template, shape, left)]
    for name in shape.body:
        value = _take(left, (name,), f"the placeholder {name}", keep=True)
        parameters.append(TemplateParameter("body", value, name=name if shape.is_named else None))
    for name in shape.body:
        left.pop(name, None)
    parameters += _buttons(shape, left, [str(each) for each in payloads])
    return TemplateContent(
        template.name,
        template.language,
        tuple(parameters),
        _CATEGORIES.get(template.category, "marketing"),
    )


def free_content(kind: str, text: str) -> Content:
    """A free message.  Raises ``InvalidParameter.MessageInvalid``."""
    if kind not in _FREE:
        raise refuse_business(
            "InvalidParameter.MessageInvalid",
            f"MessageType is one of {', '.join(_FREE)}.",
        )
    try:
        document = orjson.loads(text or "null")
    except orjson.JSONDecodeError:
        document = None
    if not isinstance(document, dict):
        raise refuse_business("InvalidParameter.MessageInvalid", "Content is no JSON object.")
    return _FREE[kind](document)


def _header(
    template: Template, shape: TemplateShape, left: dict[str, str]
) -> list[TemplateParameter]:
    if shape.header is None:
        return []
    if shape.header != "text":
        value = _take(left, _HEADER_NAMES, "the header's file (`header`)")
        return [TemplateParameter("header", value, kind=shape.header)]
    component = next(
        each for each in template.components if str(each.get("type", "")).upper() == "HEADER"
    )
    (name, *_) = _VARIABLE.findall(str(component.get("text") or ""))
    value = _take(left, (name,), f"the placeholder {name} of the header", keep=True)
    return [TemplateParameter("header", value, name=name if shape.is_named else None)]


def _buttons(
    shape: TemplateShape, left: dict[str, str], payloads: list[str]
) -> list[TemplateParameter]:
    found: list[TemplateParameter] = []
    for button in shape.buttons:
        if button.sub_type == "quick_reply":
            if payloads:
                found.append(_button(button.index, "quick_reply", "payload", payloads.pop(0)))
        elif button.is_required:
            # A variable in an address has lost its name at the provider: it is the one that is left.
            names = (*_BUTTON_NAMES[button.sub_type], *left)
            value = _take(left, names, f"the button {button.text!r}")
            kind = "text" if button.sub_type == "url" else "coupon_code"
            found.append(_button(button.index, button.sub_type, kind, value))
    return found


def _button(index: int, sub_type: Any, kind: str, value: str) -> TemplateParameter:
    return TemplateParameter("button", value, kind=kind, index=index, sub_type=sub_type)


def _take(left: dict[str, str], names: Sequence[str], what: str, *, keep: bool = False) -> str:
    for name in names:
        if name in left:
            return left[name] if keep else left.pop(name)
    raise refuse_business(
        "InvalidParameter.TemplateParams", f"TemplateParams has no value for {what}."
    )


def _media(media: MediaKind) -> Callable[[_Item], Content]:
    def read(item: _Item) -> Content:
        return MediaContent(
            media,
            link=_text(item, "link"),
            caption=_optional(item, "caption"),
            filename=_optional(item, "fileName"),
        )

    return read


def _interactive(item: _Item) -> Content:
    action = item.get("action")
    action = action if isinstance(action, dict) else {}
    text = _inner_text(item.get("body"))
    header, footer = _inner_text(item.get("header")), _inner_text(item.get("footer"))
    match str(item.get("type", "")):
        case "button":
            buttons = tuple(_reply_button(each) for each in action.get("buttons") or ())
            return TextContent(text, buttons, header or None, footer or None)
        case "list":
            sections = tuple(_section(each) for each in action.get("sections") or ())
            label = str(action.get("button") or "")
            return ListContent(text, label, sections, header or None, footer or None)
        case kind:
            raise refuse_business(
                "InvalidParameter.MessageInvalid",
                f"An interactive message is a button or a list here, not {kind[:40]!r}.",
            )


def _reply_button(item: Any) -> Button:
    reply = item.get("reply") if isinstance(item, dict) else None
    reply = reply if isinstance(reply, dict) else item if isinstance(item, dict) else {}
    return Button(_text(reply, "id"), _text(reply, "title"))


def _section(item: Any) -> ListSection:
    item = item if isinstance(item, dict) else {}
    rows = tuple(
        ListRow(_text(row, "id"), _text(row, "title"), _optional(row, "description"))
        for row in item.get("rows") or ()
        if isinstance(row, dict)
    )
    return ListSection(rows, _optional(item, "title"))


def _inner_text(item: Any) -> str:
    """A text that stands alone, or as ``{"text": ...}``."""
    return str(item.get("text") or "") if isinstance(item, dict) else str(item or "")


def _text(item: _Item, name: str) -> str:
    value = item.get(name)
    if not isinstance(value, str) or not value:
        raise refuse_business("InvalidParameter.MessageInvalid", f"Content has no {name}.")
    return value


def _optional(item: _Item, name: str) -> str | None:
    value = item.get(name)
    return value if isinstance(value, str) and value else None


_FREE: Mapping[str, Callable[[_Item], Content]] = MappingProxyType(
    {
        "text": lambda item: TextContent(_text(item, "text")),
        "image": _media("image"),
        "video": _media("video"),
        "audio": _media("audio"),
        "document": _media("document"),
        "sticker": _media("sticker"),
        "interactive": _interactive,
    }
)
