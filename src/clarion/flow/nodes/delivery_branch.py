"""Go on by what became of an earlier message: sent, delivered, read, failed.

Theory of operation.  The node waits for receipts of the latest message of another node of the
session.  Receipts are a set, not a sequence: whenever something new is known, all that is known
comes in (``ReceiptsTold``), and the furthest stage decides; read proves delivered and sent.  What
receipts told before the node was reached counts as well.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from clarion.domain.message import RECEIPT_RANK, ReceiptState, stage_of
from clarion.flow.nodes.config import Config, Duration
from clarion.flow.nodes.kind import Exit, Leave, Node, NodeKind, ReceiptsTold, Result, Resume, Stay
from clarion.flow.session import Wait
from clarion.flow.sprint import ReceiptTaken
from clarion.flow.state import NodeFailed, State

__all__ = ["KIND", "DeliveryBranchConfig"]

Stage = Literal["sent", "delivered", "read", "failed"]


class DeliveryBranchConfig(Config):
    """Which message, which stages, how long."""

    message: Annotated[
        str,
        Field(
            min_length=1,
            max_length=64,
            description="The id of the node that sent the message; of several, its latest.",
        ),
    ]
    stages: Annotated[
        tuple[Stage, ...],
        Field(
            min_length=1,
            max_length=4,
            description="What to wait for; the first that comes decides, the furthest of several.",
        ),
    ] = ("delivered", "failed")
    timeout: Annotated[Duration, Field(description="How long to wait.")] = Duration(
        amount=1, unit="hours"
    )


def _run(node: Node[DeliveryBranchConfig], state: State) -> Result:
    step = state.message_steps.get(node.config.message)
    if step is None:
        raise NodeFailed(
            "message_missing", f"The node `{node.config.message}` has sent nothing in this session."
        )
    deadline_at = state.context.now + node.config.timeout.delta
    return Stay(Wait("delivery", node.id, deadline_at, number=step))


def _resume(node: Node[DeliveryBranchConfig], state: State, resume: Resume) -> Result:
    if not isinstance(resume, ReceiptsTold):
        return Leave("timeout")
    found = _stage(node.config.stages, resume.states)
    if found is None:
        if state.wait is None:
            return Leave("timeout")
        return Stay(state.wait)
    state.events.append(ReceiptTaken(node.id, resume.step, found))
    return Leave(found)


def _stage(wanted: tuple[Stage, ...], states: frozenset[ReceiptState]) -> Stage | None:
    """The furthest wanted stage that is proved."""
    reached = stage_of(states)
    if reached is None:
        return None
    if reached is ReceiptState.FAILED:
        return "failed" if "failed" in wanted else None
    proved = [
        each
        for each in wanted
        if each != "failed" and RECEIPT_RANK[ReceiptState(each)] <= RECEIPT_RANK[reached]
    ]
    return max(proved, key=lambda each: RECEIPT_RANK[ReceiptState(each)], default=None)


KIND = NodeKind(
    name="delivery_branch",
    title="Branch by delivery",
    summary="Waits until an earlier message is sent, delivered, read or has failed, and goes on by "
    "that exit. Receipts that came before count too; they may come in any order. What the person "
    "writes in the meantime answers the next wait for a reply. Not everybody lets WhatsApp tell "
    "that a message was read, so always connect `timeout`.",
    config=DeliveryBranchConfig,
    run=_run,
    resume=_resume,
    example={
        "id": "seen",
        "kind": "delivery_branch",
        "config": {
            "message": "offer",
            "stages": ["read", "failed"],
            "timeout": {"amount": 1, "unit": "days"},
        },
        "exits": {"read": "answer", "failed": "later", "timeout": "remind"},
    },
    exits=lambda config: (
        *(Exit(each) for each in dict.fromkeys(config.stages)),
        Exit("timeout", is_required=False),
    ),
    exit_meanings={
        "sent": "The channel has sent it on its way.",
        "delivered": "It is on the person's device.",
        "read": "The person has opened it.",
        "failed": "The channel could not deliver it.",
        "timeout": "Nothing of that was told in time.",
    },
)
