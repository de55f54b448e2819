"""The command line, as a person and as a script would use it, on a real database."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from click.testing import Result
from typer.testing import CliRunner

from clarion.cli import command_line

SAMPLE = files("clarion.flow.samples").joinpath("feedback_score.json").read_text()
ADD_SENDER = (
    "sender add whatsapp --name shop --phone-number-id 1066 --waba-id 2077"
    " --token EAAtoken --app-secret s3cret"
)

Command = Callable[..., Result]


@pytest.fixture
def command(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs a command line on a database of its own."""
    monkeypatch.setenv("CLARION_DATABASE_URL", database_url)
    monkeypatch.setenv("CLARION_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    runner = CliRunner()

    def run(line: str, *more: str, given: str | None = None) -> Result:
        return runner.invoke(command_line(), [*line.split(), *more], input=given)

    return run


def _execute(database_url: str, *statements: str) -> None:
    """Does to the database what the engine would do."""

    async def work() -> None:
        connection = await asyncpg.connect(database_url)
        for statement in statements:
            await connection.execute(statement)
        await connection.close()

    asyncio.run(work())


def told(result: Result) -> Any:
    """The JSON document on standard output, which must hold nothing else."""
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_a_user_is_made_listed_and_given_another_role(command: Command) -> None:
    made = told(
        command(
            "user create ada@example.org --role admin --password-stdin --json",
            given="twelve letters\n",
        )
    )
    assert (made["email"], made["role"]) == ("ada@example.org", "admin")
    bob = told(command("user create bob@example.org --generate --json"))
    assert len(bob["password"]) >= 12
    assert told(command("user role bob@example.org publisher --json"))["role"] == "publisher"
    listed = told(command("user list --json"))["items"]
    assert [(user["email"], user["role"]) for user in listed] == [
        ("ada@example.org", "admin"),
        ("bob@example.org", "publisher"),
    ]
    assert "ada@example.org" in command("user list").stdout


def test_a_refusal_names_its_code_and_the_next_step_on_standard_error(command: Command) -> None:
    command("user create ada@example.org --role admin --generate")
    refused = command("user role ada@example.org viewer --json")
    assert refused.exit_code == 1
    assert refused.stdout == ""
    assert "[user.last_admin]" in refused.stderr
    assert "Next: Make somebody else admin first." in refused.stderr


def test_a_wrong_use_has_its_own_exit_code(command: Command) -> None:
    assert command("user role").exit_code == 2
    assert command("key create --role king").exit_code == 2


def test_a_key_is_made_with_all_that_a_program_needs(command: Command) -> None:
    key = told(command("key create --name shop --role author --json"))
    assert {"access_key_id", "access_key_secret", "token"} <= key.keys()
    assert told(command(f"key revoke {key['id']} --json"))["revoked_at"]
    assert command("key revoke 99").exit_code == 1


def test_a_sender_is_added_paused_resumed_and_removed(command: Command) -> None:
    sender = told(command(f"{ADD_SENDER} --verify-token abc --base-url http://127.0.0.1:1 --json"))
    assert sender["webhook_path"].startswith("/webhooks/whatsapp/")
    assert sender["verify_token"] == "abc"
    assert sender["config"]["base_url"] == "http://127.0.0.1:1"
    assert told(command("sender pause shop --reason night --json"))["status_reason"] == "night"
    assert told(command("sender resume shop --json"))["status"] == "active"
    away = command("sender health shop")
    assert (away.exit_code, "[provider.unreachable]" in away.stderr) == (1, True)
    assert "EAAtoken" not in command("sender list --json").stdout
    assert command("sender remove shop").exit_code == 0
    assert told(command("sender list --json")) == {"items": []}


def test_a_webhook_endpoint_is_added_tested_and_given_another_secret(command: Command) -> None:
    made = told(command("webhook-endpoint add shop https://shop.example.com --json"))
    other = told(command("webhook-endpoint replace-secret shop --json"))
    assert other["secret"] not in ("", made["secret"])
    test = told(command("webhook-endpoint test shop --json"))
    (delivery,) = told(command("webhook-endpoint deliveries shop --json"))["items"]
    assert (delivery["id"], delivery["kinds"]) == (test["id"], ["endpoint.test"])
    hurried = command(f"webhook-endpoint replay {test['id']}")
    assert (hurried.exit_code, "tried at once" in hurried.stderr) == (0, True)
    assert command("webhook-endpoint replace-secret nobody").exit_code == 1


def test_messages_are_counted_and_a_template_is_stopped(
    command: Command, database_url: str
) -> None:
    command(f"{ADD_SENDER} --base-url http://127.0.0.1:1")
    nothing = command("template switch spring_offer en --stop")
    assert (nothing.exit_code, "[template.not_found]" in nothing.stderr) == (1, True)
    _execute(
        database_url,
        "INSERT INTO templates (workspace_id, channel, account_key, provider_id, name, language,"
        " status, category) SELECT id, 'whatsapp', '2077', '1', 'spring_offer', 'en', 'approved',"
        " 'marketing' FROM workspaces",
        "WITH person AS (INSERT INTO contacts (workspace_id, phone)"
        " SELECT id, '+8613800138001' FROM workspaces RETURNING id, workspace_id)"
        " INSERT INTO messages (workspace_id, channel, direction, contact_id, sender_id, content,"
        " status, accepted_at, delivered_at, created_at) SELECT p.workspace_id, 'whatsapp', 'out',"
        ' p.id, s.id, \'{"kind": "template", "body": {"name": "spring_offer",'
        ' "language": "en"}}\', \'accepted\', now(), now(), now() FROM person p, senders s',
    )
    for line in ("sender counts shop", "template counts spring_offer en --width half_hour"):
        (count,) = told(command(f"{line} --json"))["items"]
        assert (count["accepted_count"], count["delivered_count"], count["read_count"]) == (1, 1, 0)
    stopped = told(command("template switch spring_offer en --stop --json"))
    assert stopped["sending_status"] == "stopped"
    allowed = command("template switch spring_offer en --allow")
    assert "spring_offer (en) is approved" in allowed.stderr


def test_a_sender_that_is_not_valid_is_refused_field_by_field(command: Command) -> None:
    refused = command(f"{ADD_SENDER} --base-url nowhere --rate-per-second 0")
    assert refused.exit_code == 1
    assert "base_url:" in refused.stderr
    assert "rate_per_second:" in refused.stderr


def test_a_flow_goes_from_a_file_to_a_version_and_back(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "flow.json"
    file.write_text(SAMPLE)
    assert told(command("flow check --json", str(file)))["can_publish"] is True
    name = json.loads(SAMPLE)["name"]
    imported = told(command("flow import --publish --json", str(file)))
    assert (imported["name"], imported["published_number"]) == (name, 1)
    again = told(command("flow import --json", str(file)))
    assert (again["id"], again["draft_revision"]) == (imported["id"], 2)
    assert json.loads(command("flow export --number 1", name).stdout) == json.loads(SAMPLE)
    assert "[flow.published]" in command("flow delete", name).stderr
    assert told(command("flow unpublish --json", name))["published_number"] is None
    assert command("flow delete", name).exit_code == 0


def test_a_broken_flow_file_is_explained_and_fails(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "flow.json"
    flow = json.loads(SAMPLE)
    flow["nodes"] = flow["nodes"][:1]
    file.write_text(json.dumps(flow))
    checked = command("flow check --json", str(file))
    assert checked.exit_code == 1
    assert json.loads(checked.stdout)["can_publish"] is False
    assert "[flow.invalid]" in command("flow import --publish", str(file)).stderr
    assert told(command("flow list --json")) == {"items": []}  # undone as a whole
    file.write_text("{")
    assert "[request.malformed]" in command("flow check", str(file)).stderr


def test_each_workspace_has_its_own_things(command: Command) -> None:
    other = told(command("workspace create Other --zone Asia/Shanghai --language zh --json"))
    assert other["zone"] == "Asia/Shanghai"
    command(f"{ADD_SENDER} --workspace Other")
    assert told(command("sender list --json")) == {"items": []}
    assert len(told(command("sender list --workspace Other --json"))["items"]) == 1
    assert "[workspace.not_found]" in command("sender list --workspace Third").stderr
    assert "zone:" in command("workspace update --zone Mars/Base").stderr
    assert told(command("workspace update --zone Europe/Paris --json"))["zone"] == "Europe/Paris"


def test_migrate_has_nothing_to_do_twice(command: Command) -> None:
    assert told(command("migrate --json"))["applied"] == []


def test_doctor_finds_that_no_worker_lives_and_tells_the_fix(command: Command) -> None:
    result = command("doctor --json")
    assert result.exit_code == 1
    findings = {each["check"]: each for each in json.loads(result.stdout)["findings"]}
    assert findings["schema"]["is_well"]
    assert not findings["worker"]["is_well"]
    assert "clarion serve" in findings["worker"]["fix"]


def test_the_system_shows_what_doctor_judges(command: Command) -> None:
    shown = told(command("system show --json"))
    checks = {each["check"] for each in shown["checks"]}
    doctor = {each["check"] for each in json.loads(command("doctor --json").stdout)["findings"]}
    assert checks - {"data directory"} <= doctor
    assert shown["database"]["steps"]
    assert told(command("system failed-jobs --json"))["items"] == []
    refused = command("system retry-job 1")
    assert refused.exit_code == 1
    assert "job.not_found" in refused.stderr
    assert command("system show").exit_code == 0


def test_doctor_tells_a_database_that_is_away(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLARION_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    result = command("doctor --json")
    findings = json.loads(result.stdout)["findings"]
    assert findings[-1]["check"] == "database"
    assert "could not be reached" in findings[-1]["finding"]


def test_the_program_itself_starts_and_ends_with_the_right_code(tmp_path: Path) -> None:
    environment = {
        "CLARION_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "CLARION_DATA_DIR": str(tmp_path),
        "PATH": "",
    }

    def run(*line: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "clarion", *line],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    assert json.loads(run("version", "--json").stdout)["version"]
    refused = run("key", "list", "--json")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "[database.unreachable]" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert run("nothing").returncode == 2
    elsewhere = tmp_path / "elsewhere"
    findings = json.loads(run("--data-dir", str(elsewhere), "doctor", "--json").stdout)["findings"]
    assert str(elsewhere) in findings[1]["finding"]
