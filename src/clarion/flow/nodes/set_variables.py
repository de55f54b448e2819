"""Give variables of the session new values."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from clarion.flow.expressions import Expression
from clarion.flow.nodes.config import Config, Rendered, VariableName
from clarion.flow.nodes.kind import NEXT, Node, NodeKind, Result
from clarion.flow.state import State

__all__ = ["KIND", "SetVariablesConfig"]

_Value = Annotated[Expression, Rendered(4096, is_empty_allowed=True)]


class SetVariablesConfig(Config):
    """The variables to add or overwrite, in this order."""

    variables: Annotated[
        dict[VariableName, _Value],
        Field(min_length=1, max_length=50, description="Name to text; the text may be empty."),
    ]


def _run(node: Node[SetVariablesConfig], state: State) -> Result:
    for name, value in node.config.variables.items():
        state.set_variable(name, state.render(value))
    return NEXT


KIND = NodeKind(
    name="set_variables",
    title="Set variables",
    summary="Adds variables to the session, or overwrites them. Values are texts and may use other "
    "variables; a later one sees the earlier ones.",
    config=SetVariablesConfig,
    run=_run,
    example={
        "id": "remember",
        "kind": "set_variables",
        "config": {"variables": {"answer": "{{ reply.text }}", "city": "Wien"}},
        "exits": {"next": "done"},
    },
    writes=lambda config: tuple(config.variables),
)
