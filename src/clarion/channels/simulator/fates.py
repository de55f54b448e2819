"""What people do: the walk of each accepted message through its life, and what they say.

Theory of operation.  ``begin`` puts a message's first step on the agenda; each step tells the callback and puts
the next one there.  ``say`` is the one way in which a person writes to a business: it opens the customer
service window, takes a token of the number's throughput, and tells the callback.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clarion.channels.simulator import payloads
from clarion.channels.simulator.chats import Line
from clarion.channels.simulator.graph_errors import Refusal
from clarion.channels.simulator.ids import inbound_wamid, share_of
from clarion.channels.simulator.lifecycle import Step
from clarion.channels.simulator.numbers import Number
from clarion.channels.simulator.payloads import Update
from clarion.channels.simulator.people import Person
from clarion.channels.simulator.replies import SaidReply
from clarion.channels.simulator.world import World

__all__ = ["Fates", "Underway"]

_STRIDE = 0.618  # makes each step's chances differ from the step before


@dataclass(slots=True, eq=False)
class Underway:
    """An accepted message that still has something before it."""

    number: Number
    person: Person
    wamid: str
    attempt_id: str | None
    category: str
    is_free: bool
    is_phone_shown: bool
    failure: Refusal | None
    reply: SaidReply | None
    steps: tuple[Step, ...]
    priced_step: int
    duplicate: float
    disorder: float
    position: int = 0


class Fates:
    """Lets accepted messages live, and people speak."""

    def __init__(self, world: World) -> None:
        self._world = world

    def begin(self, message: Underway, *, is_first_at_once: bool) -> None:
        """Start a message's life; its first step happens now if it is to outrun the answer."""
        if is_first_at_once:
            self._step(message)
        else:
            first = message.steps[0].after_seconds
            self._world.agenda.after_people(first, self._step, message)

    def _step(self, message: Underway) -> None:
        position = message.position
        step = message.steps[position]
        message.position = position + 1
        if message.position < len(message.steps):
            following = message.steps[message.position].after_seconds
            self._world.agenda.after_people(following, self._step, message)
            if message.steps[message.position].kind == "reply" and self._is_answering:
                world = self._world
                at = world.clock.elapsed() + following / world.agenda.speed
                world.chats.expect_reply(message.number.phone_number_id, message.person.phone, at)
        if step.kind != "reply":
            self._tell_status(message, step.kind, position)
        elif message.reply is not None and self._is_answering:
            self.say(message.number, message.person, message.reply, reply_to=message.wamid)

    @property
    def _is_answering(self) -> bool:
        return self._world.settings.people.is_answering

    def _tell_status(self, message: Underway, state: str, position: int) -> None:
        world = self._world
        settings = world.settings.webhooks
        has_failed = message.failure is not None
        item = payloads.status(
            message.wamid,
            state,
            world.clock.now(),
            message.person,
            is_phone_shown=message.is_phone_shown,
            attempt_id=(
                None
                if has_failed and not settings.is_callback_data_echoed_on_failed
                else message.attempt_id
            ),
            pricing_category=message.category if position == message.priced_step else None,
            is_free=message.is_free,
            has_conversation=settings.has_conversation,
            failure=message.failure,
        )
        contact = None
        if not has_failed or settings.has_contacts_on_failed:
            contact = payloads.contact(message.person, is_phone_shown=message.is_phone_shown)
        world.status_counts[state] += 1
        world.chats.mark(
            message.number.phone_number_id,
            message.person.phone,
            message.wamid,
            state,
            message.failure.code if message.failure else None,
        )
        world.pump.tell(
            message.number,
            Update(message.number, "messages", "statuses", item, contact),
            duplicate=(message.duplicate + position * _STRIDE) % 1.0,
            disorder=(message.disorder + position * _STRIDE) % 1.0,
        )

    def say(
        self, number: Number, person: Person, said: SaidReply, *, reply_to: str | None = None
    ) -> str | None:
        """Have a person say something; the id of her message, ``None`` for a change of preference."""
        if said.kind in {"stop", "resume"}:
            self._prefer(number, person, is_stop=said.kind == "stop")
            return None
        is_tap_or_quote = said.kind != "text"
        return self.write(
            number,
            person,
            payloads.said_content(said),
            reply_to=reply_to if is_tap_or_quote else None,
        )

    def write(
        self, number: Number, person: Person, content: Mapping[str, Any], *, reply_to: str | None
    ) -> str:
        """Have a person send any kind of message; its id."""
        world = self._world
        ordinal = number.inbound_ordinals.get(person.phone, 0)
        number.inbound_ordinals[person.phone] = ordinal + 1
        wamid = inbound_wamid(world.settings.seed, number.phone_number_id, person.wa_id, ordinal)
        number.window_opened[person.phone] = world.clock.elapsed()
        if number.bucket is not None and world.settings.rates.is_inbound_counted:
            number.bucket.force(world.clock.elapsed())
        is_phone_shown = self._is_phone_shown(number, person)
        item = payloads.inbound(
            wamid,
            world.clock.now(),
            person,
            content,
            is_phone_shown=is_phone_shown,
            business_phone=number.display_phone_number,
            reply_to=reply_to,
        )
        world.status_counts["inbound"] += 1
        kind = str(content.get("type", "text"))
        inner = content.get(kind)
        body = inner if isinstance(inner, Mapping) else {}
        world.chats.say(
            number.phone_number_id,
            person.phone,
            Line(wamid, "person", world.clock.now(), kind, body, state="delivered"),
            world.clock.elapsed(),
        )
        self._tell(number, person, "messages", "messages", item, wamid)
        return wamid

    def _prefer(self, number: Number, person: Person, *, is_stop: bool) -> None:
        world = self._world
        world.people.override(person.phone, {"has_stopped": is_stop})
        item = payloads.preference(
            person,
            world.clock.now(),
            is_stop=is_stop,
            is_phone_shown=self._is_phone_shown(number, person),
        )
        world.status_counts["preference"] += 1
        name = f"preference|{person.phone}|{world.status_counts['preference']}"
        self._tell(number, person, "user_preferences", "user_preferences", item, name)

    def _tell(
        self, number: Number, person: Person, field: str, part: str, item: bytes, name: str
    ) -> None:
        seed = self._world.settings.seed
        contact = payloads.contact(person, is_phone_shown=self._is_phone_shown(number, person))
        self._world.pump.tell(
            number,
            Update(number, field, part, item, contact),
            duplicate=share_of(seed, f"duplicate|{name}"),
            disorder=share_of(seed, f"disorder|{name}"),
        )

    @staticmethod
    def _is_phone_shown(number: Number, person: Person) -> bool:
        return not person.is_phone_hidden or person.phone in number.ordinals
