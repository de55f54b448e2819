"""A message as a person reads it: its kind, its text, and what can be tapped under it.  Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from clarion.domain.message import (
    CardContent,
    Content,
    EmailContent,
    FormContent,
    LinkContent,
    ListContent,
    LocationContent,
    LocationRequestContent,
    MediaContent,
    TemplateContent,
    TextContent,
    TypingContent,
    ViberContent,
    kind_of,
)

__all__ = ["message_in_words"]


def message_in_words(content: Content) -> dict[str, Any]:
    """A message in the words of ``ExpectedMessage``."""
    match content:
        case TemplateContent():
            return {
                "kind": "template",
                "template": content.name,
                "parameters": [each.value for each in content.parameters],
            }
        case ListContent():
            rows = [row.title for section in content.sections for row in section.rows]
            return {"kind": "list", "text": content.text, "buttons": rows}
        case _:
            text, buttons = _SAID[type(content)](content)
            kind = kind_of(content)
            return {"kind": kind, "text": text} | ({"buttons": buttons} if buttons else {})


def _place_in_words(content: LocationContent) -> str:
    words = (content.name, content.address)
    return ", ".join(each for each in words if each) or f"{content.latitude}, {content.longitude}"


# The text of a message, and what can be tapped under it.
_SAID: Mapping[type, Callable[[Any], tuple[str, list[str]]]] = MappingProxyType(
    {
        TextContent: lambda said: (said.text, [each.title for each in said.buttons]),
        MediaContent: lambda said: (said.caption or "", []),
        LocationContent: lambda said: (_place_in_words(said), []),
        LocationRequestContent: lambda said: (said.text, []),
        TypingContent: lambda _: ("", []),
        LinkContent: lambda said: (said.text, [said.title]),
        FormContent: lambda said: (said.text, [said.button]),
        CardContent: lambda said: (
            "\n".join(filter(None, (said.title, said.subtitle))),
            [each.title for each in said.buttons],
        ),
        ViberContent: lambda said: (said.text, [said.button_title] if said.button_title else []),
        EmailContent: lambda said: ("\n".join((said.subject, said.text)), []),
    }
)
