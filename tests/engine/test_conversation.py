"""People answer: their session goes on, STOP is obeyed, and nothing that they write is lost."""

from __future__ import annotations

from tests.engine.conftest import PHONE_NUMBER_ID, Shop

from clarion.channels.simulator import Simulator


def texts_to(simulator: Simulator, phone: str) -> list[str]:
    return [
        entry["text"]
        for entry in simulator.ledger(phone=phone.lstrip("+"))
        if entry["type"] == "text"
    ]


async def test_a_tapped_button_is_answered_at_once(shop: Shop) -> None:
    (phone,) = await shop.add_people(1)
    async with shop.worker():
        campaign = await shop.plan()
        await shop.until_settled(campaign.id)
        shop.simulator.say(phone, phone_number_id=PHONE_NUMBER_ID, tap="YES", reply_to="last")

        async def answered() -> bool:
            return texts_to(shop.simulator, phone) == [f"Thank you, Person {phone}!"]

        await shop.until(answered)
    campaign = await shop.campaign(campaign.id)
    assert campaign.counts.replied_count == 1
    session = await shop.pool.fetchrow("SELECT status, reason FROM sessions")
    assert dict(session) == {"status": "completed", "reason": None}


async def test_stop_opts_out_and_ends_the_session(shop: Shop) -> None:
    phone, other = await shop.add_people(2)
    async with shop.worker():
        first = await shop.plan()
        await shop.until_settled(first.id)
        shop.simulator.say(phone, phone_number_id=PHONE_NUMBER_ID, text="Stop!")

        async def opted_out() -> bool:
            return (await shop.campaign(first.id)).counts.opted_out_count == 1

        await shop.until(opted_out)
        second = await shop.plan(name="Second")
        second = await shop.until_settled(second.id)
    assert second.counts.skipped_count == 1
    assert second.counts.accepted_count == 1
    assert shop.sends_by_phone() == {phone: 1, other: 2}
    status = await shop.pool.fetchval(
        "SELECT s.status FROM sessions s JOIN contacts c ON c.id = s.contact_id"
        " WHERE c.phone = $1 ORDER BY s.id LIMIT 1",
        phone,
    )
    assert status == "stopped"
    proof = await shop.pool.fetchrow("SELECT state, source, reason FROM consent_changes")
    assert dict(proof) == {"state": "opted_out", "source": "word", "reason": "Stop!"}


async def test_a_preference_told_to_whatsapp_opts_out(shop: Shop) -> None:
    (phone,) = await shop.add_people(1)
    async with shop.worker():
        campaign = await shop.plan()
        await shop.until_settled(campaign.id)
        shop.simulator.say(phone, phone_number_id=PHONE_NUMBER_ID, preference="stop")

        async def opted_out() -> bool:
            return await shop.pool.fetchval("SELECT count(*) FROM consents") == 1

        await shop.until(opted_out)
    assert await shop.pool.fetchval("SELECT source FROM consents") == "provider"


async def test_a_stranger_who_writes_becomes_a_contact(shop: Shop) -> None:
    async with shop.worker():
        shop.simulator.say("+4915112345678", phone_number_id=PHONE_NUMBER_ID, text="Hello?")

        async def known() -> bool:
            return bool(await shop.pool.fetchval("SELECT count(*) FROM messages"))

        await shop.until(known)
    row = await shop.pool.fetchrow(
        "SELECT c.phone, g.name FROM contacts c"
        " JOIN group_members m ON m.contact_id = c.id JOIN groups g ON g.id = m.group_id"
    )
    assert dict(row) == {"phone": "+4915112345678", "name": "Ungrouped"}


async def test_the_same_reply_delivered_twice_is_answered_once(shop: Shop) -> None:
    (phone,) = await shop.add_people(1)
    async with shop.worker():
        campaign = await shop.plan()
        await shop.until_settled(campaign.id)
        shop.simulator.say(phone, phone_number_id=PHONE_NUMBER_ID, tap="YES", reply_to="last")

        async def answered() -> bool:
            return len(texts_to(shop.simulator, phone)) == 1

        await shop.until(answered)
        # Whoever taps again is past that question: it is kept, and nothing is sent twice.
        shop.simulator.say(phone, phone_number_id=PHONE_NUMBER_ID, tap="YES", reply_to="last")

        async def kept() -> bool:
            return (
                await shop.pool.fetchval("SELECT count(*) FROM messages WHERE direction = 'in'")
                == 2
            )

        await shop.until(kept)
    assert len(texts_to(shop.simulator, phone)) == 1
