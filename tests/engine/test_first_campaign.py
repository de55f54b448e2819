"""A campaign starts by itself and everybody of its group is messaged."""

from __future__ import annotations

from tests.engine.conftest import Shop


async def test_everybody_gets_one_message_and_receipts_come_back(shop: Shop) -> None:
    await shop.add_people(50)
    async with shop.worker():
        campaign = await shop.plan()
        campaign = await shop.until_settled(campaign.id)

        async def all_read() -> bool:
            return (await shop.campaign(campaign.id)).counts.read_count == 50

        await shop.until(all_read)
    campaign = await shop.campaign(campaign.id)
    assert campaign.counts.accepted_count == 50
    assert campaign.counts.delivered_count == 50
    assert shop.sends_by_phone() == dict.fromkeys(shop.phones, 1)
