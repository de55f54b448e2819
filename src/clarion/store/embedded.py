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

A server that dies while it is in use (the kernel's out-of-memory killer likes databases) is started
again: each process that uses it looks after it, and ``start.lock`` lets one of them do it.

All waiting here is blocking; ``embedded_postgres`` runs it in a thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

import asyncpg

from clarion.domain.errors import ClarionError
from clarion.store.account import Account, choose_account, demand_way_to
from clarion.store.binaries import Binaries, copy_runtime, find_binaries
from clarion.store.cluster import (
    SERVER_SETTINGS,
    SOCKET_NAME,
    cluster_folder,
    create_cluster,
    log_path,
    make_socket_folder,
    remove_socket_folder,
    server_dsn,
    spawn_server,
)

__all__ = ["EmbeddedPostgres", "embedded_postgres", "ensure_database"]

_START_TIMEOUT_SECONDS = 120.0  # recovery after a crash replays up to max_wal_size
_STOP_TIMEOUT_SECONDS = 30.0
_POLL_SECONDS = 0.005
_LOG_LIMIT_BYTES = 10_000_000
_LOOK_SECONDS = 0.3
_READY = "ready"

_log = logging.getLogger(__name__)


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
        self.cluster_folder = cluster_folder(self.data_dir)
        self.log_path = log_path(self.data_dir)
        self._settings = {**SERVER_SETTINGS, **(extra_settings or {})}
        self._users_lock: IO[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._thread_lock = threading.Lock()  # a cancelled start may still be under way at stop

    def start(self) -> str:
        """Start the server, or join the running one; return a DSN of its database ``postgres``.

        May be called again when the server has died: then it is started anew.
        Raises ``data_dir.unusable`` when the folder cannot hold it, ``database.unreachable`` when
        the server does not come up.
        """
        with self._thread_lock:
            try:
                self._prepare_data_dir()
                with self._start_lock():
                    return server_dsn(self._join(), "postgres")
            except OSError as error:
                raise ClarionError(
                    "data_dir.unusable",
                    f"The data directory {self.data_dir} cannot be used: {error}.",
                    data_dir=str(self.data_dir),
                ) from error

    def is_running(self) -> bool:
        """Whether the server's process lives; false while nobody has started it."""
        found = self._read_pid_file()
        return found is not None and self._is_server_of_this_cluster(found.process_id)

    def stop(self) -> None:
        """Leave the server; stop it if nobody else uses it.  Does nothing when not started."""
        with self._thread_lock:
            if self._users_lock is None:
                return
            with self._start_lock():
                try:
                    fcntl.flock(self._users_lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:  # another process still uses the server
                    if self._process is not None and self._process.poll() is None:
                        # It outlives us on purpose; without this, subprocess warns of a lost child.
                        self._process.returncode = 0
                else:
                    self._stop_server()
                    remove_socket_folder(self.data_dir)
                if self._process is not None:
                    self._process.poll()  # bury ours, should another process have replaced it
                self._process = None
                self._release_users_lock()

    def _join(self) -> Path:
        """Become a user of the server, starting it if need be; return its socket folder."""
        account = choose_account(self.cluster_folder)
        demand_way_to(self.data_dir, account)
        if self._users_lock is None:
            self._users_lock = _open_lock(self.data_dir / "users.lock")
            fcntl.flock(self._users_lock, fcntl.LOCK_SH)
        try:
            return self._running_socket_folder() or self._launch(account)
        except BaseException:
            self._release_users_lock()
            raise

    def _prepare_data_dir(self) -> None:
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.geteuid() == 0 and self.data_dir.stat().st_uid == 0:
            # Others may pass through to their own files; they cannot list what is here.
            self.data_dir.chmod(0o711)

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
                    # The number now belongs to another program (or to the dead server itself, which
                    # its parent has not buried yet), for which PostgreSQL would wait.
                    (self.cluster_folder / "postmaster.pid").unlink(missing_ok=True)
                    if found.socket_folder is not None:
                        lock = found.socket_folder / f"{SOCKET_NAME}.lock"
                        lock.unlink(missing_ok=True)
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
            create_cluster(self.data_dir, binaries, account)
        socket_folder = make_socket_folder(self.data_dir, account)
        with contextlib.suppress(FileNotFoundError):
            if self.log_path.stat().st_size > _LOG_LIMIT_BYTES:
                self.log_path.replace(self.log_path.with_suffix(".log.1"))
        deadline = time.monotonic() + _START_TIMEOUT_SECONDS
        while True:
            log_offset = self.log_path.stat().st_size if self.log_path.exists() else 0
            self._process = spawn_server(
                self.data_dir, binaries, account, socket_folder, self._settings
            )
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

    # Stopping it

    def _stop_server(self) -> None:
        found = self._read_pid_file()
        if found is not None and self._is_server_of_this_cluster(found.process_id):
            process_id = found.process_id
        elif self._process is not None and self._process.poll() is None:
            process_id = self._process.pid
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
    is_over = asyncio.Event()
    try:
        database_url = await asyncio.to_thread(server.start)
        looking_after = asyncio.create_task(_look_after(server, is_over))
        try:
            yield await ensure_database(database_url, database)
        finally:
            is_over.set()
            await looking_after  # a start that is under way must not end after the stop
    finally:
        await asyncio.to_thread(server.stop)


async def _look_after(server: EmbeddedPostgres, is_over: asyncio.Event) -> None:
    """Start the server again whenever it has died, until ``is_over``."""
    while not is_over.is_set():
        try:
            if not await asyncio.to_thread(server.is_running):
                _log.error("The embedded PostgreSQL died; it is started again.")
                await asyncio.to_thread(server.start)
                _log.warning("The embedded PostgreSQL is back.")
        except ClarionError as error:
            _log.error("The embedded PostgreSQL could not be started again: %s", error.message)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(is_over.wait(), _LOOK_SECONDS)


async def ensure_database(database_url: str, name: str) -> str:
    """Make the database ``name`` on the server of ``database_url`` unless it is there.

    Returns its DSN.
    """
    connection = await asyncpg.connect(database_url)
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            quoted = '"' + name.replace('"', '""') + '"'
            # Two processes may get here at once; the second finds it made.
            with contextlib.suppress(asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
                await connection.execute(f"CREATE DATABASE {quoted}")
    finally:
        await connection.close()
    head, _, query = database_url.partition("?")
    return f"{head.rpartition('/')[0]}/{quote(name, safe='')}" + (f"?{query}" if query else "")


def _open_lock(path: Path) -> IO[bytes]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    if os.geteuid() == 0:
        # Whose folder it is can still lock what root made there.
        owner = path.parent.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return os.fdopen(descriptor, "rb")


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
            probe.connect(str(socket_folder / SOCKET_NAME))
        except OSError:  # nobody listens (yet, or any more): the caller asks again
            return False
    return True
