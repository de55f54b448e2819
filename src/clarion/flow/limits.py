"""The bounds of a session: what makes a bad flow end with a reason instead of hanging a worker."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DEFAULT_LIMITS", "Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a session may go; passing a limit ends it as ``failed``, with the reason.

    ``max_nodes`` counts nodes entered in one sprint, ``max_sprints`` sprints of a session,
    ``max_jumps`` all jumps of a session, ``max_forwards`` how often one contact is handed on from flow
    to flow, ``max_variables`` names in a session, ``max_value_chars``
    and ``max_variables_chars`` the size of one value and of all of them written as text,
    ``max_text_chars`` the length of one rendered text, ``max_session_days`` the age of a session,
    ``max_pattern_chars`` how long a text that a pattern looks at may be.
    """

    max_nodes: int = 100
    max_sprints: int = 500
    max_jumps: int = 500
    max_forwards: int = 5
    max_variables: int = 100
    max_value_chars: int = 4096
    max_variables_chars: int = 32_768
    max_text_chars: int = 4096
    max_session_days: int = 365
    max_pattern_chars: int = 4096


DEFAULT_LIMITS = Limits()
