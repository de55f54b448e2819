"""Let a language model talk with the person, within bounds that the author sets.

Theory of operation.  The node goes to and fro between two waits: for the model (a call) and for the
person (a reply).  The dialogue so far is the node's note in the session.  What the person writes
while the model thinks is kept, and asked next, in its order.  The model may leave by one of the
intents; turns, sizes and times are bounded, so a dialogue ends whatever either side says.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from clarion.domain.message import Channel, Reply, TextContent
from clarion.flow.calls import CallAnswer, ModelCall, Turn
from clarion.flow.nodes.config import Config, Duration, LongText, VariableName
from clarion.flow.nodes.http_request import answer_of, leave_after_call
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

__all__ = ["KIND", "LlmDialogueConfig", "read_model_answer"]

_TURN_CHARS = 2000
_MAX_DIALOGUE_CHARS = 16_000
_ANSWER_CHARS = 4096
_IntentName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")]


class LlmDialogueConfig(Config):
    """Who the model is, how the dialogue begins, how it may end."""

    system: Annotated[LongText, Field(description="What the model is told to be and to do.")]
    opening: Annotated[
        LongText | None,
        Field(
            description="What the model is asked first; without it, the person's latest message, or "
            "the next one."
        ),
    ] = None
    intents: Annotated[
        dict[_IntentName, Annotated[str, Field(min_length=1, max_length=500)]],
        Field(
            max_length=10,
            description="Ways out that the model may choose: name to when it should, e.g. "
            "`buy`: `The person wants to order.`",
        ),
    ] = Field(default_factory=dict)
    turn_limit: Annotated[
        int, Field(ge=1, le=50, description="How often the model answers at most.")
    ] = 10
    reply_timeout: Annotated[Duration, Field(description="How long to wait for the person.")] = (
        Duration(amount=24, unit="hours")
    )
    model: Annotated[
        str | None,
        Field(max_length=100, description="Another model than that of the settings."),
    ] = None
    max_tokens: Annotated[int, Field(ge=16, le=4000)] = 500
    timeout_seconds: Annotated[int, Field(ge=1, le=120)] = 30
    save_as: Annotated[
        VariableName | None, Field(description="A variable that takes the model's last words.")
    ] = None
    channel: Channel = Channel.WHATSAPP

    @model_validator(mode="after")
    def check_whole(self) -> Self:
        """Intents that can be exits."""
        if "next" in self.intents:
            raise PydanticCustomError("reserved_name", "This name belongs to Clarion")
        return self


def _turns(state: State) -> list[list[str]]:
    return [list(each) for each in (state.note or {}).get("turns", ())]


def _count(state: State) -> int:
    count: int = (state.note or {}).get("count", 0)
    return count


def _run(node: Node[LlmDialogueConfig], state: State) -> Result:
    state.remember(None)  # a jump back begins anew
    if node.config.opening is not None:
        return _ask_model(node, state, state.render(node.config.opening))
    latest = state.variables.get("reply")
    if isinstance(latest, dict) and latest.get("text"):
        return _ask_model(node, state, str(latest["text"]))
    return _wait_for_person(node, state)


def _resume(node: Node[LlmDialogueConfig], state: State, resume: Resume) -> Result:
    if isinstance(resume, ReplyReceived):
        return _take_reply(node, state, resume.reply)
    if state.wait is not None and state.wait.kind == "reply":
        return Leave("timeout")
    return _take_answer(node, state, answer_of(resume))


def _take_reply(node: Node[LlmDialogueConfig], state: State, reply: Reply) -> Result:
    state.take_reply(reply)
    return _ask_model(node, state, reply.text)


def _ask_model(node: Node[LlmDialogueConfig], state: State, text: str) -> Result:
    config = node.config
    if _count(state) >= config.turn_limit:
        return Leave("limit")
    turns = _turns(state)
    if turns and turns[-1][0] == "user":
        turns[-1][1] = f"{turns[-1][1]}\n{text}"[:_TURN_CHARS]
    else:
        turns.append(["user", text[:_TURN_CHARS]])
    while sum(len(each) for _, each in turns) > _MAX_DIALOGUE_CHARS and len(turns) > 1:
        del turns[:2]
    state.remember({"turns": turns, "count": _count(state) + 1})
    request = ModelCall(
        state.render(config.system),
        tuple(Turn("user" if by == "user" else "assistant", said) for by, said in turns),
        config.intents,
        config.model,
        config.max_tokens,
        config.timeout_seconds,
    )
    return Stay(state.start_call(request))


def _take_answer(node: Node[LlmDialogueConfig], state: State, answer: CallAnswer) -> Result:
    config = node.config
    read = read_model_answer(answer)
    if read is None:
        return leave_after_call(node, answer, is_success=False)
    text, intent = read
    if text:
        state.send(config.channel, TextContent(text))
        if config.save_as is not None:
            state.set_variable(config.save_as, text)
    if intent in config.intents:
        state.remember(None)
        return Leave(f"intent:{intent}")
    if not text:
        return leave_after_call(node, CallAnswer(failure="no_answer"), is_success=False)
    turns = [*_turns(state), ["assistant", text[:_TURN_CHARS]]]
    state.remember({"turns": turns, "count": _count(state)})
    if _count(state) >= config.turn_limit:
        return Leave("limit")
    return _wait_for_person(node, state)


def _wait_for_person(node: Node[LlmDialogueConfig], state: State) -> Result:
    """Wait, unless the person has written while the model was thinking: that is asked at once."""
    kept, state.kept_replies = state.kept_replies, ()
    for each in kept:
        state.take_reply(each.reply)
    if kept:
        return _ask_model(node, state, "\n".join(each.reply.text for each in kept))
    deadline_at = state.context.now + node.config.reply_timeout.delta
    return Stay(Wait("reply", node.id, deadline_at, node.config.channel))


def read_model_answer(answer: CallAnswer) -> tuple[str, str | None] | None:
    """What the model says, and the intent that it leaves by; ``None`` when it is no answer.

    The shape is that of a chat completion; total for any body.
    """
    if not answer.is_success:
        return None
    try:
        message: Any = json.loads(answer.body)["choices"][0]["message"]
        content = message.get("content") or ""
        calls = message.get("tool_calls") or ()
        intent = None
        for each in calls:
            intent = json.loads(each["function"]["arguments"]).get("intent")
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        return None
    if not isinstance(content, str):
        return None
    return content.strip()[:_ANSWER_CHARS], intent if isinstance(intent, str) else None


def _exits(config: LlmDialogueConfig) -> tuple[Exit, ...]:
    return (
        *(Exit(f"intent:{name}", is_after_reply=config.opening is None) for name in config.intents),
        Exit("limit", is_required=not config.intents, is_after_reply=config.opening is None),
        Exit("timeout", is_required=False),
        Exit("failure", is_required=False),
    )


KIND = NodeKind(
    name="llm_dialogue",
    title="Dialogue with a language model",
    summary="A language model answers the person until it leaves by an intent, the turns are used up, "
    "or the person falls silent. The endpoint and its key are settings of the server "
    "(`CLARION_LLM_BASE_URL`, any that speaks OpenAI's chat completions). What the person writes while "
    "the model thinks is asked next, in its order. The answers are free messages: the person must have "
    "written within 24 hours.",
    config=LlmDialogueConfig,
    run=_run,
    resume=_resume,
    example={
        "id": "advice",
        "kind": "llm_dialogue",
        "config": {
            "system": "You advise customers of a shop for tea. Answer in two sentences at most.",
            "intents": {
                "buy": "The person wants to order something.",
                "person": "The person asks for a human.",
            },
            "turn_limit": 6,
        },
        "exits": {
            "intent:buy": "order",
            "intent:person": "desk",
            "limit": "desk",
            "timeout": "done",
            "failure": "desk",
        },
    },
    exits=_exits,
    exit_meanings={
        "intent:<name>": "The model chose this intent.",
        "limit": "The model has answered as often as it may.",
        "timeout": "The person did not answer in time.",
        "failure": "The model did not answer, or with nothing that can be used.",
    },
    sends="free_form",
    waits=True,
    writes=lambda config: () if config.save_as is None else (config.save_as,),
)
