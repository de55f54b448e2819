"""Flows are played and tested at the shell, from a file, without a server."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from clarion.cli import command_line
from clarion.flow.samples import sample

RUNNER = CliRunner()


@pytest.fixture
def flow_file(tmp_path: Path) -> Path:
    path = tmp_path / "feedback.json"
    path.write_text(json.dumps(sample("feedback_score") | {"tests": []}), encoding="utf-8")
    return path


def clarion(*arguments: str, typed: str | None = None) -> tuple[int, str, str]:
    result = RUNNER.invoke(command_line("flow"), ["flow", *arguments], input=typed)
    return result.exit_code, result.stdout, result.stderr


def test_a_chat_is_saved_as_a_test_that_fails_when_the_flow_changes(
    flow_file: Path, tmp_path: Path
) -> None:
    code, out, said = clarion(
        "play", str(flow_file), "--name", "Bo", typed="5\n/vars\n/dance\n/save Happy\n/quit\n"
    )
    assert code == 0, said
    assert "Thank you for the 5!" in out
    assert "score" in out
    assert "no command /dance" in said
    code, out, said = clarion("test", str(flow_file), "--json")
    answer = json.loads(out)
    assert (code, answer["failed_count"]) == (0, 0)
    assert answer["results"][0]["name"] == "Happy"
    flow_file.write_text(flow_file.read_text().replace("Thank you for the", "Thanks for", 1))
    report = tmp_path / "report.xml"
    code, out, said = clarion("test", str(flow_file), "--junit", str(report), "--exits")
    assert code == 1
    assert "0 of 1 passed; walked 7 of 11 nodes, 6 of 15 exits." in " ".join(said.split())
    suite = ElementTree.parse(report).getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("1", "1")
    assert suite.find("testcase/failure") is not None


def test_a_script_is_played_to_its_end(flow_file: Path, tmp_path: Path) -> None:
    script = tmp_path / "lines.txt"
    script.write_text("# a silent person\n/skip\n", encoding="utf-8")
    code, out, said = clarion(
        "play", str(flow_file), "--script", str(script), "--json", "--at", "2026-03-02T09:00Z"
    )
    assert code == 0, said
    play = json.loads(out)
    assert play["exits"][-1]["exit"] == "timeout"
    assert play["now"].startswith("2026-03-04T09:00")
    script.write_text("/fly\n", encoding="utf-8")
    code, _, said = clarion("play", str(flow_file), "--script", str(script))
    assert code == 1
    assert "request.invalid" in said
