"""Whatever is wrong with a flow is told with its place and what to change."""

from __future__ import annotations

import ast
from dataclasses import asdict
from pathlib import Path

import pytest
from tests.unit.flow.plays import CASES, read_cases

import clarion.flow
from clarion.domain.errors import ClarionError
from clarion.flow.check import check_flow, has_errors, node_id_of
from clarion.flow.definition import SCHEMA, parse_flow
from clarion.flow.nodes import NODE_KINDS
from clarion.flow.problems import PROBLEM_CODES
from clarion.flow.run_tests import problems_of_tests
from clarion.flow.samples import SAMPLE_NAMES, sample
from clarion.flow.templates import shape_of

BROKEN = sorted((CASES / "broken").glob("*.json"), key=lambda path: path.stem)


def templates_of(case):
    if "templates" not in case:
        return None
    return {
        (each["name"], each["language"]): shape_of(
            each["name"],
            each["language"],
            each["parameter_format"],
            each["components"],
            status=each.get("status", "APPROVED"),
            category=each.get("category", "MARKETING"),
        )
        for each in case["templates"]
    }


def names_of(case, field):
    return frozenset(case[field]) if field in case else None


def grown(case):
    """The flow of a case; one that is too large to be written down says how it grows."""
    flow = case["flow"]
    growth = case.get("grow", {})
    extra = [{"id": f"n{number}", "kind": "end"} for number in range(growth.get("nodes", 0))]
    deep = []
    for _ in range(growth.get("depth", 0)):
        deep = [deep]
    return {**flow, "nodes": [*flow["nodes"], *extra, *([deep] if deep else [])]}


def check_case(case):
    flow = grown(case) if "grow" in case else case["flow"]
    return problems_of_tests(flow) + check_flow(
        flow,
        templates=templates_of(case),
        group_names=names_of(case, "groups"),
        flow_names=names_of(case, "flows"),
        secret_names=names_of(case, "secrets"),
        channels=names_of(case, "channels"),
    )


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_flow_is_explained(path):
    case = read_cases(path)
    problems = check_case(case)
    assert [asdict(problem) for problem in problems] == case["problems"]
    assert problems


def test_every_way_of_being_wrong_has_a_golden_case():
    with_cases = {each["code"] for path in BROKEN for each in read_cases(path)["problems"]}
    assert with_cases == set(PROBLEM_CODES)


def test_every_code_that_a_check_can_tell_is_in_the_registry():
    told_by = ("error", "warning", "PydanticCustomError")
    codes = {
        call.args[0].value
        for path in Path(clarion.flow.__file__).parent.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in told_by
        and isinstance(call.args[0], ast.Constant)
    }
    # What pydantic itself calls so is told as a value that does not fit.
    assert codes - {"string_type"} <= set(PROBLEM_CODES)


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_problem_of_a_node_names_a_node_of_the_flow(path):
    case = read_cases(path)
    for problem in check_case(case):
        node_id = node_id_of(problem)
        assert problem.fix.endswith((".", ")")), problem
        assert problem.message.endswith("."), problem
        assert (node_id is not None) == problem.where.startswith("nodes."), problem
        assert node_id is None or node_id in {each["id"] for each in case["flow"]["nodes"]}


def test_reading_a_broken_flow_raises_an_error_that_carries_every_problem():
    case = read_cases(CASES / "broken" / "node_kind_unknown.json")
    with pytest.raises(ClarionError) as caught:
        parse_flow(case["flow"])
    assert caught.value.code == "flow.invalid"
    assert [each.code for each in caught.value.details["problems"]] == ["unknown_kind"]
    assert "nodes.fax.kind" in caught.value.message


def test_several_mistakes_are_told_at_once():
    flow = {
        "schema": SCHEMA,
        "name": "",
        "nodes": [
            {"id": "start", "kind": "start", "exits": {"next": "gone"}},
            {"id": "wait", "kind": "wait", "config": {"amount": 0, "unit": "weeks"}},
        ],
    }
    codes = [problem.code for problem in check_flow(flow)]
    assert codes == ["bad_text", "exit_to_nowhere", "config_invalid", "config_invalid"]


@pytest.mark.parametrize("data", [None, "flow", 7, [], {}, {"schema": SCHEMA}, {"schema": {}}])
def test_anything_that_is_no_flow_is_a_problem_and_not_an_exception(data):
    assert has_errors(check_flow(data))


@pytest.mark.parametrize("depth", [6, 200, 20_000])
def test_rules_nested_without_end_are_refused(depth):
    group = {"rules": [{"variable": "customerName", "operator": "stringIsBlank"}]}
    for _ in range(depth):
        group = {"rules": [group]}
    flow = {
        "schema": SCHEMA,
        "name": "Deep",
        "nodes": [
            {"id": "start", "kind": "start", "exits": {"next": "sort"}},
            {"id": "sort", "kind": "branch", "config": {"branches": [{"exit": "a"} | group]}},
        ],
    }
    assert has_errors(check_flow(flow))


def test_an_exit_of_a_button_may_not_be_forgotten_but_the_timeout_may():
    severities = {
        name: read_cases(CASES / "broken" / f"exit_missing_of_{name}.json")["problems"][0][
            "severity"
        ]
        for name in ("button", "timeout")
    }
    assert severities == {"button": "error", "timeout": "warning"}


@pytest.mark.parametrize("name", SAMPLE_NAMES)
def test_the_samples_have_no_problems(name):
    assert check_flow(sample(name)) == []


def test_a_template_is_understood_from_its_components():
    shape = shape_of(
        "order",
        "en",
        "NAMED",
        [
            {"type": "HEADER", "format": "TEXT", "text": "Order {{number}}"},
            {"type": "BODY", "text": "Dear {{ name }}, {{item}} for {{name}} is on its way."},
            {"type": "FOOTER", "text": "Thank you"},
            {
                "type": "BUTTONS",
                "buttons": [
                    {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+431"},
                    {"type": "URL", "text": "Track", "url": "https://a.example/{{1}}"},
                    {"type": "URL", "text": "Shop", "url": "https://a.example"},
                    {"type": "COPY_CODE", "example": "X"},
                ],
            },
        ],
    )
    assert shape.body == ("name", "item")
    assert shape.is_named
    assert shape.header == "text"
    assert [(each.index, each.sub_type, each.is_required) for each in shape.buttons] == [
        (1, "url", True),
        (2, "url", False),
        (3, "copy_code", True),
    ]


def test_every_exit_of_every_kind_is_explained():
    for kind in NODE_KINDS.values():
        config = kind.config.model_validate(kind.example.get("config", {}))
        meanings = kind.exit_meanings
        patterns = [name.split("<")[0] for name in meanings if "<" in name]
        for each in kind.exits(config):
            assert each.name in meanings or any(each.name.startswith(p) for p in patterns)
