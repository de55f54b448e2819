"""The sample flows and the sample shop's templates are made for each other."""

from __future__ import annotations

import json

import pytest

from clarion.channels.simulator import SAMPLE_TEMPLATES
from clarion.flow.check import check_flow
from clarion.flow.definition import parse_flow
from clarion.flow.run_tests import run_tests
from clarion.flow.samples import SAMPLE_NAMES, SampleLanguage, sample
from clarion.flow.templates import shape_of

LANGUAGES: tuple[SampleLanguage, ...] = ("en", "zh")
SHAPES = {
    (document["name"], document["language"]): shape_of(
        document["name"],
        document["language"],
        document["parameter_format"].lower(),
        document["components"],
        category=document["category"].lower(),
    )
    for document in SAMPLE_TEMPLATES
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", SAMPLE_NAMES)
def test_a_sample_flow_can_be_published_in_the_sample_shop(
    name: str, language: SampleLanguage
) -> None:
    definition = sample(name, language)
    assert check_flow(definition, templates=SHAPES) == []
    assert definition["description"]


@pytest.mark.parametrize("name", SAMPLE_NAMES)
def test_a_sample_is_the_same_flow_in_both_languages(name: str) -> None:
    english, chinese = (sample(name, language) for language in LANGUAGES)
    assert [(node["id"], node["kind"], node.get("exits")) for node in english["nodes"]] == [
        (node["id"], node["kind"], node.get("exits")) for node in chinese["nodes"]
    ]
    texts = json.dumps([chinese["name"], chinese["description"]], ensure_ascii=False)
    assert any("\u4e00" <= character <= "\u9fff" for character in texts)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SAMPLE_NAMES)
def test_the_tests_of_a_sample_pass_and_walk_every_node_by_every_exit(
    name: str, language: SampleLanguage
) -> None:
    report = run_tests(parse_flow(sample(name, language)))
    assert report.results
    assert report.failed == ()
    assert report.coverage.unwalked_node_ids == ()
    assert [each for each in report.coverage.exits if not each.is_walked] == []


@pytest.mark.parametrize("name", SAMPLE_NAMES)
def test_a_sample_has_the_same_tests_in_both_languages(name: str) -> None:
    english, chinese = (parse_flow(sample(name, each)).tests for each in LANGUAGES)
    assert [(test.turns[-1].expect, test.end) for test in english] == [
        (test.turns[-1].expect, test.end) for test in chinese
    ]
