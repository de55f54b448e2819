"""The gallery: flows to begin with, as flow files, in English and in Chinese.

Each works with templates of the sample shop and can be published there as it is.  Reading them is
reading the package's own data, which never changes while it runs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Literal

__all__ = ["SAMPLE_NAMES", "SampleLanguage", "sample", "templates_of"]

SAMPLE_NAMES = (
    "spring_offer",
    "feedback_score",
    "appointment_reminder",
    "abandoned_cart",
    "event_invitation",
    "coupon",
    "opt_in_again",
    "faq",
)

SampleLanguage = Literal["en", "zh"]


def sample(name: str, language: SampleLanguage = "en") -> dict[str, Any]:
    """The flow file of a sample, decoded; ``KeyError`` for a name not in ``SAMPLE_NAMES``."""
    if name not in SAMPLE_NAMES:
        raise KeyError(name)
    file_name = f"{name}.json" if language == "en" else f"{name}.{language}.json"
    text = files(__name__).joinpath(file_name).read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


def templates_of(definition: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the templates that a sample needs, each once."""
    names = (
        node["config"]["template"]
        for node in definition["nodes"]
        if node["kind"] == "send_whatsapp_template"
    )
    return tuple(dict.fromkeys(names))
