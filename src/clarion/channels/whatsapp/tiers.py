"""How many people a WhatsApp number may start conversations with in 24 hours.

Meta tells it as a tier; a tier that we do not know (or none, or an unlimited one) is no limit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

__all__ = ["day_limit_of", "tier_of"]

_TIER = re.compile(r"TIER_(\d+)(K|M)?")
_FACTORS = {None: 1, "K": 1_000, "M": 1_000_000}


def day_limit_of(health: Mapping[str, Any]) -> int | None:
    """The limit in what is known of a sender (``senders.health``); ``None`` if none is known."""
    found = _TIER.fullmatch(str(health.get("messaging_limit") or ""))
    if found is None:
        return None
    return int(found[1]) * _FACTORS[found[2]]


def tier_of(told: object) -> str | None:
    """The tier in an update, which names it as a tier or as a number of people (-1: no limit).

    ``None`` when it says nothing of the kind.
    """
    if isinstance(told, str) and (told == "TIER_UNLIMITED" or _TIER.fullmatch(told)):
        return told
    if type(told) is not int:
        return None
    return "TIER_UNLIMITED" if told < 0 else f"TIER_{told}"
