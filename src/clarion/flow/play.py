"""Play a flow move by move, as a person at a phone does, and stop where the moves stop.

Theory of operation.  The moves push the clock of a stage (``flow.stage``) forward: an answer after so
many seconds, time that passes, or the end of a wait.  Unlike ``simulate``, which plays to the end, a
play stays where the last move left it, so that a person looks and decides what comes next.  Playing
again with one more move gives the same beginning: nothing is kept between plays.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from clarion.flow.context import Context
from clarion.flow.definition import Flow
from clarion.flow.engine import Triggered
from clarion.flow.limits import DEFAULT_LIMITS, Limits
from clarion.flow.moves import Answer, AnswerCall, Move, Pass, SkipWait, TellReceipt
from clarion.flow.stage import NO_ANSWERS, CallAnswers, Stage
from clarion.flow.transcript import Transcript

__all__ = ["play"]

_NOTHING = Triggered()


def play(
    flow: Flow,
    moves: Sequence[Move],
    *,
    context: Context,
    trigger: Triggered = _NOTHING,
    limits: Limits = DEFAULT_LIMITS,
    answers: CallAnswers = NO_ANSWERS,
) -> Transcript:
    """Play a flow from its start, at ``context.now``, through the moves.  Never raises.

    ``answers`` are recorded answers of calls; a call without one waits for an ``AnswerCall``.
    ``is_cut`` of the transcript tells that deadlines were left out for their number.
    """
    stage = Stage.begin(flow, context, trigger, limits, answers)
    for move in moves:
        _make(stage, move)
    return stage.transcript()


def _make(stage: Stage, move: Move) -> None:
    match move:
        case Answer(text, payload, kind, after_seconds):
            stage.advance(stage.now + timedelta(seconds=after_seconds))
            stage.answer(text, payload, kind)
        case Pass(seconds):
            stage.advance(stage.now + timedelta(seconds=seconds))
        case SkipWait():
            if stage.wait is not None:
                stage.advance(stage.wait.deadline_at)
        case AnswerCall(answer):
            stage.answer_call(answer)
        case TellReceipt(state):
            stage.tell(state)
