"""What the reports say about a campaign that has really run."""

from __future__ import annotations

from tests.engine.conftest import Shop

from clarion.domain.campaign import Outcome
from clarion.domain.reasons import REASONS
from clarion.reports.balance import check_balance
from clarion.reports.explain import explain_participant
from clarion.reports.progress import progress_of
from clarion.services.messages import MessageFilter, conversation_of, list_messages
from clarion.services.occurrences import (
    ParticipantFilter,
    list_occurrences,
    list_participants,
    reason_counts,
)
from clarion.store.pool import transaction


async def test_the_balance_adds_up_and_everybody_explains_itself(shop: Shop) -> None:
    await shop.add_people(20)
    await shop.pool.execute(
        "INSERT INTO consents (contact_id, channel, state, source, at)"
        " SELECT id, 'whatsapp', 'opted_out', 'person', now() FROM contacts ORDER BY id LIMIT 3"
    )
    async with shop.worker():
        campaign = await shop.plan()
        campaign = await shop.until_settled(campaign.id)

        async def all_read() -> bool:
            return (await shop.campaign(campaign.id)).counts.read_count == 17

        await shop.until(all_read)
    scope = shop.fresh_scope
    async with transaction(shop.pool) as connection:
        [occurrence] = await list_occurrences(
            connection, scope, campaign.id, below_id=None, limit=10
        )
        balance = await check_balance(connection, scope.workspace_id, occurrence.id)
        assert balance.is_balanced, balance
        assert (balance.counted["accepted_count"], balance.counted["skipped_count"]) == (17, 3)
        counts = await reason_counts(connection, scope, occurrence.id)
        assert {(each.outcome, each.reason): each.participant_count for each in counts} == {
            (Outcome.ACCEPTED, None): 17,
            (Outcome.SKIPPED, "opted_out"): 3,
        }
        people = await list_participants(
            connection, scope, occurrence.id, ParticipantFilter(), above_id=None, limit=50
        )
        assert all(each.reason is None or each.reason in REASONS for each in people)
        messaged = people[-1]
        told = await explain_participant(
            connection, scope.workspace_id, occurrence.id, messaged.contact_id, scope.now
        )
        kinds = [fact.kind for fact in told.facts]
        expected = (
            "occurrence_due", "audience_taken", "session_started", "message_written",
            "attempt_accepted", "message_sent", "message_delivered", "message_read",
        )  # fmt: skip
        assert tuple(kind for kind in kinds if kind in expected) == expected
        found = await list_messages(
            connection, scope, MessageFilter(occurrence_id=occurrence.id), below_id=None, limit=50
        )
        assert len(found) == 17
        said = await conversation_of(connection, scope, messaged.contact_id, below_id=None, limit=5)
        assert [message.id for message in said] == [messaged.message_id]
        [progress] = await progress_of(connection, scope.workspace_id, scope.now)
        assert (progress.campaign_id, progress.done_share) == (campaign.id, 1.0)
        assert (progress.is_running, progress.eta_seconds) == (False, None)
