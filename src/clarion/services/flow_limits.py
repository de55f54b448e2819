"""The bounds of sessions, as the settings say: the same for campaigns, starts, plays and dry runs."""

from __future__ import annotations

from clarion.config import Settings
from clarion.flow.limits import Limits

__all__ = ["limits_of"]


def limits_of(settings: Settings) -> Limits:
    """The limits of sessions, as the settings say."""
    return Limits(
        max_nodes=settings.flow_max_nodes,
        max_sprints=settings.flow_max_sprints,
        max_jumps=settings.flow_max_jumps,
        max_forwards=settings.flow_max_forwards,
        max_session_days=settings.flow_max_session_days,
        max_variables=settings.flow_max_variables,
        max_value_chars=settings.flow_max_variable_characters,
        max_variables_chars=settings.flow_max_all_variables_characters,
        max_text_chars=settings.flow_max_text_characters,
        max_pattern_chars=settings.flow_max_pattern_characters,
    )
