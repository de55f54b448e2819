"""Send an e-mail: subject, text, and perhaps the same as HTML."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from clarion.domain.message import Channel, EmailContent
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
from clarion.flow.nodes.safe_text import HtmlText, html_of
from clarion.flow.nodes.texts import short_text
from clarion.flow.state import NodeFailed, State

__all__ = ["KIND", "EmailConfig"]

_SUBJECT_CHARS = 200
_TEXT_CHARS = 20_000
_TAG = re.compile(r"<[^>]*>")


class EmailConfig(Config):
    """At least one of `text` and `html`; a letter with both shows what the reader's program can."""

    subject: Annotated[Expression, Rendered(_SUBJECT_CHARS)]
    text: Annotated[Expression, Rendered(_TEXT_CHARS)] | None = None
    html: Annotated[
        HtmlText | None,
        Field(description="Values in it are escaped, so nobody's name becomes markup."),
    ] = None
    sender: Senders = None

    @model_validator(mode="after")
    def check_whole(self) -> Self:
        """A letter says something."""
        if self.text is None and self.html is None:
            raise PydanticCustomError("letter_empty", "Give `text`, `html` or both")
        return self


def _run(node: Node[EmailConfig], state: State) -> Result:
    config = node.config
    # A header is one line, whatever comes into its holes.
    subject = " ".join(short_text(state, config.subject, _SUBJECT_CHARS).split())
    markup = None if config.html is None else html_of(config.html, state)
    text = (
        _plain(markup or "") if config.text is None else short_text(state, config.text, _TEXT_CHARS)
    )
    if markup is not None and len(markup) > _TEXT_CHARS:
        raise NodeFailed(
            "text_too_long",
            f"The HTML came out with {len(markup)} characters; {_TEXT_CHARS} are allowed.",
        )
    state.send(Channel.EMAIL, EmailContent(subject, text, markup), senders_of(config.sender))
    return NEXT


def _plain(markup: str) -> str:
    """What is left of HTML for a reader without it."""
    lines = (" ".join(line.split()) for line in html.unescape(_TAG.sub("", markup)).splitlines())
    return "\n".join(line for line in lines if line)


_EXAMPLE: Mapping[str, Any] = {
    "id": "letter",
    "kind": "send_email",
    "config": {"subject": "Your order", "text": "Dear {{ contact.name }}, it is on its way."},
    "exits": {"next": "done"},
}

KIND = NodeKind(
    name="send_email",
    title="Send an e-mail",
    summary="Sends a letter as text, as HTML, or as both; the reader's program chooses.",
    config=EmailConfig,
    run=_run,
    example=_EXAMPLE,
    exits=lambda _config: SEND_EXITS,
    exit_meanings=SEND_EXIT_MEANINGS,
    sends="template",
    channel_of=lambda _config: Channel.EMAIL,
)
