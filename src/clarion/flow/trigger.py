"""What starts a flow: its trigger, the conditions on a message, the inputs.

Theory of operation.  A flow with the trigger ``manual`` is started by a campaign, a person or a
program.  Every other trigger is a channel: somebody writes to a sender to which the flow is bound,
and no session waits for that answer.  ``conditions`` narrow down which messages start it: one that
fits is enough, none at all means any message.  ``Trigger.fits`` is pure; who asks it, and in which
order flows are asked, is the engine's business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from clarion.domain.errors import Problem
from clarion.domain.message import Reply
from clarion.flow.context import RESERVED_NAMES
from clarion.flow.nodes.config import Config
from clarion.flow.operators import PatternError, compile_pattern
from clarion.flow.problems import error, problems_of_config, shown, unknown_fields

__all__ = [
    "CONDITIONS",
    "MAX_INPUTS",
    "NAME_PATTERN",
    "TRIGGER_KINDS",
    "Input",
    "Trigger",
    "TriggerKind",
    "read_trigger",
    "trigger_to_json",
]

MAX_INPUTS = 50
MAX_CONDITIONS = 20
NAME_PATTERN = r"[A-Za-z_][A-Za-z0-9_]{0,63}"

TriggerKind = Literal["manual", "whatsapp", "viber", "messenger", "instagram"]
TRIGGER_KINDS: tuple[str, ...] = get_args(TriggerKind)

_TRIGGER_FIELDS = frozenset(("kind", "inputs", "conditions"))
_INPUT_FIELDS = frozenset(("name", "required", "default"))

Word = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]


class KeywordCondition(Config):
    """The message is, or has in it, one of these words; case and punctuation do not matter."""

    kind: Literal["keyword"]
    words: Annotated[tuple[Word, ...], Field(min_length=1, max_length=100)]
    match: Literal["equals", "contains"] = "equals"

    def fits(self, reply: Reply) -> bool:
        """Whether a message starts the flow."""
        said = [_plain(each) for each in (reply.text, reply.payload or "") if each]
        words = [_plain(each) for each in self.words]
        if self.match == "equals":
            return any(each in words for each in said)
        return any(_has(each, word) for each in said for word in words)


class PatternCondition(Config):
    """The text of the message has a part that fits an RE2 pattern."""

    kind: Literal["pattern"]
    pattern: Annotated[str, Field(min_length=1, max_length=500)]
    is_case_insensitive: bool = True

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, value: str) -> str:
        try:
            compile_pattern(value)
        except PatternError as failure:
            raise PydanticCustomError(
                "bad_pattern", "The pattern is not valid: {why}", {"why": str(failure)}
            ) from failure
        return value

    def fits(self, reply: Reply) -> bool:
        """Whether a message starts the flow."""
        pattern = compile_pattern(self.pattern, is_case_insensitive=self.is_case_insensitive)
        return pattern.search(reply.text) is not None


class ReferralCondition(Config):
    """The person comes from an advertisement that opens a chat; of these sources, if any is named."""

    kind: Literal["referral"]
    sources: Annotated[tuple[Word, ...], Field(max_length=100)] = ()

    def fits(self, reply: Reply) -> bool:
        """Whether a message starts the flow."""
        referral = reply.media.get("referral")
        if not isinstance(referral, Mapping):
            return False
        return not self.sources or referral.get("source_id") in self.sources


class MediaCondition(Config):
    """The person sends a picture, a file, a voice message or a place."""

    kind: Literal["media"]

    def fits(self, reply: Reply) -> bool:
        """Whether a message starts the flow."""
        return reply.kind in ("media", "location")


Condition = KeywordCondition | PatternCondition | ReferralCondition | MediaCondition
CONDITIONS: TypeAdapter[tuple[Condition, ...]] = TypeAdapter(
    Annotated[
        tuple[Annotated[Condition, Field(discriminator="kind")], ...],
        Field(max_length=MAX_CONDITIONS),
    ]
)


@dataclass(frozen=True, slots=True)
class Input:
    """A value that the flow is given when it starts; ``default`` stands in for a missing one."""

    name: str
    is_required: bool = False
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Trigger:
    """What starts the flow, and what it is given then."""

    kind: TriggerKind = "manual"
    inputs: tuple[Input, ...] = ()
    conditions: tuple[Condition, ...] = ()

    def fits(self, reply: Reply) -> bool:
        """Whether a message to a bound sender starts the flow."""
        if self.kind == "manual" or reply.kind == "reaction":
            return False
        return not self.conditions or any(each.fits(reply) for each in self.conditions)

    def fitting(self, reply: Reply) -> tuple[int, ...]:
        """The places of the conditions that a message fits."""
        return tuple(index for index, each in enumerate(self.conditions) if each.fits(reply))


def trigger_to_json(trigger: Trigger) -> dict[str, Any]:
    """The trigger as it stands in a flow file."""
    data: dict[str, Any] = {"kind": trigger.kind}
    if trigger.conditions:
        data["conditions"] = [
            each.model_dump(mode="json", exclude_unset=True) for each in trigger.conditions
        ]
    if trigger.inputs:
        data["inputs"] = [
            {"name": each.name, "required": each.is_required}
            | ({} if each.default is None else {"default": each.default})
            for each in trigger.inputs
        ]
    return data


def read_trigger(data: object, problems: list[Problem]) -> Trigger:
    """The trigger of a flow file; what is wrong with it is added to ``problems``."""
    if not isinstance(data, Mapping):
        problems.append(
            error("bad_trigger", "trigger", "The trigger is not an object.", "Write `{…}`.")
        )
        return Trigger()
    problems += unknown_fields(data, _TRIGGER_FIELDS, "trigger.")
    kind: Any = data.get("kind", "manual")
    if kind not in TRIGGER_KINDS:
        problems.append(
            error(
                "unknown_trigger",
                "trigger.kind",
                f"There is no trigger {shown(kind)}.",
                f"Write one of {', '.join(TRIGGER_KINDS)}.",
            )
        )
        kind = "manual"
    inputs = tuple(_read_inputs(data.get("inputs", []), problems))
    return Trigger(kind, inputs, _read_conditions(data.get("conditions", []), kind, problems))


def _read_inputs(data: object, problems: list[Problem]) -> Iterator[Input]:
    where = "trigger.inputs"
    if not isinstance(data, list) or len(data) > MAX_INPUTS:
        problems.append(
            error("bad_input", where, f"Inputs are a list of at most {MAX_INPUTS}.", "Write `[…]`.")
        )
        return
    seen: set[str] = set()
    for index, each in enumerate(data):
        place = f"{where}.{index}"
        given = each if isinstance(each, Mapping) else {}
        problems += unknown_fields(given, _INPUT_FIELDS, f"{place}.")
        name, is_required = given.get("name"), given.get("required", False)
        default = given.get("default")
        if not isinstance(name, str) or not re.fullmatch(NAME_PATTERN, name):
            fix = "Give it a `name` of letters, digits and `_`, at most 64."
            problems.append(error("bad_input", place, "The input has no proper name.", fix))
        elif name in seen or name in RESERVED_NAMES:
            fix = "Give it another name."
            problems.append(error("bad_input", place, f"The name `{name}` is taken.", fix))
        elif not isinstance(is_required, bool) or not isinstance(default, str | None):
            fix = "`required` is true or false, `default` is a text."
            problems.append(error("bad_input", place, f"The input `{name}` is not valid.", fix))
        else:
            seen.add(name)
            yield Input(name, is_required, default)


def _read_conditions(
    data: object, kind: TriggerKind, problems: list[Problem]
) -> tuple[Condition, ...]:
    if data and kind == "manual":
        fix = "Remove them, or choose the channel whose messages start the flow."
        message = "A flow that is started by hand has no conditions on a message."
        problems.append(error("conditions_without_message", "trigger.conditions", message, fix))
        return ()
    try:
        return CONDITIONS.validate_python(data)
    except ValidationError as failure:
        problems += problems_of_config(failure, "trigger.conditions")
        return ()


def _plain(text: str) -> str:
    """A text without case, punctuation and needless spaces."""
    return " ".join(re.sub(r"[\W_]+", " ", text.casefold()).split())


def _has(text: str, word: str) -> bool:
    """Whether words stand in a text: as whole words, or anywhere where a script has no spaces."""
    if not word:
        return False
    if word.isascii():
        return f" {word} " in f" {text} "
    return word in text
