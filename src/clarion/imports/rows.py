"""One row of an import: accepted as a contact, or rejected with a reason.

Theory of operation.  ``judge`` is a pure function of the row and the rules of its import.  Each
field has one judge in ``FIELD_JUDGES``; the first fault found ends the row, because a contact is
taken whole or not at all.  Rejections are values with a stable code (``REJECTION_CODES``), the
column and the raw row, so that a person can mend the file.

``fold`` brings the rows of a batch down to one a phone number, as if they had been stored one
after the other: it makes the result independent of where one batch ends and the next begins.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, cast

from clarion.domain.contact import CONTACT_FIELDS, FieldFault, check_attribute
from clarion.domain.phone import PHONE_PROBLEMS, Phone, PhoneProblem, parse_phone
from clarion.imports.cells import is_readable, text_of
from clarion.imports.columns import SKIPPED, Column
from clarion.imports.text import RawRow

__all__ = [
    "REJECTION_CODES",
    "ContactRow",
    "Rejection",
    "RowMode",
    "RowRules",
    "fold",
    "judge",
]

# What a row does: overwrite or leave the contact of its phone (and add a new one), or delete it.
RowMode = Literal["overwrite", "ignore", "delete"]

# Code -> what it means and what to do; the reference page is made of this.
REJECTION_CODES: Mapping[str, str] = MappingProxyType(
    {
        "row_malformed": "The row could not be split into cells. Mend its quotes.",
        "row_too_wide": "The row has more cells than the header. Quote cells that hold a separator.",
        "text_unreadable": "A cell holds characters that cannot be read. Save the file as UTF-8.",
        **{f"phone_{code}": meaning for code, meaning in PHONE_PROBLEMS.items()},
        "country_unknown": "The country is not known. Write its name, ISO code or calling code.",
        "email_invalid": "This is not an e-mail address. Correct it or leave the cell empty.",
        "language_invalid": "This is not a language code. Write one such as en, zh_CN or pt_BR.",
        "zone_unknown": "This is not a time zone. Write one such as Asia/Shanghai.",
        "opted_out_unclear": "It is not clear whether the person opted out. Write yes or no.",
        "too_long": "The cell is too long. Shorten it to the limit in the message.",
    }
)

RAW_CELLS = 50
RAW_CHARACTERS = 200

_YES = frozenset(("yes", "y", "true", "1", "x", "opted out", "opted_out", "unsubscribed",
                  "是", "已退订", "退订", "退訂", "已退訂", "拒收", "√", "✓"))  # fmt: skip
_NO = frozenset(("", "no", "n", "false", "0", "opted in", "opted_in", "subscribed",
                 "否", "未退订", "未退訂", "不", "×"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class ContactRow:
    """An accepted row.  Empty texts and None mean: the file says nothing about this field."""

    number: int
    phone: str
    country: str | None = None
    name: str = ""
    email: str = ""
    remark: str = ""
    language: str | None = None
    zone: str | None = None
    is_opted_out: bool = False
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rejection:
    """A rejected row: where, what (a key of ``REJECTION_CODES``), in words, and the row itself."""

    row_number: int
    column: str
    code: str
    message: str
    raw: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowRules:
    """What judges the rows of one import.  ``default_country`` is an ISO code."""

    columns: tuple[Column, ...]
    default_country: str | None = None


def judge(row: RawRow, rules: RowRules) -> ContactRow | Rejection:
    """Accept or reject one row."""
    if row.fault is not None:
        return _rejection(row, "", FieldFault("row_malformed", row.fault))
    texts = [text_of(cell) for cell in row.cells]
    if any(texts[len(rules.columns) :]):
        wide = f"The row has {len(texts)} cells under {len(rules.columns)} headers."
        return _rejection(row, "", FieldFault("row_too_wide", wide))
    values: dict[str, object] = {}
    attributes: dict[str, str] = {}
    phone: Column | None = None
    for column in rules.columns:
        text = texts[column.index] if column.index < len(texts) else ""
        if not text or column.target == SKIPPED:
            phone = column if column.target == "phone" else phone
            continue
        judged = _judge_cell(column, text)
        if isinstance(judged, FieldFault):
            return _rejection(row, column.header, judged)
        if column.attribute is not None:
            attributes[column.attribute] = text
        else:
            values[column.target] = judged
            phone = column if column.target == "phone" else phone
    country = cast("str | None", values.get("country")) or rules.default_country
    found = _read_phone(str(values.pop("phone", "")), country)
    if isinstance(found, PhoneProblem):
        fault = FieldFault(f"phone_{found.code}", found.message)
        return _rejection(row, phone.header if phone else "", fault)
    values["country"] = values.get("country") or found.country
    values["is_opted_out"] = values.pop("opted_out", False)
    # Each judge answers with the type of its field.
    return ContactRow(
        row.number, found.e164, attributes=attributes, **cast("dict[str, Any]", values)
    )


def _read_phone(text: str, country: str | None) -> Phone | PhoneProblem:
    """A national number of the row's country, else one whose plus sign a spreadsheet has eaten.

    Without any country, digits alone are not guessed: a guess would message strangers.
    """
    found = parse_phone(text, country)
    if isinstance(found, Phone) or country is None or not text.isdigit():
        return found
    international = parse_phone("+" + text)
    return international if isinstance(international, Phone) else found


def _judge_cell(column: Column, text: str) -> object | FieldFault:
    if not is_readable(text):
        return FieldFault(
            "text_unreadable", f"The cell holds characters that cannot be read: {text[:60]!r}."
        )
    if column.attribute is not None:
        return check_attribute(column.attribute, text)
    return FIELD_JUDGES[column.target](text)


def _opted_out(text: str) -> object | FieldFault:
    word = text.casefold()
    if word in _YES or word in _NO:
        return word in _YES
    return FieldFault("opted_out_unclear", f"{text[:60]!r} is neither yes nor no.")


def _phone_text(text: str) -> str:
    return text  # judged last: it needs the country


FIELD_JUDGES: Mapping[str, Callable[[str], object | FieldFault]] = MappingProxyType(
    {**CONTACT_FIELDS, "phone": _phone_text, "opted_out": _opted_out}
)


def _rejection(row: RawRow, column: str, fault: FieldFault) -> Rejection:
    raw = tuple(
        text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()[:RAW_CHARACTERS]
        for text in map(text_of, row.cells[:RAW_CELLS])
    )
    return Rejection(row.number, column, fault.code, fault.message, raw)


def fold(rows: Iterable[ContactRow], mode: RowMode) -> Sequence[ContactRow]:
    """One row a phone number, in the order of first appearance.

    ``overwrite``: later rows win, field by field, and an empty cell leaves what was there.
    ``ignore`` and ``delete``: the first row wins.  One opt-out among them is an opt-out.
    """
    by_phone: dict[str, ContactRow] = {}
    for row in rows:
        first = by_phone.get(row.phone)
        by_phone[row.phone] = row if first is None else _MERGES[mode](first, row)
    return list(by_phone.values())


def _overwritten(first: ContactRow, later: ContactRow) -> ContactRow:
    return ContactRow(
        number=first.number,
        phone=first.phone,
        country=later.country or first.country,
        name=later.name or first.name,
        email=later.email or first.email,
        remark=later.remark or first.remark,
        language=later.language or first.language,
        zone=later.zone or first.zone,
        is_opted_out=first.is_opted_out or later.is_opted_out,
        attributes={**first.attributes, **later.attributes},
    )


def _kept(first: ContactRow, later: ContactRow) -> ContactRow:
    return dataclasses.replace(first, is_opted_out=first.is_opted_out or later.is_opted_out)


_MERGES: Mapping[RowMode, Callable[[ContactRow, ContactRow], ContactRow]] = MappingProxyType(
    {"overwrite": _overwritten, "ignore": _kept, "delete": _kept}
)
