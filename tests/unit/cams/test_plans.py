"""Plans on the wire fire when our own plans fire."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from clarion.cams.plans import cron_of, plan_of, type_of
from clarion.cams.refusals import RefusedError
from clarion.domain.errors import ClarionError
from clarion.domain.plan import (
    Cron,
    Daily,
    Every,
    EveryMinute,
    Hourly,
    Monthly,
    Once,
    Plan,
    Unit,
    Weekly,
)
from clarion.schedule.ticks import Period, next_tick

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 3, 2, 9, 30, tzinfo=ZONE)


def ticks(plan: Plan, count: int) -> list[datetime]:
    period = Period(START.astimezone(UTC), START.astimezone(UTC) + timedelta(days=90))
    found: list[datetime] = []
    after = None
    while len(found) < count and (after := next_tick(plan, period, after, ZONE)):
        found.append(after)
    return found


@pytest.mark.parametrize(
    "plan",
    [
        EveryMinute(),
        Hourly(),
        Daily(),
        Daily(time(18, 5)),
        Every(1, Unit.MINUTES),
        Every(1, Unit.HOURS),
        Every(1, Unit.DAYS),
        Weekly(("monday", "saturday")),
        Weekly(("sunday",), time(7, 0)),
        Monthly((1, 15, -1), time(12, 0)),
    ],
)
def test_a_plan_is_answered_as_a_cron_that_fires_at_the_same_times(plan: Plan) -> None:
    expression = cron_of(plan, START.replace(tzinfo=None))
    told = plan_of("1", expression)
    assert told == Cron(expression)
    assert ticks(told, 6) == ticks(plan, 6)
    assert type_of(plan) == "1"


def test_a_plan_without_a_cron_is_answered_without_one() -> None:
    assert cron_of(Every(90, Unit.MINUTES), START.replace(tzinfo=None)) == ""
    assert cron_of(Once(), START.replace(tzinfo=None)) == ""
    assert type_of(Once()) == "2"


def test_the_types_of_execution() -> None:
    assert plan_of("1", " ") is None
    assert plan_of("Schedule", "0 0 4 1/1 * ?") == Cron("0 0 4 1/1 * ?")
    assert plan_of("2", "0 0 4 1/1 * ?") == Once()
    with pytest.raises(RefusedError):
        plan_of("Manual", "")
    with pytest.raises(ClarionError):
        plan_of("1", "0/5 * * * * ?")
