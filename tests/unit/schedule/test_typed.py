"""A plan is understood as it is typed at the shell."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarion.domain.errors import ClarionError
from clarion.domain.plan import Plan
from clarion.schedule.plan import PLAN_KINDS, plan_to_json
from clarion.schedule.typed import parse_typed_plan

from .strategies import plans


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("once", {"kind": "once"}),
        (" Hourly ", {"kind": "hourly"}),
        ("every_minute", {"kind": "every_minute"}),
        ("every minute", {"kind": "every_minute"}),
        ("every hour", {"kind": "hourly"}),
        ("daily", {"kind": "daily"}),
        ("daily 09:30", {"kind": "daily", "at": "09:30"}),
        ("every day at 9:30", {"kind": "daily", "at": "09:30"}),
        ("every 15 minutes", {"kind": "every", "every": 15, "unit": "minutes"}),
        ("every 1 day", {"kind": "every", "every": 1, "unit": "days"}),
        ("weekly monday,friday at 18:00",
         {"kind": "weekly", "weekdays": ["monday", "friday"], "at": "18:00"}),
        ("monthly 1, 15, last", {"kind": "monthly", "days": [1, 15, -1]}),
        ("cron:0 9 * * 1-5", {"kind": "cron", "expression": "0 9 * * 1-5"}),
        ("cron: 0 9 * * 1-5", {"kind": "cron", "expression": "0 9 * * 1-5"}),
        ('{"kind": "daily", "at": "09:00"}', {"kind": "daily", "at": "09:00"}),
    ],
)  # fmt: skip
def test_the_usual_plans_are_typed_as_they_are_said(typed: str, meant: dict[str, Any]) -> None:
    assert plan_to_json(parse_typed_plan(typed)) == meant


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("", "plan"),
        ("sometimes", "plan"),
        ("{", "plan"),
        ("daily at noon", "plan"),
        ("daily 25:00", "plan.at"),
        ("every 0 minutes", "plan.every"),
        ("weekly caturday", "plan.weekdays"),
        ("monthly 32", "plan.days"),
        ("cron:never", "plan.expression"),
        ('{"kind": "yearly"}', "plan.kind"),
    ],
)
def test_what_is_not_a_plan_is_refused_in_words(typed: str, path: str) -> None:
    with pytest.raises(ClarionError) as refused:
        parse_typed_plan(typed)
    assert refused.value.code == "campaign.invalid"
    assert refused.value.field_errors[0].path == path


@given(plans)
def test_every_plan_can_be_typed_as_json(plan: Plan) -> None:
    assert parse_typed_plan(json.dumps(plan_to_json(plan))) == plan


@given(st.text())
def test_any_text_is_a_plan_or_refused(typed: str) -> None:
    with contextlib.suppress(ClarionError):
        assert plan_to_json(parse_typed_plan(typed))["kind"] in PLAN_KINDS
