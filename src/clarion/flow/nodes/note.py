"""A note on the canvas: for the people who read the flow, not for the session."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from clarion.flow.nodes.config import Config
from clarion.flow.nodes.kind import Finish, Node, NodeKind, Result
from clarion.flow.state import State

__all__ = ["KIND", "NoteConfig"]

_FINISH = Finish()


class NoteConfig(Config):
    """What the note says."""

    text: Annotated[
        str, Field(max_length=2000, description="Shown on the canvas as it is written.")
    ] = ""


def _run(node: Node[NoteConfig], state: State) -> Result:  # noqa: ARG001 - the contract's shape
    return _FINISH  # no way leads to a note in a flow that was checked


KIND = NodeKind(
    name="note",
    title="Note",
    summary="A comment on the canvas. It has no exits, no exit may lead to it, and it is never run.",
    config=NoteConfig,
    run=_run,
    example={
        "id": "why_two_hours",
        "kind": "note",
        "config": {"text": "Two hours: whoever answers later was asked by phone."},
    },
    exits=lambda _config: (),
    exit_meanings={},
    is_comment=True,
)
