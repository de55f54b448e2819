"""Messages outside of flows: they take the way of all messages, once, and consent is honoured."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.engine.conftest import PHONE_NUMBER_ID, Shop

from clarion.domain.errors import ClarionError
from clarion.domain.message import TemplateContent, TemplateParameter, TextContent
from clarion.services.message_requests import (
    MessageRequest,
    Recipient,
    SentMessages,
    send_messages,
)
from clarion.services.messages import read_message
from clarion.store.pool import transaction

STRANGER = "+4915112345678"


async def send(shop: Shop, *recipients: Recipient, **settings: Any) -> SentMessages:
    request = MessageRequest(recipients, **settings)
    async with transaction(shop.pool) as connection:
        return await send_messages(
            connection, shop.fresh_scope, request, mint_key=lambda: f"minted {shop.now}"
        )


async def until_delivered(shop: Shop, message_id: int) -> None:
    async def reached() -> bool:
        async with transaction(shop.pool) as connection:
            message = await read_message(connection, shop.fresh_scope, message_id)
        return message.delivered_at is not None

    await shop.until(reached)


def offer_to(phone: str) -> Recipient:
    content = TemplateContent("spring_offer", "en_US", (TemplateParameter("body", "Ann"),))
    return Recipient(content, phone=phone)


async def test_a_template_opens_a_conversation_that_free_text_goes_on_with(shop: Shop) -> None:
    async with shop.worker():
        opened = await send(shop, offer_to(STRANGER), tag="order 7")
        (template,) = opened.messages
        assert (template.contact_phone, template.tag) == (STRANGER, "order 7")
        await until_delivered(shop, template.id)

        too_early = await send(shop, Recipient(TextContent("Hello"), template.contact_id))
        (refused,) = too_early.messages
        assert (refused.status, refused.reason) == ("failed", "window_closed")

        shop.simulator.say(STRANGER, phone_number_id=PHONE_NUMBER_ID, text="Is it open today?")

        async def has_written() -> bool:
            return bool(await shop.pool.fetchval("SELECT count(*) FROM windows"))

        await shop.until(has_written)
        asked = await shop.pool.fetchval("SELECT provider_id FROM messages WHERE direction = 'in'")
        answer = await send(
            shop, Recipient(TextContent("Until six"), template.contact_id), reply_to=asked
        )
        await until_delivered(shop, answer.messages[0].id)
    texts = [each for each in shop.simulator.ledger() if each["type"] == "text"]
    assert [each["text"] for each in texts] == ["Until six"]


async def test_what_is_asked_for_under_one_key_leaves_once(shop: Shop) -> None:
    async with shop.worker():
        answers = await asyncio.gather(
            *(send(shop, offer_to(STRANGER), key="order-7") for _ in range(5))
        )
        ids = {answer.messages[0].id for answer in answers}
        assert len(ids) == 1
        assert sorted(answer.is_repeated for answer in answers) == [False] + [True] * 4
        await until_delivered(shop, ids.pop())
        with pytest.raises(ClarionError) as refused:
            await send(shop, offer_to("+4915112345679"), key="order-7")
        assert refused.value.code == "request.idempotency_conflict"
    assert shop.sends_by_phone() == {STRANGER: 1}


async def test_many_are_taken_together_and_consent_is_honoured(shop: Shop) -> None:
    phones = await shop.add_people(3)
    await shop.pool.execute(
        "INSERT INTO consents (contact_id, channel, state, source, at)"
        " SELECT id, 'whatsapp', 'opted_out', 'person', now() FROM contacts WHERE phone = $1",
        phones[1],
    )
    async with shop.worker():
        sent = await send(shop, *(offer_to(phone) for phone in phones))
        assert [each.reason for each in sent.messages] == [None, "opted_out", None]
        await until_delivered(shop, sent.messages[2].id)
        await until_delivered(shop, sent.messages[0].id)
    assert shop.sends_by_phone() == {phones[0]: 1, phones[2]: 1}
