"""The templates of the business accounts, as the platform stores them.

Theory of operation.  A template is found by (name, language) when it is sent and by its id when it is
managed.  Its *shape*, what a send must bring, is read once from its components (``shape_of``): the variables of
header and body, and what each button wants.  The store only keeps; reviews and webhooks happen elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from clarion.channels.simulator.graph_errors import Refusal

__all__ = [
    "ButtonShape",
    "Template",
    "TemplateShape",
    "Templates",
    "asks_for_rating",
    "definition_problem",
    "shape_of",
]

_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_RATING = re.compile(r"(?<!\d)1(?!\d).{1,20}(?<!\d)5(?!\d)", re.DOTALL)
_NAME = re.compile(r"[a-z0-9_]{1,512}")
_CATEGORIES = frozenset({"MARKETING", "UTILITY", "AUTHENTICATION"})
_FORMATS = frozenset({"POSITIONAL", "NAMED"})
_BODY_LENGTH = 1024


@dataclass(frozen=True, slots=True)
class ButtonShape:
    """One button: its kind (upper case), its text, and whether a send must bring a parameter."""

    kind: str
    text: str
    is_parameter_required: bool


@dataclass(frozen=True, slots=True)
class TemplateShape:
    """What a send must bring: variables in order of first use, and the buttons."""

    header_format: str | None
    header_variables: tuple[str, ...]
    body_variables: tuple[str, ...]
    body_length: int
    is_rating_asked: bool
    buttons: tuple[ButtonShape, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A stored template; ``status`` and ``category`` are the platform's upper-case words.

    ``made_at`` is in seconds since 1970.
    """

    id: str
    waba_id: str
    name: str
    language: str
    category: str
    status: str
    parameter_format: str
    components: Sequence[Mapping[str, Any]]
    made_at: float
    quality: str = "UNKNOWN"
    rejected_reason: str = "NONE"
    shape: TemplateShape = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", shape_of(self.components))

    @property
    def is_named(self) -> bool:
        """Whether its parameters go by name."""
        return self.parameter_format == "NAMED"

    def as_document(self) -> dict[str, Any]:
        """The template as the platform lists it."""
        return {
            "id": self.id,
            "name": self.name,
            "language": self.language,
            "status": self.status,
            "category": self.category,
            "parameter_format": self.parameter_format,
            "components": [dict(component) for component in self.components],
            "quality_score": {"score": self.quality, "date": int(self.made_at)},
            "rejected_reason": self.rejected_reason,
        }


def shape_of(components: Iterable[Mapping[str, Any]]) -> TemplateShape:
    """Read what a send must bring out of a template's components."""
    header_format: str | None = None
    header: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    body_text = ""
    buttons: list[ButtonShape] = []
    for component in components:
        kind = str(component.get("type", "")).upper()
        if kind == "HEADER":
            header_format = str(component.get("format", "TEXT")).upper()
            header = _variables(component.get("text", ""))
        elif kind == "BODY":
            body = _variables(component.get("text", ""))
            body_text = _VARIABLE.sub("", str(component.get("text", "")))
        elif kind == "BUTTONS":
            buttons.extend(_button(button) for button in component.get("buttons", ()))
    return TemplateShape(
        header_format, header, body, len(body_text), asks_for_rating(body_text), tuple(buttons)
    )


def asks_for_rating(text: str) -> bool:
    """Whether a text asks for a number from 1 to 5, so that people answer with one."""
    return bool(_RATING.search(text))


def _variables(text: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_VARIABLE.findall(str(text))))


def _button(button: Mapping[str, Any]) -> ButtonShape:
    kind = str(button.get("type", "")).upper()
    wants = {
        "URL": bool(_VARIABLE.search(str(button.get("url", "")))),
        "COPY_CODE": True,
        "OTP": True,
    }
    return ButtonShape(kind, str(button.get("text", "")), wants.get(kind, False))


def definition_problem(document: Mapping[str, Any]) -> Refusal | None:
    """Why the platform would not even take a definition for review."""
    name, language = document.get("name"), document.get("language")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        return Refusal(100, "name must be lower-case letters, digits and underscores")
    if not isinstance(language, str) or not language:
        return Refusal(100, "The parameter language is required.")
    if str(document.get("category", "")).upper() not in _CATEGORIES:
        return Refusal(100, "category must be one of MARKETING, UTILITY, AUTHENTICATION")
    components = document.get("components")
    if not isinstance(components, list) or not all(isinstance(c, dict) for c in components):
        return Refusal(100, "The parameter components is required.")
    if any(not _are_buttons(component.get("buttons", [])) for component in components):
        return Refusal(100, "buttons must be a list of objects.")
    if str(document.get("parameter_format") or "POSITIONAL").upper() not in _FORMATS:
        return Refusal(100, "parameter_format must be POSITIONAL or NAMED")
    bodies = [c for c in components if str(c.get("type", "")).upper() == "BODY"]
    if len(bodies) != 1:
        return Refusal(100, "components must hold exactly one BODY")
    if len(str(bodies[0].get("text", ""))) > _BODY_LENGTH:
        return Refusal(100, f"the text of BODY is longer than {_BODY_LENGTH} characters")
    return None


def _are_buttons(buttons: object) -> bool:
    return isinstance(buttons, list) and all(isinstance(button, dict) for button in buttons)


class Templates:
    """All templates of all accounts, in the order of their making."""

    def __init__(self) -> None:
        self._by_id: dict[str, Template] = {}
        self._by_name: dict[tuple[str, str, str], str] = {}
        self._next_id = 1_680_000_000_000_001

    def add(self, waba_id: str, document: Mapping[str, Any], status: str, now: float) -> Template:
        """Store a definition that has no problem; one of the same name and language is replaced."""
        key = (waba_id, str(document["name"]), str(document["language"]))
        template_id = self._by_name.get(key) or str(document.get("id") or self._new_id())
        template = Template(
            id=template_id,
            waba_id=waba_id,
            name=key[1],
            language=key[2],
            category=str(document["category"]).upper(),
            status=status,
            parameter_format=str(document.get("parameter_format") or "POSITIONAL").upper(),
            components=tuple(document["components"]),
            made_at=now,
            quality=str(document.get("quality") or "UNKNOWN").upper(),
        )
        self._by_id[template_id] = template
        self._by_name[key] = template_id
        return template

    def _new_id(self) -> str:
        self._next_id += 1
        return str(self._next_id)

    def find(self, waba_id: str, name: str, language: str) -> Template | None:
        """The template that a send names."""
        template_id = self._by_name.get((waba_id, name, language))
        return self._by_id[template_id] if template_id else None

    def by_id(self, template_id: str) -> Template | None:
        """The template with this id."""
        return self._by_id.get(template_id)

    def change(self, template_id: str, **changes: Any) -> Template | None:
        """Replace fields of a template; ``None`` if it is gone."""
        template = self._by_id.get(template_id)
        if template is None:
            return None
        changed = replace(template, **changes)
        self._by_id[template_id] = changed
        return changed

    def remove(self, template_id: str) -> Template | None:
        """Take a template away; what it was."""
        template = self._by_id.pop(template_id, None)
        if template is not None:
            del self._by_name[template.waba_id, template.name, template.language]
        return template

    def of_account(self, waba_id: str) -> list[Template]:
        """The templates of one account."""
        return [template for template in self._by_id.values() if template.waba_id == waba_id]
