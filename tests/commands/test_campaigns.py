"""Stories of campaigns at the shell."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from clarion.cli import command_line

FLOW = files("clarion.flow.samples").joinpath("feedback_score.json").read_text()


@pytest.fixture
def clarion(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """Runs a command line on a database of one's own, with a published flow and two groups."""
    monkeypatch.setenv("CLARION_DATABASE_URL", database_url)
    monkeypatch.setenv("CLARION_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flow.json").write_text(FLOW)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(command_line(), arguments)

    prepared = run("flow", "import", "flow.json", "--name", "Offer", "--publish")
    assert prepared.exit_code == 0, prepared.output
    for group in ("VIP", "Staff"):
        run("groups", "create", group)
    return run


@pytest.fixture
def sql(database_url: str) -> Callable[..., None]:
    """Does to the database what the engine would do."""

    def execute(statement: str, *values: Any) -> None:
        async def work() -> None:
            connection = await asyncpg.connect(database_url)
            await connection.execute(statement, *values)
            await connection.close()

        asyncio.run(work())

    return execute


def make(clarion: Callable[..., Result], *more: str) -> dict[str, Any]:
    done = clarion(
        *("campaign", "create", "--name", "Spring", "--flow", "Offer", "--group", "VIP"),
        *("--start", "+1h", "--end", "+7d", "--json", *more),
    )
    assert done.exit_code == 0, done.output
    made: dict[str, Any] = json.loads(done.stdout)
    return made


def test_a_campaign_is_planned_in_one_line(clarion: Callable[..., Result]) -> None:
    made = make(
        clarion,
        *("--plan", "every 15 minutes", "--exclude-group", "Staff", "--overlap", "queue"),
        *("--doubt-policy", "at_least_once", "--grace-seconds", "60", "--description", "d"),
    )
    assert (made["status"], made["plan_in_words"]) == ("pending", "Every 15 minutes")
    assert (made["include_group_names"], made["exclude_group_names"]) == (["VIP"], ["Staff"])
    assert (made["overlap"], made["doubt_policy"]) == ("queue", "at_least_once")
    assert made["misfire_grace_seconds"] == 60
    listed = json.loads(clarion("campaign", "list", "--json").stdout)["items"]
    assert listed == [made]
    assert "Pending Execution" in clarion("campaign", "list").stdout
    for named in ("Spring", str(made["id"])):
        assert json.loads(clarion("campaign", "show", named, "--json").stdout) == made
    assert "modify, delete" in clarion("campaign", "show", "Spring").stdout


def test_now_is_the_nearest_moment_that_is_later(clarion: Callable[..., Result]) -> None:
    ids = str(make(clarion)["include_group_ids"][0])
    done = clarion(
        *("campaign", "create", "--name", "At once", "--flow", "Offer", "--group", ids),
        *("--start", "now", "--json"),
    )
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["plan"] == {"kind": "once"}


def test_what_is_wrong_is_told_with_its_field_and_the_next_step(
    clarion: Callable[..., Result],
) -> None:
    create = ["campaign", "create", "--name", "x", "--flow", "Offer", "--group", "VIP"]
    for arguments, told in (
        (["--start", "soon"], "start_at: 'soon' is not a moment"),
        (["--start", "2020-01-01T00:00Z"], "start_at: The start must be later than now."),
        (["--plan", "sometimes"], "plan: The plan 'sometimes' is not understood"),
        (["--parameter", "x"], "parameters: 'x' is not understood"),
        (["--exclude-group", "nobody"], "There is no group 'nobody'"),
        (["--sender", "nobody"], "There is no sender 'nobody'"),
    ):
        refused = clarion(*create, *arguments)
        assert refused.exit_code == 1, refused.output
        assert told in refused.stderr
        assert "Next:" in refused.stderr


def test_a_campaign_is_modified_suspended_resumed_and_deleted(
    clarion: Callable[..., Result], sql: Callable[..., None]
) -> None:
    make(clarion, "--plan", "hourly", "--sender", "")
    changed = clarion("campaign", "modify", "Spring", "--name", "Summer", "--plan", "daily 12:00")
    assert changed.exit_code == 0, changed.output
    assert "Every day at 12:00" in changed.stdout
    refused = clarion("campaign", "suspend", "Summer")
    assert refused.exit_code == 1
    assert "campaign.status_not_allowed" in refused.stderr
    assert "Pending Execution" in refused.stderr
    sql("UPDATE campaigns SET status = 'in_progress', start_at = now() - interval '1 hour'")
    done = json.loads(
        clarion("campaign", "suspend", "Summer", "--reason", "wrong price", "--json").stdout
    )
    assert (done["is_acknowledged"], done["in_flight_count"]) == (True, 0)
    assert done["campaign"]["status_reason"] == "wrong price"
    resumed = json.loads(clarion("campaign", "resume", "Summer", "--json").stdout)
    assert resumed["status"] == "in_progress"
    assert clarion("campaign", "delete", "Summer").exit_code == 1
    clarion("campaign", "suspend", "Summer")
    later = json.loads(clarion("campaign", "resume", "Summer", "--start", "+2h", "--json").stdout)
    assert later["status"] == "pending"
    assert clarion("campaign", "delete", "Summer").exit_code == 0
    assert "campaign.not_found" in clarion("campaign", "show", "Summer").stderr


def test_an_occurrence_is_opened_to_its_people(
    clarion: Callable[..., Result], sql: Callable[..., None]
) -> None:
    made = make(clarion)
    clarion("contacts", "add", "+8613800138001", "--name", "[Ann]", "--group", "VIP")
    sql(
        "INSERT INTO occurrences (workspace_id, campaign_id, scheduled_at, status, started_at,"
        " audience_count, skipped_count) SELECT workspace_id, id, now(), 'running', now(), 1, 1"
        " FROM campaigns"
    )
    sql(
        "INSERT INTO participants (occurrence_id, contact_id, outcome, reason)"
        " SELECT o.id, c.id, 'skipped', 'opted_out' FROM occurrences o, contacts c"
    )
    sql(
        "INSERT INTO messages (workspace_id, direction, channel, contact_id, content, status,"
        " created_at) SELECT workspace_id, 'in', 'whatsapp', id,"
        """ '{"kind": "reply", "body": {"text": "STOP"}}', 'received', now() FROM contacts"""
    )
    occurrence = json.loads(clarion("campaign", "occurrences", "Spring", "--json").stdout)["items"][
        0
    ]
    assert occurrence["counts"]["skipped_count"] == 1
    number = str(occurrence["id"])
    people = clarion("campaign", "people", number, "--outcome", "skipped")
    assert "[Ann]" in people.stdout
    assert "Opted out of this channel" in people.stdout
    person = json.loads(clarion("campaign", "people", number, "--json").stdout)["items"][0]
    told = clarion("campaign", "explain", number, str(person["contact_id"]))
    assert "The occurrence was due" in told.stdout
    assert "Nobody fits" in clarion("campaign", "people", number, "--reason", "x").stderr
    look = json.loads(clarion("campaign", "watch", "--json").stdout)["items"][0]
    assert (look["campaign_id"], look["done_share"]) == (made["id"], 1.0)
    assert "STOP" in clarion("message", "list", "--direction", "in").stdout
    listed = json.loads(clarion("message", "list", "--campaign", "Spring", "--json").stdout)
    assert listed["items"] == []


def test_the_folder_named_before_the_command_is_the_one_that_is_used(
    clarion: Callable[..., Result], tmp_path: Path
) -> None:
    # The key that seals secrets is made in the data folder, also beside a database of one's own.
    done = clarion("--data-dir", str(tmp_path / "elsewhere"), "campaign", "list")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "elsewhere" / "secret_key").exists()
