"""Flows to begin with, as flow files.  Each works with a template of the demo's shop.

Reading them is reading the package's own data, which never changes while it runs.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

__all__ = ["SAMPLE_NAMES", "sample"]

SAMPLE_NAMES = ("spring_offer", "feedback_score", "appointment_reminder")


def sample(name: str) -> dict[str, Any]:
    """The flow file of a sample, decoded; ``KeyError`` for a name not in ``SAMPLE_NAMES``."""
    if name not in SAMPLE_NAMES:
        raise KeyError(name)
    text = files(__name__).joinpath(f"{name}.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data
