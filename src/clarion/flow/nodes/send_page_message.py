"""Send a Messenger or an Instagram message: text, a file, quick replies, or a card.

Theory of operation.  Both channels belong to a page and take the same forms, so they share their
config; what differs (files, how long a text may be) stands in one row each.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from clarion.domain.message import (
    Button,
    CardButton,
    CardContent,
    Channel,
    Content,
    MediaContent,
    TextContent,
)
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
from clarion.flow.nodes.texts import optional_text, short_text
from clarion.flow.state import NodeFailed, State

__all__ = ["INSTAGRAM", "MESSENGER", "InstagramConfig", "MessengerConfig"]

_MESSENGER_CHARS = 2000
_INSTAGRAM_BYTES = 1000
_TITLE_CHARS = 20
_CARD_CHARS = 80
_MAX_QUICK_REPLIES = 13

_Title = Annotated[Expression, Rendered(_TITLE_CHARS)]
_CardText = Annotated[Expression, Rendered(_CARD_CHARS)]
_Id = Annotated[str, Field(min_length=1, max_length=200)]


class QuickReply(Config):
    """A choice under the text: the id that comes back, and the words on it."""

    id: _Id
    title: _Title


class PageMedia(Config):
    """A file by its address."""

    kind: Literal["image", "video", "audio", "document"]
    link: LinkText


class PageImage(Config):
    """A picture by its address."""

    kind: Literal["image"] = "image"
    link: LinkText


class CardChoice(Config):
    """A button of a card: it comes back as `id`, or opens `url`."""

    title: _Title
    id: _Id | None = None
    url: LinkText | None = None

    @model_validator(mode="after")
    def check_whole(self) -> Self:
        """One of the two."""
        if (self.id is None) == (self.url is None):
            raise PydanticCustomError("card_button", "A button has either `id` or `url`")
        return self


class Card(Config):
    """A title, perhaps with a picture, a second line and up to three buttons."""

    title: _CardText
    subtitle: _CardText | None = None
    image: LinkText | None = None
    buttons: Annotated[tuple[CardChoice, ...], Field(max_length=3)] = ()

    @model_validator(mode="after")
    def check_whole(self) -> Self:
        """A title alone is no card."""
        if self.subtitle is None and self.image is None and not self.buttons:
            raise PydanticCustomError("card_bare", "A card has more than its title")
        ids = [each.id for each in self.buttons if each.id is not None]
        if len(set(ids)) != len(ids):
            raise PydanticCustomError("duplicate_button", "Two buttons have the same id")
        return self


class _PageConfig(Config):
    quick_replies: Annotated[
        tuple[QuickReply, ...],
        Field(max_length=_MAX_QUICK_REPLIES, description="What can be tapped under the text."),
    ] = ()
    card: Card | None = None
    sender: Senders = None

    @cached_property
    def senders(self) -> tuple[str, ...]:
        """The pool."""
        return senders_of(self.sender)

    def _check(self, text: object, media: object) -> None:
        if sum(part is not None for part in (text, media, self.card)) != 1:
            raise PydanticCustomError(
                "one_content", "Give exactly one of `text`, `media` and `card`"
            )
        if self.quick_replies and text is None:
            raise PydanticCustomError("replies_without_text", "Quick replies stand under a `text`")
        if len({each.id for each in self.quick_replies}) != len(self.quick_replies):
            raise PydanticCustomError("duplicate_button", "Two buttons have the same id")


class MessengerConfig(_PageConfig):
    """Exactly one of `text` (perhaps with quick replies), `media` and `card`."""

    text: Annotated[Expression, Rendered(_MESSENGER_CHARS)] | None = None
    media: PageMedia | None = None

    @model_validator(mode="after")
    def check_whole(self) -> Self:
        """One message, one form."""
        self._check(self.text, self.media)
        return self


class InstagramConfig(_PageConfig):
    """Exactly one of `text` (perhaps with quick replies), `media` (a picture) and `card`."""

    text: Annotated[
        Annotated[Expression, Rendered(_INSTAGRAM_BYTES)] | None,
        Field(description="At most 1000 bytes, which is fewer characters in most scripts."),
    ] = None
    media: PageImage | None = None

    @model_validator(mode="after")
    def check_whole(self) -> Self:
        """One message, one form."""
        self._check(self.text, self.media)
        return self


def _content(config: MessengerConfig | InstagramConfig, state: State) -> Content:
    if config.media is not None:
        return MediaContent(config.media.kind, link_of(config.media.link, state))
    if config.card is not None:
        return _card(config.card, state)
    if config.text is None:  # the model allows no such config
        raise NodeFailed("content_missing", "The node has nothing to send.")
    return TextContent(
        _text(config, config.text, state),
        tuple(
            Button(each.id, short_text(state, each.title, _TITLE_CHARS))
            for each in config.quick_replies
        ),
    )


def _text(config: _PageConfig, text: Expression, state: State) -> str:
    value = short_text(state, text, _MESSENGER_CHARS)
    if isinstance(config, InstagramConfig) and len(value.encode()) > _INSTAGRAM_BYTES:
        raise NodeFailed(
            "text_too_long",
            f"A text came out with {len(value.encode())} bytes; Instagram takes {_INSTAGRAM_BYTES}.",
        )
    return value


def _card(card: Card, state: State) -> Content:
    return CardContent(
        short_text(state, card.title, _CARD_CHARS),
        optional_text(state, card.subtitle, _CARD_CHARS),
        None if card.image is None else link_of(card.image, state),
        tuple(
            CardButton(
                short_text(state, each.title, _TITLE_CHARS),
                each.id,
                None if each.url is None else link_of(each.url, state),
            )
            for each in card.buttons
        ),
    )


def _example(name: str) -> Mapping[str, Any]:
    return {
        "id": "details",
        "kind": name,
        "config": {
            "text": "When may we call, {{ contact.name }}?",
            "quick_replies": [{"id": "MORNING", "title": "In the morning"}],
        },
        "exits": {"next": "when"},
    }


def _sending(channel: Channel) -> Any:
    """What a node of the channel does."""

    def run(node: Node[Any], state: State) -> Result:
        state.send(channel, _content(node.config, state), node.config.senders)
        return NEXT

    return run


MESSENGER = NodeKind(
    name="send_messenger_message",
    title="Send a Messenger message",
    summary="Sends text with up to 13 quick replies, a file (picture, film, sound, document), or a card "
    "with buttons. Messenger delivers it within 24 hours after the person's last message.",
    config=MessengerConfig,
    run=_sending(Channel.MESSENGER),
    example=_example("send_messenger_message"),
    exits=lambda _config: SEND_EXITS,
    exit_meanings=SEND_EXIT_MEANINGS,
    sends="free_form",
    channel_of=lambda _config: Channel.MESSENGER,
)
INSTAGRAM = NodeKind(
    name="send_instagram_message",
    title="Send an Instagram message",
    summary="Sends text with up to 13 quick replies, a picture, or a card with buttons. Instagram "
    "delivers it within 24 hours after the person's last message.",
    config=InstagramConfig,
    run=_sending(Channel.INSTAGRAM),
    example=_example("send_instagram_message"),
    exits=lambda _config: SEND_EXITS,
    exit_meanings=SEND_EXIT_MEANINGS,
    sends="free_form",
    channel_of=lambda _config: Channel.INSTAGRAM,
)
