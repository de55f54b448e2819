"""Which column of a file feeds which field of a contact.

Theory of operation.  The header row is read once.  A name given by hand wins over a known synonym;
the first column that names a field gets it, later ones become attributes, as does every header
that no table knows.  Headers are compared without case, spaces and punctuation, so that
``Phone Number``, ``phone_number`` and ``PHONE-NUMBER`` are one word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from clarion.domain.contact import ATTRIBUTE_NAME_LIMIT
from clarion.domain.errors import ClarionError

__all__ = ["ATTRIBUTE_PREFIX", "FIELDS", "SKIPPED", "Column", "resolve", "suggest", "synonym_of"]

ATTRIBUTE_PREFIX = "attributes."
SKIPPED = "-"

# Field -> what people write above such a column (any case; spaces and punctuation do not matter).
SYNONYMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "phone": (
            "phone", "phone number", "phone no", "phones", "mobile", "mobile number", "mobile phone",
            "mobile no", "tel", "telephone", "telephone number", "cell", "cellphone", "cell phone",
            "cell number", "whatsapp", "whatsapp number", "whatsapp phone", "whatsapp id", "wa id",
            "msisdn", "contact number", "contact details", "number",
            "手机", "手机号", "手机号码", "手机号碼", "手機", "手機號", "手機號碼", "电话", "电话号码",
            "電話", "電話號碼", "联系电话", "聯絡電話", "联系方式", "号码", "移动电话", "WhatsApp号码",
            "WhatsApp号", "WhatsApp账号", "WhatsApp手机号",
        ),
        "name": (
            "name", "full name", "contact name", "customer name", "display name", "contact",
            "姓名", "名字", "名称", "联系人", "联系人姓名", "联系人名称", "客户姓名", "客户名称", "聯絡人",
        ),
        "country": (
            "country", "country code", "country region", "calling code", "dial code", "country name",
            "国家", "國家", "国家码", "国家代码", "国家地区", "国家或地区", "区号", "国际区号", "國家地區",
        ),
        "email": (
            "email", "e mail", "email address", "mail",
            "邮箱", "电子邮箱", "电子邮件", "邮件", "邮箱地址", "郵箱", "電子郵件", "電郵",
        ),
        "remark": (
            "remark", "remarks", "note", "notes", "comment", "comments", "memo",
            "备注", "備註", "说明", "备注信息",
        ),
        "language": ("language", "lang", "locale", "语言", "語言", "语种"),
        "zone": (
            "zone", "time zone", "timezone", "tz", "时区", "時區",
        ),
        "opted_out": (
            "opted out", "opt out", "unsubscribed", "unsubscribe", "do not contact", "dnc",
            "blacklisted", "退订", "已退订", "是否退订", "退訂", "拒收", "是否拒收",
        ),
    }
)  # fmt: skip
FIELDS = tuple(SYNONYMS)

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_NOISE = re.compile(r"[\W_]+")


def _bare(header: str) -> str:
    return _NOISE.sub("", header).casefold()


_FIELD_OF = MappingProxyType(
    {_bare(synonym): field for field, synonyms in SYNONYMS.items() for synonym in synonyms}
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its place (from 0), its header as written, and what it feeds.

    ``target`` is a field, ``attributes.<name>``, or ``-`` for a column that is left out.
    """

    index: int
    header: str
    target: str

    @property
    def attribute(self) -> str | None:
        """The attribute's name, when the column feeds one."""
        if not self.target.startswith(ATTRIBUTE_PREFIX):
            return None
        return self.target.removeprefix(ATTRIBUTE_PREFIX)


def synonym_of(header: str) -> str | None:
    """The field that a header names, or None."""
    return _FIELD_OF.get(_bare(header))


def resolve(headers: Sequence[str], mapping: Mapping[str, str]) -> tuple[Column, ...]:
    """Decide what every column feeds.

    ``mapping`` (header -> field, ``attributes.<name>`` or ``-``) overrides the synonyms.  Raises
    ``import.mapping_invalid`` for a header that is not there or a target that is none, and
    ``import.no_phone_column``.
    """
    columns = suggest(headers, mapping)
    if not any(column.target == "phone" for column in columns):
        names = [column.header for column in columns]
        shown = ", ".join(name for name in names if name)[:200]
        raise ClarionError(
            "import.no_phone_column",
            f"None of the columns is known to hold phone numbers: {shown}.",
            headers=names,
        )
    return columns


def suggest(headers: Sequence[str], mapping: Mapping[str, str]) -> tuple[Column, ...]:
    """The same for a file that is still looked at: nothing needs to hold phone numbers yet.

    Raises ``import.mapping_invalid``.
    """
    names = [_UNSTORABLE.sub("", header).strip() for header in headers]
    by_hand = _mapped_columns(names, mapping)
    taken = set(by_hand.values())
    columns = []
    for index, name in enumerate(names):
        target = by_hand.get(index)
        if target is None:
            field = synonym_of(name)
            target = field if field and field not in taken else _attribute_target(name, taken)
        taken.add(target)
        columns.append(Column(index, name, target))
    return tuple(columns)


def _mapped_columns(names: Sequence[str], mapping: Mapping[str, str]) -> dict[int, str]:
    places = {_bare(name) or name: index for index, name in reversed(list(enumerate(names)))}
    found: dict[int, str] = {}
    for header, target in mapping.items():
        place = places.get(_bare(header) or header)
        if place is None:
            raise ClarionError(
                "import.mapping_invalid",
                f"The file has no column {header!r}.",
                column=header,
                headers=list(names),
            )
        if not _is_target(target) or (target != SKIPPED and target in found.values()):
            raise ClarionError(
                "import.mapping_invalid",
                f"The column {header!r} cannot be mapped to {target!r}: use each of "
                f"{', '.join(FIELDS)} once, {ATTRIBUTE_PREFIX}<name>, or {SKIPPED}.",
                column=header,
                target=target,
            )
        found[place] = target
    return found


def _is_target(target: str) -> bool:
    name = target.removeprefix(ATTRIBUTE_PREFIX)
    is_attribute = name != target and 0 < len(name) <= ATTRIBUTE_NAME_LIMIT
    return target in FIELDS or target == SKIPPED or is_attribute


def _attribute_target(name: str, taken: set[str]) -> str:
    """An attribute under the column's own header; a nameless or repeated column is left out."""
    target = ATTRIBUTE_PREFIX + name[:ATTRIBUTE_NAME_LIMIT]
    return target if name and target not in taken else SKIPPED
