"""Where every walk begins; the inputs of the flow are declared on its trigger."""

from __future__ import annotations

from clarion.flow.nodes.config import Config
from clarion.flow.nodes.kind import NEXT, Node, NodeKind, Result
from clarion.flow.state import State

__all__ = ["KIND", "StartConfig"]


class StartConfig(Config):
    """Nothing to set: inputs are declared on the flow's `trigger`."""


def _run(node: Node[StartConfig], state: State) -> Result:  # noqa: ARG001 - the contract's shape
    return NEXT


KIND = NodeKind(
    name="start",
    title="Start",
    summary="Where every session begins. A flow has exactly one, with the id `start`. "
    "What the flow is given when it starts is declared on the flow's `trigger`.",
    config=StartConfig,
    run=_run,
    example={"id": "start", "kind": "start", "exits": {"next": "hello"}},
)
