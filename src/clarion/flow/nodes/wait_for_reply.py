"""Stand still until the person answers, or does not."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Self

from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from clarion.domain.message import Channel, Reply
from clarion.flow.nodes.config import Config, Duration, VariableName
from clarion.flow.nodes.kind import (
    Exit,
    Leave,
    Node,
    NodeKind,
    ReplyReceived,
    Result,
    Resume,
    Stay,
)
from clarion.flow.session import Wait
from clarion.flow.state import State

__all__ = ["KIND", "AwaitedButton", "WaitForReplyConfig"]

_Id = Annotated[str, Field(min_length=1, max_length=256)]
_OTHER = Leave("other")
_TIMEOUT = Leave("timeout")


class AwaitedButton(Config):
    """A button or row that may be tapped: the id that comes back, and the words on it."""

    id: _Id
    title: Annotated[str, Field(min_length=1, max_length=72)] | None = None


def _form_of(value: object) -> str:
    return "(id)" if isinstance(value, str) else "(button)"


_Awaited = Annotated[
    Annotated[_Id, Tag("(id)")] | Annotated[AwaitedButton, Tag("(button)")],
    Discriminator(_form_of),
]


class WaitForReplyConfig(Config):
    """How long to wait, what answers to tell apart, and where to keep the answer."""

    timeout: Annotated[Duration, Field(description="How long to wait; without it, 24 hours.")] = (
        Duration(amount=24, unit="hours")
    )
    buttons: Annotated[
        tuple[_Awaited, ...],
        Field(
            max_length=20,
            description="Buttons, rows of a list or quick replies of a template that have their "
            "own exit `button:<id>`: the id (payload), or `{id, title}`. An answer fits by its "
            "payload, or when its text is the id or the title, whatever the case.",
        ),
    ] = ()
    save_as: Annotated[
        VariableName | None, Field(description="A variable that takes the text of the answer.")
    ] = None
    channel: Annotated[Channel, Field(description="Where the answer is expected.")] = (
        Channel.WHATSAPP
    )

    @cached_property
    def button_ids(self) -> tuple[str, ...]:
        """The ids of the buttons, in the author's order."""
        return tuple(each if isinstance(each, str) else each.id for each in self.buttons)

    @cached_property
    def words(self) -> dict[str, str]:
        """What a person may write or tap, folded, to the id of its button; the first wins."""
        words: dict[str, str] = {}
        for each in self.buttons:
            button_id, title = (each, None) if isinstance(each, str) else (each.id, each.title)
            for word in (button_id, title):
                if word is not None:
                    words.setdefault(_folded(word), button_id)
        return words

    @model_validator(mode="after")
    def check_whole(self) -> Self:
        """Refuse two exits of the same name."""
        if len(set(self.button_ids)) != len(self.button_ids):
            raise PydanticCustomError("duplicate_button", "Two buttons have the same id")
        return self

    def button_of(self, reply: Reply) -> str | None:
        """The id of the button that a reply means."""
        if reply.payload is not None:
            if reply.payload in self.button_ids:
                return reply.payload
            if (button_id := self.words.get(_folded(reply.payload))) is not None:
                return button_id
        return self.words.get(_folded(reply.text))


def _folded(word: str) -> str:
    return word.strip().casefold()


def _exits(config: WaitForReplyConfig) -> tuple[Exit, ...]:
    return (
        *(Exit(f"button:{each}", is_after_reply=True) for each in config.button_ids),
        Exit("other", is_required=not config.buttons, is_after_reply=True),
        Exit("timeout", is_required=False),
    )


def _run(node: Node[WaitForReplyConfig], state: State) -> Result:
    config = node.config
    return Stay(Wait("reply", node.id, state.context.now + config.timeout.delta, config.channel))


def _resume(node: Node[WaitForReplyConfig], state: State, resume: Resume) -> Result:
    if not isinstance(resume, ReplyReceived):
        return _TIMEOUT
    config, reply = node.config, resume.reply
    state.take_reply(reply)
    if config.save_as is not None:
        state.set_variable(config.save_as, reply.text[: state.limits.max_value_chars])
    button_id = config.button_of(reply)
    return _OTHER if button_id is None else Leave(f"button:{button_id}")


KIND = NodeKind(
    name="wait_for_reply",
    title="Wait for a reply",
    summary="Stands still until the person answers on the channel or the time is over. The latest "
    "answer is `reply.text`, `reply.payload` and `reply.kind`; the first one of a session is "
    "`incomingMessage`. An answer that comes after the time is over, but before the session has "
    "gone on, still counts as an answer.",
    config=WaitForReplyConfig,
    run=_run,
    resume=_resume,
    example={
        "id": "answer",
        "kind": "wait_for_reply",
        "config": {
            "timeout": {"amount": 2, "unit": "hours"},
            "buttons": ["YES", {"id": "NO", "title": "No, thanks"}],
            "save_as": "answer",
        },
        "exits": {
            "button:YES": "details",
            "button:NO": "goodbye",
            "other": "details",
            "timeout": "done",
        },
    },
    exits=_exits,
    exit_meanings={
        "button:<id>": "The answer is this button, row or quick reply.",
        "other": "Any other answer.",
        "timeout": "Nobody answered in time.",
    },
    waits=True,
    writes=lambda config: () if config.save_as is None else (config.save_as,),
)
