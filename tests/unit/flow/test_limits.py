"""Each limit, passed by itself: the session has failed with the reason, and nothing hangs."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import pytest
from tests.unit.flow.plays import context_of, flow_of

from clarion.config import Settings
from clarion.domain.reasons import REASONS
from clarion.flow.definition import parse_flow
from clarion.flow.limits import DEFAULT_LIMITS, Limits
from clarion.flow.reference import flow_format_page
from clarion.flow.session import SessionStatus
from clarion.flow.simulate import Line, simulate
from clarion.services.flow_limits import limits_of

SETTINGS = sorted(name for name in Settings.model_fields if name.startswith("flow_max_"))


def node(
    node_id: str, kind: str, config: dict[str, Any] | None = None, **exits: str
) -> dict[str, Any]:
    return {"id": node_id, "kind": kind, "config": config or {}, "exits": exits}


KEEP = node("keep", "set_variables", {"variables": {"a": "{{ contact.name }}", "b": "four"}}, next="done")  # fmt: skip
ROUND = node("again", "jump", {"target": "again", "max_jumps": 50}, next="done")
TALK = node("ask", "wait_for_reply", {"save_as": "said"}, other="ask", timeout="done")
MATCH = node(
    "sort",
    "branch",
    {
        "branches": [
            {
                "exit": "fits",
                "rules": [
                    {
                        "variable": "contact.name",
                        "operator": "stringAnyMatchesRegex",
                        "value": "(a+)+b",
                    }
                ],
            }
        ]
    },
    **{"fits": "done", "else": "done"},
)
ON = {"id": "on", "kind": "forward_to_flow", "config": {"flow": "A case"}}


@dataclass(frozen=True)
class Excess:
    """A flow that goes beyond one limit, and how it ends."""

    size: int
    reason: str
    nodes: tuple[dict[str, Any], ...]
    lines: tuple[Line, ...] = ()


EXCESSES = {
    "max_nodes": Excess(20, "too_many_nodes", (ROUND,)),
    "max_sprints": Excess(3, "too_many_sprints", (TALK,), (Line("hello"),) * 9),
    "max_jumps": Excess(9, "too_many_jumps", (ROUND,)),
    "max_forwards": Excess(0, "too_many_forwards", (ON,)),
    "max_variables": Excess(1, "too_many_variables", (KEEP,)),
    "max_value_chars": Excess(3, "variable_too_long", (KEEP,)),
    "max_variables_chars": Excess(6, "variables_too_large", (KEEP,)),
    "max_text_chars": Excess(3, "text_too_long", (KEEP,)),
    "max_session_days": Excess(
        2, "session_too_old", (TALK,), (Line("hi", after_seconds=20 * 3600),) * 9
    ),
    "max_pattern_chars": Excess(3, "pattern_text_too_long", (MATCH,)),
}


def test_every_limit_has_its_excess() -> None:
    assert list(EXCESSES) == [each.name for each in fields(Limits)]


@pytest.mark.parametrize("name", EXCESSES)
def test_passing_a_limit_ends_the_session_with_its_own_reason(name: str) -> None:
    excess = EXCESSES[name]
    flow = parse_flow(flow_of({"nodes": list(excess.nodes)}))
    limits = Limits(**{name: excess.size})
    transcript = simulate(flow, excess.lines, context=context_of({}), limits=limits)
    assert (transcript.session.status, transcript.session.reason) == (
        SessionStatus.FAILED,
        excess.reason,
    )
    assert excess.reason in REASONS
    assert f"`{excess.reason}`" in flow_format_page()
    within = simulate(flow, excess.lines, context=context_of({}))
    assert within.session.reason != excess.reason


def test_every_limit_is_a_setting(tmp_path: Any) -> None:
    given = {name: 77 if name != "flow_max_all_variables_characters" else 7777 for name in SETTINGS}
    changed = limits_of(Settings(data_dir=tmp_path, **given))
    same = [
        each.name
        for each in fields(Limits)
        if getattr(changed, each.name) == getattr(DEFAULT_LIMITS, each.name)
    ]
    assert same == []
    assert limits_of(Settings(data_dir=tmp_path)) == DEFAULT_LIMITS
