"""Reading the body of a send: pure.

Theory of operation.  ``read_message`` turns the JSON of a send into a ``Draft`` or the refusal that the platform
would give.  The rules of each message type stand in ``_KINDS``, one small function a type; only what
the platform documents is checked, and unknown fields pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from clarion.channels.simulator.graph_errors import Refusal
from clarion.channels.simulator.replies import Offer

__all__ = ["Draft", "ReadMark", "read_message"]

_CALLBACK_LENGTH = 512
_TEXT_LENGTH = 4096
_CAPTION_LENGTH = 1024
_BODY_LENGTH = 1024
_BUTTON_TITLE_LENGTH = 20
_BUTTON_COUNT = 3
_ROW_TITLE_LENGTH = 24
_ROW_COUNT = 10


class Draft(NamedTuple):
    """A send that is well formed.

    ``to`` is the phone as it was written, or ``bsuid`` is given instead.  ``text`` is a short rendering for
    the ledger; ``media_id`` names an upload that must exist; ``content`` is the object of its kind as it came.
    """

    kind: str
    to: str
    bsuid: str | None
    attempt_id: str | None
    reply_to: str | None
    template_name: str | None = None
    language: str = ""
    components: Sequence[Mapping[str, Any]] = ()
    offers: tuple[Offer, ...] = ()
    text: str | None = None
    media_id: str | None = None
    content: Mapping[str, Any] = {}


class ReadMark(NamedTuple):
    """Not a message: the business marks an inbound one as read."""

    wamid: str
    is_typing: bool = False


class _Content(NamedTuple):
    offers: tuple[Offer, ...] = ()
    text: str | None = None
    media_id: str | None = None


def read_message(document: Any) -> Draft | ReadMark | Refusal:
    """What a request to ``/messages`` asks for."""
    if not isinstance(document, dict):
        return Refusal(100, "The request body must be a JSON object.")
    if document.get("messaging_product") != "whatsapp":
        return Refusal(100, "The parameter messaging_product is required.")
    if document.get("status") == "read":
        return _read_mark(document)
    to, bsuid = document.get("to"), document.get("recipient")
    if not (isinstance(to, str) and to) and not (isinstance(bsuid, str) and bsuid):
        return _required("to")
    attempt_id = document.get("biz_opaque_callback_data")
    if attempt_id is not None and (
        not isinstance(attempt_id, str) or len(attempt_id) > _CALLBACK_LENGTH
    ):
        return Refusal(
            100, f"biz_opaque_callback_data must be at most {_CALLBACK_LENGTH} characters."
        )
    kind = document.get("type", "text")
    reader = _KINDS.get(kind) if isinstance(kind, str) else None
    if reader is None and kind != "template":
        return Refusal(131051, f"Message type {kind} is not supported.")
    content = document.get(kind)
    if not isinstance(content, dict):
        if kind == "contacts" and isinstance(content, list):
            content = {"contacts": content}
        else:
            return _required(kind)
    context = document.get("context")
    head = Draft(
        kind=kind,
        to=to if isinstance(to, str) else "",
        bsuid=None if to else bsuid,
        attempt_id=attempt_id,
        reply_to=context.get("message_id") if isinstance(context, dict) else None,
        content=content,
    )
    if reader is None:
        return _template(head, content)
    read = reader(kind, content)
    if isinstance(read, Refusal):
        return read
    return head._replace(offers=read.offers, text=read.text, media_id=read.media_id)


def _read_mark(document: Mapping[str, Any]) -> ReadMark | Refusal:
    wamid = document.get("message_id")
    if not isinstance(wamid, str) or not wamid:
        return _required("message_id")
    typing = document.get("typing_indicator")
    if typing is not None and typing != {"type": "text"}:
        return Refusal(100, "typing_indicator['type'] must be text.")
    return ReadMark(wamid, typing is not None)


def _required(name: str) -> Refusal:
    return Refusal(100, f"The parameter {name} is required.")


def _template(head: Draft, content: Mapping[str, Any]) -> Draft | Refusal:
    name, language = content.get("name"), content.get("language")
    if not isinstance(name, str) or not name:
        return Refusal(131008, "The parameter template['name'] is required.")
    code = language.get("code") if isinstance(language, dict) else None
    if not isinstance(code, str) or not code:
        return Refusal(131008, "The parameter template['language']['code'] is required.")
    components = content.get("components") or ()
    if not isinstance(components, (list, tuple)):
        return Refusal(100, "template['components'] must be a list.")
    return head._replace(template_name=name, language=code, components=components)


def _text(_kind: str, content: Mapping[str, Any]) -> _Content | Refusal:
    body = content.get("body")
    if not isinstance(body, str) or not body:
        return Refusal(100, "The parameter text['body'] is required.")
    if len(body) > _TEXT_LENGTH:
        return Refusal(100, f"Param text['body'] must be at most {_TEXT_LENGTH} characters long.")
    return _Content(text=body)


def _media(kind: str, content: Mapping[str, Any]) -> _Content | Refusal:
    media_id, link = content.get("id"), content.get("link")
    if bool(media_id) == bool(link):
        return Refusal(100, f"Exactly one of {kind}['id'] and {kind}['link'] is required.")
    if link and not str(link).startswith(("http://", "https://")):
        return Refusal(131009, f"{kind}['link'] is not a URL.")
    caption = content.get("caption")
    if caption is not None and len(str(caption)) > _CAPTION_LENGTH:
        return Refusal(131009, f"{kind}['caption'] is longer than {_CAPTION_LENGTH} characters.")
    return _Content(
        text=str(caption or link or media_id), media_id=str(media_id) if media_id else None
    )


def _location(_kind: str, content: Mapping[str, Any]) -> _Content | Refusal:
    try:
        latitude, longitude = float(content["latitude"]), float(content["longitude"])
    except (KeyError, TypeError, ValueError):
        return Refusal(131008, "location needs latitude and longitude.")
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return Refusal(131009, "location is no place on the map.")
    return _Content(text=f"{latitude},{longitude}")


def _contacts(_kind: str, content: Mapping[str, Any]) -> _Content | Refusal:
    return _Content(text="contacts") if content.get("contacts") else _required("contacts")


def _reaction(_kind: str, content: Mapping[str, Any]) -> _Content | Refusal:
    if not isinstance(content.get("message_id"), str):
        return Refusal(131008, "The parameter reaction['message_id'] is required.")
    if not isinstance(content.get("emoji"), str):
        return Refusal(131008, "The parameter reaction['emoji'] is required.")
    return _Content(text=content["emoji"])


def _interactive(_kind: str, content: Mapping[str, Any]) -> _Content | Refusal:
    sort = content.get("type")
    reader = _INTERACTIVES.get(sort) if isinstance(sort, str) else None
    if reader is None:
        return Refusal(131009, f"interactive['type'] {sort} is not supported.")
    body = content.get("body")
    text = body.get("text") if isinstance(body, dict) else None
    if not isinstance(text, str) or not text:
        return Refusal(131008, "The parameter interactive['body']['text'] is required.")
    if len(text) > _TEXT_LENGTH or (sort != "list" and len(text) > _BODY_LENGTH):
        return Refusal(131009, "interactive['body']['text'] is too long.")
    action = content.get("action")
    if not isinstance(action, dict):
        return Refusal(131008, "The parameter interactive['action'] is required.")
    offers = reader(action)
    return offers if isinstance(offers, Refusal) else _Content(offers=offers, text=text)


def _buttons(action: Mapping[str, Any]) -> tuple[Offer, ...] | Refusal:
    buttons = action.get("buttons")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= _BUTTON_COUNT:
        return Refusal(131009, f"interactive['action']['buttons'] must hold 1 to {_BUTTON_COUNT}.")
    offers = []
    for button in buttons:
        reply = button.get("reply") if isinstance(button, dict) else None
        if not isinstance(reply, dict) or not reply.get("id") or not reply.get("title"):
            return Refusal(131008, "Each button needs a reply with id and title.")
        if len(str(reply["title"])) > _BUTTON_TITLE_LENGTH:
            return Refusal(131009, f"Button title length invalid. Max {_BUTTON_TITLE_LENGTH}.")
        offers.append(Offer("button_reply", str(reply["id"]), str(reply["title"])))
    return _distinct(offers)


def _list(action: Mapping[str, Any]) -> tuple[Offer, ...] | Refusal:
    sections = action.get("sections")
    if not action.get("button") or not isinstance(sections, list) or not sections:
        return Refusal(131008, "A list needs action['button'] and action['sections'].")
    rows = [
        row
        for section in sections
        if isinstance(section, dict) and isinstance(section.get("rows"), list)
        for row in section["rows"]
    ]
    if not 1 <= len(rows) <= _ROW_COUNT:
        return Refusal(131009, f"A list holds 1 to {_ROW_COUNT} rows in all.")
    offers = []
    for row in rows:
        if not isinstance(row, dict) or not row.get("id") or not row.get("title"):
            return Refusal(131008, "Each row needs id and title.")
        if len(str(row["title"])) > _ROW_TITLE_LENGTH:
            return Refusal(131009, f"Row title is too long. Max length is {_ROW_TITLE_LENGTH}")
        offers.append(Offer("list_reply", str(row["id"]), str(row["title"])))
    return _distinct(offers)


def _distinct(offers: list[Offer]) -> tuple[Offer, ...] | Refusal:
    if len({offer.key for offer in offers}) != len(offers):
        return Refusal(131009, "Reply ids must be different from each other.")
    return tuple(offers)


def _link(action: Mapping[str, Any]) -> tuple[Offer, ...] | Refusal:
    parameters = action.get("parameters")
    if action.get("name") != "cta_url" or not isinstance(parameters, dict):
        return Refusal(131008, "cta_url needs action['name'] cta_url and action['parameters'].")
    title, url = parameters.get("display_text"), str(parameters.get("url") or "")
    if not isinstance(title, str) or not title:
        return Refusal(131008, "cta_url needs action['parameters']['display_text'].")
    if len(title) > _BUTTON_TITLE_LENGTH:
        return Refusal(131009, f"Button title length invalid. Max {_BUTTON_TITLE_LENGTH}.")
    if not url.startswith(("http://", "https://")):
        return Refusal(131009, "action['parameters']['url'] is not a URL.")
    return ()


def _form(action: Mapping[str, Any]) -> tuple[Offer, ...] | Refusal:
    parameters = action.get("parameters")
    if action.get("name") != "flow" or not isinstance(parameters, dict):
        return Refusal(131008, "flow needs action['name'] flow and action['parameters'].")
    if bool(parameters.get("flow_id")) == bool(parameters.get("flow_name")):
        return Refusal(131009, "Exactly one of flow_id and flow_name is required.")
    if str(parameters.get("flow_message_version")) != "3":
        return Refusal(131009, "flow_message_version must be 3.")
    title = parameters.get("flow_cta")
    if not isinstance(title, str) or not title:
        return Refusal(131008, "flow needs action['parameters']['flow_cta'].")
    if len(title) > _BUTTON_TITLE_LENGTH:
        return Refusal(131009, f"Button title length invalid. Max {_BUTTON_TITLE_LENGTH}.")
    way = parameters.get("flow_action", "navigate")
    payload = parameters.get("flow_action_payload")
    if way not in ("navigate", "data_exchange"):
        return Refusal(131009, "flow_action must be navigate or data_exchange.")
    if payload is not None and (
        way != "navigate" or not isinstance(payload, dict) or not payload.get("screen")
    ):
        return Refusal(131009, "flow_action_payload belongs to navigate and names a screen.")
    return (Offer("nfm_reply", str(parameters.get("flow_token", "unused")), title),)


def _place_asked(action: Mapping[str, Any]) -> tuple[Offer, ...] | Refusal:
    if action.get("name") != "send_location":
        return Refusal(131009, "location_request_message needs action['name'] send_location.")
    return (Offer("location", "location", "Send location"),)


def _plain(_action: Mapping[str, Any]) -> tuple[Offer, ...] | Refusal:
    return ()


_INTERACTIVES: Mapping[str, Callable[[Mapping[str, Any]], tuple[Offer, ...] | Refusal]] = {
    "button": _buttons,
    "list": _list,
    "cta_url": _link,
    "flow": _form,
    "request_contact_info": _plain,
    "location_request_message": _place_asked,
}

_KINDS: Mapping[str, Callable[[str, Mapping[str, Any]], _Content | Refusal]] = {
    "text": _text,
    "image": _media,
    "video": _media,
    "audio": _media,
    "document": _media,
    "sticker": _media,
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    "interactive": _interactive,
}
