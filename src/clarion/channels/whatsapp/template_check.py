"""What Meta would refuse about a template, found before it is handed in: problems, purely.

Theory of operation.  One check a kind of component, by its documented limits; a kind that is in no
row is left to Meta, and so is everything that only a reviewer can judge.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from clarion.domain.errors import Problem

__all__ = ["problems_of_template"]

_Component = Mapping[str, Any]
_VARIABLE = re.compile(r"\{\{\s*\w*\s*\}\}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Za-z]{2,4})?")
_HEADER_FORMATS = ("TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION", "GIF", "PRODUCT")
_HEADER_CHARACTERS, _BODY_CHARACTERS, _FOOTER_CHARACTERS = 60, 1024, 60


def problems_of_template(language: str, components: Sequence[_Component]) -> Sequence[Problem]:
    """Every problem of a template in the provider's form; empty if Meta should take it up."""
    problems = list(_of_components(components, "components"))
    if not _LANGUAGE.fullmatch(language):
        problems.insert(
            0,
            _problem(
                "template.language",
                "language",
                f"{language[:20]!r} is no language of templates.",
                "Write one such as en, en_US or zh_CN.",
            ),
        )
    return problems


def _of_components(components: Sequence[_Component], where: str) -> Iterator[Problem]:
    for number, component in enumerate(components):
        check = _CHECKS.get(str(component.get("type", "")).upper())
        if check is not None:
            yield from check(component, f"{where}.{number}")


def _header(component: _Component, where: str) -> Iterator[Problem]:
    form = str(component.get("format") or "TEXT").upper()
    if form not in _HEADER_FORMATS:
        yield _problem(
            "template.header_format",
            f"{where}.format",
            f"A header cannot be {form[:20]}.",
            f"Use one of {', '.join(_HEADER_FORMATS)}.",
        )
    text = str(component.get("text") or "")
    if len(_VARIABLE.findall(text)) > 1:
        yield _problem(
            "template.header_variables",
            f"{where}.text",
            "A header has at most one variable.",
            "Move the others into the body.",
        )
    yield from _length(text, _HEADER_CHARACTERS, where)


def _body(component: _Component, where: str) -> Iterator[Problem]:
    yield from _length(str(component.get("text") or ""), _BODY_CHARACTERS, where)


def _footer(component: _Component, where: str) -> Iterator[Problem]:
    text = str(component.get("text") or "")
    if _VARIABLE.search(text):
        yield _problem(
            "template.footer_variable",
            f"{where}.text",
            "A footer has no variables.",
            "Move it into the body.",
        )
    yield from _length(text, _FOOTER_CHARACTERS, where)


def _buttons(component: _Component, where: str) -> Iterator[Problem]:
    for number, button in enumerate(component.get("buttons") or ()):
        place = f"{where}.buttons.{number}"
        if _VARIABLE.search(str(button.get("text") or "")):
            yield _problem(
                "template.button_text_variable",
                f"{place}.text",
                "The text of a button has no variables.",
                "Write it out.",
            )
        if len(_VARIABLE.findall(str(button.get("url") or ""))) > 1:
            yield _problem(
                "template.url_variables",
                f"{place}.url",
                "The address of a button has at most one variable.",
                "Put the others into it.",
            )


def _carousel(component: _Component, where: str) -> Iterator[Problem]:
    for number, card in enumerate(component.get("cards") or ()):
        yield from _of_components(
            card.get("components") or (), f"{where}.cards.{number}.components"
        )


_CHECKS: Mapping[str, Callable[[_Component, str], Iterator[Problem]]] = MappingProxyType(
    {
        "HEADER": _header,
        "BODY": _body,
        "FOOTER": _footer,
        "BUTTONS": _buttons,
        "CAROUSEL": _carousel,
    }
)


def _length(text: str, limit: int, where: str) -> Iterator[Problem]:
    if len(text) > limit:
        yield _problem(
            "template.text_too_long",
            f"{where}.text",
            f"The text has {len(text)} characters; {limit} are allowed.",
            "Shorten it.",
        )


def _problem(code: str, where: str, message: str, fix: str) -> Problem:
    return Problem(code, "error", where, message, fix)
