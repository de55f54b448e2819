"""The moves of a play: what a person at the phone does, and the same as JSON.

The JSON is what the REST API takes and what a test of a flow keeps; ``move_from_json`` and
``move_to_json`` go both ways.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from clarion.domain.message import ReceiptState
from clarion.flow.calls import CallAnswer

__all__ = [
    "MAX_PASSING_SECONDS",
    "Answer",
    "AnswerCall",
    "AnyMove",
    "Move",
    "Pass",
    "RecordedAnswer",
    "RecordedAnswers",
    "ReplyKind",
    "SkipWait",
    "TellReceipt",
    "move_from_json",
    "move_to_json",
    "recorded_answers",
]

MAX_PASSING_SECONDS = 400 * 86_400


@dataclass(frozen=True, slots=True)
class Answer:
    """The person writes or taps, ``after_seconds`` after the move before."""

    text: str
    payload: str | None = None
    kind: str = "text"
    after_seconds: float = 0


@dataclass(frozen=True, slots=True)
class Pass:
    """Time goes by; every deadline on the way is met."""

    seconds: float


@dataclass(frozen=True, slots=True)
class SkipWait:
    """The clock goes to the deadline of the wait; nothing happens when there is none."""


@dataclass(frozen=True, slots=True)
class AnswerCall:
    """The call that the session waits for is answered; nothing happens when it waits for none."""

    answer: CallAnswer


@dataclass(frozen=True, slots=True)
class TellReceipt:
    """A receipt of the message that the session waits for; nothing happens when it waits for none."""

    state: ReceiptState


Move = Answer | Pass | SkipWait | AnswerCall | TellReceipt

Seconds = Annotated[float, Field(ge=0, le=MAX_PASSING_SECONDS, allow_inf_nan=False)]
ReplyKind = Literal["text", "button", "list", "form", "media", "location"]


class _MoveModel(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AnswerMove(_MoveModel):
    """The person writes, taps, or sends something."""

    kind: Literal["answer"]
    text: Annotated[str, Field(max_length=4096)]
    payload: Annotated[str, Field(max_length=256)] | None = Field(
        default=None, description="The id of the button or row that is tapped."
    )
    reply_kind: ReplyKind = "text"
    after_seconds: Seconds = 0

    def move(self) -> Move:
        """The same for the engine."""
        return Answer(self.text, self.payload, self.reply_kind, self.after_seconds)


class PassMove(_MoveModel):
    """Time goes by."""

    kind: Literal["pass"]
    seconds: Seconds

    def move(self) -> Move:
        """The same for the engine."""
        return Pass(self.seconds)


class SkipWaitMove(_MoveModel):
    """The clock goes to the end of the wait."""

    kind: Literal["skip_wait"]

    def move(self) -> Move:
        """The same for the engine."""
        return SkipWait()


class RecordedAnswer(_MoveModel):
    """How a call went: its status and body, or the word of its failure."""

    status: Annotated[int, Field(ge=0, le=599)] = 0
    body: Annotated[str, Field(max_length=262_144)] = ""
    failure: Annotated[str, Field(max_length=64)] | None = None

    def answer(self) -> CallAnswer:
        """The same for the engine."""
        return CallAnswer(self.status, self.body, self.failure)


class AnswerCallMove(RecordedAnswer):
    """The call that is waited for is answered, or fails."""

    kind: Literal["answer_call"]

    def move(self) -> Move:
        """The same for the engine."""
        return AnswerCall(self.answer())


class TellReceiptMove(_MoveModel):
    """A receipt of the message that is waited for."""

    kind: Literal["tell_receipt"]
    state: ReceiptState

    def move(self) -> Move:
        """The same for the engine."""
        return TellReceipt(self.state)


RecordedAnswers = Annotated[
    dict[
        Annotated[str, Field(max_length=64)],
        Annotated[tuple[RecordedAnswer, ...], Field(max_length=100)],
    ],
    Field(max_length=100),
]
"""What the calls of nodes, by their ids, are answered with, one after the other."""

_AnyMove = AnswerMove | PassMove | SkipWaitMove | AnswerCallMove | TellReceiptMove
AnyMove = Annotated[
    AnswerMove | PassMove | SkipWaitMove | AnswerCallMove | TellReceiptMove,
    Field(discriminator="kind"),
]
_ADAPTER: TypeAdapter[_AnyMove] = TypeAdapter(AnyMove)
_ANSWERS: TypeAdapter[RecordedAnswers] = TypeAdapter(RecordedAnswers)
_USUAL = (("reply_kind", "text"), ("after_seconds", 0))
_FORMS: Mapping[type[Any], Any] = MappingProxyType(
    {
        Answer: lambda move: {
            "kind": "answer",
            "text": move.text,
            "payload": move.payload,
            "reply_kind": move.kind,
            "after_seconds": move.after_seconds,
        },
        Pass: lambda move: {"kind": "pass", "seconds": move.seconds},
        SkipWait: lambda _: {"kind": "skip_wait"},
        AnswerCall: lambda move: {
            "kind": "answer_call",
            "status": move.answer.status,
            "body": move.answer.body,
            "failure": move.answer.failure,
        },
        TellReceipt: lambda move: {"kind": "tell_receipt", "state": move.state.value},
    }
)


def move_from_json(data: Any) -> Move:
    """The move of a JSON value.  Raises ``pydantic.ValidationError``."""
    return _ADAPTER.validate_python(data).move()


def recorded_answers(data: Any) -> RecordedAnswers:
    """The recorded answers of a JSON value.  Raises ``pydantic.ValidationError``."""
    return _ANSWERS.validate_python(data)


def move_to_json(move: Move) -> dict[str, Any]:
    """A move as JSON; what is as it would be by itself is left out."""
    data = _FORMS[type(move)](move)
    return {
        key: value
        for key, value in data.items()
        if value is not None and (key, value) not in _USUAL
    }
