"""A campaign that goes wrong suspends itself and says why; only a person lets it go on."""

from __future__ import annotations

import pytest
from tests.engine.conftest import Shop

from clarion.channels.simulator import SimulatorSettings
from clarion.engine.parts import Breaker, EngineSizes
from clarion.services.suspensions import resume_campaign
from clarion.store.pool import transaction


@pytest.fixture
def sizes() -> EngineSizes:
    return EngineSizes(
        lease_seconds=2.0, doubt_window_seconds=3.0, breaker=Breaker(minimum_count=20)
    )


@pytest.fixture
def simulator_settings() -> SimulatorSettings:
    return SimulatorSettings.calm().merged({"people": {"unreachable": "refuse"}})


async def test_when_most_messages_fail_the_campaign_suspends_itself(shop: Shop) -> None:
    for phone in (await shop.add_people(200))[:60]:
        shop.simulator.person(phone, is_on_whatsapp=False)
    await shop.pool.execute("UPDATE senders SET rate_per_second = 100")
    async with shop.worker():
        campaign = await shop.plan()

        async def suspended() -> bool:
            return (await shop.campaign(campaign.id)).status == "suspended"

        await shop.until(suspended)
        campaign = await shop.campaign(campaign.id)
        assert (campaign.status_reason or "").startswith("breaker_open: ")
        assert len(shop.simulator.ledger()) < 140
        async with transaction(shop.pool) as connection:
            actor = await connection.fetchval(
                "SELECT actor_kind FROM audit_entries WHERE action = 'suspended'"
            )
        assert actor == "system"
        for phone in shop.phones:
            shop.simulator.person(phone, is_on_whatsapp=True)
        async with transaction(shop.pool) as connection:
            await resume_campaign(connection, shop.fresh_scope, campaign.id, sizes=shop.sizes)
        campaign = await shop.until_settled(campaign.id)
    counts = campaign.counts
    assert counts.accepted_count + counts.failed_count == 200
    assert set(shop.sends_by_phone().values()) == {1}
