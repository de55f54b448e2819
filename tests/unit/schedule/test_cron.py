from __future__ import annotations

from datetime import date, timedelta

import pytest

from clarion.schedule.cron import CronProblem, CronRule, read_cron


def days_of(expression: str, first: date, count: int) -> list[int]:
    rule = read_cron(expression)
    assert isinstance(rule, CronRule), rule
    days = (first + timedelta(days=number) for number in range(count))
    return [day.day for day in days if rule.matches(day)]


DECEMBER = (date(2026, 12, 1), 31)  # begins on a Tuesday


@pytest.mark.parametrize(
    ("expression", "times"),
    [
        ("0 59 9 */1 * ?", ["09:59"]),  # as the compatible API writes "daily"
        ("0 0 4 1/1 * ?", ["04:00"]),
        ("0 30 8 * * ? *", ["08:30"]),
        ("30 8 * * *", ["08:30"]),
        ("0,30 9-10 * * *", ["09:00", "09:30", "10:00", "10:30"]),
        ("0 0 0/8 * * ?", ["00:00", "08:00", "16:00"]),
    ],
)
def test_the_times_of_a_day(expression, times):
    rule = read_cron(expression)
    assert isinstance(rule, CronRule)
    assert [at.strftime("%H:%M") for at in rule.times] == times
    assert days_of(expression, *DECEMBER) == list(range(1, 32))


@pytest.mark.parametrize(
    ("expression", "days"),
    [
        ("0 9 * * 0", [6, 13, 20, 27]),
        ("0 9 * * 7", [6, 13, 20, 27]),
        ("0 0 9 ? * 1", [6, 13, 20, 27]),  # Quartz counts from Sunday
        ("0 0 9 ? * SUN", [6, 13, 20, 27]),
        ("0 9 * * 1", [7, 14, 21, 28]),
        ("0 0 9 ? * 2", [7, 14, 21, 28]),
        ("0 0 9 ? * 7/1", [5, 12, 19, 26]),
        ("0 0 9 ? * L", [5, 12, 19, 26]),
        ("0 0 9 ? * FRI-SUN", [4, 5, 6, 11, 12, 13, 18, 19, 20, 25, 26, 27]),
        ("0 0 9 ? * 6L", [25]),  # the last Friday
        ("0 0 9 ? * FRIL", [25]),
        ("0 0 9 ? * 6#3", [18]),  # the third Friday
        ("0 0 9 L * ?", [31]),
        ("0 0 9 LW * ?", [31]),
        ("0 9 1,15 * *", [1, 15]),
        ("0 9 13 * 5", [4, 11, 13, 18, 25]),  # either, as in cron
        ("0 0 9 1 * ? 2026", [1]),
        ("0 0 9 1 * ? 2027-2030", []),
        ("0 0 9 1 * ? 2024/2", [1]),
        ("0 0 9 1 * ? 2025,*/2", [1]),
    ],
)
def test_the_days_of_a_month(expression, days):
    assert days_of(expression, *DECEMBER) == days


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("", "cron_fields"),
        ("* * * *", "cron_fields"),
        ("0 0 9 1 * ? 2026 7", "cron_fields"),
        ("* * * * * ?", "cron_too_fine"),
        ("*/5 0 9 * * ?", "cron_too_fine"),
        ("30 0 9 * * ?", "cron_too_fine"),
        ("0 0 9 1 * MON", "cron_two_days"),
        ("60 9 * * *", "cron_invalid"),
        ("0 24 * * *", "cron_invalid"),
        ("0 9 31 2 *", "cron_invalid"),
        ("0 9 15W * *", "cron_invalid"),
        ("0 0 9 ? * 0", "cron_invalid"),
        ("0 0 9 ? * 8", "cron_invalid"),
        ("0 0 9 ? * 2/0", "cron_invalid"),
        ("0 0 9 ? * -", "cron_invalid"),
        ("0 0 9 1 * ? 1850", "cron_invalid"),
        ("0 0 9 1 * ? soon", "cron_invalid"),
        ("@daily", "cron_fields"),
    ],
)
def test_what_cannot_be_read_says_why(expression, code):
    problem = read_cron(expression)
    assert isinstance(problem, CronProblem)
    assert problem.code == code
    assert problem.message.endswith(".")
