"""A template that somebody has stopped leaves for nobody, and its campaigns say why they stand."""

from __future__ import annotations

import pytest
from tests.engine.conftest import WABA_ID, Shop

from clarion.channels.contract import TemplateChanged
from clarion.domain.campaign import CampaignStatus
from clarion.domain.errors import ClarionError
from clarion.domain.message import Channel, TemplateContent, TemplateParameter
from clarion.engine.provider_facts import take_template_changes
from clarion.services.message_requests import MessageRequest, Recipient, send_messages
from clarion.services.messages import read_message
from clarion.services.template_switches import TemplateSwitches, switch_template
from clarion.services.templates import TemplateFilter, list_templates, sync_templates
from clarion.store.pool import transaction

PERSON = "+4915112345678"


async def offer_to(shop: Shop) -> int:
    content = TemplateContent("spring_offer", "en_US", (TemplateParameter("body", "Ann"),))
    request = MessageRequest([Recipient(content, phone=PERSON)])
    async with transaction(shop.pool) as connection:
        sent = await send_messages(
            connection, shop.fresh_scope, request, mint_key=lambda: f"minted {shop.now}"
        )
    return sent.messages[0].id


async def template_id(shop: Shop) -> int:
    await sync_templates(shop.place, shop.fresh_scope, shop.sender_id)
    async with transaction(shop.pool) as connection:
        found = await list_templates(
            connection, shop.scope, TemplateFilter(search="spring_offer"), after=None, limit=9
        )
    return next(each.id for each in found if each.language == "en_US")


async def switch(shop: Shop, identity: int, wanted: TemplateSwitches) -> str:
    async with transaction(shop.pool) as connection:
        return (
            await switch_template(connection, shop.fresh_scope, identity, wanted)
        ).sending_status


async def test_what_waits_is_withheld_and_a_running_campaign_is_suspended(shop: Shop) -> None:
    await shop.add_people(3)
    identity = await template_id(shop)
    waiting = await offer_to(shop)
    campaign = await shop.plan()

    stop = TemplateSwitches(is_sending_allowed=False)
    assert await switch(shop, identity, stop) == "stopped"
    async with shop.worker():

        async def withheld() -> bool:
            async with transaction(shop.pool) as connection:
                message = await read_message(connection, shop.fresh_scope, waiting)
            return (message.status, message.reason) == ("skipped", "template_stopped")

        await shop.until(withheld)
        # A campaign that begins now messages nobody; each person has the reason.
        settled = await shop.until_settled(campaign.id)
        assert (settled.counts.skipped_count, settled.counts.accepted_count) == (3, 0)
        with pytest.raises(ClarionError, match="stopped"):
            await offer_to(shop)

        # Allowed again it leaves; stopped again it suspends the campaign that is in progress.
        assert await switch(shop, identity, TemplateSwitches(is_sending_allowed=True)) == "approved"
        await offer_to(shop)

        async def has_left() -> bool:
            return shop.sends_by_phone() != {}

        await shop.until(has_left)
        assert await switch(shop, identity, TemplateSwitches(is_archived=True)) == "archived"
    stopped = await shop.campaign(campaign.id)
    assert stopped.status is CampaignStatus.SUSPENDED
    assert stopped.status_reason == "template spring_offer (en_US) is archived"
    assert shop.sends_by_phone() == {PERSON: 1}


async def test_a_utility_template_that_became_marketing_stops_by_itself(shop: Shop) -> None:
    identity = await template_id(shop)
    await shop.pool.execute("UPDATE templates SET category = 'utility' WHERE id = $1", identity)
    await switch(shop, identity, TemplateSwitches(is_stopped_as_marketing=True))

    async def tell(category: str | None, quality: str | None) -> str:
        change = TemplateChanged(
            WABA_ID, "1", "spring_offer", "en_US", category=category, quality=quality
        )
        async with transaction(shop.pool) as connection:
            await take_template_changes(
                connection, shop.scope.workspace_id, Channel.WHATSAPP, [change], shop.now
            )
        status: str = await shop.pool.fetchval(
            "SELECT sending_status FROM templates WHERE id = $1", identity
        )
        return status

    assert await tell(None, "yellow") == "approved"
    assert await tell("marketing", None) == "stopped"

    # The same when a synchronisation finds it first.
    await switch(shop, identity, TemplateSwitches(is_sending_allowed=True))
    await shop.pool.execute("UPDATE templates SET category = 'utility' WHERE id = $1", identity)
    await template_id(shop)
    assert await tell(None, None) == "stopped"
