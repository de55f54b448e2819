"""Go back (or on) to another node, a limited number of times."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from clarion.flow.nodes.config import Config
from clarion.flow.nodes.kind import NEXT, GoTo, Node, NodeKind, Result
from clarion.flow.state import NodeFailed, State

__all__ = ["KIND", "JumpConfig"]


class JumpConfig(Config):
    """Where to, and how often."""

    target: Annotated[
        str, Field(min_length=1, max_length=64, description="The id of the node to go to.")
    ]
    max_jumps: Annotated[
        int, Field(ge=1, le=100, description="How often a session may jump from here.")
    ] = 1


def _run(node: Node[JumpConfig], state: State) -> Result:
    jump_count = state.jump_counts.get(node.id, 0)
    if jump_count >= node.config.max_jumps:
        return NEXT
    if sum(state.jump_counts.values()) >= state.limits.max_jumps:
        raise NodeFailed(
            "too_many_jumps", f"A session jumps at most {state.limits.max_jumps} times."
        )
    state.jump_counts[node.id] = jump_count + 1
    return GoTo(node.config.target)


KIND = NodeKind(
    name="jump",
    title="Jump to another step",
    summary="Goes to another node, until the number of jumps is used up; then the session goes on "
    "by `next`. The count belongs to this node in this session.",
    config=JumpConfig,
    run=_run,
    example={
        "id": "again",
        "kind": "jump",
        "config": {"target": "ask", "max_jumps": 2},
        "exits": {"next": "done"},
    },
    exit_meanings={"next": "When the jumps are used up."},
    targets=lambda config: (config.target,),
)
