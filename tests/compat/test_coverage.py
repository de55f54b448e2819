"""Every operation of the official SDK is accounted for, with every one of its parameters."""

from __future__ import annotations

import inspect
import re

from alibabacloud_cams20200606 import client, models
from docs.pages.cams import cams_page

from clarion.cams.call import IGNORED
from clarion.cams.flow_components import FLOW_COMPONENTS
from clarion.cams.operations import OPERATION_ROWS, OPERATIONS, VERSION
from clarion.cams.unsupported import UNSUPPORTED
from clarion.flow.nodes import NODE_KINDS

SDK = inspect.getsource(client)
SDK_OPERATIONS = set(re.findall(r"action\s*=\s*'(\w+)'", SDK))


def test_every_operation_of_the_sdk_is_supported_or_refused_by_name() -> None:
    supported = {row.name for row in OPERATION_ROWS}
    assert len(SDK_OPERATIONS) > 150
    assert supported | set(UNSUPPORTED) == SDK_OPERATIONS
    assert supported & set(UNSUPPORTED) == set()
    assert set(OPERATIONS) & set(UNSUPPORTED) == set()
    assert set(re.findall(r"version\s*=\s*'([\d-]+)'", SDK)) == {VERSION}


def test_every_parameter_of_a_supported_operation_is_accounted_for() -> None:
    for row in OPERATION_ROWS:
        source = inspect.getsource(getattr(models, f"{row.name}Request").from_map)
        wanted = set(re.findall(r"m\.get\('(\w+)'\)", source))
        declared = {parameter.name for parameter in row.parameters}
        assert declared <= wanted, row.name
        assert wanted - declared <= IGNORED, row.name


def test_components_of_flows_are_told_with_kinds_that_exist() -> None:
    kinds = {kind for kinds in FLOW_COMPONENTS.values() for kind in kinds}
    assert kinds <= set(NODE_KINDS)
    assert [name for name in FLOW_COMPONENTS if name not in cams_page()] == []


def test_every_operation_is_on_the_page() -> None:
    text = cams_page()
    assert [name for name in SDK_OPERATIONS if f"`{name}`" not in text] == []
