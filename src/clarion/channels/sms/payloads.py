"""An SMS as the network wants it: pure, no I/O.

Theory of operation.  A text that has only characters of the telephones' alphabet (GSM 03.38) counts
septets, some characters two; any other text counts UTF-16 units.  What does not fit into one part is
cut into several, each of which loses some room to a header that puts them together again; neither an
escaped character nor a surrogate pair is torn apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from clarion.channels.contract import OutMessage
from clarion.domain.message import AddressKind, TextContent

__all__ = ["Sms", "sms_of"]

Coding = Literal["gsm7", "ucs2"]

_ALPHABET = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPED = frozenset("\f^{}\\[~]|€")  # two septets each
_ROOM = {"gsm7": (160, 153), "ucs2": (70, 67)}
_MAX_PARTS = 10


@dataclass(frozen=True, slots=True)
class Sms:
    """A text in its parts, as the alphabet of the whole demands."""

    to: str
    coding: Coding
    parts: tuple[str, ...]


def sms_of(message: OutMessage) -> Sms:
    """The parts of a message.  ``ValueError`` if the address or the content cannot be expressed."""
    if message.to.kind is not AddressKind.PHONE:
        raise ValueError(f"an SMS cannot reach an address of kind {message.to.kind}")
    content = message.content
    if not isinstance(content, TextContent):
        raise ValueError(f"an SMS is text alone, not {type(content).__name__}")
    text = content.text
    coding: Coding = "gsm7" if set(text) <= _ALPHABET | _ESCAPED else "ucs2"
    whole, part = _ROOM[coding]
    sizes = [_size(character, coding) for character in text]
    parts = (text,) if sum(sizes) <= whole else _cut(text, sizes, part)
    if len(parts) > _MAX_PARTS:
        raise ValueError(f"an SMS has at most {_MAX_PARTS} parts, and this text {len(parts)}")
    return Sms(message.to.value, coding, parts)


def _size(character: str, coding: Coding) -> int:
    if coding == "gsm7":
        return 2 if character in _ESCAPED else 1
    return 2 if ord(character) > 0xFFFF else 1


def _cut(text: str, sizes: list[int], room: int) -> tuple[str, ...]:
    number, used = 0, 0
    numbers: list[int] = []
    for size in sizes:
        if used + size > room:
            number, used = number + 1, 0
        used += size
        numbers.append(number)
    pairs = groupby(zip(numbers, text, strict=True), key=lambda pair: pair[0])
    return tuple("".join(character for _, character in group) for _, group in pairs)
