"""Everything that the simulator keeps while it runs, in one place.

Theory of operation.  ``World`` owns the parts and wires them; the rules stand in their own modules.  It
knows how to add a business number, to tell a callback something about it, and to begin anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clarion.channels.simulator.chats import Chats
from clarion.channels.simulator.clock import Agenda, Clock, RealClock
from clarion.channels.simulator.faults import Faults
from clarion.channels.simulator.ids import trace_id
from clarion.channels.simulator.ledger import Ledger
from clarion.channels.simulator.media import MediaShelf
from clarion.channels.simulator.numbers import Number, Subscription
from clarion.channels.simulator.payloads import event_update
from clarion.channels.simulator.people import People
from clarion.channels.simulator.rates import DayLimit
from clarion.channels.simulator.settings import RateSettings, SimulatorSettings
from clarion.channels.simulator.templates import Template, Templates
from clarion.channels.simulator.webhooks import WebhookPump

__all__ = ["World"]

_NEVER = 1.0  # a chance that no share exceeds


class World:
    """The simulated platform: numbers, people, templates, truth.  Needs a running event loop."""

    def __init__(
        self, settings: SimulatorSettings, ledger_path: Path | None, clock: Clock | None = None
    ) -> None:
        self.settings = settings
        self.clock = clock or RealClock()
        self.agenda = Agenda(self.clock, settings.speed)
        self.ledger = Ledger(ledger_path)
        self.chats = Chats()
        self.people = People(settings.seed, settings.people)
        self.templates = Templates()
        self.media = MediaShelf()
        self.faults = Faults(settings.seed, settings.faults)
        self.pump = WebhookPump(
            lambda: self.settings.webhooks, settings.seed, self.clock, self.agenda
        )
        self.numbers: dict[str, Number] = {}
        self.day_limit = _day_limit(settings.rates)
        self.status_counts: Counter[str] = Counter()
        self._subscriptions: dict[tuple[str, str, str], Subscription] = {}
        self._trace_number = 0

    def next_trace(self) -> str:
        """A name for one more answer."""
        self._trace_number += 1
        return trace_id(self.settings.seed, self._trace_number)

    def set_settings(self, settings: SimulatorSettings) -> None:
        """Let other settings rule from now on.  The seed stays; rates of numbers begin anew.

        Another limit of people a day keeps who was counted, and is told to every account.
        """
        has_new_rates = settings.rates != self.settings.rates
        has_new_day = (
            settings.rates.people_per_day_count != self.settings.rates.people_per_day_count
        )
        has_new_faults = settings.faults != self.settings.faults
        self.settings = settings
        self.agenda.speed = settings.speed
        self.people.settings = settings.people
        if has_new_faults:
            self.faults.clear()
            for rule in settings.faults:
                self.faults.add(rule)
        if has_new_rates:
            for number in self.numbers.values():
                rate = settings.rates.messages_per_second
                number.apply(settings.rates, rate, self.clock.elapsed())
        if has_new_day:
            self.day_limit.people_count = settings.rates.people_per_day_count
            self._tell_capability()

    def _tell_capability(self) -> None:
        people_count = self.settings.rates.people_per_day_count
        for waba_id in {number.waba_id for number in self.numbers.values()}:
            number = self.number_of_account(waba_id)
            if number is not None and number.subscription is not None:
                self.tell_event(
                    number,
                    "business_capability_update",
                    {
                        "max_daily_conversations_per_business": -1
                        if people_count is None
                        else people_count,
                        "max_phone_numbers_per_waba": 25,
                    },
                )

    def add_number(
        self,
        *,
        phone_number_id: str,
        waba_id: str,
        token: str,
        display_phone_number: str,
        verified_name: str,
        rate: float | None,
        subscription: Subscription | None,
    ) -> Number:
        """Put a business number into service; one of the same id keeps its history."""
        known = self.numbers.get(phone_number_id)
        number = Number(
            phone_number_id=phone_number_id,
            waba_id=waba_id,
            token=token,
            display_phone_number=display_phone_number,
            verified_name=verified_name,
            subscription=subscription,
            bucket=None,
            pairs=None,
        )
        if known is not None:
            number.ordinals = known.ordinals
            number.inbound_ordinals = known.inbound_ordinals
            number.window_opened = known.window_opened
        else:
            self._take_up_ordinals(number)
        number.apply(self.settings.rates, rate, self.clock.elapsed())
        self.numbers[phone_number_id] = number
        return number

    def _take_up_ordinals(self, number: Number) -> None:
        """Continue after a ledger file of an earlier life, so that no id is handed out twice."""
        if not self.ledger.accepted_count:
            return
        for row in self.ledger.rows():
            if row["phone_number_id"] == number.phone_number_id:
                reached = number.ordinals.get(row["phone"], 0)
                number.ordinals[row["phone"]] = max(reached, row["ordinal"] + 1)

    def subscription(self, callback_url: str, verify_token: str, app_secret: str) -> Subscription:
        """The subscription of a callback, a new one if it is not known yet."""
        key = (callback_url, verify_token, app_secret)
        if key not in self._subscriptions:
            self._subscriptions[key] = Subscription(*key)
        return self._subscriptions[key]

    @property
    def is_idle(self) -> bool:
        """Whether nothing is to come: nobody will do anything, and everything was told."""
        return not self.agenda.waiting_count() and all(
            subscription.is_idle for subscription in self._subscriptions.values()
        )

    def number_of_account(self, waba_id: str) -> Number | None:
        """Some number of a business account."""
        for number in self.numbers.values():
            if number.waba_id == waba_id:
                return number
        return None

    def tell_event(self, number: Number, field: str, value: Mapping[str, Any]) -> None:
        """Tell the callback something about the account itself."""
        update = event_update(number, field, value)
        self.pump.tell(number, update, duplicate=_NEVER, disorder=_NEVER)

    def set_template_status(self, template: Template, status: str, reason: str = "NONE") -> None:
        """Change a template's status and tell it."""
        changed = self.templates.change(template.id, status=status, rejected_reason=reason)
        number = self.number_of_account(template.waba_id)
        if changed is None or number is None:
            return
        self.tell_event(
            number,
            "message_template_status_update",
            {
                "event": status,
                "message_template_id": int(changed.id) if changed.id.isdigit() else changed.id,
                "message_template_name": changed.name,
                "message_template_language": changed.language,
                "reason": reason,
                "message_template_category": changed.category,
            },
        )

    def reset(self) -> None:
        """Forget messages, people's changes and faults; numbers and templates stay."""
        self.agenda.clear()
        self.ledger.clear()
        self.chats.clear()
        self.people.forget()
        self.faults.clear()
        self.faults.struck_counts.clear()
        self.status_counts.clear()
        self.pump.counts.clear()
        self.pump.durations.clear()
        self.day_limit = _day_limit(self.settings.rates)
        for subscription in self._subscriptions.values():
            subscription.waiting.clear()
            subscription.repeats.clear()
            subscription.resting_count = 0
        for number in self.numbers.values():
            number.ordinals.clear()
            number.inbound_ordinals.clear()
            number.window_opened.clear()
            number.marketing_counts.clear()
            rate = None if number.bucket is None else number.bucket.rate_per_second
            number.apply(self.settings.rates, rate, self.clock.elapsed())

    async def close(self) -> None:
        """Stop everything and close the ledger."""
        self.agenda.close()
        await self.pump.close()
        self.ledger.close()


def _day_limit(rates: RateSettings) -> DayLimit:
    return DayLimit(rates.people_per_day_count, rates.day_seconds)
