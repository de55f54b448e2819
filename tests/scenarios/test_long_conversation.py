"""A conversation over days, with a crash between any two turns: nobody can tell the difference.

The flow branches, jumps, asks a shop over HTTP, waits for days, changes the contact and hands over to
a person.  A crash cuts the engine off from its database and drops it in the middle of whatever it
does; what people write meanwhile arrives while no engine is there.  The simulator's ledger is the
judge: the same messages in the same order, none twice, and the same state at the end.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

import pytest
from tests.engine.conftest import PHONE_NUMBER_ID, Shop
from tests.engine.elsewhere import Elsewhere, http
from tests.engine.insight_judge import judge_insight
from tests.engine.talk import LOOPBACK, publish
from tests.engine.test_time import MovedClock
from tests.flows import ask, offer, say, step

from clarion.engine.parts import CallSettings
from clarion.services.work import parts_of, working
from clarion.store.pool import Pool, create_pool

WEEK = {"amount": 7, "unit": "days"}
BUTTONS = {"button:YES": "how_many", "button:NO": "done", "other": "done", "timeout": "done"}


def nodes(origin: str) -> dict[str, dict[str, Any]]:
    """The flow: an order by chat, and what becomes of it."""

    def rule(exit_name: str, *rules: tuple[str, str, str]) -> dict[str, Any]:
        names = ("variable", "operator", "value")
        return {
            "exit": exit_name,
            "match": "any",
            "rules": [dict(zip(names, each, strict=True)) for each in rules],
        }

    def wait_for(to: str, **config: Any) -> dict[str, Any]:
        return ask(to, timeout=WEEK, **config)

    colours = rule("known", ("colour", "stringEquals", "red"), ("colour", "stringEquals", "green"))
    return {
        "offer": offer("answer"),
        "answer": step("wait_for_reply", {"timeout": WEEK, "buttons": ["YES", "NO"]}, **BUTTONS),
        "how_many": say("How many?", "count"),
        "count": wait_for(
            "stock",
            expect={"kind": "number", "minimum": 1, "maximum": 9},
            max_retries=2,
            retry_message="A number, please.",
            save_as="count",
        ),
        "stock": http(
            {"url": origin + "/stock?count={{ count }}", "save": {"left": "left"}},
            success="sort",
            failure="done",
        ),
        "sort": step(
            "branch",
            {"branches": [rule("enough", ("left", "numberGreaterThan", "5"))]},
            **{"enough": "enough", "else": "done"},
        ),
        "enough": say("{{ left }} are left. Which colour?", "colour"),
        "colour": wait_for("known", save_as="colour"),
        "known": step("branch", {"branches": [colours]}, **{"known": "keep", "else": "back"}),
        "back": step("jump", {"target": "again", "max_jumps": 2}, next="done"),
        "again": say("Red or green?", "colour"),
        "keep": step("set_variables", {"variables": {"line": "{{ count }} {{ colour }}"}}, next="sleep"),
        "sleep": step("wait", {"amount": 1, "unit": "days"}, next="remind"),
        "remind": offer("still"),
        "still": wait_for("where"),
        "where": say("Still {{ line }}? Where to?", "place"),
        "place": wait_for("learn", save_as="place"),
        "learn": step("update_contact", {"attributes": {"city": "{{ place }}"}}, next="order"),
        "order": http(
            {
                "method": "POST",
                "url": origin + "/orders",
                "body": {"format": "json", "text": '{"line": "{{ line }}"}'},
                "save": {"number": "number"},
            },
            success="placed",
            failure="done",
        ),
        "placed": say("Order {{ number }} goes to {{ contact.attributes.city }}.", "days"),
        "days": step("wait", {"amount": 2, "unit": "days"}, next="arrived"),
        "arrived": offer("well"),
        "well": step(
            "wait_for_reply", {"timeout": WEEK, "buttons": ["YES", "NO"]},
            **{**BUTTONS, "button:YES": "done", "button:NO": "what"},
        ),
        "what": say("What is wrong?", "wrong"),
        "wrong": wait_for("call", save_as="wrong"),
        "call": say("Shall a person look at it?", "please"),
        "please": wait_for("person"),
        "person": step("hand_over", {"note": "Order {{ number }}: {{ wrong }}"}),
    }  # fmt: skip


@dataclass(frozen=True)
class Turn:
    """Something that happens, and how many messages of ours there are in the end."""

    sent_count: int
    says: str | None = None
    taps: str | None = None
    passing_days: int = 0
    is_asking: bool = False


TURNS = (
    Turn(2, taps="YES"),
    Turn(3, says="many"),
    Turn(4, says="3", is_asking=True),
    Turn(5, says="blue"),
    Turn(6, says="purple"),
    Turn(6, says="green"),
    Turn(7, passing_days=1),
    Turn(8, says="yes"),
    Turn(9, says="Wien", is_asking=True),
    Turn(10, passing_days=2),
    Turn(11, taps="NO"),
    Turn(12, says="broken"),
    Turn(12, says="please"),
)
MESSAGES = (
    "spring_offer", "How many?", "A number, please.", "40 are left. Which colour?", "Red or green?",
    "Red or green?", "spring_offer", "Still 3 green? Where to?", "Order 7 goes to Wien.",
    "spring_offer", "What is wrong?", "Shall a person look at it?",
)  # fmt: skip


class Engine:
    """One process's engine, which may be dropped at any moment and built anew."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._pool: Pool
        self._frame: Any

    async def build(self) -> None:
        shop = self._shop
        self._pool = await create_pool(shop.database_url, application_name="engine")
        place = replace(shop.place, pool=self._pool)
        calls = CallSettings(allowed_networks=LOOPBACK)
        parts = replace(parts_of(place, shop.sizes), calls=calls)
        self._frame = working(place, shop.database_url, parts)
        await self._frame.__aenter__()

    async def crash(self) -> None:
        """Nothing of it reaches the database any more, and its tasks end where they are."""
        self._pool.terminate()
        for task in asyncio.all_tasks():
            if task.get_name().startswith("clarion "):
                task.cancel()
        await self.end()
        # Its leases run out by themselves; the story does not wait for that.
        await self._shop.pool.execute(
            "UPDATE sender_leases SET lease_until = now() - interval '1 second'"
        )

    async def end(self) -> None:
        await self._frame.__aexit__(None, None, None)
        with contextlib.suppress(asyncio.CancelledError):
            await self._pool.close()


@dataclass
class Talk:
    """One person's conversation with the flow."""

    shop: Shop
    clock: MovedClock
    elsewhere: Elsewhere
    flow_id: int
    crashes: Set[int]

    async def run(self, number: int) -> dict[str, Any]:
        """Talk from the campaign to the hand-over; what is there at the end."""
        await self.shop.pool.execute("DELETE FROM group_members")
        (phone,) = await self.shop.add_people(1, first=number)
        await self.shop.pool.execute("UPDATE contacts SET name = 'Ana'")
        engine = Engine(self.shop)
        await engine.build()
        campaign = await self.shop.plan(flow_id=self.flow_id, name=f"Spring {number}")
        await self.shop.until_settled(campaign.id)
        try:
            for index, turn in enumerate(TURNS):
                await self._take(engine, phone, turn, is_crashed=index in self.crashes)
            await self._until(phone, "status = 'completed'")
            await self.shop.until(lambda: self._are_delivered(phone))
        finally:
            await engine.end()
        return await self._picture(phone)

    async def _take(self, engine: Engine, phone: str, turn: Turn, *, is_crashed: bool) -> None:
        asked_count = len(self.elsewhere.requests)
        revision = await self._session(phone, "revision")
        if is_crashed:
            await engine.crash()
        if turn.is_asking:
            self.elsewhere.gate.clear()
        self.clock.advance(days=turn.passing_days, minutes=1)
        if turn.says is not None:
            self.shop.simulator.say(phone, phone_number_id=PHONE_NUMBER_ID, text=turn.says)
        elif turn.taps is not None:
            self.shop.simulator.say(
                phone, phone_number_id=PHONE_NUMBER_ID, tap=turn.taps, reply_to="last"
            )
        if is_crashed:
            await engine.build()
        if turn.is_asking:
            # Once more in the middle of the call: it is made again, under the same key.
            await self.shop.until(lambda: self._is_asked(asked_count))
            if is_crashed:
                await engine.crash()
                self.clock.advance(minutes=1)
                await engine.build()
            self.elsewhere.gate.set()
        await self._until(phone, f"revision > {revision}")
        await self._until(phone, f"revision > {revision}")
        await self.shop.until(lambda: self._is_sent(phone, turn.sent_count))

    async def _is_asked(self, count: int) -> bool:
        return len(self.elsewhere.requests) > count

    async def _is_sent(self, phone: str, count: int) -> bool:
        return len(self.messages_to(phone)) == count

    async def _are_delivered(self, phone: str) -> bool:
        query = (
            "SELECT count(*) FROM messages m JOIN contacts c ON c.id = m.contact_id"
            " WHERE c.phone = $1 AND m.direction = 'out' AND m.delivered_at IS NULL"
        )
        return not await self.shop.pool.fetchval(query, phone)

    async def _session(self, phone: str, what: str) -> Any:
        return await self.shop.pool.fetchval(
            f"SELECT {what} FROM sessions WHERE contact_id ="
            " (SELECT id FROM contacts WHERE phone = $1)",
            phone,
        )

    async def _until(self, phone: str, condition: str) -> None:
        async def is_so() -> bool:
            return bool(await self._session(phone, condition))

        await self.shop.until(is_so)

    def messages_to(self, phone: str) -> list[str]:
        """The judge: what the platform accepted for this person, in its order."""
        entries = self.shop.simulator.ledger(phone=phone.lstrip("+"))
        return [entry["text"] if entry["type"] == "text" else "spring_offer" for entry in entries]

    async def _picture(self, phone: str) -> dict[str, Any]:
        async def rows(query: str) -> list[dict[str, Any]]:
            found = await self.shop.pool.fetch(
                f"WITH who AS (SELECT * FROM contacts WHERE phone = $1) {query}", phone
            )
            return [dict(row) for row in found]

        return {
            "said": self.messages_to(phone),
            "sessions": await rows(
                "SELECT s.status, s.reason, s.state - 'started_at' AS state, s.revision"
                " FROM sessions s JOIN who ON who.id = s.contact_id"
            ),
            "messages": await rows(
                "SELECT m.direction, m.step, m.node_id, m.content #- '{body,reply_to}' AS content"
                " FROM messages m"
                " JOIN who ON who.id = m.contact_id ORDER BY m.direction, m.step, m.id"
            ),
            "calls": await rows(
                "SELECT k.number, k.node_id, k.status, k.answer_status FROM calls k"
                " JOIN sessions s ON s.id = k.session_id JOIN who ON who.id = s.contact_id"
                " ORDER BY k.number"
            ),
            "contact": await rows("SELECT attributes FROM who"),
            "people": await rows(
                "SELECT v.state, v.note FROM conversations v JOIN who ON who.id = v.contact_id"
            ),
            "outcomes": await rows(
                "SELECT p.outcome, p.reason FROM participants p JOIN who ON who.id = p.contact_id"
            ),
        }


def keys_of(elsewhere: Elsewhere) -> list[str]:
    """The keys of the requests, each once: a repeated request is no second one."""
    return list(dict.fromkeys(elsewhere.keys))


@pytest.mark.parametrize(
    "crashes",
    [
        pytest.param([range(len(TURNS))], id="at every turn"),
        pytest.param(
            [range(number, number + 1) for number in range(len(TURNS))],
            id="at each turn",
            marks=[pytest.mark.long, pytest.mark.chaos],
        ),
    ],
)
async def test_a_conversation_over_days_is_the_same_with_crashes_between_its_turns(
    shop: Shop,
    elsewhere: Elsewhere,
    monkeypatch: pytest.MonkeyPatch,
    crashes: Sequence[range],
) -> None:
    elsewhere.usual = {"left": 40, "number": 7}
    clock = MovedClock()
    shop.place = replace(shop.place, clock=clock)
    # People write on the same days, or the engine would hold that nobody has written for long.
    monkeypatch.setattr(shop.simulator.world.clock, "now", lambda: clock().timestamp())
    flow_id = await publish(shop, "service", **nodes(elsewhere.origin))
    calm = await Talk(shop, clock, elsewhere, flow_id, frozenset()).run(0)
    assert calm["said"] == list(MESSAGES)
    assert calm["people"] == [{"state": "open", "note": "Order 7: broken"}]
    assert [each["outcome"] for each in calm["outcomes"]] == ["accepted"]
    for number, turns in enumerate(crashes, 1):
        stormy = await Talk(shop, clock, elsewhere, flow_id, frozenset(turns)).run(number)
        assert stormy == calm, f"crashes before the turns {list(turns)}"
    assert len(keys_of(elsewhere)) == 2 * (1 + len(crashes))
    await judge_insight(shop.pool)
