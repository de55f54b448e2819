from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from clarion.domain.campaign import (
    ALLOWED_ACTIONS,
    LABELS,
    TRANSITIONS,
    CampaignAction,
    CampaignDraft,
    CampaignEvent,
    CampaignStatus,
    allowed_actions,
    check_action,
    label_of,
    status_after,
    validate,
)
from clarion.domain.errors import ClarionError
from clarion.domain.plan import Daily, Monthly
from clarion.schedule.draft import check_draft, draft_errors

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")

# Written out by hand from the product's rules, not derived from the table under test.
POSSIBLE = {
    "pending": "view modify delete duplicate dry_run",
    "in_progress": "view suspend duplicate dry_run",
    "suspended": "view modify resume delete duplicate dry_run",
    "ended": "view delete duplicate",
}
LIFE = {
    (None, "created"): "pending",
    ("pending", "started"): "in_progress",
    ("pending", "ended"): "ended",
    ("in_progress", "suspended"): "suspended",
    ("in_progress", "ended"): "ended",
    ("suspended", "resumed_now"): "in_progress",
    ("suspended", "resumed_later"): "pending",
    ("suspended", "ended"): "ended",
}


def draft(**changes) -> CampaignDraft:
    fine = CampaignDraft(
        name="Winter sale",
        flow_id=1,
        include_group_ids=(7,),
        start_at=NOW + timedelta(hours=1),
        end_at=NOW + timedelta(days=3),
        plan=Daily(),
    )
    return replace(fine, **changes)


def paths(errors) -> list[tuple[str, str]]:
    return [(error.path, error.code) for error in errors]


@pytest.mark.parametrize("status", CampaignStatus)
@pytest.mark.parametrize("action", CampaignAction)
def test_each_action_is_possible_or_refused_with_the_status_named(status, action):
    possible = POSSIBLE[status].split()
    if action.value in possible:
        check_action(status, action)
        return
    with pytest.raises(ClarionError) as caught:
        check_action(status, action)
    error = caught.value
    assert error.code == "campaign.status_not_allowed"
    assert error.status == 409
    assert error.details["status"] == status.value
    assert error.details["allowed_actions"] == possible
    assert label_of(status) in error.message
    assert all(label_of(CampaignAction(word)) in error.message for word in possible)


def test_a_running_campaign_that_is_to_be_changed_says_what_is_possible():
    with pytest.raises(ClarionError) as caught:
        check_action(CampaignStatus.IN_PROGRESS, CampaignAction.MODIFY)
    assert caught.value.message == (
        'A campaign that is "In Progress" cannot be modified; '
        "possible now: view, suspend, duplicate and dry run."
    )


@pytest.mark.parametrize("status", [None, *CampaignStatus])
@pytest.mark.parametrize("event", CampaignEvent)
def test_each_event_leads_where_the_rules_say_or_nowhere(status, event):
    assert status_after(status, event) == LIFE.get((status, event.value))


def test_the_tables_are_whole():
    assert set(ALLOWED_ACTIONS) == set(CampaignStatus)
    assert len(TRANSITIONS) == len(LIFE)
    for word in (*CampaignStatus, *CampaignAction):
        assert {"en", "zh"} == set(LABELS[word])
    assert allowed_actions(CampaignStatus.ENDED) == ALLOWED_ACTIONS[CampaignStatus.ENDED]


def test_every_status_has_its_own_label_though_an_action_and_an_event_share_its_word():
    assert label_of(CampaignStatus.PENDING) == "Pending Execution"
    assert label_of(CampaignStatus.SUSPENDED, "zh") == "已暂停"
    assert label_of(CampaignAction.SUSPEND, "zh") == "暂停"


def test_a_good_draft_is_taken_as_it_is_but_trimmed():
    taken = check_draft(
        draft(name="  Winter sale ", include_group_ids=(7, 8, 7), sender_name=" "), NOW, ZONE
    )
    assert taken.name == "Winter sale"
    assert taken.include_group_ids == (7, 8)
    assert taken.sender_name is None


def test_names_are_counted_in_characters_after_trimming():
    assert validate(draft(name=" " + "冬" * 60 + " "), NOW) == ()
    assert validate(draft(name="🎄" * 60), NOW) == ()
    assert paths(validate(draft(name="冬" * 61), NOW)) == [("name", "too_long")]
    assert paths(validate(draft(name="  "), NOW)) == [("name", "required")]
    assert validate(draft(description="d" * 90), NOW) == ()
    assert paths(validate(draft(description="d" * 91), NOW)) == [("description", "too_long")]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"start_at": NOW}, [("start_at", "in_the_past")]),
        ({"end_at": NOW + timedelta(hours=1)}, [("end_at", "not_after_start")]),
        ({"start_at": NOW.replace(tzinfo=None)}, [("start_at", "no_zone")]),
        ({"end_at": datetime(9999, 1, 1, tzinfo=UTC)}, [("end_at", "too_late")]),
        ({"include_group_ids": ()}, [("include_group_ids", "required")]),
        ({"exclude_group_ids": (7, 9)}, [("exclude_group_ids", "excludes_all")]),
        ({"misfire_grace_seconds": -1}, [("misfire_grace_seconds", "out_of_range")]),
        ({"parameters": {"": 1}}, [("parameters.", "not_a_name")]),
        ({"plan": Monthly((24,), time(9))}, [("plan", "never_fires")]),
        ({"name": "a\x00b"}, [("name", "not_text")]),
    ],
)
def test_each_wrong_field_is_named(changes, expected):
    assert paths(draft_errors(draft(**changes), NOW, ZONE)) == expected
    with pytest.raises(ClarionError) as caught:
        check_draft(draft(**changes), NOW, ZONE)
    assert caught.value.code == "campaign.invalid"


def test_a_suspended_campaign_is_renamed_without_a_new_start():
    later = NOW + timedelta(days=1)
    renamed = replace(draft(), name="Winter sale, second week")
    assert draft_errors(renamed, later, ZONE, before=draft()) == ()
    assert paths(draft_errors(renamed, later, ZONE)) == [("start_at", "in_the_past")]


def test_a_suspended_campaign_takes_a_new_start_only_in_the_future():
    later = NOW + timedelta(days=1)
    moved = replace(draft(), start_at=later - timedelta(minutes=1))
    assert paths(validate(moved, later, draft())) == [("start_at", "in_the_past")]


def test_a_modified_campaign_must_still_fire_after_now():
    later = NOW + timedelta(days=2, hours=2)
    shortened = replace(draft(), end_at=later + timedelta(hours=1))
    assert paths(draft_errors(shortened, later, ZONE, before=draft())) == [("plan", "never_fires")]
