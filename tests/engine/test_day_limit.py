"""So many people in 24 hours: we stop before the platform refuses, and whoever waits goes later."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tests.engine.conftest import WABA_ID, Shop
from tests.engine.test_dry_run import dry_run_of

from clarion.channels.simulator import SimulatorSettings
from clarion.engine.day_limit import DayLimit, day_limit_for, people_count_for
from clarion.reports.attention import attention_of
from clarion.services.sender_health import refresh_health
from clarion.services.senders import NewSender, WhatsAppConfig, create_sender, pause_sender
from clarion.store.pool import transaction

LIMIT = 5


@pytest.fixture
def simulator_settings() -> SimulatorSettings:
    calm = SimulatorSettings.calm()
    return replace(calm, rates=replace(calm.rates, people_per_day_count=LIMIT))


async def people_wait(shop: Shop, campaign_id: int, count: int) -> None:
    async def waiting() -> bool:
        counts = (await shop.campaign(campaign_id)).counts
        return counts.held_count == count and counts.pending_count == 0

    await shop.until(waiting)


def refusals(shop: Shop) -> dict[int, int]:
    return dict(shop.simulator.world.ledger.refused_counts)


async def test_people_beyond_the_limit_wait_and_go_when_the_platform_raises_it(shop: Shop) -> None:
    await shop.add_people(12)
    await refresh_health(shop.place, shop.fresh_scope, shop.sender_id)
    async with shop.worker():
        campaign = await shop.plan()
        await people_wait(shop, campaign.id, 12 - LIMIT)
        assert len(shop.sends_by_phone()) == LIMIT
        reasons = await shop.pool.fetch(
            "SELECT DISTINCT outcome, reason FROM participants WHERE outcome = 'held'"
        )
        assert [tuple(row) for row in reasons] == [("held", "day_limit")]
        async with transaction(shop.pool) as connection:
            lines = await attention_of(connection, shop.scope.workspace_id, shop.now)
        assert [(line.kind.code, line.count) for line in lines] == [("sender_day_limit", 7)]

        settings = shop.simulator.world.settings
        raised = replace(settings.rates, people_per_day_count=100)
        shop.simulator.world.set_settings(replace(settings, rates=raised))
        await shop.until_settled(campaign.id)
    assert shop.sends_by_phone() == dict.fromkeys(shop.phones, 1)
    assert refusals(shop) == {}
    async with transaction(shop.pool) as connection:
        assert await people_count_for(connection, shop.sender_id) == 100


async def test_the_day_moves_and_nobody_is_refused(shop: Shop) -> None:
    """A day of the platform lasts a second here, ours a little longer."""
    shop.simulator.world.day_limit.day_seconds = 1.0
    await shop.add_people(14)
    await refresh_health(shop.place, shop.fresh_scope, shop.sender_id)
    async with shop.worker(day_limit_seconds=1.5):
        campaign = await shop.plan()
        await shop.until_settled(campaign.id)
    assert shop.sends_by_phone() == dict.fromkeys(shop.phones, 1)
    assert refusals(shop) == {}


async def test_numbers_of_one_account_share_the_day(shop: Shop) -> None:
    async with transaction(shop.pool) as connection:
        other, _ = await create_sender(
            connection,
            shop.scope,
            shop.place.sealer,
            NewSender(
                name="other",
                config=WhatsAppConfig("106540352242923", WABA_ID, base_url=shop.simulator.base_url),
                token="token",
                app_secret="secret",
                rate_per_second=5000,
            ),
        )
        await pause_sender(connection, shop.fresh_scope, other.id)
    await shop.simulator.add_number(
        phone_number_id="106540352242923", waba_id=WABA_ID, token="token", app_secret="secret"
    )
    await refresh_health(shop.place, shop.fresh_scope, shop.sender_id)
    await shop.add_people(3)
    async with shop.worker():
        first = await shop.plan()
        await shop.until_settled(first.id)
        await shop.pool.execute("UPDATE senders SET status = 'active' WHERE id = $1", other.id)
        second_people = await shop.add_people(6, first=50)
        second = await shop.plan(name="Other", sender_name="other")
        # Three of them count already, two more find a place.
        await people_wait(shop, second.id, 4)
    sends = shop.sends_by_phone()
    assert sum(phone in sends for phone in second_people) == LIMIT - 3
    assert refusals(shop) == {}


async def test_who_has_written_lately_needs_no_place(shop: Shop) -> None:
    people = await shop.add_people(8)
    await shop.pool.execute(
        "INSERT INTO windows (contact_id, sender_id, last_inbound_at) "
        "SELECT id, $1, now() FROM contacts WHERE phone = ANY($2::text[])",
        shop.sender_id,
        people[:4],
    )
    for phone in people[:4]:
        number = shop.simulator.world.numbers["106540352242922"]
        number.window_opened[phone.lstrip("+")] = shop.simulator.world.clock.elapsed()
    await refresh_health(shop.place, shop.fresh_scope, shop.sender_id)
    async with shop.worker():
        campaign = await shop.plan()
        await shop.until_settled(campaign.id)
    assert shop.sends_by_phone() == dict.fromkeys(people, 1)
    assert await shop.pool.fetchval("SELECT count(*) FROM portfolio_people") == 4


async def test_a_refused_message_gives_its_place_back(shop: Shop) -> None:
    await shop.add_people(LIMIT + 1)
    await refresh_health(shop.place, shop.fresh_scope, shop.sender_id)
    settings = shop.simulator.world.settings
    refuse = replace(settings.people, unwanted="refuse")
    shop.simulator.world.set_settings(replace(settings, people=refuse))
    shop.simulator.person(shop.phones[0], has_stopped=True)
    async with shop.worker():
        campaign = await shop.plan()

        async def one_failed() -> bool:
            return (await shop.campaign(campaign.id)).counts.failed_count == 1

        await shop.until(one_failed)
        await shop.until_settled(campaign.id)
    counts = (await shop.campaign(campaign.id)).counts
    assert (counts.accepted_count, counts.failed_count, counts.held_count) == (LIMIT, 1, 0)


async def test_whom_we_reached_before_the_limit_was_known_counts(shop: Shop) -> None:
    await shop.add_people(3)
    async with shop.worker():
        campaign = await shop.plan()
        await shop.until_settled(campaign.id)
    await refresh_health(shop.place, shop.fresh_scope, shop.sender_id)
    async with transaction(shop.pool) as connection:
        limit = await day_limit_for(connection, shop.sender_id, 86_460.0, shop.now)
        assert isinstance(limit, DayLimit)
        assert await connection.fetchval("SELECT count(*) FROM portfolio_people") == 3


async def test_a_dry_run_knows_who_waits_for_tomorrow(shop: Shop) -> None:
    await shop.add_people(3)
    await refresh_health(shop.place, shop.fresh_scope, shop.sender_id)
    async with shop.worker():
        campaign = await shop.plan()
        await shop.until_settled(campaign.id)
    reached_at: list[datetime] = [
        row["reached_at"]
        for row in await shop.pool.fetch("SELECT reached_at FROM portfolio_people ORDER BY 1")
    ]
    await shop.add_people(6, first=50)
    second = await shop.plan(name="Later", start_at=shop.now + timedelta(minutes=5))
    dry_run = await dry_run_of(shop, second.id)
    (sender,) = dry_run.summary["senders"]
    assert (sender["day_limit"], sender["day_used_count"]) == (LIMIT, 3)
    # Three count already, two find a place; the rest waits for those who were reached first.
    assert (sender["send_count"], sender["day_waiting_count"]) == (9, 4)
    assert "day_limit_reached" in {notice["code"] for notice in dry_run.summary["notices"]}
    finish_at = datetime.fromisoformat(str(dry_run.summary["finish_at"]))
    assert finish_at >= reached_at[0] + timedelta(days=1)
