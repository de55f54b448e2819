"""Stories of contacts at the shell."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from clarion.cli import command_line

PEOPLE = "phone,name\n+8613800138001,Ann\n13800138002,Bo\nnobody,[red]Cy\n"


@pytest.fixture
def clarion(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """Runs a command line on a database of one's own, in a folder of one's own."""
    monkeypatch.setenv("CLARION_DATABASE_URL", database_url)
    monkeypatch.setenv("CLARION_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(command_line(), arguments)

    return run


def test_a_file_is_imported_and_every_row_accounted_for(
    clarion: Callable[..., Result], tmp_path: Path
) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE)
    done = clarion(
        *("contacts", "import", "people.csv", "--group", "VIP"),
        *("--default-country", "CN", "--rejections", "bad.csv"),
    )
    assert done.exit_code == 0, done.output
    facts = dict(line.split() for line in done.stdout.splitlines()[:6])
    counts = {"added": "2", "updated": "0", "ignored": "0", "deleted": "0", "rejected": "1"}
    assert facts == {"rows": "3", **counts}
    assert "phone_not_a_number" in done.stdout
    with (tmp_path / "bad.csv").open(encoding="utf-8-sig") as bad:
        assert list(csv.reader(bad))[1][:3] == ["4", "phone", "phone_not_a_number"]
    listed = clarion("contacts", "list", "--group", "VIP", "--json")
    assert [one["name"] for one in json.loads(listed.stdout)["items"]] == ["Ann", "Bo"]
    counted = clarion("groups", "list", "--json")
    assert [(one["name"], one["contact_count"]) for one in json.loads(counted.stdout)["items"]] == [
        ("VIP", 2)
    ]
    clarion("contacts", "export", "out.csv", "--group", "VIP")
    with (tmp_path / "out.csv").open(encoding="utf-8-sig") as out:
        assert [row[:2] for row in csv.reader(out)][1:] == [
            ["+8613800138001", "Ann"],
            ["+8613800138002", "Bo"],
        ]


def test_columns_can_be_named_by_hand_and_duplicates_ignored(
    clarion: Callable[..., Result], tmp_path: Path
) -> None:
    clarion("contacts", "add", "+8613800138001", "--name", "Ann", "--group", "VIP")
    (tmp_path / "people.csv").write_text("who,where,junk\nAnna,+8613800138001,x\n")
    arguments = ["contacts", "import", "people.csv", "--duplicates", "ignore", "--json"]
    mapping = ["--map", "where=phone", "--map", "who=name", "--map", "junk=-"]
    done = clarion(*arguments, *mapping)
    counts = json.loads(done.stdout)["import"]["counts"]
    assert (counts["ignored_count"], counts["added_count"]) == (1, 0)
    shown = json.loads(clarion("contacts", "show", "+8613800138001", "--json").stdout)
    assert (shown["name"], shown["attributes"]) == ("Ann", {})


def test_a_file_without_phones_fails_with_a_reason(
    clarion: Callable[..., Result], tmp_path: Path
) -> None:
    (tmp_path / "people.csv").write_text("who,where\nAnn,Rome\n")
    done = clarion("contacts", "import", "people.csv")
    assert done.exit_code == 1
    assert "import.no_phone_column" in done.stderr
    missing = clarion("contacts", "import", "nothing.csv")
    assert missing.exit_code == 1
    assert "import.file_unreadable" in missing.stderr


def test_the_contacts_of_a_file_are_removed_and_a_file_is_kept_for_others(
    clarion: Callable[..., Result], tmp_path: Path
) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE)
    clarion("contacts", "import", "people.csv", "--default-country", "CN")
    (tmp_path / "gone.csv").write_text("phone\n+8613800138001\n")
    done = json.loads(clarion("contacts", "remove-file", "gone.csv", "--json").stdout)
    assert done["import"]["counts"]["deleted_count"] == 1
    left = json.loads(clarion("contacts", "list", "--json").stdout)["items"]
    assert [each["name"] for each in left] == ["Bo"]

    kept = json.loads(clarion("upload", "put", "gone.csv", "--json").stdout)
    assert (kept["path"].endswith("/gone.csv"), kept["byte_count"]) == (True, 21)
    assert clarion("upload", "put", "no.csv").exit_code == 1


def test_groups_are_made_renamed_and_deleted(clarion: Callable[..., Result]) -> None:
    assert clarion("groups", "create", "VIP").exit_code == 0
    again = clarion("groups", "create", "VIP")
    assert (again.exit_code, "group.name_taken" in again.stderr) == (1, True)
    assert clarion("groups", "rename", "VIP", "Best").exit_code == 0
    clarion("contacts", "add", "138 0013 8001", "--country", "CN", "--group", "Best")
    deleted = clarion("groups", "delete", "Best", "--json")
    assert json.loads(deleted.stdout) == {"moved_count": 1}
    removed = clarion("contacts", "remove", "+8613800138001")
    assert removed.exit_code == 0
    gone = clarion("contacts", "show", "+8613800138001")
    assert (gone.exit_code, "contact.not_found" in gone.stderr) == (1, True)
