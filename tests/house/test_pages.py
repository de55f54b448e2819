"""The documentation says what the code says."""

from __future__ import annotations

import ast

import pytest
from docs.generate import DOCS, PAGES

from clarion.config import Settings
from clarion.domain.errors import ERROR_KINDS

SOURCE = DOCS.parent / "src" / "clarion"


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_up_to_date(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), "run `make docs`"


def test_every_error_and_every_setting_is_on_its_page() -> None:
    errors, settings = PAGES["reference/errors.md"](), PAGES["reference/settings.md"]()
    assert [code for code in ERROR_KINDS if f"| `{code}` |" not in errors] == []
    names = [f"CLARION_{name.upper()}" for name in Settings.model_fields]
    assert [name for name in names if f"## `{name}`" not in settings] == []


def test_every_setting_is_described() -> None:
    fields = Settings.model_fields.items()
    assert [name for name, field in fields if not (field.description or "").endswith(".")] == []


def test_every_error_that_is_raised_has_a_kind() -> None:
    unknown = [
        f"{path.relative_to(SOURCE)}:{call.lineno} {call.args[0].value}"
        for path in SOURCE.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "ClarionError"
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and call.args[0].value not in ERROR_KINDS
    ]
    assert unknown == []


def test_error_codes_are_a_noun_and_what_happened() -> None:
    wrong = [
        kind.code
        for code, kind in ERROR_KINDS.items()
        if code != kind.code or code.count(".") != 1 or code != code.lower()
    ]
    assert wrong == []
    assert [kind.code for kind in ERROR_KINDS.values() if not kind.next_step.endswith(".")] == []
