"""Send free text, a file, a list, a link, a place or a form; only inside an open conversation."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Any, Self

from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from clarion.domain.message import (
    Button,
    Channel,
    Content,
    FormContent,
    LinkContent,
    ListContent,
    ListRow,
    ListSection,
    LocationContent,
    LocationRequestContent,
    MediaContent,
    MediaKind,
    TextContent,
)
from clarion.flow.expressions import Expression
from clarion.flow.nodes.config import Config, LongText, Rendered, Senders, VariableName, senders_of
from clarion.flow.nodes.kind import NEXT, Node, NodeKind, Result
from clarion.flow.nodes.safe_text import LinkText, link_of
from clarion.flow.nodes.texts import optional_text, short_text
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
_Body = Annotated[Expression, Rendered(1024)]
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


def _form_of(value: object) -> str:
    return "(text)" if isinstance(value, str | Expression) else "(number)"


_DegreesText = Annotated[Expression, Rendered(40), Tag("(text)")]
_Latitude = Annotated[
    Annotated[float, Field(ge=-90, le=90), Tag("(number)")] | _DegreesText,
    Discriminator(_form_of),
]
_Longitude = Annotated[
    Annotated[float, Field(ge=-180, le=180), Tag("(number)")] | _DegreesText,
    Discriminator(_form_of),
]


class LocationPart(Config):
    """A place on the map."""

    latitude: Annotated[
        _Latitude, Field(description="Degrees, north positive; a number or a text with holes.")
    ]
    longitude: Annotated[
        _Longitude, Field(description="Degrees, east positive; a number or a text with holes.")
    ]
    name: Annotated[Expression, Rendered(1000)] | None = None
    address: Annotated[Expression, Rendered(1000)] | None = None


class LocationRequestPart(Config):
    """Text with a button by which the person sends a place."""

    body: _Body


class LinkPart(Config):
    """Text with one button that opens an address."""

    body: _Body
    title: _ButtonTitle
    url: Annotated[LinkText, Field(description="Values in it are percent-encoded.")]
    header: _Short | None = None
    footer: _Short | None = None


class FormPart(Config):
    """Text with a button that opens a WhatsApp Flow; what is filled in comes back as an answer."""

    body: _Body
    button: _ButtonTitle
    form_id: Annotated[
        str, Field(min_length=1, max_length=64, description="The Flow's id at Meta.")
    ]
    screen: Annotated[
        str | None,
        Field(max_length=80, description="The first screen, for a Flow without endpoint."),
    ] = None
    data: Annotated[
        dict[VariableName, Annotated[Expression, Rendered(1000, is_empty_allowed=True)]],
        Field(max_length=50, description="What the first screen is given: name to text."),
    ] = Field(default_factory=dict)
    header: _Short | None = None
    footer: _Short | None = None


class SendMessageConfig(Config):
    """Exactly one of `text`, `media`, `list`, `link`, `location`, `location_request` and `form`."""

    text: TextPart | None = None
    media: MediaPart | None = None
    list: ListPart | None = None
    link: LinkPart | None = None
    location: LocationPart | None = None
    location_request: LocationRequestPart | None = None
    form: FormPart | None = None
    sender: Senders = None

    @model_validator(mode="after")
    def check_whole(self) -> Self:
        """One message, one form."""
        if sum(part is not None for part in self.parts) != 1:
            raise PydanticCustomError(
                "one_content",
                "Give exactly one form of the message, such as `text` or `media`",
            )
        return self

    @property
    def parts(self) -> tuple[Config | None, ...]:
        """The forms of a message, of which there is one."""
        return (
            self.text,
            self.media,
            self.list,
            self.link,
            self.location,
            self.location_request,
            self.form,
        )

    @cached_property
    def senders(self) -> tuple[str, ...]:
        """The pool."""
        return senders_of(self.sender)


def _text(part: TextPart, state: State) -> Content:
    return TextContent(
        short_text(state, part.body, 4096),
        tuple(
            Button(button.id, short_text(state, button.title, _BUTTON_TITLE_CHARS))
            for button in part.buttons
        ),
        optional_text(state, part.header, _SHORT_CHARS),
        optional_text(state, part.footer, _SHORT_CHARS),
        part.preview_url,
    )


def _media(part: MediaPart, state: State) -> Content:
    return MediaContent(
        part.kind,
        None if part.link is None else short_text(state, part.link, 2048),
        part.media_id,
        optional_text(state, part.caption, 1024),
        part.filename,
    )


def _list(part: ListPart, state: State) -> Content:
    sections = tuple(
        ListSection(
            tuple(
                ListRow(
                    row.id,
                    short_text(state, row.title, _ROW_TITLE_CHARS),
                    optional_text(state, row.description, _ROW_DESCRIPTION_CHARS),
                )
                for row in section.rows
            ),
            optional_text(state, section.title, _ROW_TITLE_CHARS),
        )
        for section in part.sections
    )
    return ListContent(
        short_text(state, part.body, 4096),
        short_text(state, part.button, _BUTTON_TITLE_CHARS),
        sections,
        optional_text(state, part.header, _SHORT_CHARS),
        optional_text(state, part.footer, _SHORT_CHARS),
    )


def _degrees(value: float | Expression, limit: float, state: State) -> float:
    if not isinstance(value, Expression):
        return value
    text = state.render(value)
    try:
        degrees = float(text)
    except ValueError:
        degrees = math.nan
    if not abs(degrees) <= limit:
        raise NodeFailed("place_invalid", f"`{value.source}` came out as no place on the map.")
    return degrees


def _location(part: LocationPart, state: State) -> Content:
    return LocationContent(
        _degrees(part.latitude, 90, state),
        _degrees(part.longitude, 180, state),
        optional_text(state, part.name, 1000),
        optional_text(state, part.address, 1000),
    )


def _link(part: LinkPart, state: State) -> Content:
    return LinkContent(
        short_text(state, part.body, 1024),
        short_text(state, part.title, _BUTTON_TITLE_CHARS),
        link_of(part.url, state),
        optional_text(state, part.header, _SHORT_CHARS),
        optional_text(state, part.footer, _SHORT_CHARS),
    )


def _location_request(part: LocationRequestPart, state: State) -> Content:
    return LocationRequestContent(short_text(state, part.body, 1024))


def _form(part: FormPart, state: State) -> Content:
    return FormContent(
        short_text(state, part.body, 1024),
        short_text(state, part.button, _BUTTON_TITLE_CHARS),
        part.form_id,
        f"{state.node_id}:{state.step_count + 1}",
        part.screen,
        {name: state.render(value) for name, value in part.data.items()},
        optional_text(state, part.header, _SHORT_CHARS),
        optional_text(state, part.footer, _SHORT_CHARS),
    )


_MAKERS: Mapping[type[Config], Callable[[Any, State], Content]] = MappingProxyType(
    {
        TextPart: _text,
        MediaPart: _media,
        ListPart: _list,
        LinkPart: _link,
        LocationPart: _location,
        LocationRequestPart: _location_request,
        FormPart: _form,
    }
)


def _run(node: Node[SendMessageConfig], state: State) -> Result:
    config = node.config
    [part] = [each for each in config.parts if each is not None]
    content = _MAKERS[type(part)](part, state)
    state.send(Channel.WHATSAPP, content, config.senders)
    return NEXT


KIND = NodeKind(
    name="send_whatsapp_message",
    title="Send a WhatsApp message",
    summary="Sends text (with up to three buttons), a file, a list, a link button, a place, a question "
    "for the person's place, or a form (a WhatsApp Flow). WhatsApp delivers it only within 24 hours after the person's last message; to start a conversation, send a template.",
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
