"""Let another flow go on with the contact.

Theory of operation.  The node names the flow; whoever carries out the sprint finds its published
version and starts it in the same transaction.  How often a contact was handed on is counted in the
session, so flows that forward to one another come to an end.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from clarion.flow.expressions import Expression
from clarion.flow.nodes.config import Config, Rendered, VariableName
from clarion.flow.nodes.kind import Finish, Node, NodeKind, Result
from clarion.flow.sprint import ForwardTo
from clarion.flow.state import NodeFailed, State

__all__ = ["KIND", "ForwardToFlowConfig"]

_Value = Annotated[Expression, Rendered(4096, is_empty_allowed=True)]
_FINISH = Finish("forwarded")
_OPTED_OUT = Finish("opted_out")


class ForwardToFlowConfig(Config):
    """Where to, and what to pass on."""

    flow: Annotated[
        str, Field(min_length=1, max_length=120, description="The name of a published flow.")
    ]
    variables: Annotated[
        dict[VariableName, _Value],
        Field(max_length=50, description="The inputs of that flow: name to text."),
    ] = Field(default_factory=dict)


def _run(node: Node[ForwardToFlowConfig], state: State) -> Result:
    config = node.config
    if state.forward_count >= state.limits.max_forwards:
        raise NodeFailed(
            "too_many_forwards",
            f"A contact is handed on at most {state.limits.max_forwards} times.",
        )
    if state.is_opted_out:
        return _OPTED_OUT  # whoever has just opted out gets nothing more, from no flow
    inputs = {name: state.render(value) for name, value in config.variables.items()}
    state.effects.append(ForwardTo(node.id, config.flow, inputs))
    return _FINISH


KIND = NodeKind(
    name="forward_to_flow",
    title="Forward to another flow",
    summary="Ends this session (completed, `forwarded`) and starts the published version of another "
    "flow for the contact, with the variables as its inputs. When there is no such published flow, "
    "the session fails (`forward_failed`). Flows may forward to one another, a few times.",
    config=ForwardToFlowConfig,
    run=_run,
    example={
        "id": "to_feedback",
        "kind": "forward_to_flow",
        "config": {"flow": "Feedback", "variables": {"order": "{{ reply.text }}"}},
    },
    exits=lambda _config: (),
    exit_meanings={},
)
