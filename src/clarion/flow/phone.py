"""What a person can do at a phone in a terminal: lines become moves.  Pure.

Theory of operation.  A line is what is typed: a text, the number of a button that can be tapped, or a
command that begins with ``/``.  ``read_line`` gives the move, or the word of a command that is no move
(``vars``, ``quit``, ...).  A script is such lines in a file; ``#`` begins a comment.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from clarion.domain.errors import ClarionError
from clarion.domain.message import (
    CardContent,
    FormContent,
    ListContent,
    ReceiptState,
    TemplateContent,
    TextContent,
)
from clarion.flow.calls import CallAnswer
from clarion.flow.moves import (
    MAX_PASSING_SECONDS,
    Answer,
    AnswerCall,
    Move,
    Pass,
    SkipWait,
    TellReceipt,
)
from clarion.flow.transcript import Said, Transcript

__all__ = ["ANSWER_SECONDS", "COMMANDS", "Order", "Tap", "read_line", "read_script", "taps_of"]

# How long a person takes to answer.
ANSWER_SECONDS = 5.0

COMMANDS = {
    "/skip": "go to the end of the wait",
    "/clock +2d": "let time pass (s, m, h, d)",
    "/image [caption]": "send a picture",
    "/location": "send a place",
    "/form {json}": "send what was filled into a form",
    "/answer 200 [body]": "answer the call that is waited for (or /answer timeout)",
    "/receipt read": "tell a receipt (sent, delivered, read, failed)",
    "/vars": "show the variables",
    "/events": "show what happened",
    "/effects": "show what would be written",
    "/back": "take the last move back",
    "/restart": "begin again",
    "/save NAME": "keep this play as a test of the flow",
    "/quit": "end",
}
_WORDS = frozenset(("vars", "events", "effects", "back", "restart", "save", "quit", "help"))
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_DURATION = re.compile(r"\+?\s*(\d+(?:\.\d+)?)\s*([smhd])")


@dataclass(frozen=True, slots=True)
class Tap:
    """Something that can be tapped under the last message."""

    title: str
    payload: str
    kind: str


@dataclass(frozen=True, slots=True)
class Order:
    """A command that is no move, and what stands behind it."""

    word: str
    rest: str = ""


def taps_of(transcript: Transcript) -> tuple[Tap, ...]:
    """What can be tapped now: under what the flow has said since the person spoke last."""
    taps: list[Tap] = []
    for said in transcript.said:
        if said.by == "contact":
            taps = []
        else:
            taps += _taps(said)
    return tuple(taps)


def _taps(said: Said) -> Iterable[Tap]:
    match said.content:
        case TextContent(buttons=buttons):
            return [Tap(each.title, each.id, "button") for each in buttons]
        case ListContent(sections=sections):
            return [Tap(row.title, row.id, "list") for each in sections for row in each.rows]
        case FormContent(button=title, token=token):
            return [Tap(title, json.dumps({"flow_token": token}), "form")]
        case CardContent(buttons=choices):
            return [Tap(each.title, each.id, "button") for each in choices if each.id is not None]
        case TemplateContent(parameters=parameters):
            return [
                Tap(each.value, each.value, "button")
                for each in parameters
                if each.sub_type == "quick_reply"
            ]
    return []


def read_line(line: str, taps: Sequence[Tap]) -> Move | Order | None:
    """What a line means; None for an empty one.

    Raises ``request.invalid`` for a command that there is not, or a duration that is none.
    """
    text = line.strip()
    if not text:
        return None
    if not text.startswith("/"):
        if text.isdigit() and 1 <= int(text) <= len(taps):
            tap = taps[int(text) - 1]
            return Answer(tap.title, tap.payload, tap.kind, ANSWER_SECONDS)
        return Answer(text, after_seconds=ANSWER_SECONDS)
    word, _, rest = text[1:].partition(" ")
    rest = rest.strip()
    match word:
        case "skip":
            return SkipWait()
        case "clock":
            return Pass(_seconds(rest))
        case "image":
            return Answer(rest, None, "media", ANSWER_SECONDS)
        case "location":
            return Answer(rest, None, "location", ANSWER_SECONDS)
        case "form":
            return Answer("", rest or "{}", "form", ANSWER_SECONDS)
        case "answer":
            return AnswerCall(_call_answer(rest))
        case "receipt":
            return TellReceipt(_receipt(rest))
    if word in _WORDS:
        return Order(word, rest)
    raise ClarionError(
        "request.invalid", f"There is no command /{word}; there are {', '.join(COMMANDS)}."
    )


def _seconds(text: str) -> float:
    match = _DURATION.fullmatch(text)
    seconds = float(match[1]) * _UNITS[match[2]] if match else -1.0
    if not 0 <= seconds <= MAX_PASSING_SECONDS:
        raise ClarionError(
            "request.invalid", f"{text or 'Nothing'} is no stretch of time; write e.g. `+2d`."
        )
    return seconds


def _call_answer(text: str) -> CallAnswer:
    """`200 {"a": 1}`, or a word that tells how the call failed."""
    first, _, body = text.partition(" ")
    if first.isdigit() and int(first) < 600:
        return CallAnswer(int(first), body.strip())
    if not first:
        raise ClarionError(
            "request.invalid", "Give a status and a body, or how it failed: /answer 200 {}."
        )
    return CallAnswer(failure=first)


def _receipt(text: str) -> ReceiptState:
    try:
        return ReceiptState(text)
    except ValueError as error:
        told = ", ".join(ReceiptState)
        raise ClarionError(
            "request.invalid", f"{text or 'Nothing'} is no receipt; there are {told}."
        ) from error


def read_script(text: str) -> list[str]:
    """The lines of a script, without comments and empty lines."""
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]
