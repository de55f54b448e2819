"""A send, from the request's body to its answer.

Theory of operation.  The order of the questions is the platform's as far as it is known: is the body well formed, does the
account stand, do the rates allow it, does the template fit, may this person be written to.  What passes is
*accepted*: on the ledger first, then its life begins, then the answer leaves.  A fault may strike
before (nothing is accepted) or after (it is, but the caller does not learn it properly).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from clarion.channels.simulator.chats import Line
from clarion.channels.simulator.fates import Fates, Underway
from clarion.channels.simulator.faults import FAULTS, Ending, Fault, FaultRule
from clarion.channels.simulator.graph_errors import GRAPH_ERRORS, Refusal, error_document
from clarion.channels.simulator.ids import MessageDraws, message_draws, outbound_wamid
from clarion.channels.simulator.lifecycle import life_of
from clarion.channels.simulator.message_checks import Draft, ReadMark, read_message
from clarion.channels.simulator.numbers import Number
from clarion.channels.simulator.people import Person, country_of, digits_of
from clarion.channels.simulator.replies import answer_of
from clarion.channels.simulator.server import HttpAnswer
from clarion.channels.simulator.template_checks import SendableTemplate, check_template
from clarion.channels.simulator.templates import Template, asks_for_rating
from clarion.channels.simulator.world import World

__all__ = ["Sends"]

_HTML = (
    b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head>"
    b"<body><h1>502 Bad Gateway</h1></body></html>"
)
_DAY_SECONDS = 86_400.0
_TYPING_SECONDS = 25.0  # the platform takes a typing indicator away by itself
_NO_FAULT = Fault(is_accepted=True)
_MIN_PHONE_DIGITS, _MAX_PHONE_DIGITS = 7, 15
_DETAILS: Mapping[int, str] = {
    2: "Service is temporarily unavailable. Please retry.",
    10: "The permission to send messages was removed.",
    190: "The access token has expired.",
    368: "The WhatsApp Business Account is restricted from messaging.",
    130429: "Cloud API message throughput has been reached.",
    130472: "The user is part of an experiment.",
    131016: "A service is temporarily unavailable.",
    131026: "Message undeliverable.",
    131042: "There was an error related to your payment method.",
    131047: "More than 24 hours have passed since the recipient last replied.",
    131048: "Too many messages from this number were blocked or reported as spam.",
    131049: "Not delivered to maintain healthy ecosystem engagement.",
    131050: "The recipient has stopped marketing messages from this business.",
    131056: "Too many messages to the same recipient in a short time.",
    131057: "The account is in maintenance mode.",
}

_DAY_LIMIT_DETAILS = "The messaging limit of the business portfolio has been reached."


def _refusal(code: int) -> Refusal:
    return Refusal(code, _DETAILS[code])


class Sends:
    """Answers ``POST /{phone_number_id}/messages`` and ``/marketing_messages``."""

    def __init__(self, world: World, fates: Fates) -> None:
        self._world = world
        self._fates = fates

    def send(self, number: Number, body: bytes, *, is_marketing_api: bool) -> HttpAnswer:
        """The answer to one send."""
        try:
            document = orjson.loads(body)
        except orjson.JSONDecodeError:
            return self._refused(number, Refusal(100, "The request body is not valid JSON."))
        draft = read_message(document)
        if isinstance(draft, Refusal):
            return self._refused(number, draft)
        if isinstance(draft, ReadMark):
            self._world.chats.take_read_mark(
                number.phone_number_id,
                draft.wamid,
                writes_until=self._world.clock.elapsed() + _TYPING_SECONDS
                if draft.is_typing
                else None,
            )
            self._world.ledger.mark(number.phone_number_id, draft.wamid, is_typing=draft.is_typing)
            return self._answer(number, {"success": True})
        person = self._recipient(number, draft)
        if isinstance(person, Refusal):
            return self._refused(number, person)
        ordinal = number.next_ordinal(person.phone)
        draws = message_draws(
            self._world.settings.seed, number.phone_number_id, person.phone, ordinal
        )
        rule = self._world.faults.strike(number.phone_number_id, person.phone, ordinal)
        fault = _NO_FAULT if rule is None else FAULTS[rule.kind]
        delay_seconds = self._world.settings.answers.latency.at(draws.latency)
        if not fault.is_accepted:
            return self._struck(number, fault, rule, delay_seconds)
        answer = self._decide(
            number, draft, person, ordinal, draws, is_marketing_api=is_marketing_api, fault=fault
        )
        answer.delay_seconds += delay_seconds
        return self._struck_after(answer, fault, rule)

    def _recipient(self, number: Number, draft: Draft) -> Person | Refusal:
        people = self._world.people
        if draft.bsuid is not None:
            return people.behind_bsuid(draft.bsuid) or Refusal(
                100, "The parameter recipient is not a user id of this portfolio."
            )
        phone = digits_of(draft.to)
        if draft.to[:1] != "+" and people.settings.is_country_code_prepended:
            own = number.display_phone_number
            prefix = next((own[:n] for n in (1, 2, 3) if country_of(own[:n]) != "ZZ"), "")
            phone = phone if phone.startswith(prefix) else prefix + phone
        if not _MIN_PHONE_DIGITS <= len(phone) <= _MAX_PHONE_DIGITS:
            return Refusal(131009, f"The parameter to ({draft.to}) is not a phone number.")
        if phone == number.display_phone_number:
            return Refusal(131021, "Sender and recipient are the same.")
        return people.person(phone)

    def _decide(
        self,
        number: Number,
        draft: Draft,
        person: Person,
        ordinal: int,
        draws: MessageDraws,
        *,
        is_marketing_api: bool,
        fault: Fault,
    ) -> HttpAnswer:
        world = self._world
        now = world.clock.elapsed()
        if number.bucket is not None and not number.bucket.take(now):
            return self._refused(number, _refusal(130429))
        template: Template | None = None
        if draft.kind == "template":
            template = world.templates.find(
                number.waba_id, draft.template_name or "", draft.language
            )
        checked = self._check_content(number, draft, template, is_marketing_api=is_marketing_api)
        if isinstance(checked, Refusal):
            return self._refused(number, checked)
        if number.pairs is not None and not number.pairs.take(person.phone, now):
            return self._refused(number, _refusal(131056))
        is_open = self._is_window_open(number, person, now)
        failure, does_refuse = self._obstacle(number, person, template, now, is_open=is_open)
        if failure is not None and does_refuse:
            return self._refused(number, failure)
        if not is_open and not world.day_limit.take(person.phone, now):
            return self._refused(
                number, Refusal(world.settings.rates.day_limit_code, _DAY_LIMIT_DETAILS)
            )
        category = _category(template, is_marketing_api=is_marketing_api)
        message = self._underway(
            number, draft, person, ordinal, draws, checked, failure, category, is_open=is_open
        )
        world.ledger.append(_ledger_row(message, draft, checked, ordinal, world.clock.now(), fault))
        world.chats.say(
            number.phone_number_id,
            person.phone,
            Line(
                message.wamid,
                "business",
                world.clock.now(),
                draft.kind,
                draft.content,
                checked.offers,
                template,
            ),
            now,
        )
        is_early = failure is None and draws.early < world.settings.webhooks.early_share
        self._fates.begin(message, is_first_at_once=is_early)
        answer = self._answer(number, _accepted(message, draft, person))
        if is_early:
            answer.delay_seconds = world.settings.answers.early_receipt_seconds
        return answer

    def _check_content(
        self,
        number: Number,
        draft: Draft,
        template: Template | None,
        *,
        is_marketing_api: bool,
    ) -> SendableTemplate | Refusal:
        if draft.kind == "template":
            if is_marketing_api and template is not None and template.category != "MARKETING":
                return Refusal(131055, "Only marketing templates go through this endpoint.")
            return check_template(
                template, draft.template_name or "", draft.language, draft.components
            )
        if is_marketing_api:
            return Refusal(131055, "Only templates go through this endpoint.")
        if draft.media_id is not None and self._world.media.get(draft.media_id) is None:
            return Refusal(100, f"{draft.kind}['id'] is not a media id of {number.phone_number_id}")
        return SendableTemplate(draft.offers, (), asks_for_rating(draft.text or ""))

    def _is_window_open(self, number: Number, person: Person, now: float) -> bool:
        opened = number.window_opened.get(person.phone)
        return opened is not None and now - opened < self._world.settings.timing.window_seconds

    def _obstacle(
        self,
        number: Number,
        person: Person,
        template: Template | None,
        now: float,
        *,
        is_open: bool,
    ) -> tuple[Refusal | None, bool]:
        """What keeps the message from this person, and whether the answer says so."""
        settings = self._world.settings.people
        if template is None and not is_open:
            return _refusal(131047), settings.outside_window == "refuse"
        if not person.is_on_whatsapp:
            return _refusal(131026), settings.unreachable == "refuse"
        if template is None or template.category != "MARKETING":
            return None, False
        does_refuse = settings.unwanted == "refuse"
        if person.has_stopped:
            return _refusal(131050), does_refuse
        if person.is_in_experiment:
            return _refusal(130472), does_refuse
        if is_open:
            return None, False
        is_shielded = person.is_capped or (settings.is_us_marketing_off and person.country == "US")
        if is_shielded or self._is_over_cap(number, person, now):
            return _refusal(131049), does_refuse
        return None, False

    def _is_over_cap(self, number: Number, person: Person, now: float) -> bool:
        cap = self._world.settings.people.marketing_per_day_count
        if cap is None:
            return False
        first_at, count = number.marketing_counts.get(person.phone, (now, 0))
        if now - first_at >= _DAY_SECONDS:
            first_at, count = now, 0
        number.marketing_counts[person.phone] = (first_at, count + 1)
        return count >= cap

    def _underway(
        self,
        number: Number,
        draft: Draft,
        person: Person,
        ordinal: int,
        draws: MessageDraws,
        checked: SendableTemplate,
        failure: Refusal | None,
        category: str,
        *,
        is_open: bool,
    ) -> Underway:
        settings = self._world.settings
        reply = None
        if failure is None and not person.has_blocked and person.does_read:
            reply = answer_of(
                person.persona,
                checked.offers,
                draws,
                is_template=draft.kind == "template",
                is_rating_asked=checked.is_rating_asked,
                chats_on=settings.people.chats_on_share,
            )
        steps = life_of(
            person,
            draws,
            settings.people,
            settings.timing,
            failure=failure,
            has_reply=reply is not None,
        )
        is_priced_early = draws.pricing < settings.webhooks.pricing_on_sent_share
        return Underway(
            number=number,
            person=person,
            wamid=outbound_wamid(settings.seed, number.phone_number_id, person.wa_id, ordinal),
            attempt_id=draft.attempt_id,
            category=category,
            is_free=is_open and category in {"service", "utility"},
            is_phone_shown=draft.bsuid is None or not person.is_phone_hidden,
            failure=failure,
            reply=reply,
            steps=steps,
            priced_step=-1
            if failure is not None
            else 0
            if is_priced_early or len(steps) == 1
            else 1,
            duplicate=draws.duplicate,
            disorder=draws.disorder,
        )

    def _refused(self, number: Number, refusal: Refusal) -> HttpAnswer:
        self._world.ledger.refuse(refusal.code)
        row = GRAPH_ERRORS[refusal.code]
        status = row.http_status
        if refusal.code == 130429:
            status = self._world.settings.rates.throttle_http_status
        trace = self._world.next_trace()
        return self._answer(number, error_document(refusal, trace), status, trace)

    def _answer(
        self, number: Number, document: object, status: int = 200, trace: str | None = None
    ) -> HttpAnswer:
        world = self._world
        headers = (
            b"facebook-api-version: %s\r\nx-business-use-case-usage: %s\r\nx-fb-trace-id: %s\r\n"
            % (
                world.settings.answers.api_version.encode(),
                number.usage_header,
                (trace or world.next_trace()).encode(),
            )
        )
        return HttpAnswer(status=status, body=orjson.dumps(document), headers=headers)

    def _struck(
        self, number: Number, fault: Fault, rule: FaultRule | None, delay_seconds: float
    ) -> HttpAnswer:
        if fault.error_code is not None:
            answer = self._refused(number, _refusal(fault.error_code))
        else:
            self._world.ledger.refuse(0)
            answer = self._answer(number, {})
        answer.delay_seconds = delay_seconds
        return self._struck_after(answer, fault, rule)

    def _struck_after(self, answer: HttpAnswer, fault: Fault, rule: FaultRule | None) -> HttpAnswer:
        if rule is None:
            return answer
        answer.ending = fault.ending
        stall_seconds = self._world.settings.answers.stall_seconds
        if fault.ending is Ending.SILENCE:
            answer.delay_seconds = stall_seconds if rule.seconds is None else rule.seconds
        elif rule.seconds is not None:
            answer.delay_seconds += rule.seconds
        if fault.html_status is not None:
            answer.status, answer.body, answer.content_type = fault.html_status, _HTML, b"text/html"
        return answer


def _category(template: Template | None, *, is_marketing_api: bool) -> str:
    if template is None:
        return "service"
    if is_marketing_api:
        return "marketing_lite"
    return template.category.lower()


def _accepted(message: Underway, draft: Draft, person: Person) -> dict[str, Any]:
    if draft.bsuid is not None:
        contact = {"input": draft.bsuid, "user_id": draft.bsuid}
    else:
        contact = {"input": draft.to, "wa_id": person.wa_id}
    sent: dict[str, Any] = {"id": message.wamid}
    if draft.kind == "template":
        sent["message_status"] = "accepted"
    return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [sent]}


def _ledger_row(
    message: Underway,
    draft: Draft,
    checked: SendableTemplate,
    ordinal: int,
    at: float,
    fault: Fault,
) -> dict[str, Any]:
    return {
        "at": at,
        "phone_number_id": message.number.phone_number_id,
        "to": draft.to or draft.bsuid,
        "phone": message.person.phone,
        "wa_id": message.person.wa_id,
        "attempt_id": draft.attempt_id,
        "type": draft.kind,
        "interactive": draft.content.get("type") if draft.kind == "interactive" else None,
        "template": draft.template_name,
        "language": draft.language or None,
        "text": draft.text,
        "parameters": checked.body_texts,
        "category": message.category,
        "wamid": message.wamid,
        "ordinal": ordinal,
        "will_fail": message.failure.code if message.failure else None,
        "is_answer_lost": fault.ending is not Ending.COMPLETE or fault.html_status is not None,
    }
