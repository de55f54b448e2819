"""``reference/plans.md``: each kind of plan with its JSON, its words and its first ticks, computed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from docs.pages.frame import head, page, table

from clarion.domain.local_time import wall_of
from clarion.schedule.plan import MAX_EVERY, PLAN_KINDS, parse_plan
from clarion.schedule.ticks import Period, ticks
from clarion.schedule.words import plan_in_words

__all__ = ["EXAMPLES", "plans_page"]

# One example or more of each kind, with what is worth saying about it.
EXAMPLES: tuple[tuple[Mapping[str, Any], str], ...] = (
    ({"kind": "once"}, "One firing, at the start."),
    ({"kind": "every_minute"}, "Every 60 seconds from the start."),
    ({"kind": "hourly"}, "Every 60 minutes from the start."),
    ({"kind": "daily", "at": "09:00"}, "Every day at one time of day."),
    ({"kind": "daily"}, "Without `at`, the time of day is that of the start."),
    (
        {"kind": "every", "every": 90, "unit": "minutes"},
        f"`every` is 1 to {MAX_EVERY:,}; `unit` is `minutes`, `hours` (real time) or `days`.",
    ),
    (
        {"kind": "every", "every": 2, "unit": "days"},
        "Every second day, at the start's time of day.",
    ),
    (
        {"kind": "weekly", "weekdays": ["monday", "thursday"], "at": "18:30"},
        "On the named days of the week.",
    ),
    (
        {"kind": "monthly", "days": [1, 15, -1], "at": "09:00"},
        "On days of the month, 1 to 31; -1 is the last day. A month without such a day is skipped.",
    ),
    (
        {"kind": "cron", "expression": "0 9 * * 1-5"},
        "Five fields, or six or seven as in Quartz: seconds (always 0) before, a year after.",
    ),
)
_ZONE = ZoneInfo("Europe/Berlin")
_PERIOD = Period(datetime(2026, 3, 27, 9, 30, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC))
_TICK_COUNT = 5


def plans_page() -> str:
    """All kinds of plans."""
    start = wall_of(_PERIOD.start_at, _ZONE)
    lines = head(
        "Execution plans",
        "A plan says when a campaign fires. It fires at *ticks*, instants in its effective period:",
        "the start belongs to the period, the end does not. `POST /api/v1/campaigns/preview-ticks`",
        "answers the next ten ticks of any plan and period. How daylight saving, downtime and",
        "overlapping occurrences are treated is told in [Time](../explain/time.md).",
        "",
        f"The ticks below are computed for a workspace in {_ZONE.key} and a period from",
        f"{start:%A %d %B %Y, %H:%M} until 1 June 2026, 02:00. The clock jumps from 02:00 to 03:00",
        "on Sunday 29 March.",
    )
    by_kind = {kind: [row for row in EXAMPLES if row[0]["kind"] == kind] for kind in PLAN_KINDS}
    for kind, rows in by_kind.items():
        lines += ["", f"## `{kind}`"]
        for data, meaning in rows:
            plan = parse_plan(data)
            lines += ["", meaning, "", "```json", json.dumps(data), "```"]
            lines += table(
                ("English", "中文"),
                (
                    (
                        plan_in_words(plan, "en", start.time()),
                        plan_in_words(plan, "zh", start.time()),
                    ),
                ),
            )
            found = [each.astimezone(_ZONE) for each in ticks(plan, _PERIOD, _ZONE, _TICK_COUNT)]
            lines += table(
                ("tick", f"in {_ZONE.key}", "in UTC"),
                (
                    (number, f"{each:%a %Y-%m-%d %H:%M}", f"{each.astimezone(UTC):%Y-%m-%d %H:%M}")
                    for number, each in enumerate(found, 1)
                ),
            )
    return page(lines)
