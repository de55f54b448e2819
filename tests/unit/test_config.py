from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from clarion.config import Settings, default_data_dir, load_settings, secret_key_of
from clarion.domain.errors import ClarionError


def test_the_environment_is_read_and_the_command_line_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLARION_PORT", "9000")
    monkeypatch.setenv("CLARION_LOG_LEVEL", "debug")
    monkeypatch.setenv("CLARION_HOST", "")
    settings = load_settings(port=9100, log_level=None)
    assert (settings.port, settings.log_level, settings.host) == (9100, "debug", "127.0.0.1")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "70000"),
        ("PORT", "eighty"),
        ("LOG_LEVEL", "loud"),
        ("LEASE_SECONDS", "0"),
        ("SECRET_KEY", "short"),
        ("PUBLIC_URL", "clarion.example.com"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"CLARION_{name}", value)
    with pytest.raises(ClarionError, match=f"CLARION_{name}") as caught:
        load_settings()
    assert caught.value.code == "setting.invalid"
    assert [error.path for error in caught.value.field_errors] == [f"CLARION_{name}"]
    assert value == "0" or value not in str(caught.value)


def test_root_keeps_its_data_where_another_account_can_reach_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert default_data_dir() == Path("/var/lib/clarion")


def test_a_user_keeps_data_at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert default_data_dir() == tmp_path / ".local" / "share" / "clarion"
    monkeypatch.setenv("XDG_DATA_HOME", "/srv/data")
    assert default_data_dir() == Path("/srv/data/clarion")


def test_the_sealing_key_is_made_once_and_is_private(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", secret_key=None)
    with ThreadPoolExecutor(8) as threads:
        keys = {*threads.map(lambda _: secret_key_of(settings), range(8))}
    assert len(keys) == 1
    assert len(keys.pop()) > 40
    assert (tmp_path / "data" / "secret_key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret_key"]


def test_a_given_sealing_key_is_used_and_not_written(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path / "data", secret_key="a key of the whole cluster")
    assert secret_key_of(settings) == "a key of the whole cluster"
    assert not (tmp_path / "data").exists()
    assert "cluster" not in repr(settings)
