"""Every node kind does what its golden cases say, and no kind is without cases."""

from __future__ import annotations

import pytest
from tests.unit.flow.plays import (
    CASES,
    answers_of,
    context_of,
    flow_of,
    read_cases,
    receipts_of,
    script_of,
    told,
    trigger_of,
)

from clarion.flow.check import check_flow, has_errors
from clarion.flow.definition import SCHEMA, parse_flow, to_json
from clarion.flow.nodes import NODE_KINDS
from clarion.flow.simulate import simulate

NODE_CASES = [
    pytest.param(case, id=f"{path.stem}: {case['description']}")
    for path in sorted((CASES / "nodes").glob("*.json"))
    for case in read_cases(path)
]


def test_every_node_kind_has_golden_cases_and_no_case_is_left_over():
    with_cases = {path.stem for path in (CASES / "nodes").glob("*.json")}
    assert with_cases == set(NODE_KINDS)


@pytest.mark.parametrize("case", NODE_CASES)
def test_a_node_does_what_its_case_says(case):
    flow = parse_flow(flow_of(case))
    transcript = simulate(
        flow,
        script_of(case),
        context=context_of(case),
        trigger=trigger_of(case),
        answers=answers_of(case),
        receipts=receipts_of(case),
    )
    assert told(transcript) == case["expected"]


@pytest.mark.parametrize("case", NODE_CASES)
def test_a_flow_file_survives_reading_and_writing(case):
    data = flow_of(case)
    flow = parse_flow(data)
    assert parse_flow(to_json(flow)) == flow


@pytest.mark.parametrize("name", NODE_KINDS)
def test_the_example_of_a_kind_is_a_node_that_can_be_published(name):
    example = dict(NODE_KINDS[name].example)
    ids = {example["id"], "start"}
    targets = set(example.get("exits", {}).values()) | {
        each for each in [example.get("config", {}).get("target")] if each
    }
    # A note stands beside the way.
    first = "aside" if NODE_KINDS[name].is_comment else example["id"]
    targets |= {"aside"} & {first}
    others: list[dict[str, object]] = [
        {"id": each, "kind": "end"} for each in sorted(targets - ids)
    ]
    if message := example.get("config", {}).get("message"):
        template = {"template": "t", "language": "en"}
        others.append(
            {
                "id": message,
                "kind": "send_whatsapp_template",
                "config": template,
                "exits": {"next": first},
            }
        )
        first = message
    start = {"id": "start", "kind": "start", "exits": {"next": first}}
    nodes = [example, *others] if name == "start" else [start, example, *others]
    problems = check_flow({"schema": SCHEMA, "name": name, "nodes": nodes})
    assert not has_errors(problems), problems
