"""Let time pass."""

from __future__ import annotations

from clarion.flow.nodes.config import Duration
from clarion.flow.nodes.kind import NEXT, Node, NodeKind, Result, Resume, Stay
from clarion.flow.session import Wait
from clarion.flow.state import State

__all__ = ["KIND", "WaitConfig"]


class WaitConfig(Duration):
    """How long to wait, at most 90 days."""


def _run(node: Node[WaitConfig], state: State) -> Result:
    return Stay(Wait("delay", node.id, state.context.now + node.config.delta))


def _resume(node: Node[WaitConfig], state: State, resume: Resume) -> Result:  # noqa: ARG001 - the contract's shape
    return NEXT


KIND = NodeKind(
    name="wait",
    title="Wait",
    summary="Lets time pass before the next node. What the person writes meanwhile does not end "
    "the delay.",
    config=WaitConfig,
    run=_run,
    resume=_resume,
    example={
        "id": "tomorrow",
        "kind": "wait",
        "config": {"amount": 1, "unit": "days"},
        "exits": {"next": "done"},
    },
    exit_meanings={"next": "When the time is over."},
    waits=True,
)
