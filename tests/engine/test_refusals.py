"""The platform says no, or nothing at all: each answer has its reaction, and nobody is messaged twice."""

from __future__ import annotations

import pytest
from tests.engine.conftest import Shop

from clarion.channels.simulator import FaultKind, FaultRule, SimulatorSettings
from clarion.services.senders import read_sender, resume_sender
from clarion.store.pool import transaction


@pytest.mark.parametrize(
    "kind",
    [
        FaultKind.RESET_BEFORE_READ,
        FaultKind.RESET_AFTER_ACCEPT,
        FaultKind.SERVER_ERROR,
        FaultKind.BAD_GATEWAY_ACCEPTED,
        FaultKind.TRUNCATED,
        FaultKind.THROTTLED,
    ],
)
async def test_a_fault_doubles_nobody_and_loses_nobody_that_the_platform_took(
    shop: Shop, kind: FaultKind
) -> None:
    await shop.add_people(30)
    shop.simulator.add_fault(FaultRule(kind, count=5, skip_count=3))
    async with shop.worker():
        campaign = await shop.plan()
        campaign = await shop.until_settled(campaign.id)

        async def settled_by_receipts() -> bool:
            counts = (await shop.campaign(campaign.id)).counts
            return counts.accepted_count == len(shop.sends_by_phone())

        await shop.until(settled_by_receipts)
    sends = shop.sends_by_phone()
    assert set(sends.values()) == {1}
    counts = (await shop.campaign(campaign.id)).counts
    assert counts.accepted_count == len(sends)
    # A request that vanished before it was read was perhaps sent, as far as we can know.
    assert counts.in_doubt_count == 30 - len(sends)


async def test_a_sender_whose_token_expired_is_paused_and_goes_on_when_mended(shop: Shop) -> None:
    await shop.add_people(40)
    rule = shop.simulator.add_fault(FaultRule(FaultKind.TOKEN_EXPIRED, skip_count=5))
    async with shop.worker():
        campaign = await shop.plan()

        async def paused() -> bool:
            counts = (await shop.campaign(campaign.id)).counts
            return counts.held_count > 0

        await shop.until(paused)
        async with transaction(shop.pool) as connection:
            sender = await read_sender(connection, shop.fresh_scope, shop.sender_id)
        assert sender.status == "paused"
        assert "190" in (sender.status_reason or "")
        shop.simulator.world.faults.remove(rule)
        async with transaction(shop.pool) as connection:
            await resume_sender(connection, shop.fresh_scope, shop.sender_id)
        campaign = await shop.until_settled(campaign.id)
    assert shop.sends_by_phone() == dict.fromkeys(shop.phones, 1)


@pytest.fixture
def simulator_settings(request: pytest.FixtureRequest) -> SimulatorSettings:
    calm = SimulatorSettings.calm()
    changes = getattr(request, "param", None)
    return calm.merged(changes) if changes else calm


@pytest.mark.parametrize(
    "simulator_settings",
    [{"people": {"unreachable": "refuse"}}, {"people": {"unreachable": "fail"}}],
    indirect=True,
    ids=["at once", "later"],
)
async def test_somebody_who_is_not_on_whatsapp_fails_and_is_left_in_peace(shop: Shop) -> None:
    phone, _ = await shop.add_people(2)
    shop.simulator.person(phone, is_on_whatsapp=False)
    async with shop.worker():
        first = await shop.plan()

        async def failed() -> bool:
            return (await shop.campaign(first.id)).counts.failed_count == 1

        await shop.until(failed)
        second = await shop.plan(name="Second")
        second = await shop.until_settled(second.id)
    reasons = await shop.pool.fetch(
        "SELECT p.outcome, p.reason FROM participants p JOIN contacts c ON c.id = p.contact_id"
        " WHERE c.phone = $1 ORDER BY p.occurrence_id",
        phone,
    )
    assert [row["outcome"] for row in reasons] == ["failed", "skipped"]
    assert reasons[1]["reason"] == "suppressed"


@pytest.mark.parametrize(
    "simulator_settings",
    [{"webhooks": {"early_share": 1.0, "duplicate_share": 1.0, "disorder_share": 0.5}}],
    indirect=True,
)
async def test_receipts_may_come_early_twice_and_in_disorder(shop: Shop) -> None:
    await shop.add_people(60)
    async with shop.worker():
        campaign = await shop.plan()
        await shop.until_settled(campaign.id)

        async def all_read() -> bool:
            return (await shop.campaign(campaign.id)).counts.read_count == 60

        await shop.until(all_read)
    counts = (await shop.campaign(campaign.id)).counts
    assert (counts.accepted_count, counts.delivered_count, counts.read_count) == (60, 60, 60)
    assert shop.sends_by_phone() == dict.fromkeys(shop.phones, 1)
