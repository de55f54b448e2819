"""Give the contact to a person: the automatic part is over, and somebody is told."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from clarion.flow.expressions import Expression
from clarion.flow.nodes.config import Config, Rendered
from clarion.flow.nodes.kind import Finish, Node, NodeKind, Result
from clarion.flow.sprint import OpenConversation
from clarion.flow.state import State

__all__ = ["KIND", "HandOverConfig"]

_NOTE_CHARS = 500
_FINISH = Finish("handed_over")


class HandOverConfig(Config):
    """What the person who takes over should know."""

    note: Annotated[
        Annotated[Expression, Rendered(_NOTE_CHARS, is_empty_allowed=True)],
        Field(description="What this is about, e.g. `Wants a refund: {{ reply.text }}`."),
    ] = Field(default_factory=lambda: Expression(""))


def _run(node: Node[HandOverConfig], state: State) -> Result:
    note = state.render(node.config.note)[:_NOTE_CHARS]
    state.effects.append(OpenConversation(node.id, note))
    return _FINISH


KIND = NodeKind(
    name="hand_over",
    title="Hand over to a person",
    summary="Ends the session (completed, `handed_over`) and opens the contact's conversation for "
    "the people of the workspace, where it stays open until one of them closes it.",
    config=HandOverConfig,
    run=_run,
    example={
        "id": "to_a_person",
        "kind": "hand_over",
        "config": {"note": "Wants a refund: {{ reply.text }}"},
    },
    exits=lambda _config: (),
    exit_meanings={},
)
