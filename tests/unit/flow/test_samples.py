"""The sample flows and the sample shop's templates are made for each other."""

from __future__ import annotations

import pytest

from clarion.channels.simulator import SAMPLE_TEMPLATES
from clarion.flow.check import check_flow
from clarion.flow.samples import SAMPLE_NAMES, sample
from clarion.flow.templates import shape_of

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


@pytest.mark.parametrize("name", SAMPLE_NAMES)
def test_a_sample_flow_can_be_published_in_the_sample_shop(name: str) -> None:
    assert check_flow(sample(name), templates=SHAPES) == []
