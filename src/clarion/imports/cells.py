"""Cells: whatever a file holds, as text; and text that no spreadsheet takes for a formula."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

__all__ = ["guarded", "is_readable", "text_of"]

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_HARMLESS = re.compile(r"[+-]?\d+(?:\.\d+)?")
_UNREADABLE = re.compile("[\x00\ufffd\ud800-\udfff]")


def text_of(cell: object) -> str:
    """A cell as stripped text.

    Whole numbers lose the ``.0`` that spreadsheets give them; the apostrophe by which spreadsheets
    (and our own exports) guard a text such as ``'+86`` is taken off.
    """
    if isinstance(cell, str):
        text = cell.strip()
        return text[1:] if text[:1] == "'" and text[1:2] in _FORMULA_STARTS else text
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds").removesuffix(" 00:00:00")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return f"{cell.total_seconds():g}"
    return str(cell)


def is_readable(text: str) -> bool:
    """Whether a text can be stored and means something: no U+0000, U+FFFD or half characters."""
    return _UNREADABLE.search(text) is None


def guarded(text: str) -> str:
    """A text for a CSV cell that a spreadsheet will not run as a formula.

    Plain numbers and phone numbers (``+8613800138000``) are harmless and stay as they are.
    """
    if text.startswith(_FORMULA_STARTS) and not _HARMLESS.fullmatch(text):
        return "'" + text
    return text
