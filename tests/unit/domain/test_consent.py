from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from tests.unit.schedule.strategies import starts, times, zones

from clarion.domain.consent import (
    Allow,
    ConsentFacts,
    Hold,
    QuietHours,
    Refuse,
    Suppression,
    decide_consent,
)

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = QuietHours(time(21), time(8), BERLIN)


@pytest.mark.parametrize(
    ("facts", "decision"),
    [
        (ConsentFacts(has_address=True), Allow()),
        (ConsentFacts(has_address=False), Refuse("no_address")),
        (ConsentFacts(has_address=True, is_opted_out=True), Refuse("opted_out")),
        (ConsentFacts(has_address=False, is_opted_out=True), Refuse("opted_out")),
        (
            ConsentFacts(has_address=True, suppression=Suppression("complained")),
            Refuse("suppressed", "complained"),
        ),
        (
            ConsentFacts(has_address=True, suppression=Suppression("bounced", NOW)),
            Allow(),  # the suppression ended this instant
        ),
        (
            ConsentFacts(
                has_address=True, suppression=Suppression("bounced", NOW + timedelta(seconds=1))
            ),
            Refuse("suppressed", "bounced"),
        ),
        (ConsentFacts(has_address=True, quiet_hours=NIGHT), Allow()),
        (ConsentFacts(has_address=False, quiet_hours=NIGHT), Refuse("no_address")),
    ],
)
def test_who_may_be_messaged_at_noon(facts, decision):
    assert decide_consent(facts, NOW) == decision


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ((2026, 12, 1, 20, 59), None),
        ((2026, 12, 1, 21, 0), (2026, 12, 2, 8)),
        ((2026, 12, 2, 3, 0), (2026, 12, 2, 8)),
        ((2026, 12, 2, 7, 59), (2026, 12, 2, 8)),
        ((2026, 12, 2, 8, 0), None),
        ((2026, 10, 24, 23, 0), (2026, 10, 25, 8)),  # the night with one hour more
    ],
)
def test_the_night_is_waited_out(now, until):
    facts = ConsentFacts(has_address=True, quiet_hours=NIGHT)
    decision = decide_consent(facts, datetime(*now, tzinfo=BERLIN))
    expected = Hold(datetime(*until, tzinfo=BERLIN), "quiet_hours") if until else Allow()
    assert decision == expected


@given(starts, times, times, zones)
def test_who_waits_for_the_end_of_a_hold_is_soon_let_through(now, start, end, zone):
    facts = ConsentFacts(has_address=True, quiet_hours=QuietHours(start, end, zone))
    waits = 0
    while isinstance(decision := decide_consent(facts, now), Hold):
        assert now < decision.until <= now + timedelta(hours=25)
        now = decision.until
        waits += 1
    assert decision == Allow()
    assert waits <= (0 if start == end else 2)  # two: a day that the zone leaves out


def test_in_the_second_of_two_equal_hours_the_night_ends_the_second_time():
    quiet = QuietHours(time(22), time(2, 30), BERLIN)
    facts = ConsentFacts(has_address=True, quiet_hours=quiet)
    now = datetime(2026, 10, 25, 2, 10, tzinfo=BERLIN, fold=1)
    assert decide_consent(facts, now) == Hold(
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "quiet_hours"
    )
