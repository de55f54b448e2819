"""How the golden cases are read, and how values are written for comparison with them."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from clarion.channels.contract import OutMessage, Reaction
from clarion.domain.message import CONTENT_KINDS, Address, AddressKind, Channel

ROOT = Path(__file__).parents[3] / "cases" / "channels" / "whatsapp"


def cases(folder):
    """The cases of a folder by name; never none."""
    found = {path.stem: json.loads(path.read_text()) for path in (ROOT / folder).glob("*.json")}
    assert found, f"no cases in {folder}"
    return dict(sorted(found.items()))


def address_of(kind, value):
    return Address(Channel.WHATSAPP, AddressKind(kind), value)


def message_of(case):
    """The ``OutMessage`` that a case of ``sends`` describes."""
    raw = case["message"]
    ((kind, fields),) = raw["content"].items()
    content = msgspec.convert(fields, CONTENT_KINDS[kind])
    return OutMessage(
        raw["attempt_id"], address_of(**raw["to"]), content, reply_to=raw.get("reply_to")
    )


def plain(value):
    """A value as the cases write it: addresses as pairs, reactions by their kind, times as ISO."""
    if isinstance(value, Address):
        return [value.kind.value, value.value]
    if isinstance(value, Reaction):
        return value.kind.value
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "items"):
        return {key: plain(item) for key, item in value.items()}
    if hasattr(value, "__dataclass_fields__"):
        return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return value


def assert_matches(actual, expected):
    """Every expected field is there with its value; fields that a case does not name are free."""
    written = plain(actual)
    for key, value in expected.items():
        if key == "event":
            assert type(actual).__name__ == value
        elif key == "reply":
            assert {k: written["reply"][k] for k in value} == value
        else:
            assert written[key] == value, key
