"""What two versions have not in common."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from clarion.flow.difference import FieldChange, compare
from clarion.flow.samples import sample

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=10,
)


def test_a_new_text_a_new_way_and_a_lost_node_are_named() -> None:
    before = sample("spring_offer")
    after: dict[str, Any] = copy.deepcopy(before)
    nodes = {node["id"]: node for node in after["nodes"]}
    nodes["details"]["config"]["text"]["body"] = "New words"
    nodes["details"]["position"] = {"x": 1, "y": 1}
    nodes["answer"]["exits"]["timeout"] = "extra"
    after["nodes"].remove(nodes["which"])
    after["nodes"].append({"id": "extra", "kind": "end"})
    after["trigger"] = {"kind": "manual", "inputs": [{"name": "shop"}]}
    difference = compare(before, after)
    assert difference.fields == (FieldChange("trigger.inputs.0.name", None, "shop"),)
    found = {
        each.node_id: (each.change, [field.path for field in each.fields])
        for each in difference.nodes
    }
    assert found == {
        "answer": ("changed", ["exits.timeout"]),
        "details": ("changed", ["config.text.body"]),
        "which": ("removed", []),
        "extra": ("added", []),
    }
    assert difference.disturbed_node_ids == {"answer", "details", "which"}


def test_moving_nodes_about_on_the_canvas_is_no_difference() -> None:
    before = sample("spring_offer")
    after = copy.deepcopy(before)
    after["nodes"].reverse()
    for node in after["nodes"]:
        node.pop("position", None)
    assert compare(before, after).is_empty


@given(JSON, JSON)
def test_anything_can_be_compared(before: Any, after: Any) -> None:
    compare(before, after)
    for value in (before, {"nodes": before}, {"nodes": [{"id": "a", "config": before}]}):
        assert compare(value, copy.deepcopy(value)).is_empty
