"""A flow hands a person over, somebody answers her by hand, and the answer really arrives."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from tests.engine.conftest import Shop

from clarion.domain.errors import ClarionError
from clarion.domain.message import TextContent
from clarion.services.conversations import (
    Conversation,
    ConversationFilter,
    close_conversation,
    list_conversations,
    reply,
    windows_of,
)
from clarion.services.messages import Message
from clarion.store.pool import transaction


async def waiting(shop: Shop) -> list[Conversation]:
    async with transaction(shop.pool) as connection:
        return await list_conversations(
            connection, shop.fresh_scope, ConversationFilter("open"), below_id=None, limit=10
        )


async def answer(shop: Shop, conversation_id: int, text: str, key: str = "") -> Message:
    async with transaction(shop.pool) as connection:
        return await reply(
            connection,
            shop.fresh_scope,
            conversation_id,
            TextContent(text),
            key=key,
            language="en",
            mint_key=lambda: secrets.token_hex(8),
        )


async def handed_over(shop: Shop) -> Conversation:
    """Somebody whom no flow knows asks something, and is handed over."""
    (phone,) = await shop.add_people(1)
    shop.simulator.say(phone, phone_number_id="106540352242922", text="Can I speak to a person?")

    async def has_come() -> bool:
        count: int = await shop.pool.fetchval("SELECT count(*) FROM messages")
        return count == 1

    await shop.until(has_come)
    await shop.pool.execute(
        "INSERT INTO conversations (workspace_id, contact_id, channel, sender_id, note, opened_at)"
        " SELECT workspace_id, contact_id, channel, sender_id, 'Asks for a person', now()"
        " FROM messages WHERE direction = 'in'"
    )
    return (await waiting(shop))[0]


async def test_an_answer_by_hand_leaves_once_and_is_followed_by_receipts(shop: Shop) -> None:
    async with shop.worker():
        conversation = await handed_over(shop)
        assert conversation.last_direction == "in"
        assert conversation.last_content is not None
        message = await answer(shop, conversation.id, "Of course, I am Eve.", key="k1")
        again = await answer(shop, conversation.id, "Of course, I am Eve.", key="k1")
        assert again.id == message.id

        async def is_read() -> bool:
            count: int = await shop.pool.fetchval(
                "SELECT count(*) FROM messages WHERE read_at IS NOT NULL"
            )
            return count == 1

        await shop.until(is_read)
    (sent,) = shop.simulator.ledger()
    assert (sent["text"], sent["attempt_id"]) == ("Of course, I am Eve.", f"c{message.id}.1")
    assert (await waiting(shop))[0].last_direction == "out"


async def test_outside_of_the_window_an_answer_is_refused_and_nothing_is_kept(shop: Shop) -> None:
    async with shop.worker():
        conversation = await handed_over(shop)
        await shop.pool.execute("UPDATE windows SET last_inbound_at = now() - interval '25 hours'")
        await _is_refused(shop, conversation.id, "window_closed")
        async with transaction(shop.pool) as connection:
            (window,) = await windows_of(connection, shop.fresh_scope, conversation.contact_id)
        assert window.closes_at < shop.now
        assert (await waiting(shop))[0].last_direction == "in"


async def test_nobody_answers_somebody_who_opted_out_nor_in_a_closed_conversation(
    shop: Shop,
) -> None:
    async with shop.worker():
        conversation = await handed_over(shop)
        await shop.pool.execute(
            "INSERT INTO consents (contact_id, channel, state, source, at)"
            " VALUES ($1, 'whatsapp', 'opted_out', 'word', now())",
            conversation.contact_id,
        )
        await _is_refused(shop, conversation.id, "opted_out")
    async with transaction(shop.pool) as connection:
        await close_conversation(connection, shop.fresh_scope, conversation.id)
    with pytest.raises(ClarionError) as refusal:
        await answer(shop, conversation.id, "Hello?")
    assert refusal.value.code == "conversation.closed"


async def _is_refused(shop: Shop, conversation_id: int, reason: str) -> None:
    with pytest.raises(ClarionError) as refusal:
        await answer(shop, conversation_id, "Hello?")
    details: dict[str, Any] = dict(refusal.value.details)
    assert (refusal.value.code, details["reason"]) == ("message.refused", reason)
    assert shop.simulator.ledger() == []
