"""The embedded PostgreSQL: a private server in the data directory.

Theory of operation.  ``<data_dir>/postgres`` holds one database cluster, whose server listens only
on a socket in a folder of mode 0700 and on no network.  Any number of processes may use it:

- ``users.lock``: every process holds a shared lock on it while it uses the server.  Who leaves
  tries to make the lock exclusive; whoever succeeds was the last one and stops the server.  The
  kernel frees the locks of killed processes, so a server whose starter was killed is found by the
  next process, used, and stopped by it in the end.
- ``start.lock``: held exclusively for the moments of starting and stopping, so that two processes
  never do these at once.

The server has its own session, so that Ctrl-C in a terminal reaches Clarion and not the database.
It is a direct child, so that no zombie is left where no init process collects them.
What ``postmaster.pid`` says is believed only if that process works in this very cluster: after a
power cut, or in a new container, the number may belong to any other program.

All waiting here is blocking; ``embedded_postgres`` runs it in a thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import IO
from urllib.parse import quote, urlencode

import asyncpg

from clarion.domain.errors import ClarionError
from clarion.store.account import Account, choose_account, demand_way_to
from clarion.store.binaries import Binaries, copy_runtime, find_binaries

__all__ = ["EmbeddedPostgres", "embedded_postgres", "ensure_database"]

DATABASE_USER = "clarion"
SERVER_SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        # Nothing listens on the network.
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        # Durable: what was committed survives a power cut.
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        # Sized for a million contacts on a laptop.
        "shared_buffers": "256MB",
        "max_wal_size": "4GB",
        "min_wal_size": "256MB",
        "wal_compression": "on",
        "checkpoint_timeout": "15min",
        "maintenance_work_mem": "128MB",
        "work_mem": "16MB",
        "random_page_cost": "1.1",
        "max_connections": "200",
        # Compiling a query costs more than the short queries here ever gain.
        "jit": "off",
        # Large tables fill fast: look at them often, and keep up.
        "autovacuum_naptime": "10s",
        "autovacuum_vacuum_cost_limit": "2000",
        "TimeZone": "UTC",
        "log_timezone": "UTC",
    }
)
"""Given on the command line, so that a newer Clarion improves an old data directory too."""

_PORT = 5432  # only a part of the socket's name; every server has a folder of its own
_SOCKET_PATH_LIMIT_BYTES = 103  # 107 on Linux, 103 on macOS
_START_TIMEOUT_SECONDS = 120.0  # recovery after a crash replays up to max_wal_size
_STOP_TIMEOUT_SECONDS = 30.0
_POLL_SECONDS = 0.005
_LOG_LIMIT_BYTES = 10_000_000
_READY = "ready"


@dataclass(frozen=True, slots=True)
class _PidFile:
    """What ``postmaster.pid`` says."""

    process_id: int
    socket_folder: Path | None
    state: str


class EmbeddedPostgres:
    """One process's use of the server in ``data_dir``.

    ``extra_settings`` are added to ``SERVER_SETTINGS`` if this process is the one that starts the
    server (tests turn durability off).
    """

    def __init__(self, data_dir: Path, *, extra_settings: Mapping[str, str] | None = None) -> None:
        self.data_dir = data_dir.expanduser().absolute()
        self.cluster_folder = self.data_dir / "postgres"
        self.log_path = self.cluster_folder / "server.log"
        self._settings = {**SERVER_SETTINGS, **(extra_settings or {})}
        self._users_lock: IO[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Start the server, or join the running one; return a DSN of its database ``postgres``.

        Raises ``data_dir.unusable`` when the folder cannot hold it, ``database.unreachable`` when
        the server does not come up.
        """
        self._prepare_data_dir()
        with self._start_lock():
            account = choose_account(self.cluster_folder)
            demand_way_to(self.data_dir, account)
            if self._users_lock is None:
                self._users_lock = _open_lock(self.data_dir / "users.lock")
                fcntl.flock(self._users_lock, fcntl.LOCK_SH)
            try:
                return _dsn(self._running_socket_folder() or self._launch(account), "postgres")
            except BaseException:
                self._release_users_lock()
                raise

    def stop(self) -> None:
        """Leave the server; stop it if nobody else uses it.  Does nothing when not started."""
        if self._users_lock is None:
            return
        with self._start_lock():
            try:
                fcntl.flock(self._users_lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:  # another process still uses the server
                if self._process is not None:
                    # It outlives us on purpose; without this, subprocess warns of a lost child.
                    self._process.returncode = 0
            else:
                self._stop_server()
            self._process = None
            self._release_users_lock()

    def _prepare_data_dir(self) -> None:
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            if os.geteuid() == 0 and self.data_dir.stat().st_uid == 0:
                # Others may pass through to their own files; they cannot list what is here.
                self.data_dir.chmod(0o711)
        except OSError as error:
            raise ClarionError(
                "data_dir.unusable",
                f"The data directory {self.data_dir} cannot be made: {error.strerror}.",
                data_dir=str(self.data_dir),
            ) from error

    @contextlib.contextmanager
    def _start_lock(self) -> Iterator[None]:
        with _open_lock(self.data_dir / "start.lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _release_users_lock(self) -> None:
        if self._users_lock is not None:
            self._users_lock.close()
            self._users_lock = None

    # Finding a server that runs already

    def _running_socket_folder(self) -> Path | None:
        """The socket folder of the server that runs in this cluster, once it is ready.

        Waits for a server that is starting or stopping; None when none runs.
        """
        deadline = time.monotonic() + _START_TIMEOUT_SECONDS
        while (found := self._read_pid_file()) is not None:
            if not self._is_server_of_this_cluster(found.process_id):
                if _is_alive(found.process_id):
                    # The number now belongs to another program, for which PostgreSQL would wait.
                    (self.cluster_folder / "postmaster.pid").unlink(missing_ok=True)
                return None
            if (
                found.state == _READY
                and found.socket_folder is not None
                and _answers(found.socket_folder)
            ):
                return found.socket_folder
            if time.monotonic() > deadline:
                raise self._unreachable(
                    "A PostgreSQL runs in the data directory but does not answer"
                )
            time.sleep(_POLL_SECONDS)
        return None

    def _read_pid_file(self) -> _PidFile | None:
        try:
            lines = (self.cluster_folder / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return None
        if not lines or not lines[0].strip().isdigit():
            return None  # cut short while being written
        socket_folder = Path(lines[4]) if len(lines) > 4 and lines[4] else None
        return _PidFile(int(lines[0]), socket_folder, lines[7].strip() if len(lines) > 7 else "")

    def _is_server_of_this_cluster(self, process_id: int) -> bool:
        if not _is_alive(process_id):
            return False
        if self._process is not None and self._process.pid == process_id:
            return self._process.poll() is None
        if not Path("/proc/self").exists():  # macOS: the name of the program has to do
            answer = subprocess.run(  # noqa: S603  # fixed command
                ["/bin/ps", "-p", str(process_id), "-o", "comm="],
                capture_output=True,
                text=True,
                check=False,
            )
            return "postgres" in answer.stdout
        try:
            return Path(f"/proc/{process_id}/cwd").samefile(self.cluster_folder)
        except OSError:  # a process of somebody else, or one that has ended (a zombie)
            return False

    # Starting one

    def _launch(self, account: Account) -> Path:
        binaries = self._usable_binaries(account)
        if not (self.cluster_folder / "PG_VERSION").is_file():
            self._create_cluster(binaries, account)
        socket_folder = self._make_socket_folder(account)
        with contextlib.suppress(FileNotFoundError):
            if self.log_path.stat().st_size > _LOG_LIMIT_BYTES:
                self.log_path.replace(self.log_path.with_suffix(".log.1"))
        deadline = time.monotonic() + _START_TIMEOUT_SECONDS
        while True:
            log_offset = self.log_path.stat().st_size if self.log_path.exists() else 0
            self._process = self._spawn(binaries, account, socket_folder)
            while self._process.poll() is None:
                found = self._read_pid_file()
                if (
                    found is not None
                    and found.process_id == self._process.pid
                    and found.state == _READY
                ):
                    return socket_folder
                if time.monotonic() > deadline:
                    self._stop_server()
                    raise self._unreachable("PostgreSQL did not become ready in time")
                time.sleep(_POLL_SECONDS)
            # Helpers of a killed server may live on for a moment and hold its memory.
            said = self.log_path.read_bytes()[log_offset:].decode(errors="replace")
            if "still in use" not in said or time.monotonic() > deadline:
                raise self._unreachable("PostgreSQL did not start")
            time.sleep(0.1)

    def _usable_binaries(self, account: Account) -> Binaries:
        version_file = self.cluster_folder / "PG_VERSION"
        wanted = int(version_file.read_text()) if version_file.is_file() else None
        binaries = find_binaries(wanted)
        if account.is_other and not account.can_run(binaries.program("postgres")):
            return copy_runtime(binaries, self.data_dir / "runtime")
        return binaries

    def _create_cluster(self, binaries: Binaries, account: Account) -> None:
        """Make a new cluster; it gets its name when it is whole, so a crash leaves none half-made."""
        unfinished = self.data_dir / "postgres.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        account.give(unfinished, 0o700)
        locale = (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
            if binaries.major_version >= 17
            else ["--locale=C.UTF-8"]
        )
        answer = subprocess.run(  # noqa: S603  # our own program and arguments
            [
                binaries.program("initdb"),
                f"--pgdata={unfinished}",
                f"--username={DATABASE_USER}",
                "--auth=trust",  # whoever may enter the socket's folder (mode 0700) is trusted
                "--encoding=UTF8",
                "--no-instructions",
                *locale,
            ],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=_environment(),
            **account.process_options(),
        )
        if answer.returncode != 0:
            raise ClarionError(
                "data_dir.unusable",
                f"PostgreSQL could not create its files in {self.data_dir}:"
                f" {answer.stderr.strip()[-500:]}",
                data_dir=str(self.data_dir),
            )
        unfinished.rename(self.cluster_folder)

    def _make_socket_folder(self, account: Account) -> Path:
        folder = self.data_dir / "socket"
        if len(os.fsencode(folder / f".s.PGSQL.{_PORT}")) > _SOCKET_PATH_LIMIT_BYTES:
            # Too long for a socket: a folder with a short name, the same for all processes.
            digest = hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:16]
            folder = Path(tempfile.gettempdir()) / f"clarion-{digest}"
        folder.mkdir(mode=0o700, exist_ok=True)
        owner = folder.lstat().st_uid
        if folder.is_symlink() or owner not in {os.geteuid(), account.user_id}:
            raise ClarionError(
                "data_dir.unusable",
                f"The folder {folder}, needed for the database's socket, belongs to somebody else.",
                folder=str(folder),
            )
        account.give(folder, 0o700)
        return folder

    def _spawn(
        self, binaries: Binaries, account: Account, socket_folder: Path
    ) -> subprocess.Popen[bytes]:
        settings = {**self._settings, "unix_socket_directories": str(socket_folder)}
        options = [f"--{name}={value}" for name, value in settings.items()]
        with self.log_path.open("ab") as log:
            account.give(self.log_path, 0o600)
            return subprocess.Popen(  # noqa: S603  # our own program and arguments
                [
                    binaries.program("postgres"),
                    "-D",
                    self.cluster_folder,
                    "-p",
                    str(_PORT),
                    *options,
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.cluster_folder,
                env=_environment(),
                start_new_session=True,
                umask=0o077,
                **account.process_options(),
            )

    # Stopping it

    def _stop_server(self) -> None:
        found = self._read_pid_file()
        if self._process is not None:
            process_id = self._process.pid
        elif found is not None and self._is_server_of_this_cluster(found.process_id):
            process_id = found.process_id
        else:
            return
        # "Fast" (roll back and leave), and if that does not come to an end, "immediate".
        for stop_signal in (signal.SIGINT, signal.SIGQUIT):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process_id, stop_signal)
            deadline = time.monotonic() + _STOP_TIMEOUT_SECONDS
            while time.monotonic() < deadline:
                if not self._is_server_of_this_cluster(process_id):
                    return
                time.sleep(_POLL_SECONDS)

    def _unreachable(self, what: str) -> ClarionError:
        try:
            said = self.log_path.read_text(errors="replace").splitlines()[-5:]
        except FileNotFoundError:
            said = []
        return ClarionError(
            "database.unreachable",
            f"{what}; its log {self.log_path} ends with: {' | '.join(said) or '(nothing)'}",
            log=str(self.log_path),
        )


@contextlib.asynccontextmanager
async def embedded_postgres(
    data_dir: Path, *, database: str = "clarion", extra_settings: Mapping[str, str] | None = None
) -> AsyncIterator[str]:
    """Use the embedded server of ``data_dir``; gives the DSN of ``database``, made when missing."""
    server = EmbeddedPostgres(data_dir, extra_settings=extra_settings)
    server_dsn = await asyncio.to_thread(server.start)
    try:
        yield await ensure_database(server_dsn, database)
    finally:
        await asyncio.to_thread(server.stop)


async def ensure_database(server_dsn: str, name: str) -> str:
    """Make the database ``name`` on the server of ``server_dsn`` unless it is there.

    Returns its DSN.
    """
    connection = await asyncpg.connect(server_dsn)
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            quoted = '"' + name.replace('"', '""') + '"'
            # Two processes may get here at once; the second finds it made.
            with contextlib.suppress(asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
                await connection.execute(f"CREATE DATABASE {quoted}")
    finally:
        await connection.close()
    head, _, query = server_dsn.partition("?")
    return f"{head.rpartition('/')[0]}/{quote(name, safe='')}" + (f"?{query}" if query else "")


def _dsn(socket_folder: Path, database: str) -> str:
    query = urlencode({"host": str(socket_folder), "port": str(_PORT)})
    return f"postgresql://{DATABASE_USER}@/{database}?{query}"


def _open_lock(path: Path) -> IO[bytes]:
    return path.open("ab")


def _is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _answers(socket_folder: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(socket_folder / f".s.PGSQL.{_PORT}"))
        except OSError:  # nobody listens (yet, or any more): the caller asks again
            return False
    return True


def _environment() -> dict[str, str]:
    """A plain environment: no PG* variable of the user may lead the server astray."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "LANG": "C", "TZ": "UTC"}
