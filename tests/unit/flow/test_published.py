"""What is published about flows is what the code says: schema, reference page, samples."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
from tests.unit.flow.plays import CASES, flow_of, read_cases

from clarion.flow.check import check_flow, has_errors
from clarion.flow.nodes import NODE_KINDS
from clarion.flow.nodes.branch import Rule
from clarion.flow.operators import OPERATORS
from clarion.flow.reference import flow_format_page
from clarion.flow.samples import SAMPLE_NAMES, sample
from clarion.flow.schema import flow_schema, flow_schema_text

DOCS = Path(__file__).parents[3] / "docs" / "reference"
VALIDATOR = jsonschema.Draft202012Validator(flow_schema())


def test_the_published_schema_is_current():
    assert (DOCS / "flow.schema.json").read_text(encoding="utf-8") == flow_schema_text()


def test_the_published_reference_is_current():
    assert (DOCS / "flow-format.md").read_text(encoding="utf-8") == flow_format_page()


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(flow_schema())


@pytest.mark.parametrize("name", SAMPLE_NAMES)
def test_the_samples_fit_the_schema(name):
    VALIDATOR.validate(sample(name))


@pytest.mark.parametrize("kind", NODE_KINDS)
def test_the_cases_of_a_kind_fit_the_schema(kind):
    for case in read_cases(CASES / "nodes" / f"{kind}.json"):
        VALIDATOR.validate(flow_of(case))


@pytest.mark.parametrize(
    "name",
    ["config_field_missing", "config_field_unknown", "node_kind_unknown", "operator_unknown"],
)
def test_the_schema_refuses_what_a_schema_can_see(name):
    assert not VALIDATOR.is_valid(read_cases(CASES / "broken" / f"{name}.json")["flow"])


def test_every_json_example_of_the_reference_is_json_and_the_whole_flow_can_be_published():
    examples = re.findall(r"```json\n(.*?)```", flow_format_page(), re.DOTALL)
    assert len(examples) == 1 + len(NODE_KINDS)
    flow = json.loads(examples[0])
    assert not has_errors(check_flow(flow))
    assert [json.loads(each)["kind"] for each in examples[1:]] == list(NODE_KINDS)


def test_rules_know_exactly_the_operators_of_the_table():
    names = Rule.model_json_schema()["properties"]["operator"]["enum"]
    assert sorted(names) == sorted(OPERATORS)
