"""Send free text, a file or a list; only inside an open conversation."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from clarion.domain.message import (
    Button,
    Channel,
    Content,
    ListContent,
    ListRow,
    ListSection,
    MediaContent,
    MediaKind,
    TextContent,
)
from clarion.flow.expressions import Expression
from clarion.flow.nodes.config import Config, LongText, Rendered, Senders, senders_of
from clarion.flow.nodes.kind import NEXT, Node, NodeKind, Result
from clarion.flow.state import NodeFailed, State

__all__ = ["KIND", "ListPart", "MediaPart", "SendMessageConfig", "TextPart"]

MAX_BUTTONS = 3
MAX_ROWS = 10
_BUTTON_TITLE_CHARS = 20
_ROW_TITLE_CHARS = 24
_ROW_DESCRIPTION_CHARS = 72
_SHORT_CHARS = 60

_Id = Annotated[str, Field(min_length=1, max_length=200)]
_ButtonTitle = Annotated[Expression, Rendered(_BUTTON_TITLE_CHARS)]
_RowTitle = Annotated[Expression, Rendered(_ROW_TITLE_CHARS)]
_RowDescription = Annotated[Expression, Rendered(_ROW_DESCRIPTION_CHARS)]
_Short = Annotated[Expression, Rendered(_SHORT_CHARS)]
_Caption = Annotated[Expression, Rendered(1024)]
_Link = Annotated[Expression, Rendered(2048)]


class ReplyButton(Config):
    """A button under the text: the id that comes back, and the words on it."""

    id: _Id
    title: _ButtonTitle


class TextPart(Config):
    """Text, perhaps with up to three buttons; header and footer only together with buttons."""

    body: LongText
    buttons: tuple[ReplyButton, ...] = ()
    header: _Short | None = None
    footer: _Short | None = None
    preview_url: Annotated[bool, Field(description="Show a preview of the first link.")] = False

    @model_validator(mode="after")
    def check_whole(self) -> Self:
        """WhatsApp's rules for buttons."""
        if len(self.buttons) > MAX_BUTTONS:
            raise PydanticCustomError("too_many_buttons", "A text has at most 3 buttons")
        if len({button.id for button in self.buttons}) != len(self.buttons):
            raise PydanticCustomError("duplicate_button", "Two buttons have the same id")
        if not self.buttons and (self.header is not None or self.footer is not None):
            raise PydanticCustomError(
                "header_without_buttons", "A text without buttons has no header and no footer"
            )
        return self


class MediaPart(Config):
    """A picture, film, sound, file or sticker: by link or by the provider's media id."""

    kind: MediaKind
    link: _Link | None = None
    media_id: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    caption: _Caption | None = None
    filename: Annotated[str, Field(max_length=240)] | None = None

    @model_validator(mode="after")
    def check_whole(self) -> Self:
        """One source, and captions only where there can be one."""
        if (self.link is None) == (self.media_id is None):
            raise PydanticCustomError(
                "media_source", "Give either `link` or `media_id`, not both and not none"
            )
        if self.caption is not None and self.kind in ("audio", "sticker"):
            raise PydanticCustomError("caption_not_allowed", "Sounds and stickers have no caption")
        return self


class Row(Config):
    """One choice of the list."""

    id: _Id
    title: _RowTitle
    description: _RowDescription | None = None


class Section(Config):
    """A part of the list; its title is needed when there are several."""

    title: Annotated[Expression, Rendered(_ROW_TITLE_CHARS)] | None = None
    rows: Annotated[tuple[Row, ...], Field(min_length=1)]


class ListPart(Config):
    """Text with a button that opens a list of at most ten choices."""

    body: LongText
    button: _ButtonTitle
    sections: Annotated[tuple[Section, ...], Field(min_length=1, max_length=10)]
    header: _Short | None = None
    footer: _Short | None = None

    @model_validator(mode="after")
    def check_whole(self) -> Self:
        """WhatsApp's rules for lists."""
        rows = [row for section in self.sections for row in section.rows]
        if len(rows) > MAX_ROWS:
            raise PydanticCustomError(
                "too_many_rows", "A list has at most 10 rows over all its sections"
            )
        if len({row.id for row in rows}) != len(rows):
            raise PydanticCustomError("duplicate_row", "Two rows have the same id")
        if len(self.sections) > 1 and any(section.title is None for section in self.sections):
            raise PydanticCustomError("section_without_title", "Several sections need a title each")
        return self


class SendMessageConfig(Config):
    """Exactly one of `text`, `media` and `list`."""

    text: TextPart | None = None
    media: MediaPart | None = None
    list: ListPart | None = None
    sender: Senders = None

    @model_validator(mode="after")
    def check_whole(self) -> Self:
        """One message, one form."""
        if sum(part is not None for part in (self.text, self.media, self.list)) != 1:
            raise PydanticCustomError(
                "one_content", "Give exactly one of `text`, `media` and `list`"
            )
        return self

    @cached_property
    def senders(self) -> tuple[str, ...]:
        """The pool."""
        return senders_of(self.sender)


def _short(state: State, text: Expression, max_chars: int) -> str:
    """A text that the channel limits; it must not come out empty or too long."""
    value = state.render(text)
    if not value.strip():
        raise NodeFailed("text_empty", f"A text came out empty (`{text.source}`).")
    if len(value) > max_chars:
        raise NodeFailed(
            "text_too_long",
            f"A text came out with {len(value)} characters; {max_chars} are allowed "
            f"(`{text.source}`).",
        )
    return value


def _optional(state: State, text: Expression | None, max_chars: int) -> str | None:
    """A text that may come out empty, and is then left out."""
    if text is None or not state.render(text).strip():
        return None
    return _short(state, text, max_chars)


def _text(part: TextPart, state: State) -> Content:
    return TextContent(
        _short(state, part.body, 4096),
        tuple(
            Button(button.id, _short(state, button.title, _BUTTON_TITLE_CHARS))
            for button in part.buttons
        ),
        _optional(state, part.header, _SHORT_CHARS),
        _optional(state, part.footer, _SHORT_CHARS),
        part.preview_url,
    )


def _media(part: MediaPart, state: State) -> Content:
    return MediaContent(
        part.kind,
        None if part.link is None else _short(state, part.link, 2048),
        part.media_id,
        _optional(state, part.caption, 1024),
        part.filename,
    )


def _list(part: ListPart, state: State) -> Content:
    sections = tuple(
        ListSection(
            tuple(
                ListRow(
                    row.id,
                    _short(state, row.title, _ROW_TITLE_CHARS),
                    _optional(state, row.description, _ROW_DESCRIPTION_CHARS),
                )
                for row in section.rows
            ),
            _optional(state, section.title, _ROW_TITLE_CHARS),
        )
        for section in part.sections
    )
    return ListContent(
        _short(state, part.body, 4096),
        _short(state, part.button, _BUTTON_TITLE_CHARS),
        sections,
        _optional(state, part.header, _SHORT_CHARS),
        _optional(state, part.footer, _SHORT_CHARS),
    )


def _run(node: Node[SendMessageConfig], state: State) -> Result:
    config = node.config
    if config.text is not None:
        content = _text(config.text, state)
    elif config.media is not None:
        content = _media(config.media, state)
    elif config.list is not None:
        content = _list(config.list, state)
    else:  # the model allows no such config
        raise NodeFailed("content_missing", "The node has nothing to send.")
    state.send(Channel.WHATSAPP, content, config.senders)
    return NEXT


KIND = NodeKind(
    name="send_whatsapp_message",
    title="Send a WhatsApp message",
    summary="Sends text (with up to three buttons), a file, or a list. WhatsApp delivers it only "
    "within 24 hours after the person's last message; to start a conversation, send a template.",
    config=SendMessageConfig,
    run=_run,
    example={
        "id": "details",
        "kind": "send_whatsapp_message",
        "config": {
            "text": {
                "body": "Thank you, {{ contact.name }}. When may we call?",
                "buttons": [
                    {"id": "MORNING", "title": "In the morning"},
                    {"id": "EVENING", "title": "In the evening"},
                ],
            }
        },
        "exits": {"next": "when"},
    },
    sends="free_form",
)
