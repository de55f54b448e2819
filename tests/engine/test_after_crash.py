"""An owner was killed between the commit of its marks and its writes: nobody is lost, nobody doubled."""

from __future__ import annotations

from tests.engine.conftest import Shop

from clarion.domain.message import Lane
from clarion.engine.journal import Journal
from clarion.services.senders import pause_sender, resume_sender
from clarion.store.pool import transaction


async def test_what_the_journal_says_was_never_written_is_sent_and_the_rest_is_in_doubt(
    shop: Shop,
) -> None:
    await shop.add_people(10)
    async with transaction(shop.pool) as connection:
        await pause_sender(connection, shop.fresh_scope, shop.sender_id)
    async with shop.worker():
        campaign = await shop.plan()

        async def queued() -> bool:
            return await shop.pool.fetchval("SELECT count(*) FROM outbox_rows") == 10

        await shop.until(queued)
    # The owner with fence 9 had claimed six rows and was killed after it had written four of them.
    await shop.pool.execute(
        "UPDATE sender_leases SET owner = 'killed', fence = 9, bulk_intent_position = 6,"
        " lease_until = now() - interval '1 second'"
    )
    journal = Journal(
        shop.place.settings.data_dir / "journal",
        shop.sender_id,
        fence=9,
        marks={Lane.CONVERSATION: 0, Lane.BULK: 0},
    )
    journal.note(Lane.BULK, 4)
    journal.close()
    async with transaction(shop.pool) as connection:
        await resume_sender(connection, shop.fresh_scope, shop.sender_id)
    async with shop.worker():
        campaign = await shop.until_settled(campaign.id)
    assert campaign.counts.in_doubt_count == 4
    assert campaign.counts.accepted_count == 6
    assert set(shop.sends_by_phone().values()) == {1}
    assert len(shop.sends_by_phone()) == 6
