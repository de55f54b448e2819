"""The embedded server's life: many processes, kills, left-over files."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from clarion.domain.errors import ClarionError
from clarion.store.binaries import copy_runtime, find_all_binaries, find_binaries
from clarion.store.embedded import EmbeddedPostgres, embedded_postgres

SETTINGS = {"shared_buffers": "16MB"}
AS_ROOT = os.geteuid() == 0
OTHER_PROCESS = """
import sys
from pathlib import Path
from clarion.store.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), extra_settings={"shared_buffers": "16MB"})
print(server.start(), flush=True)
sys.stdin.readline()
server.stop()
print("left", flush=True)
"""


@pytest.fixture(scope="module")
def made_data_dir(traversable_folder: Path) -> Path:
    """A data directory whose server ran once and was stopped."""
    folder = traversable_folder / "made"
    server = EmbeddedPostgres(folder, extra_settings=SETTINGS)
    server.start()
    server.stop()
    return folder


@pytest.fixture
def data_dir(traversable_folder: Path, made_data_dir: Path) -> Iterator[Path]:
    """A data directory of one's own, with a server that can be started at once."""
    folder = Path(tempfile.mkdtemp(dir=traversable_folder))
    folder.rmdir()
    subprocess.run(["cp", "-a", str(made_data_dir), str(folder)], check=True)
    yield folder
    left_over = EmbeddedPostgres(folder)  # joins what a failed test left running, and ends it
    left_over.start()
    left_over.stop()


def server_process_id(data_dir: Path) -> int:
    return int((data_dir / "postgres" / "postmaster.pid").read_text().split()[0])


def is_running(data_dir: Path) -> bool:
    return (data_dir / "postgres" / "postmaster.pid").exists()


def say(dsn: str, sql: str) -> list[tuple[object, ...]]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchall() if cursor.description else []


class OtherProcess:
    """Another program of Clarion that uses the same data directory."""

    def __init__(self, data_dir: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", OTHER_PROCESS, str(data_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.dsn = self.process.stdout.readline().strip()

    def leave(self) -> None:
        said, _ = self.process.communicate("\n", timeout=30)
        assert said == "left\n"

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


StartOther = Callable[[Path], OtherProcess]


@pytest.fixture
def start_other() -> Iterator[StartOther]:
    """Start another program on a data directory; ended at the end of the test at the latest."""
    others: list[OtherProcess] = []

    def start(data_dir: Path) -> OtherProcess:
        others.append(OtherProcess(data_dir))
        return others[-1]

    yield start
    for other in others:
        if other.process.poll() is None:
            other.kill()


def test_what_was_written_is_there_after_a_restart(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir, extra_settings=SETTINGS)
    say(server.start(), "CREATE TABLE kept AS SELECT 42 AS answer")
    server.stop()
    assert not is_running(data_dir)
    assert say(server.start(), "SELECT answer FROM kept") == [(42,)]
    server.stop()


def test_nothing_listens_on_the_network_and_the_socket_is_private(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir, extra_settings=SETTINGS)
    assert say(server.start(), "SHOW listen_addresses") == [("",)]
    assert (data_dir / "socket").stat().st_mode & 0o777 == 0o700
    assert [path.stat().st_mode & 0o777 for path in data_dir.glob("*.lock")] == [0o600, 0o600]
    server.stop()


def test_the_server_has_a_session_of_its_own_so_that_ctrl_c_does_not_reach_it(
    data_dir: Path,
) -> None:
    server = EmbeddedPostgres(data_dir, extra_settings=SETTINGS)
    server.start()
    process_id = server_process_id(data_dir)
    assert os.getsid(process_id) == process_id
    server.stop()


def test_names_in_every_script_are_compared_without_case(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir, extra_settings=SETTINGS)
    assert say(server.start(), "SELECT 'ÉLÉONORE' ILIKE 'éléo%', lower('ЖЁЛТЫЙ')") == [
        (True, "жёлтый")
    ]
    server.stop()


def test_the_last_of_several_processes_stops_the_server(
    data_dir: Path, start_other: StartOther
) -> None:
    first = start_other(data_dir)
    second = EmbeddedPostgres(data_dir, extra_settings=SETTINGS)
    assert second.start() == first.dsn
    first.leave()
    assert say(first.dsn, "SELECT 1") == [(1,)]
    second.stop()
    assert not is_running(data_dir)


def test_one_that_joined_leaves_the_server_to_its_starter(
    data_dir: Path, start_other: StartOther
) -> None:
    first = EmbeddedPostgres(data_dir, extra_settings=SETTINGS)
    dsn = first.start()
    start_other(data_dir).leave()
    assert say(dsn, "SELECT 1") == [(1,)]
    first.stop()
    assert not is_running(data_dir)


def test_the_server_of_a_killed_process_is_used_and_stopped_by_the_next(
    data_dir: Path, start_other: StartOther
) -> None:
    killed = start_other(data_dir)
    process_id = server_process_id(data_dir)
    killed.kill()
    server = EmbeddedPostgres(data_dir, extra_settings=SETTINGS)
    assert say(server.start(), "SELECT 1") == [(1,)]
    assert server_process_id(data_dir) == process_id
    server.stop()
    assert not is_running(data_dir)


def test_a_killed_server_is_started_again_and_lost_nothing(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir, extra_settings=SETTINGS)
    say(server.start(), "CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(server_process_id(data_dir), signal.SIGKILL)
    assert say(server.start(), "SELECT answer FROM kept") == [(42,)]
    server.stop()
    assert not is_running(data_dir)


def test_a_left_over_process_number_that_now_belongs_to_another_program_is_no_hindrance(
    data_dir: Path,
) -> None:
    lines = [
        str(os.getppid()),
        str(data_dir / "postgres"),
        "1700000000",
        "5432",
        "/tmp",
        "",
        "",
        "ready",
    ]
    (data_dir / "postgres" / "postmaster.pid").write_text("\n".join(lines) + "\n")
    server = EmbeddedPostgres(data_dir, extra_settings=SETTINGS)
    assert say(server.start(), "SELECT 1") == [(1,)]
    server.stop()


def test_files_left_half_made_by_a_crash_are_made_anew(traversable_folder: Path) -> None:
    folder = traversable_folder / "half"
    (folder / "postgres.unfinished" / "base").mkdir(parents=True)
    server = EmbeddedPostgres(folder, extra_settings=SETTINGS)
    assert say(server.start(), "SELECT 1") == [(1,)]
    server.stop()
    assert not (folder / "postgres.unfinished").exists()


def test_a_path_too_long_for_a_socket_is_no_hindrance(
    traversable_folder: Path, made_data_dir: Path, start_other: StartOther
) -> None:
    folder = traversable_folder / ("long" * 20) / ("path" * 20)
    folder.parent.mkdir(mode=0o711)
    subprocess.run(["cp", "-a", str(made_data_dir), str(folder)], check=True)
    first = start_other(folder)
    second = EmbeddedPostgres(folder, extra_settings=SETTINGS)
    assert second.start() == first.dsn
    assert say(first.dsn, "SELECT 1") == [(1,)]
    first.leave()
    second.stop()


async def test_the_database_is_made_when_missing(data_dir: Path) -> None:
    for _ in range(2):
        async with embedded_postgres(data_dir, database="my shop", extra_settings=SETTINGS) as dsn:
            assert say(dsn, "SELECT current_database()") == [("my shop",)]
    assert not is_running(data_dir)


@pytest.mark.skipif(not AS_ROOT, reason="only root uses another account")
def test_root_is_told_which_folder_is_closed(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    tmp_path.chmod(0o755)
    with pytest.raises(ClarionError, match="is closed") as caught:
        EmbeddedPostgres(closed / "data").start()
    assert caught.value.code == "data_dir.unusable"
    # The first folder on the way that is closed (pytest's own root is closed too).
    assert Path(caught.value.details["closed_folder"]) in closed.parents


@pytest.mark.skipif(AS_ROOT, reason="nothing is closed to root")
def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ClarionError, match="Permission denied") as caught:
        EmbeddedPostgres(tmp_path / "data").start()
    assert caught.value.code == "data_dir.unusable"


def test_a_file_in_the_place_of_the_data_directory_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(ClarionError, match="data") as caught:
        EmbeddedPostgres(tmp_path / "data").start()
    assert caught.value.code == "data_dir.unusable"


def test_data_of_a_postgresql_that_is_not_here_is_refused(data_dir: Path) -> None:
    version_file = data_dir / "postgres" / "PG_VERSION"
    version = version_file.read_text()
    version_file.write_text("9\n")
    with pytest.raises(ClarionError, match="made by PostgreSQL 9") as caught:
        EmbeddedPostgres(data_dir).start()
    assert caught.value.code == "data_dir.unusable"
    version_file.write_text(version)


def test_the_copied_runtime_works_and_is_copied_once(tmp_path: Path) -> None:
    copy = copy_runtime(find_binaries(), tmp_path / "runtime")
    for name in ("postgres", "initdb"):
        answer = subprocess.run([copy.program(name), "--version"], capture_output=True, check=True)
        assert copy.version.encode() in answer.stdout
    (copy.home / "mark").touch()
    assert copy_runtime(find_binaries(), tmp_path / "runtime") == copy
    assert (copy.home / "mark").exists()


def has_system_postgresql() -> bool:
    return any(binaries.home.parts[1] == "usr" for binaries in find_all_binaries())


@pytest.mark.skipif(not has_system_postgresql(), reason="this machine has no PostgreSQL of its own")
def test_a_postgresql_of_the_system_does_as_well(
    traversable_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clarion.store.binaries._wheel", lambda: None)
    server = EmbeddedPostgres(traversable_folder / "system", extra_settings=SETTINGS)
    dsn = server.start()
    assert say(dsn, "SELECT current_setting('server_version_num')::int >= 150000") == [(True,)]
    assert say(dsn, "SELECT 'ÉLÉONORE' ILIKE 'éléo%'") == [(True,)]
    server.stop()
    monkeypatch.undo()
    # The data keeps to the version that made it, also when a newer one is there.
    assert say(server.start(), "SELECT 1") == [(1,)]
    server.stop()
