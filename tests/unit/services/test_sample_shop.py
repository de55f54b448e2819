"""Which campaigns a sample shop starts, given those that it has."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from clarion.domain.campaign import CampaignDraft, CampaignStatus
from clarion.domain.plan import Once
from clarion.services.campaigns import Campaign, Counts
from clarion.services.sample_shop import campaigns_to_start

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
ENDED = Campaign(
    id=1, code="c", status=CampaignStatus.ENDED, status_reason=None,
    draft=CampaignDraft("Spring offer", 1, (1,), NOW, NOW + timedelta(hours=1), Once()),
    flow_name="Spring offer", include_group_names=(), exclude_group_names=(), zone="UTC",
    next_tick_at=None, revision=1, occurrence_count=1, counts=Counts(), created_at=NOW,
    updated_at=NOW, started_at=NOW, ended_at=NOW,
)  # fmt: skip
SENT = replace(ENDED, status=CampaignStatus.IN_PROGRESS)


def names(*existing: Campaign) -> list[str]:
    return [planned.name for planned in campaigns_to_start(existing)]


def test_a_new_shop_starts_an_offer_and_a_check_in() -> None:
    assert names() == ["Spring offer", "VIP check-in"]


def test_nothing_starts_while_a_campaign_has_something_to_do() -> None:
    assert names(replace(SENT, next_tick_at=NOW)) == []
    assert names(ENDED, replace(SENT, counts=Counts(audience_count=1, pending_count=1))) == []
    assert names(ENDED, replace(SENT, counts=Counts(audience_count=1, held_count=1))) == []


def test_when_all_have_ended_the_next_run_has_a_number() -> None:
    assert names(ENDED, SENT) == ["Spring offer 2", "VIP check-in 2"]
    second = replace(ENDED, draft=replace(ENDED.draft, name="Spring offer 2"))
    assert names(ENDED, second) == ["Spring offer 3", "VIP check-in 3"]
