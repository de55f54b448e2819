"""Flow files of older formats are read, those of newer ones are refused with what to do."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from clarion.flow.definition import parse_flow, read_flow
from clarion.flow.formats import SCHEMA, STEPS, brought_up_to_date

EARLY: dict[str, Any] = {
    "schema": "clarion.flow/0",
    "name": "Early",
    "trigger": "manual",
    "nodes": [
        {"id": "start", "kind": "start", "next": "wait"},
        {
            "id": "wait",
            "kind": "wait_for_reply",
            "config": {"timeout": {"amount": 1, "unit": "hours"}},
            "next": "done",
            "exits": {"timeout": "done"},
        },
        {"id": "done", "kind": "end"},
    ],
}


def test_an_early_draft_is_brought_up_to_date() -> None:
    now = brought_up_to_date(EARLY)
    assert (now["schema"], now["trigger"]) == (SCHEMA, {"kind": "manual"})
    assert [node.get("exits") for node in now["nodes"]] == [
        {"next": "wait"},
        {"next": "done", "timeout": "done"},
        None,
    ]
    assert EARLY["trigger"] == "manual"  # the file itself stays as it was
    early = {**EARLY, "nodes": [EARLY["nodes"][0] | {"next": "done"}, EARLY["nodes"][2]]}
    assert parse_flow(early).nodes_by_id["start"].exits == {"next": "done"}


def test_a_file_of_a_later_clarion_is_refused_with_what_to_do() -> None:
    flow, problems = read_flow({**EARLY, "schema": "clarion.flow/2"})
    assert flow is None
    assert [problem.code for problem in problems] == ["newer_schema"]
    assert "Upgrade" in problems[0].fix


@given(
    st.sampled_from(sorted(STEPS)),
    st.dictionaries(
        st.sampled_from(["trigger", "nodes", "name"]),
        st.none() | st.text() | st.lists(st.none() | st.dictionaries(st.just("next"), st.text())),
    ),
)
def test_a_step_never_raises_and_always_arrives(schema: str, rest: dict[str, Any]) -> None:
    assert brought_up_to_date({**rest, "schema": schema})["schema"] == SCHEMA
