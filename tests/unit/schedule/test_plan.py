from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.schedule.strategies import plans

from clarion.domain.errors import ClarionError
from clarion.domain.plan import Every, Monthly, Unit, Weekly
from clarion.schedule.plan import PLAN_KINDS, parse_plan, plan_to_json, read_plan
from clarion.schedule.words import plan_in_words

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)
NEAR_PLANS = st.fixed_dictionaries(
    {"kind": st.sampled_from(PLAN_KINDS)},
    optional={
        "at": JSON | st.sampled_from(("09:00", "24:00", "9:00")),
        "every": JSON,
        "unit": JSON | st.sampled_from(("minutes", "days")),
        "weekdays": JSON | st.lists(st.sampled_from(("monday", "friday", "freitag"))),
        "days": JSON | st.lists(st.integers(-2, 32)),
        "expression": JSON | st.text(alphabet="0123456789*/,-?L#W ", max_size=20),
    },
)


@given(plans)
def test_a_plan_comes_back_from_its_json(plan):
    assert parse_plan(plan_to_json(plan)) == plan


@given(JSON | NEAR_PLANS)
def test_any_json_is_a_plan_or_a_list_of_what_is_wrong(data):
    plan = read_plan(data)
    if isinstance(plan, tuple):
        assert plan
        assert all(error.path == "plan" or error.path.startswith("plan.") for error in plan)
    else:
        assert parse_plan(plan_to_json(plan)) == plan
        assert plan_in_words(plan, "en")
        assert plan_in_words(plan, "zh")


@pytest.mark.parametrize(
    ("data", "paths"),
    [
        ("daily", ["plan"]),
        ({}, ["plan.kind"]),
        ({"kind": "yearly"}, ["plan.kind"]),
        ({"kind": "daily", "at": "9:00"}, ["plan.at"]),
        ({"kind": "daily", "at": "24:00"}, ["plan.at"]),
        ({"kind": "hourly", "at": "09:00"}, ["plan.at"]),
        ({"kind": "every"}, ["plan.every", "plan.unit"]),
        ({"kind": "every", "every": 0, "unit": "minutes"}, ["plan.every"]),
        ({"kind": "every", "every": True, "unit": "minutes"}, ["plan.every"]),
        ({"kind": "every", "every": 15, "unit": "seconds"}, ["plan.unit"]),
        ({"kind": "weekly", "weekdays": []}, ["plan.weekdays"]),
        ({"kind": "weekly", "weekdays": ["mon"], "at": "x"}, ["plan.at", "plan.weekdays"]),
        ({"kind": "monthly", "days": [0]}, ["plan.days"]),
        ({"kind": "monthly", "days": [32]}, ["plan.days"]),
        ({"kind": "monthly", "days": [-2]}, ["plan.days"]),
        ({"kind": "cron"}, ["plan.expression"]),
        ({"kind": "cron", "expression": "often"}, ["plan.expression"]),
    ],
)
def test_a_wrong_plan_names_its_wrong_fields(data, paths):
    with pytest.raises(ClarionError) as caught:
        parse_plan(data)
    assert caught.value.code == "campaign.invalid"
    assert [error.path for error in caught.value.field_errors] == paths


def test_days_are_put_in_order_without_repetition():
    assert parse_plan({"kind": "monthly", "days": [-1, 15, 1, 15]}) == Monthly((1, 15, -1))
    assert parse_plan({"kind": "weekly", "weekdays": ["friday", "monday", "friday"]}) == Weekly(
        ("monday", "friday")
    )


def test_every_reads_its_unit():
    data = {"kind": "every", "every": 15, "unit": "minutes"}
    assert parse_plan(data) == Every(15, Unit.MINUTES)
    assert plan_to_json(Every(15, Unit.MINUTES)) == data
