"""Play a flow against a script of answers, on a clock that only the script moves.

Theory of operation.  A script is a list of lines, each an answer that comes so many seconds after
the moment the session began to wait (``Line``).  Whatever comes first, the next line or the deadline,
moves the stage (``flow.stage``) on; when the script is over only deadlines come.  A flow that hands
the contact on ends the play.  The result is a transcript: who said what, when, and by which way the
flow went.  A week of waiting plays in no time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from types import MappingProxyType

from clarion.domain.message import ReceiptState
from clarion.flow.calls import CallAnswer
from clarion.flow.context import Context
from clarion.flow.definition import Flow
from clarion.flow.engine import Triggered
from clarion.flow.limits import DEFAULT_LIMITS, Limits
from clarion.flow.stage import NO_ANSWERS, CallAnswers, Stage
from clarion.flow.transcript import Transcript

__all__ = ["Line", "Told", "simulate"]

_MAX_TURNS = 1000
_NOTHING = Triggered()
_NO_ANSWER = CallAnswer(failure="no_answer")


@dataclass(frozen=True, slots=True)
class Line:
    """An answer of the script: so many seconds after the session began to wait.

    ``payload`` is the id of the button that is tapped, if one is; ``kind`` as in ``Reply``.
    """

    text: str
    payload: str | None = None
    kind: str = "text"
    after_seconds: float = 60


@dataclass(frozen=True, slots=True)
class Told:
    """A receipt of the script: so many seconds after the session began to wait for it."""

    state: ReceiptState
    after_seconds: float = 0


def simulate(
    flow: Flow,
    script: Sequence[Line],
    *,
    context: Context,
    trigger: Triggered = _NOTHING,
    limits: Limits = DEFAULT_LIMITS,
    answers: CallAnswers = NO_ANSWERS,
    receipts: Mapping[str, Sequence[Told]] = MappingProxyType({}),
) -> Transcript:
    """Play a flow from its start, at ``context.now``, until it ends.  Never raises, never hangs.

    ``answers`` are what calls of a node get, one after the other, then ``no_answer``;  ``receipts``
    what is told of a node's message, by the node's id.
    """
    stage = Stage.begin(flow, context, trigger, limits, answers)
    script_left = list(reversed(script))
    receipts_left = {node_id: list(reversed(each)) for node_id, each in receipts.items()}
    for _ in range(_MAX_TURNS):
        if stage.wait is None:
            break
        _turn(stage, script_left, receipts_left)
    return replace(stage.transcript(), is_cut=stage.wait is not None)


def _turn(stage: Stage, script: list[Line], receipts: Mapping[str, list[Told]]) -> None:
    """What comes first: an answer, a receipt or the deadline."""
    wait = stage.wait
    if wait is None:
        return
    if wait.kind == "call":
        stage.answer_call(_NO_ANSWER)
        return
    if wait.kind == "delivery":
        config = stage.flow.nodes_by_id[wait.node_id].config
        told = receipts.get(getattr(config, "message", ""))
        if told:
            receipt = told.pop()
            at = stage.now + timedelta(seconds=receipt.after_seconds)
            if at < wait.deadline_at:
                stage.advance(at)
                stage.tell(receipt.state)
                return
    elif script:
        line = script[-1]
        at = stage.now + timedelta(seconds=line.after_seconds)
        if at < wait.deadline_at:
            script.pop()
            stage.advance(at)
            stage.answer(line.text, line.payload, line.kind)
            return
    stage.advance(wait.deadline_at)
