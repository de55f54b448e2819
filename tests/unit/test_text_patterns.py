"""What people type in a search field, as the database looks for it."""

from __future__ import annotations

import pytest

from clarion.services.text_patterns import TextPatterns, patterns_of


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (None, None),
        ("  ", None),
        ("Anna", TextPatterns("%anna%", None)),
        (" 王芳 ", TextPatterns("%王芳%", None)),
        ("0151-234 (5)", TextPatterns("%0151-234 (5)%", "%01512345%")),
        ("+49 30", TextPatterns("%+49 30%", "%4930%")),
        ("Room 12", TextPatterns("%room 12%", None)),
        ("+", TextPatterns("%+%", None)),
        ("100%_\\", TextPatterns("%100\\%\\_\\\\%", None)),
    ],
)
def test_a_part_of_a_name_or_of_a_number(typed: str | None, expected: TextPatterns | None) -> None:
    assert patterns_of(typed) == expected
