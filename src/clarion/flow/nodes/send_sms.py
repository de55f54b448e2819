"""Send an SMS."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from clarion.domain.message import Channel, TextContent
from clarion.flow.expressions import Expression
from clarion.flow.nodes.config import Config, Rendered, Senders, senders_of
from clarion.flow.nodes.kind import (
    NEXT,
    SEND_EXIT_MEANINGS,
    SEND_EXITS,
    Node,
    NodeKind,
    Result,
)
from clarion.flow.nodes.texts import short_text
from clarion.flow.state import State

__all__ = ["KIND", "SmsConfig"]

_TEXT_CHARS = 1530  # ten parts in the alphabet of telephones


class SmsConfig(Config):
    """The text, and who sends it."""

    text: Annotated[
        Expression,
        Rendered(_TEXT_CHARS),
        Field(
            description="One part holds 160 characters of the telephones' alphabet, or 70 of any "
            "other; longer texts leave in parts of 153 or 67, at most ten."
        ),
    ]
    sender: Senders = None


def _run(node: Node[SmsConfig], state: State) -> Result:
    text = short_text(state, node.config.text, _TEXT_CHARS)
    state.send(Channel.SMS, TextContent(text), senders_of(node.config.sender))
    return NEXT


KIND = NodeKind(
    name="send_sms",
    title="Send an SMS",
    summary="Sends a text to the contact's telephone; the sender's name or number is the sender's.",
    config=SmsConfig,
    run=_run,
    example={
        "id": "code",
        "kind": "send_sms",
        "config": {"text": "Your order {{ order }} is on its way."},
        "exits": {"next": "done"},
    },
    exits=lambda _config: SEND_EXITS,
    exit_meanings=SEND_EXIT_MEANINGS,
    sends="template",
    channel_of=lambda _config: Channel.SMS,
)
