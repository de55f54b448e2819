"""Every node kind is played at the shell, from a file; a new kind joins by itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.commands.test_flow_tests import clarion
from tests.engine.test_every_kind import around, word_of

from clarion.flow.nodes import NODE_KINDS

# What the person, or the world outside, does after the beginning.
LINES = {
    "wait_for_reply": "Good",
    "http_request": "/answer 404",
    "call_function": "/answer timeout",
    "llm_dialogue": "Hello\n/answer timeout",
    "delivery_branch": "/receipt read",
    "wait": "/skip",
    "wait_until": "/skip",
}


@pytest.mark.parametrize("kind", NODE_KINDS)
def test_a_kind_is_played_in_the_terminal(kind: str, tmp_path: Path) -> None:
    flow = {**around(kind), "trigger": {"kind": "manual"}}
    file, script = tmp_path / "flow.json", tmp_path / "lines"
    file.write_text(json.dumps(flow), encoding="utf-8")
    script.write_text(f"# {word_of(kind)}\n{LINES.get(kind, '')}\n", encoding="utf-8")
    code, said, error = clarion("play", str(file), "--script", str(script))
    assert code == 0, error
    assert "completed" in said.splitlines()[-1], said
