"""Stand still until the person answers, or does not."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from clarion.domain.message import Channel, Reply, TextContent
from clarion.flow.nodes.config import Config, Duration, LongText, VariableName
from clarion.flow.nodes.expectation import Expectation
from clarion.flow.nodes.kind import (
    NO_SENDER,
    NO_SENDER_MEANING,
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
from clarion.flow.state import NodeFailed, State

__all__ = ["KIND", "AwaitedButton", "WaitForReplyConfig"]

_Id = Annotated[str, Field(min_length=1, max_length=256)]
_OTHER = Leave("other")
_TIMEOUT = Leave("timeout")
_INVALID = Leave("invalid")


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
    channel: Annotated[
        Literal["whatsapp", "viber", "messenger", "instagram"],
        Field(description="Where the answer is expected."),
    ] = "whatsapp"

    expect: Annotated[
        Expectation | None,
        Field(description="What an answer must be that is none of the buttons."),
    ] = None
    max_retries: Annotated[
        int,
        Field(ge=0, le=10, description="How often to ask again when the answer does not fit."),
    ] = 0
    retry_message: Annotated[
        LongText | None, Field(description="What to say then, e.g. `A number from 1 to 5, please.`")
    ] = None

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
        if self.expect is None and (self.max_retries or self.retry_message is not None):
            raise PydanticCustomError(
                "retry_without_expect", "Nothing is expected, so nobody is asked again"
            )
        if self.retry_message is not None and not self.max_retries:
            raise PydanticCustomError(
                "retries_missing", "The message is never sent, since `max_retries` is 0"
            )
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
        *(() if config.expect is None else (Exit("invalid", False, is_after_reply=True),)),
        Exit("timeout", is_required=False),
        *(() if _channel_of(config) is None else (NO_SENDER,)),
    )


def _channel_of(config: WaitForReplyConfig) -> Channel | None:
    """The channel without whose senders nobody could answer; that of every workspace left out."""
    return None if config.channel == "whatsapp" else Channel(config.channel)


def _run(node: Node[WaitForReplyConfig], state: State) -> Result:
    config = node.config
    kept = state.next_kept_reply()
    if kept is not None:
        return _resume(node, state, ReplyReceived(kept))
    return Stay(
        Wait("reply", node.id, state.context.now + config.timeout.delta, Channel(config.channel))
    )


def _resume(node: Node[WaitForReplyConfig], state: State, resume: Resume) -> Result:
    if not isinstance(resume, ReplyReceived):
        return _TIMEOUT
    config, reply = node.config, resume.reply
    state.take_reply(reply)
    button_id = config.button_of(reply)
    answer: str | None = reply.text[: state.limits.max_value_chars]
    if button_id is None and config.expect is not None:
        answer = config.expect.read(reply.text[: state.limits.max_value_chars])
        if answer is None:
            return _ask_again(node, state)
    if config.save_as is not None:
        state.set_variable(config.save_as, answer)
    return _OTHER if button_id is None else Leave(f"button:{button_id}")


def _ask_again(node: Node[WaitForReplyConfig], state: State) -> Result:
    """The answer does not fit: wait once more, with the whole time, or give up."""
    config = node.config
    wait = state.wait
    is_this_wait = wait is not None and wait.kind == "reply" and wait.node_id == node.id
    retry_count = wait.retry_count if wait is not None and is_this_wait else 0
    if retry_count >= config.max_retries:
        return _INVALID
    if config.retry_message is not None:
        text = state.render(config.retry_message)
        if not text.strip():
            source = config.retry_message.source
            raise NodeFailed("text_empty", f"A text came out empty (`{source}`).")
        state.send(Channel(config.channel), TextContent(text))
    deadline_at = state.context.now + config.timeout.delta
    return Stay(Wait("reply", node.id, deadline_at, Channel(config.channel), retry_count + 1))


KIND = NodeKind(
    name="wait_for_reply",
    title="Wait for a reply",
    summary="Stands still until the person answers on the channel or the time is over. The latest "
    "answer is `reply.text`, `reply.payload` and `reply.kind`; the first one of a session is "
    "`incomingMessage`. An answer that comes after the time is over, but before the session has "
    "gone on, still counts as an answer. With `expect` an answer that does not fit is asked for again, "
    "each time with the whole time; the variable takes the answer in one form: `1234.5`, "
    "`2026-05-01`, the word as it stands in the choices.",
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
        "other": "Any other answer; with `expect`, one that fits.",
        "invalid": "Only with `expect`: the answer did not fit, and the retries are used up.",
        "timeout": "Nobody answered in time.",
        "no_sender": f"Only on other channels than WhatsApp. {NO_SENDER_MEANING}",
    },
    waits=True,
    channel_of=_channel_of,
    writes=lambda config: () if config.save_as is None else (config.save_as,),
)
