"""What the people see on their phones: the newest chats of each business number, a bounded feed.

Theory of operation.  The ledger is the truth about everything; this is for looking.  A send costs it one append
and a look-up, a receipt one look-up: lines hold what was sent as it came, and become bubbles (a template's texts with
their values filled in) only when somebody looks.  The chat that rested longest makes room for a new one unless
somebody looks at it, and a chat forgets its oldest lines, so that memory stays flat whatever is sent.
"""

from __future__ import annotations

import re
from collections import OrderedDict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from clarion.channels.simulator.replies import Offer
from clarion.channels.simulator.templates import Template

__all__ = ["CHATS_AT_MOST", "Chat", "Chats", "Line"]

CHATS_AT_MOST = 256
_LINES_AT_MOST = 40
_TYPING_SECONDS = 4.0
_LOOK_SECONDS = 15.0
_LOOKED_AT_MOST = CHATS_AT_MOST // 4
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_RANKS: Mapping[str, int] = {"accepted": 0, "sent": 1, "delivered": 2, "read": 3, "failed": 4}


@dataclass(slots=True)
class Line:
    """One message of a chat, ``at`` seconds since 1970; ``body`` is the object of its ``kind``."""

    wamid: str
    side: Literal["business", "person"]
    at: float
    kind: str
    body: Mapping[str, Any]
    offers: tuple[Offer, ...] = ()
    template: Template | None = None
    state: str = "accepted"
    error_code: int | None = None


@dataclass(slots=True)
class Chat:
    """One person's chat with a business number; the times are of the clock that never goes back."""

    phone_number_id: str
    phone: str
    lines: deque[Line] = field(default_factory=lambda: deque(maxlen=_LINES_AT_MOST))
    person_writes_at: float = 0.0
    business_writes_until: float = 0.0
    looked_at: float = float("-inf")

    def is_person_writing(self, now: float) -> bool:
        """Whether she is about to say something."""
        return 0 <= self.person_writes_at - now < _TYPING_SECONDS

    def as_document(self, now: float) -> dict[str, Any]:
        """The chat as it is shown, its lines oldest first."""
        return {
            "phone": self.phone,
            "is_person_writing": self.is_person_writing(now),
            "is_business_writing": now < self.business_writes_until,
            "lines": [_shown(line) for line in self.lines],
        }


class Chats:
    """The newest chats of all numbers, ``CHATS_AT_MOST`` together."""

    def __init__(self) -> None:
        self._chats: OrderedDict[tuple[str, str], Chat] = OrderedDict()

    def say(self, phone_number_id: str, phone: str, line: Line, now: float) -> None:
        """Add a line, and make its chat the newest; ``now`` is of the clock that never goes back."""
        key = (phone_number_id, phone)
        chat = self._chats.get(key)
        if chat is None:
            self._make_room(now)
            chat = self._chats[key] = Chat(phone_number_id, phone)
        else:
            self._chats.move_to_end(key)
        chat.lines.append(line)

    def _make_room(self, now: float) -> None:
        while len(self._chats) >= CHATS_AT_MOST:
            key, chat = self._chats.popitem(last=False)
            if now - chat.looked_at < _LOOK_SECONDS:
                self._chats[key] = chat

    def mark(
        self, phone_number_id: str, phone: str, wamid: str, state: str, error_code: int | None
    ) -> None:
        """A receipt of a line, if the chat is still here; a later state is never taken back."""
        chat = self._chats.get((phone_number_id, phone))
        if chat is None:
            return
        for line in reversed(chat.lines):
            if line.wamid == wamid:
                if _RANKS.get(state, 0) > _RANKS[line.state]:
                    line.state, line.error_code = state, error_code
                return

    def expect_reply(self, phone_number_id: str, phone: str, at: float) -> None:
        """The person will answer at ``at`` of the clock that never goes back."""
        chat = self._chats.get((phone_number_id, phone))
        if chat is not None:
            chat.person_writes_at = at

    def take_read_mark(
        self, phone_number_id: str, wamid: str, *, writes_until: float | None
    ) -> None:
        """The business has read a line of the person, and may be writing."""
        for (number, _), chat in self._chats.items():
            if number != phone_number_id:
                continue
            for line in chat.lines:
                if line.wamid == wamid:
                    line.state = "read"
                    chat.business_writes_until = writes_until or 0.0
                    return

    def newest(self, phone_number_id: str, limit: int) -> list[Chat]:
        """The chats of one number, the newest first."""
        found: list[Chat] = []
        for (number, _), chat in reversed(self._chats.items()):
            if len(found) >= limit:
                break
            if number == phone_number_id:
                found.append(chat)
        return found

    def of_phones(self, phone_number_id: str, phones: Sequence[str], now: float) -> list[Chat]:
        """The chats of these people (digits), in that order; empty ones for who has none here.

        They stay while somebody asks for them.  ``ValueError`` for too many at once.
        """
        if len(phones) > _LOOKED_AT_MOST:
            raise ValueError(f"at most {_LOOKED_AT_MOST} phones at once")
        found = [
            self._chats.get((phone_number_id, phone)) or Chat(phone_number_id, phone)
            for phone in phones
        ]
        for chat in found:
            chat.looked_at = now
        return found

    def clear(self) -> None:
        """Forget everything."""
        self._chats.clear()


def _shown(line: Line) -> dict[str, Any]:
    text = _text_of(line)
    return {
        "wamid": line.wamid,
        "side": line.side,
        "at": line.at,
        "kind": line.kind,
        **text,
        "offers": [offer._asdict() for offer in line.offers],
        "state": line.state,
        "error_code": line.error_code,
    }


def _text_of(line: Line) -> dict[str, Any]:
    shown: dict[str, Any] = {"header": None, "body": "", "footer": None, "buttons": []}
    if line.template is not None:
        return shown | _of_template(line.template, line.body.get("components") or ())
    body = line.body
    if line.kind == "interactive":
        return shown | _of_interactive(body)
    if line.kind == "button":
        return shown | {"body": str(body.get("text", ""))}
    if line.kind == "text":
        return shown | {"body": str(body.get("body", ""))}
    if line.kind == "reaction":
        return shown | {"body": str(body.get("emoji", ""))}
    name = body.get("filename") or body.get("link") or body.get("name") or ""
    if line.kind == "location":
        name = name or f"{body.get('latitude')}, {body.get('longitude')}"
        return shown | {
            "header": {"kind": line.kind, "text": str(name)},
            "body": str(body.get("address") or ""),
        }
    return shown | {
        "header": {"kind": line.kind, "text": str(name)},
        "body": str(body.get("caption", "")),
    }


def _of_interactive(body: Mapping[str, Any]) -> dict[str, Any]:
    for said in ("button_reply", "list_reply", "nfm_reply"):
        reply = body.get(said)
        if isinstance(reply, Mapping):
            return {"body": str(reply.get("title") or reply.get("body") or "")}
    header = body.get("header")
    header_kind = str(header.get("type", "text")) if isinstance(header, Mapping) else "text"
    action = body.get("action")
    parameters = action.get("parameters") if isinstance(action, Mapping) else None
    link = parameters.get("display_text") if isinstance(parameters, Mapping) else None
    menu = action.get("button") if isinstance(action, Mapping) else None
    return {
        "header": (
            {"kind": header_kind, "text": str(header.get("text", ""))}
            if isinstance(header, Mapping)
            else None
        ),
        "body": str(_inner_text(body.get("body"))),
        "footer": _inner_text(body.get("footer")) or None,
        "buttons": [str(each) for each in (menu or link,) if each],
    }


def _inner_text(part: object) -> str:
    return str(part.get("text", "")) if isinstance(part, Mapping) else ""


def _of_template(template: Template, given: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for component in template.components:
        kind = str(component.get("type", "")).upper()
        text = str(component.get("text", ""))
        if kind == "HEADER":
            form = str(component.get("format", "TEXT")).lower()
            shown["header"] = {"kind": form, "text": _filled(text, given, "header")}
        elif kind == "BODY":
            shown["body"] = _filled(text, given, "body")
        elif kind == "FOOTER":
            shown["footer"] = text
        elif kind == "BUTTONS":
            # What can be tapped comes as offers; the rest only looks like buttons here.
            shown["buttons"] = [
                str(button.get("text", ""))
                for button in component.get("buttons", ())
                if str(button.get("type", "")).upper() != "QUICK_REPLY"
            ]
    return shown


def _filled(text: str, given: Sequence[Mapping[str, Any]], part: str) -> str:
    values: dict[str, str] = {}
    for component in given:
        if str(component.get("type", "")).lower() != part:
            continue
        for position, parameter in enumerate(component.get("parameters") or (), start=1):
            name = str(parameter.get("parameter_name") or position)
            values[name] = str(parameter.get("text", ""))
    return _VARIABLE.sub(lambda found: values.get(found[1], found[0]), text)
