"""A demo touches its own folder and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from clarion.commands.demo.folder import DemoFolder, open_folder
from clarion.domain.errors import ClarionError


def opened(path: Path, *, is_fresh: bool = False) -> DemoFolder:
    with open_folder(
        path, is_fresh=is_fresh, email="demo@clarion.test", mint_password=path.name.upper
    ) as folder:
        return folder


def test_the_sign_in_is_made_once_and_kept(tmp_path: Path) -> None:
    first = opened(tmp_path / "shop")
    first.keep(is_filled=True)
    (tmp_path / "shop").rename(tmp_path / "other")
    again = opened(tmp_path / "other")
    assert again.facts == first.facts
    assert (again.facts.password, again.facts.is_filled) == ("SHOP", True)
    assert (tmp_path / "other" / "demo.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("is_fresh", [False, True])
def test_a_folder_of_somebody_else_is_refused_and_left_alone(
    tmp_path: Path, *, is_fresh: bool
) -> None:
    (tmp_path / "secret_key").write_text("precious")
    with pytest.raises(ClarionError) as refusal:
        opened(tmp_path, is_fresh=is_fresh)
    assert refusal.value.code == "data_dir.not_a_demo"
    assert [entry.name for entry in tmp_path.iterdir()] == ["secret_key"]


def test_a_second_demo_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    with (
        open_folder(tmp_path, is_fresh=False, email="", mint_password=str),
        pytest.raises(ClarionError) as refusal,
    ):
        opened(tmp_path, is_fresh=True)
    assert refusal.value.code == "data_dir.in_use"


def test_a_fresh_start_deletes_what_a_demo_makes_and_nothing_else(tmp_path: Path) -> None:
    opened(tmp_path).keep(is_filled=True)
    (tmp_path / "ledger.ndjson").write_text("{}")
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("18")
    (tmp_path / "notes.txt").write_text("mine")
    folder = opened(tmp_path, is_fresh=True)
    assert not folder.facts.is_filled
    names = sorted(entry.name for entry in tmp_path.iterdir())
    assert names == ["demo.json", "demo.lock", "notes.txt"]


def test_a_path_that_can_be_no_folder_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ClarionError) as refusal:
        opened(tmp_path / "file" / "shop")
    assert refusal.value.code == "data_dir.unusable"
