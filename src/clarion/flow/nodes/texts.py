"""Texts that a channel limits: none may come out empty or too long."""

from __future__ import annotations

from clarion.flow.expressions import Expression
from clarion.flow.state import NodeFailed, State

__all__ = ["optional_text", "short_text"]


def short_text(state: State, text: Expression, max_chars: int) -> str:
    """A text that the channel limits; it must not come out empty or too long."""
    value = state.render(text)
    if not value.strip():
        raise NodeFailed("text_empty", f"A text came out empty (`{text.source}`).")
    if len(value) > max_chars:
        raise NodeFailed(
            "text_too_long",
            f"A text came out with {len(value)} characters; {max_chars} are allowed "
            f"(`{text.source}`).",
        )
    return value


def optional_text(state: State, text: Expression | None, max_chars: int) -> str | None:
    """A text that may come out empty, and is then left out."""
    if text is None or not state.render(text).strip():
        return None
    return short_text(state, text, max_chars)
