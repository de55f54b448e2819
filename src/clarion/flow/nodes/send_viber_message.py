"""Send a Viber message: text, perhaps with a picture and a button."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from clarion.domain.message import Channel, ViberContent
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
from clarion.flow.nodes.safe_text import LinkText, link_of
from clarion.flow.nodes.texts import short_text
from clarion.flow.state import State

__all__ = ["KIND", "ViberConfig"]

_TEXT_CHARS = 1000
_TITLE_CHARS = 30


class ViberButton(Config):
    """A button that opens an address."""

    title: Annotated[Expression, Rendered(_TITLE_CHARS)]
    url: LinkText


class ViberConfig(Config):
    """Text or a picture or both, and perhaps a button."""

    text: Annotated[Expression, Rendered(_TEXT_CHARS)] | None = None
    purpose: Annotated[
        Literal["transaction", "marketing"],
        Field(description="What the message is for; Viber prices and limits the two differently."),
    ] = "marketing"
    image: Annotated[LinkText | None, Field(description="The address of a picture.")] = None
    button: ViberButton | None = None
    sender: Senders = None

    @model_validator(mode="after")
    def check_whole(self) -> Self:
        """A transaction is text alone, and a button belongs under a text."""
        if self.text is None and self.image is None:
            raise PydanticCustomError("viber_empty", "Give `text`, `image` or both")
        if self.button is not None and self.text is None:
            raise PydanticCustomError("button_without_text", "A button stands under a `text`")
        if self.purpose == "transaction" and (self.image is not None or self.button is not None):
            raise PydanticCustomError(
                "transaction_is_text", "A transaction has no picture and no button"
            )
        return self


def _run(node: Node[ViberConfig], state: State) -> Result:
    config = node.config
    button = config.button
    content = ViberContent(
        "" if config.text is None else short_text(state, config.text, _TEXT_CHARS),
        config.purpose,
        None if config.image is None else link_of(config.image, state),
        None if button is None else short_text(state, button.title, _TITLE_CHARS),
        None if button is None else link_of(button.url, state),
    )
    state.send(Channel.VIBER, content, senders_of(config.sender))
    return NEXT


KIND = NodeKind(
    name="send_viber_message",
    title="Send a Viber message",
    summary="Sends text, a picture or both, perhaps with a button that opens an address. A "
    "`transaction` (an order, a code) is text alone.",
    config=ViberConfig,
    run=_run,
    example={
        "id": "offer",
        "kind": "send_viber_message",
        "config": {
            "text": "Fresh bread from eight, {{ contact.name }}.",
            "image": "https://shop.example.com/bread.jpg",
            "button": {"title": "See it", "url": "https://shop.example.com/{{ contact.id }}"},
        },
        "exits": {"next": "done"},
    },
    exits=lambda _config: SEND_EXITS,
    exit_meanings=SEND_EXIT_MEANINGS,
    sends="template",
    channel_of=lambda _config: Channel.VIBER,
)
