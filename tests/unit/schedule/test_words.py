from __future__ import annotations

from datetime import time

import pytest

from clarion.schedule.plan import parse_plan
from clarion.schedule.words import plan_in_words

NINE = time(9)


@pytest.mark.parametrize(
    ("data", "english", "chinese"),
    [
        ({"kind": "once"}, "Once, at the start", "仅一次，开始时执行"),
        ({"kind": "every_minute"}, "Every minute", "每分钟"),
        ({"kind": "hourly"}, "Every hour", "每小时"),
        ({"kind": "daily"}, "Every day at 09:00", "每天 09:00"),
        ({"kind": "daily", "at": "18:30"}, "Every day at 18:30", "每天 18:30"),
        ({"kind": "every", "every": 1, "unit": "days"}, "Every day", "每天"),
        ({"kind": "every", "every": 15, "unit": "minutes"}, "Every 15 minutes", "每 15 分钟"),
        (
            {"kind": "weekly", "weekdays": ["monday", "thursday"], "at": "09:00"},
            "Every Monday and Thursday at 09:00",
            "每周一、周四 09:00",
        ),
        (
            {
                "kind": "weekly",
                "weekdays": ["monday", "tuesday", "wednesday", "thursday", "friday"],
            },
            "Monday to Friday at 09:00",
            "每周一至周五 09:00",
        ),
        (
            {"kind": "monthly", "days": [1, 22, -1], "at": "08:05"},
            "On the 1st, 22nd and last day of every month at 08:05",
            "每月 1 日、22 日、最后一天 08:05",
        ),
        (
            {"kind": "monthly", "days": [31]},
            "On the 31st of every month that has it at 09:00",
            "每月 31 日（无该日的月份跳过） 09:00",
        ),
        (
            {"kind": "cron", "expression": "0 59 9 */1 * ?"},
            "At 09:59 every day",
            "按 cron 表达式 0 59 9 */1 * ?",
        ),
        (
            {"kind": "cron", "expression": "0 0 9 ? * 2 2026-2028"},
            "At 09:00 on Monday, in 2026-2028",
            "按 cron 表达式 0 0 9 ? * 2 2026-2028",
        ),
    ],
)
def test_a_plan_in_words(data, english, chinese):
    plan = parse_plan(data)
    assert plan_in_words(plan, "en", NINE) == english
    assert plan_in_words(plan, "zh", NINE) == chinese


def test_a_plan_without_a_known_time_is_told_without_one():
    assert plan_in_words(parse_plan({"kind": "daily"})) == "Every day"
