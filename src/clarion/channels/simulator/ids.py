"""Names and chances, all derived from the seed.

Theory of operation.  Nothing in the simulator rolls dice in the order of arrival.  A message's
chances come from one BLAKE2b digest of (seed, business number, person, ordinal of the request to
that person), cut into sixteen numbers with a name each; a person's come from (seed, phone).  Two
runs that send the same messages to each person see the same fates, whatever the interleaving.

Ids look like the platform's: a wamid is base64 over length-prefixed fields; a BSUID is a country and
a number.  The BSUID is an affine image of the phone, so it can be read back without a table.
"""

from __future__ import annotations

import struct
from base64 import b64encode, urlsafe_b64encode
from hashlib import blake2b
from typing import NamedTuple

__all__ = [
    "MessageDraws",
    "PersonDraws",
    "bsuid_of",
    "inbound_wamid",
    "message_draws",
    "outbound_wamid",
    "person_draws",
    "phone_of_bsuid",
    "share_of",
    "trace_id",
]

_SIXTEEN = struct.Struct("<16I").unpack
_UNIT = 2.0**-32
_BSUID_MODULUS = 10**20
_BSUID_FACTOR = 6_364_136_223_846_793_007  # odd and not a multiple of 5: invertible
_TRACE_MODULUS = 2**120
_BSUID_INVERSE = pow(_BSUID_FACTOR, -1, _BSUID_MODULUS)


class MessageDraws(NamedTuple):
    """Sixteen chances of one message, each strictly between 0 and 1."""

    latency: float
    sent: float
    delivered: float
    never_delivered: float
    reads: float
    read: float
    skips_delivered: float
    pricing: float
    replies: float
    reply_kind: float
    reply_delay: float
    duplicate: float
    disorder: float
    early: float
    failed: float
    spare: float


class PersonDraws(NamedTuple):
    """Sixteen chances of one person."""

    reach: float
    block: float
    hidden: float
    username: float
    experiment: float
    cap: float
    stop: float
    persona: float
    given_name: float
    family_name: float
    reads: float
    stop_manner: float
    spare_1: float
    spare_2: float
    spare_3: float
    spare_4: float


def _sixteen(seed: int, text: str) -> list[float]:
    digest = blake2b(text.encode(), digest_size=64, key=b"%d" % seed).digest()
    return [(number + 0.5) * _UNIT for number in _SIXTEEN(digest)]


def message_draws(seed: int, phone_number_id: str, to: str, ordinal: int) -> MessageDraws:
    """The chances of the ``ordinal``-th request from a business number to a person."""
    return MessageDraws._make(_sixteen(seed, f"{phone_number_id}|{to}|{ordinal}"))


def person_draws(seed: int, phone: str) -> PersonDraws:
    """The chances of the person behind a phone (digits)."""
    return PersonDraws._make(_sixteen(seed, phone))


def share_of(seed: int, text: str) -> float:
    """One chance between 0 and 1 for any named event."""
    digest = blake2b(text.encode(), digest_size=8, key=b"%d" % seed).digest()
    return int.from_bytes(digest, "little") / 2.0**64


def _wamid(seed: int, phone: str, marks: bytes, mark: str, length: int) -> str:
    name = blake2b(mark.encode(), digest_size=10, key=b"%d" % seed).hexdigest().upper()[:length]
    raw = b"\x1c\x18%c%s%s%c%s\x00" % (len(phone), phone.encode(), marks, length, name.encode())
    return "wamid." + b64encode(raw).decode()


def outbound_wamid(seed: int, phone_number_id: str, phone: str, ordinal: int) -> str:
    """The id of a message from a business to a person."""
    mark = f"{phone_number_id}>{phone}>{ordinal}"
    return _wamid(seed, phone, b"\x15\x02\x00\x11\x18", mark, 18)


def inbound_wamid(seed: int, phone_number_id: str, phone: str, ordinal: int) -> str:
    """The id of a message from a person to a business."""
    mark = f"{phone_number_id}<{phone}<{ordinal}"
    return _wamid(seed, phone, b"\x15\x02\x00\x12\x18", mark, 20)


def trace_id(seed: int, number: int) -> str:
    """A name for one answer, as ``fbtrace_id`` and ``x-fb-trace-id`` carry it."""
    mixed = (number * _BSUID_FACTOR + seed) % _TRACE_MODULUS
    return "A" + urlsafe_b64encode(mixed.to_bytes(15, "big")).decode()


def bsuid_of(seed: int, country: str, phone: str) -> str:
    """The business-scoped user id of a phone (digits)."""
    number = (int(phone) * _BSUID_FACTOR + seed) % _BSUID_MODULUS
    return f"{country}.{number:020d}"


def phone_of_bsuid(seed: int, bsuid: str) -> str | None:
    """The phone (digits) behind a business-scoped user id, ``None`` if it is not one of ours."""
    _, _, tail = bsuid.rpartition(".")
    if not tail.isascii() or not tail.isdigit() or len(tail) != 20:
        return None
    number = (int(tail) - seed) * _BSUID_INVERSE % _BSUID_MODULUS
    phone = str(number)
    return phone if 7 <= len(phone) <= 15 else None
