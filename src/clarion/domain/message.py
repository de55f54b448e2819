"""A message: its content, its states, and what a receipt does to it.

Theory of operation.  An outbound message is written with its whole content before anything leaves
(``Content``).  Its *status* is ours and answers "where is it": queued, held, accepted, failed,
in doubt.  What the channel tells later is kept apart as a set of receipts, each with its own
instant, because receipts come out of order, twice, or never: ``delivered`` may be missing while
``read`` is there, ``failed`` may come before or after ``delivered``.  The *stage* shown to people
is computed from that set (``stage_of``), never stored by overwriting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal

__all__ = [
    "CONTENT_KINDS",
    "RECEIPT_RANK",
    "Address",
    "AddressKind",
    "Button",
    "CardButton",
    "CardContent",
    "Channel",
    "Content",
    "ContentKind",
    "EmailContent",
    "FormContent",
    "Lane",
    "LinkContent",
    "ListContent",
    "ListRow",
    "ListSection",
    "LocationContent",
    "LocationRequestContent",
    "MediaContent",
    "MediaKind",
    "MessageStatus",
    "ReceiptState",
    "Reply",
    "TemplateContent",
    "TemplateParameter",
    "TextContent",
    "TypingContent",
    "ViberContent",
    "kind_of",
    "stage_of",
]


class Channel(StrEnum):
    """A kind of network; the value is what is stored and spoken."""

    WHATSAPP = "whatsapp"
    VIBER = "viber"
    MESSENGER = "messenger"
    INSTAGRAM = "instagram"
    SMS = "sms"
    EMAIL = "email"


class AddressKind(StrEnum):
    """What sort of name an address is on its channel."""

    PHONE = "phone"  # E.164 with "+"
    WA_ID = "wa_id"  # digits as WhatsApp writes them; may differ from the phone (BR, MX)
    BSUID = "bsuid"  # business-scoped user id: "US.1349..."; the phone may be unknown
    PAGE_SCOPED = "page_scoped"  # Messenger and Instagram
    VIBER_ID = "viber_id"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Address:
    """A contact's name on a channel."""

    channel: Channel
    kind: AddressKind
    value: str


class Lane(StrEnum):
    """Which of the two queues of a sender a message waits in; conversation goes first."""

    CONVERSATION = "conversation"
    BULK = "bulk"


class MessageStatus(StrEnum):
    """Where an outbound message is, as far as we know."""

    QUEUED = "queued"
    HELD = "held"
    ACCEPTED = "accepted"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    SKIPPED = "skipped"  # withdrawn before it left: consent, suspension that ended in deletion
    RECEIVED = "received"  # inbound messages have only this one


class ReceiptState(StrEnum):
    """What a channel may tell about a message after it left."""

    HELD = "held"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    PLAYED = "played"
    FAILED = "failed"


RECEIPT_RANK: Mapping[ReceiptState, int] = MappingProxyType(
    {
        ReceiptState.HELD: 1,
        ReceiptState.SENT: 2,
        ReceiptState.DELIVERED: 3,
        ReceiptState.READ: 4,
        ReceiptState.PLAYED: 5,
    }
)


def stage_of(states: frozenset[ReceiptState]) -> ReceiptState | None:
    """The furthest stage that a set of receipts proves.

    ``failed`` counts only while nothing proves delivery: the channel's "failed" after "delivered"
    is recorded but does not undo it.  ``None`` for the empty set.
    """
    ranked = [state for state in states if state in RECEIPT_RANK]
    furthest = max(ranked, key=RECEIPT_RANK.__getitem__, default=None)
    if ReceiptState.FAILED in states and (
        furthest is None or RECEIPT_RANK[furthest] < RECEIPT_RANK[ReceiptState.DELIVERED]
    ):
        return ReceiptState.FAILED
    return furthest


ContentKind = Literal[
    "template",
    "text",
    "media",
    "list",
    "location",
    "location_request",
    "typing",
    "link",
    "form",
    "card",
    "viber",
    "email",
]
MediaKind = Literal["image", "video", "audio", "document", "sticker"]


@dataclass(frozen=True, slots=True)
class TemplateParameter:
    """One value for one placeholder of a template.

    ``component`` is where it goes; ``index`` is the button's position (buttons only); ``name`` is
    set for templates with named placeholders, else the order of the parameters counts.
    ``kind`` is the wire type of the value: text, a media kind (``value`` is a link or, with the
    prefix ``id:``, a media id), ``payload`` (quick reply) or ``coupon_code``.
    """

    component: Literal["header", "body", "button"]
    value: str
    kind: str = "text"
    name: str | None = None
    index: int | None = None
    sub_type: Literal["quick_reply", "url", "copy_code", "flow"] | None = None
    filename: str | None = None


@dataclass(frozen=True, slots=True)
class TemplateContent:
    """A provider-approved template with its parameters; may start a conversation at any time."""

    name: str
    language: str
    parameters: tuple[TemplateParameter, ...] = ()
    category: Literal["marketing", "utility", "authentication"] = "marketing"


@dataclass(frozen=True, slots=True)
class Button:
    """A reply button: what the person sees and what comes back."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class TextContent:
    """Free text, with reply buttons when ``buttons`` is not empty; only inside an open window."""

    text: str
    buttons: tuple[Button, ...] = ()
    header: str | None = None
    footer: str | None = None
    preview_url: bool = False


@dataclass(frozen=True, slots=True)
class MediaContent:
    """A picture, film, sound, file or sticker by link or by provider media id."""

    media: MediaKind
    link: str | None = None
    media_id: str | None = None
    caption: str | None = None
    filename: str | None = None


@dataclass(frozen=True, slots=True)
class ListRow:
    """One choice of a list."""

    id: str
    title: str
    description: str | None = None


@dataclass(frozen=True, slots=True)
class ListSection:
    """A titled part of a list."""

    rows: tuple[ListRow, ...]
    title: str | None = None


@dataclass(frozen=True, slots=True)
class ListContent:
    """Text with a button that opens a list of choices."""

    text: str
    button: str
    sections: tuple[ListSection, ...]
    header: str | None = None
    footer: str | None = None


@dataclass(frozen=True, slots=True)
class LocationContent:
    """A place on the map; degrees, north and east positive."""

    latitude: float
    longitude: float
    name: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class LocationRequestContent:
    """Text with a button by which the person sends a place."""

    text: str


@dataclass(frozen=True, slots=True)
class TypingContent:
    """No message: the person sees for a moment that somebody writes, and what they wrote as read."""


@dataclass(frozen=True, slots=True)
class LinkContent:
    """Text with one button that opens an address."""

    text: str
    title: str
    url: str
    header: str | None = None
    footer: str | None = None


@dataclass(frozen=True, slots=True)
class FormContent:
    """Text with a button that opens a form of the channel (WhatsApp calls it a Flow).

    ``token`` comes back with what was filled in; ``data`` is given to the first ``screen``.
    """

    text: str
    button: str
    form_id: str
    token: str
    screen: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    header: str | None = None
    footer: str | None = None


@dataclass(frozen=True, slots=True)
class CardButton:
    """A button of a card: it opens ``url``, or comes back as ``id``."""

    title: str
    id: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class CardContent:
    """A picture with a title and buttons, as Messenger and Instagram show it."""

    title: str
    subtitle: str | None = None
    image_link: str | None = None
    buttons: tuple[CardButton, ...] = ()


@dataclass(frozen=True, slots=True)
class ViberContent:
    """A Viber message; ``purpose`` decides about its price and its rules."""

    text: str
    purpose: Literal["transaction", "marketing"] = "marketing"
    image_link: str | None = None
    button_title: str | None = None
    button_link: str | None = None


@dataclass(frozen=True, slots=True)
class EmailContent:
    """A letter; ``text`` is what a reader without HTML sees."""

    subject: str
    text: str
    html: str | None = None


Content = (
    TemplateContent
    | TextContent
    | MediaContent
    | ListContent
    | LocationContent
    | LocationRequestContent
    | TypingContent
    | LinkContent
    | FormContent
    | CardContent
    | ViberContent
    | EmailContent
)


CONTENT_KINDS: Mapping[ContentKind, type[Content]] = MappingProxyType(
    {
        "template": TemplateContent,
        "text": TextContent,
        "media": MediaContent,
        "list": ListContent,
        "location": LocationContent,
        "location_request": LocationRequestContent,
        "typing": TypingContent,
        "link": LinkContent,
        "form": FormContent,
        "card": CardContent,
        "viber": ViberContent,
        "email": EmailContent,
    }
)
_NAMES = MappingProxyType({kind: name for name, kind in CONTENT_KINDS.items()})


def kind_of(content: Content) -> ContentKind:
    """The word for a content's kind; ``template`` is the only one that may start a conversation."""
    return _NAMES[type(content)]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a person sent to us, as a flow sees it.

    ``kind`` is ``text``, ``button``, ``list``, ``form``, ``media``, ``location``, ``reaction`` or
    ``other``.
    ``text`` is what the person typed or the title of what was tapped; ``payload`` is the id of the
    tapped button or row; ``reply_to`` is the provider's id of the message that was answered.
    """

    kind: str
    text: str
    at: datetime
    payload: str | None = None
    reply_to: str | None = None
    media: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
