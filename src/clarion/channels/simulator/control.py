"""``/_sim``: the strings behind the puppets, as JSON over HTTP.

Theory of operation.  A second table of routes, apart from the wire that is simulated.  Bodies are read into typed
structures by msgspec; what does not fit answers 400 with ``{"problem": ...}``.  Everything here is also a method, so
that a test in the same process need not go through HTTP.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any, Literal
from urllib.parse import parse_qsl

import msgspec

from clarion.channels.simulator.chats import CHATS_AT_MOST, Chat
from clarion.channels.simulator.fates import Fates
from clarion.channels.simulator.faults import FaultRule
from clarion.channels.simulator.ids import person_draws
from clarion.channels.simulator.ledger import LedgerFilter, summary_of
from clarion.channels.simulator.people import digits_of
from clarion.channels.simulator.replies import SaidReply
from clarion.channels.simulator.server import HttpAnswer, HttpRequest, json_answer
from clarion.channels.simulator.settings import SettingsError
from clarion.channels.simulator.templates import Template, definition_problem
from clarion.channels.simulator.world import World

__all__ = ["Control", "EventSpec", "NumberSpec", "SaySpec"]

TapKind = Literal["button", "button_reply", "list_reply", "nfm_reply", "location"]

_BAD_REQUEST, _NOT_FOUND = 400, 404
_Act = Callable[[HttpRequest, Sequence[str]], Awaitable[Any]]
_LEDGER_FIELDS = frozenset(
    {
        "phone_number_id",
        "to",
        "phone",
        "wa_id",
        "attempt_id",
        "type",
        "template",
        "wamid",
        "category",
    }
)


class NumberSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A business number to put into service.

    ``messages_per_second`` left out means the settings' rate; ``null`` means no limit.
    """

    phone_number_id: str
    waba_id: str
    token: str
    app_secret: str = "app-secret"  # noqa: S105 - a simulated account has no secrets
    verify_token: str = "verify-token"  # noqa: S105 - as above
    callback_url: str | None = None
    display_phone_number: str | None = None
    verified_name: str = "Simulated Shop"
    messages_per_second: float | msgspec.UnsetType | None = msgspec.UNSET


class EventSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An event of the account: any webhook field (``account_update``, ...) with its ``value``."""

    phone_number_id: str
    field: str
    value: dict[str, Any]


class SaySpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person says.

    Exactly one of: ``text``; ``tap`` (the title or id of something offered by ``reply_to``, or a free
    payload with ``kind``); ``preference`` (``stop`` or ``resume``); ``content`` (any inbound object with its
    ``type``).  ``reply_to`` is a wamid or ``last``.
    """

    phone_number_id: str
    text: str | None = None
    tap: str | None = None
    payload: str | None = None
    kind: TapKind = "button"
    preference: Literal["stop", "resume"] | None = None
    content: dict[str, Any] | None = None
    reply_to: str | None = None


class _ControlError(ValueError):
    def __init__(self, message: str, status: int = _BAD_REQUEST) -> None:
        super().__init__(message)
        self.status = status


class Control:
    """The control API."""

    def __init__(self, world: World, fates: Fates) -> None:
        self._world = world
        self._fates = fates
        self._routes: Mapping[tuple[str, str], _Act] = {
            ("POST", "numbers"): self._post_number,
            ("GET", "numbers"): self._get_numbers,
            ("POST", "events"): self._post_events,
            ("POST", "templates"): self._post_templates,
            ("GET", "people"): self._get_person,
            ("GET", "chats"): self._get_chats,
            ("POST", "people"): self._post_person,
            ("GET", "faults"): self._get_faults,
            ("POST", "faults"): self._post_faults,
            ("DELETE", "faults"): self._delete_faults,
            ("GET", "settings"): self._get_settings,
            ("POST", "settings"): self._post_settings,
            ("GET", "ledger"): self._get_ledger,
            ("GET", "state"): self._get_state,
            ("GET", "media"): self._get_media,
            ("POST", "reset"): self._post_reset,
        }

    def answer(self, request: HttpRequest, segments: Sequence[str]) -> Awaitable[HttpAnswer]:
        """Answer one control request."""
        return self._answer(request, segments)

    async def _answer(self, request: HttpRequest, segments: Sequence[str]) -> HttpAnswer:
        noun = segments[0] if segments else ""
        act = self._routes.get((request.method, noun))
        try:
            if act is None:
                raise _ControlError(f"there is no {request.method} /_sim/{noun}", _NOT_FOUND)
            outcome = await act(request, segments[1:])
        except _ControlError as problem:
            return json_answer({"problem": str(problem)}, problem.status)
        except (msgspec.ValidationError, msgspec.DecodeError, SettingsError, ValueError) as error:
            return json_answer({"problem": str(error)}, _BAD_REQUEST)
        return outcome if isinstance(outcome, HttpAnswer) else json_answer(outcome)

    # numbers

    async def add_number(self, spec: NumberSpec) -> dict[str, Any]:
        """Put a number into service, and shake hands with its callback if it has one."""
        world = self._world
        subscription = None
        if spec.callback_url is not None:
            subscription = world.subscription(spec.callback_url, spec.verify_token, spec.app_secret)
        rate = spec.messages_per_second
        draws = person_draws(world.settings.seed, spec.phone_number_id)
        number = world.add_number(
            phone_number_id=spec.phone_number_id,
            waba_id=spec.waba_id,
            token=spec.token,
            display_phone_number=spec.display_phone_number or f"1555{int(draws.reach * 1e7):07d}",
            verified_name=spec.verified_name,
            rate=world.settings.rates.messages_per_second if rate is msgspec.UNSET else rate,
            subscription=subscription,
        )
        if subscription is not None and not subscription.is_verified:
            await world.pump.shake_hands(subscription)
        return self._number_document(number.phone_number_id)

    def _number_document(self, phone_number_id: str) -> dict[str, Any]:
        number = self._world.numbers[phone_number_id]
        return {
            "phone_number_id": number.phone_number_id,
            "waba_id": number.waba_id,
            "display_phone_number": number.display_phone_number,
            "messages_per_second": number.bucket.rate_per_second if number.bucket else None,
            "subscription": number.subscription.as_document() if number.subscription else None,
        }

    async def _post_number(self, request: HttpRequest, _rest: Sequence[str]) -> Any:
        return await self.add_number(msgspec.json.decode(request.body, type=NumberSpec))

    async def _get_numbers(self, _request: HttpRequest, _rest: Sequence[str]) -> Any:
        return {"data": [self._number_document(key) for key in self._world.numbers]}

    # events of the account

    def tell_event(self, spec: EventSpec) -> None:
        """Tell the callback of a number something about its account."""
        number = self._world.numbers.get(spec.phone_number_id)
        if number is None:
            raise _ControlError(f"there is no number {spec.phone_number_id}", _NOT_FOUND)
        self._world.tell_event(number, spec.field, spec.value)

    async def _post_events(self, request: HttpRequest, _rest: Sequence[str]) -> Any:
        self.tell_event(msgspec.json.decode(request.body, type=EventSpec))
        return {"success": True}

    # templates

    def put_template(self, document: Mapping[str, Any]) -> Template:
        """Store a template as it stands (``APPROVED`` unless it says otherwise), without review.

        ``ValueError`` if the platform would not take the definition.
        """
        problem = definition_problem(document)
        if problem is not None:
            raise ValueError(problem.details)
        waba_id = str(document.get("waba_id") or "")
        if not waba_id:
            raise ValueError("a template needs a waba_id here")
        status = str(document.get("status") or "APPROVED").upper()
        return self._world.templates.add(waba_id, document, status, self._world.clock.now())

    async def _post_templates(self, request: HttpRequest, rest: Sequence[str]) -> Any:
        if rest:
            changes = msgspec.json.decode(request.body, type=dict[str, Any])
            return self._change_template(rest[0], changes)
        document = msgspec.json.decode(request.body, type=dict[str, Any] | list[dict[str, Any]])
        documents = document if isinstance(document, list) else [document]
        return {"data": [self.put_template(entry).as_document() for entry in documents]}

    def _change_template(self, template_id: str, document: Mapping[str, Any]) -> Any:
        template = self._world.templates.by_id(template_id)
        if template is None:
            raise _ControlError(f"there is no template {template_id}", _NOT_FOUND)
        if "quality" in document:
            self._world.templates.change(template_id, quality=str(document["quality"]).upper())
        if "status" in document:
            self._world.set_template_status(
                template, str(document["status"]).upper(), str(document.get("reason", "NONE"))
            )
        changed = self._world.templates.by_id(template_id)
        return changed.as_document() if changed else {}

    # people

    async def _get_person(self, _request: HttpRequest, rest: Sequence[str]) -> Any:
        if not rest:
            return {"data": sorted(self._world.people.overridden())}
        return self._world.people.person(_phone(rest[0]))._asdict()

    async def _post_person(self, request: HttpRequest, rest: Sequence[str]) -> Any:
        if not rest:
            raise _ControlError("name a phone: /_sim/people/{phone}", _NOT_FOUND)
        phone = _phone(rest[0])
        if tuple(rest[1:]) == ("say",):
            spec = msgspec.json.decode(request.body, type=SaySpec)
            return {"wamid": self.say(phone, spec)}
        changes = msgspec.json.decode(request.body, type=dict[str, Any])
        return self._world.people.override(phone, changes)._asdict()

    def say(self, phone: str, spec: SaySpec) -> str | None:
        """Have the person behind ``phone`` say something; ``ValueError`` if that is not possible."""
        number = self._world.numbers.get(spec.phone_number_id)
        if number is None:
            raise _ControlError(f"there is no number {spec.phone_number_id}", _NOT_FOUND)
        person = self._world.people.person(phone)
        reply_to = spec.reply_to
        if reply_to == "last":
            row = self._world.ledger.last_to(number.phone_number_id, phone)
            reply_to = row["wamid"] if row else None
        if spec.content is not None:
            return self._fates.write(number, person, spec.content, reply_to=reply_to)
        if spec.preference is not None:
            return self._fates.say(number, person, SaidReply(spec.preference, "", ""))
        if spec.tap is not None:
            said = SaidReply(spec.kind, spec.payload or spec.tap, spec.tap)
            return self._fates.say(number, person, said, reply_to=reply_to)
        if spec.text is None:
            raise _ControlError("say text, tap, preference or content")
        content = {"type": "text", "text": {"body": spec.text}}
        return self._fates.write(number, person, content, reply_to=reply_to)

    # what people see

    def chats(self, phone_number_id: str, phones: Sequence[str], limit: int) -> dict[str, Any]:
        """The chats of these phones (digits), and the newest ``limit`` of the number."""
        world = self._world
        now = world.clock.elapsed()
        return {
            "is_answering": world.settings.people.is_answering,
            "speed": world.settings.speed,
            "asked": [
                self._chat_document(chat, now)
                for chat in world.chats.of_phones(phone_number_id, phones, now)
            ],
            "newest": [
                self._chat_document(chat, now)
                for chat in world.chats.newest(phone_number_id, limit)
            ],
        }

    def _chat_document(self, chat: Chat, now: float) -> dict[str, Any]:
        person = self._world.people.person(chat.phone)
        who = {"wa_id": person.wa_id, "name": person.name, "bsuid": person.bsuid}
        return {**who, **chat.as_document(now)}

    async def _get_chats(self, request: HttpRequest, _rest: Sequence[str]) -> Any:
        query = dict(parse_qsl(request.query))
        phones = [_phone(each) for each in query.get("phones", "").split(",") if each]
        limit = min(max(int(query.get("limit", "12")), 0), CHATS_AT_MOST)
        return self.chats(query.get("phone_number_id", ""), phones, limit)

    # faults, settings, ledger

    async def _get_faults(self, _request: HttpRequest, _rest: Sequence[str]) -> Any:
        return {
            "data": [
                {"id": rule_id, **msgspec.to_builtins(rule)}
                for rule_id, rule in self._world.faults.rules().items()
            ],
            "struck_counts": dict(self._world.faults.struck_counts),
        }

    async def _post_faults(self, request: HttpRequest, _rest: Sequence[str]) -> Any:
        document = msgspec.json.decode(request.body, type=dict[str, Any])
        unknown = set(document) - {field.name for field in fields(FaultRule)}
        if unknown:
            raise _ControlError(f"a fault rule has no {', '.join(sorted(unknown))}")
        rule = msgspec.convert(document, FaultRule)
        return {"id": self._world.faults.add(rule)}

    async def _delete_faults(self, _request: HttpRequest, rest: Sequence[str]) -> Any:
        if not rest:
            self._world.faults.clear()
        elif not rest[0].isdigit() or not self._world.faults.remove(int(rest[0])):
            raise _ControlError(f"there is no fault rule {rest[0]}", _NOT_FOUND)
        return {"success": True}

    async def _get_settings(self, _request: HttpRequest, _rest: Sequence[str]) -> Any:
        return self._world.settings.as_document()

    async def _post_settings(self, request: HttpRequest, _rest: Sequence[str]) -> Any:
        changes = msgspec.json.decode(request.body, type=dict[str, Any])
        if changes.get("seed", self._world.settings.seed) != self._world.settings.seed:
            raise _ControlError("the seed cannot change while the simulator runs")
        self._world.set_settings(self._world.settings.merged(changes))
        return self._world.settings.as_document()

    async def _get_ledger(self, request: HttpRequest, rest: Sequence[str]) -> Any:
        query = dict(parse_qsl(request.query))
        equal = {name: value for name, value in query.items() if name in _LEDGER_FIELDS}
        wanted = LedgerFilter(equal, query.get("attempt_prefix", ""))
        if tuple(rest) == ("marks",):
            return {"items": list(self._world.ledger.marks)}
        if tuple(rest) == ("summary",):
            return await summary_of(self._world.ledger, wanted, query.get("separator", ":"))
        stream = self._world.ledger.stream(wanted)
        return HttpAnswer(content_type=b"application/x-ndjson", stream=stream)

    async def _get_state(self, _request: HttpRequest, _rest: Sequence[str]) -> Any:
        return {
            "accepted_count": self._world.ledger.accepted_count,
            "refused_counts": {str(k): v for k, v in self._world.ledger.refused_counts.items()},
            "happened_counts": dict(self._world.status_counts),
            "is_idle": self._world.is_idle,
            "waiting_count": self._world.agenda.waiting_count(),
            "webhooks": self._world.pump.as_document(),
            "struck_counts": dict(self._world.faults.struck_counts),
            "numbers": [self._number_document(key) for key in self._world.numbers],
        }

    async def _get_media(self, _request: HttpRequest, rest: Sequence[str]) -> Any:
        medium = self._world.media.get(rest[0]) if rest else None
        if medium is None:
            raise _ControlError("there is no such medium", _NOT_FOUND)
        return HttpAnswer(body=bytes(medium.size_bytes), content_type=medium.mime_type.encode())

    async def _post_reset(self, _request: HttpRequest, _rest: Sequence[str]) -> Any:
        self._world.reset()
        return {"success": True}


def _phone(text: str) -> str:
    phone = digits_of(text.replace("%2B", "+"))
    if not phone:
        raise _ControlError(f"{text!r} is not a phone number")
    return phone
