"""Where a walk is complete."""

from __future__ import annotations

from clarion.flow.nodes.config import Config
from clarion.flow.nodes.kind import Finish, Node, NodeKind, Result
from clarion.flow.state import State

__all__ = ["KIND", "EndConfig"]

_FINISH = Finish()


class EndConfig(Config):
    """Nothing to set."""


def _run(node: Node[EndConfig], state: State) -> Result:  # noqa: ARG001 - the contract's shape
    return _FINISH


KIND = NodeKind(
    name="end",
    title="End",
    summary="The session is complete. A flow may have several.",
    config=EndConfig,
    run=_run,
    example={"id": "done", "kind": "end"},
    exits=lambda _config: (),
    exit_meanings={},
)
