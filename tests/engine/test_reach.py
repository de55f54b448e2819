"""A platform that cannot be reached shows in the sender's health, until it can be reached again."""

from __future__ import annotations

from tests.engine.conftest import Shop


async def test_an_unreachable_platform_is_told_and_forgotten_when_it_is_back(shop: Shop) -> None:
    await shop.add_people(3)
    await move_platform(shop, "http://127.0.0.1:9")
    async with shop.worker():
        campaign = await shop.plan()

        async def told() -> bool:
            health = await shop.pool.fetchval("SELECT health FROM senders")
            return "unreachable_since" in health and bool(health["unreachable_why"])

        await shop.until(told)
        await move_platform(shop, shop.simulator.base_url)
        await shop.until_settled(campaign.id)

        async def forgotten() -> bool:
            return "unreachable_since" not in await shop.pool.fetchval("SELECT health FROM senders")

        await shop.until(forgotten)
    assert shop.sends_by_phone() == dict.fromkeys(shop.phones, 1)


async def move_platform(shop: Shop, base_url: str) -> None:
    """Another address of the platform, which the owner of the sender hears of."""
    await shop.pool.execute(
        "UPDATE senders SET config = config || jsonb_build_object('base_url', $1::text)", base_url
    )
    await shop.pool.execute("UPDATE control_epochs SET epoch = epoch + 1")
