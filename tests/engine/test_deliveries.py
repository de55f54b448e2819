"""A flow goes on by what became of a message: receipts before, after, twice, or never."""

from __future__ import annotations

from typing import Any

from tests.engine.conftest import PHONE_NUMBER_ID, Shop
from tests.engine.talk import publish, run_through, said, texts_to
from tests.flows import ask, offer, say, step


def seen(stages: list[str], patience: dict[str, Any] | None = None, **exits: str) -> dict[str, Any]:
    config: dict[str, Any] = {"message": "offer", "stages": stages}
    return step("delivery_branch", config | ({"timeout": patience} if patience else {}), **exits)


async def test_receipts_that_come_while_the_session_waits_let_it_go_on(shop: Shop) -> None:
    [phone] = await shop.add_people(1)
    flow_id = await publish(
        shop,
        "Seen",
        offer=offer("seen"),
        seen=seen(["delivered", "failed"], delivered="change", failed="done", timeout="done"),
        change=step("update_contact", {"attributes": {"seen": "yes"}}, next="done"),
    )
    async with shop.worker():
        await run_through(shop, flow_id)

        async def is_seen() -> bool:
            return (
                await shop.pool.fetchval(
                    "SELECT attributes ->> 'seen' FROM contacts WHERE phone = $1", phone
                )
                == "yes"
            )

        await shop.until(is_seen)


async def test_receipts_that_came_before_count(shop: Shop) -> None:
    [phone] = await shop.add_people(1)
    flow_id = await publish(
        shop,
        "Before",
        offer=offer("answer"),
        answer=ask("seen"),
        seen=seen(["delivered"], delivered="tell", timeout="done"),
        tell=say("It had arrived"),
    )
    async with shop.worker():
        await run_through(shop, flow_id)

        async def is_delivered() -> bool:
            return bool(
                await shop.pool.fetchval("SELECT delivered_at FROM messages WHERE is_opening")
            )

        await shop.until(is_delivered)
        shop.simulator.say(phone, phone_number_id=PHONE_NUMBER_ID, text="Yes?")
        await shop.until(said(shop, phone, 1))
    assert texts_to(shop, phone) == ["It had arrived"]


async def test_an_answer_that_overtakes_the_receipt_is_kept_for_the_next_wait(shop: Shop) -> None:
    [phone] = await shop.add_people(1)
    flow_id = await publish(
        shop,
        "Order of things",
        offer=offer("seen"),
        seen=seen(["failed"], {"amount": 2, "unit": "seconds"}, failed="done", timeout="answer"),
        answer=ask("tell"),
        tell=say("You said {{ reply.text }}"),
    )
    async with shop.worker():
        await run_through(shop, flow_id)
        shop.simulator.say(phone, phone_number_id=PHONE_NUMBER_ID, text="At once")
        await shop.until(said(shop, phone, 1))
    assert texts_to(shop, phone) == ["You said At once"]


async def test_a_message_that_the_channel_refuses_goes_by_failed(shop: Shop) -> None:
    """No address: the message has failed before anything left."""
    await shop.pool.execute("UPDATE senders SET status = 'removed'")
    await shop.add_people(1)
    flow_id = await publish(
        shop,
        "Refused",
        offer=offer("seen"),
        seen=seen(["delivered", "failed"], delivered="done", failed="change", timeout="done"),
        change=step("update_contact", {"attributes": {"seen": "never"}}, next="done"),
    )
    async with shop.worker():
        await run_through(shop, flow_id)

        async def is_noted() -> bool:
            return await shop.pool.fetchval("SELECT attributes ->> 'seen' FROM contacts") == "never"

        await shop.until(is_noted)
