"""What the embedded PostgreSQL is made of: its files, its socket, its settings.

Theory of operation.  ``<data_dir>/postgres`` is one database cluster, ``<data_dir>/socket`` the
folder of its socket.  Who may enter that folder (mode 0700) is trusted, and there is no other way
in.  The settings are given on the command line, so that a newer Clarion improves an old data
directory too.  ``clarion.store.embedded`` decides when any of this happens.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlencode

from clarion.domain.errors import ClarionError
from clarion.store.account import Account
from clarion.store.binaries import Binaries

__all__ = [
    "SERVER_SETTINGS",
    "SOCKET_NAME",
    "cluster_folder",
    "create_cluster",
    "log_path",
    "make_socket_folder",
    "remove_socket_folder",
    "server_dsn",
    "spawn_server",
]

_DATABASE_USER = "clarion"
_PORT = 5432  # only a part of the socket's name; every server has a folder of its own
_SOCKET_PATH_LIMIT_BYTES = 103  # macOS; Linux allows 107
SOCKET_NAME = f".s.PGSQL.{_PORT}"

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


def cluster_folder(data_dir: Path) -> Path:
    """Where the database's files are."""
    return data_dir / "postgres"


def log_path(data_dir: Path) -> Path:
    """Where the server writes its log."""
    return cluster_folder(data_dir) / "server.log"


def create_cluster(data_dir: Path, binaries: Binaries, account: Account) -> None:
    """Make a new cluster; it gets its name when it is whole, so a crash leaves none half-made.

    Raises ``data_dir.unusable`` with what ``initdb`` said.
    """
    unfinished = data_dir / "postgres.unfinished"
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
            f"--username={_DATABASE_USER}",
            "--auth=trust",  # whoever may enter the socket's folder is trusted
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
            f"PostgreSQL could not create its files in {data_dir}:"
            f" {answer.stderr.strip()[-500:] or answer.stdout.strip()[-500:]}",
            data_dir=str(data_dir),
        )
    unfinished.rename(cluster_folder(data_dir))


def make_socket_folder(data_dir: Path, account: Account) -> Path:
    """The private folder of the socket, made when missing.

    It is in the data directory unless the path would be too long for a socket; then it has a short
    name in the system's temporary folder, the same for all processes.
    Raises ``data_dir.unusable`` when somebody else made it.
    """
    folder = _socket_folder(data_dir)
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid not in {os.geteuid(), account.user_id}:
        raise ClarionError(
            "data_dir.unusable",
            f"The folder {folder}, needed for the database's socket, belongs to somebody else.",
            folder=str(folder),
        )
    account.give(folder, 0o700)
    return folder


def remove_socket_folder(data_dir: Path) -> None:
    """Leave nothing behind in the system's temporary folder once the server has stopped."""
    folder = _socket_folder(data_dir)
    if folder.parent != data_dir:
        with contextlib.suppress(OSError):  # gone already, or not empty: harmless
            folder.rmdir()


def spawn_server(
    data_dir: Path,
    binaries: Binaries,
    account: Account,
    socket_folder: Path,
    settings: Mapping[str, str],
) -> subprocess.Popen[bytes]:
    """Start ``postgres`` in a session of its own; does not wait until it is ready."""
    with log_path(data_dir).open("ab") as log:
        account.give(log_path(data_dir), 0o600)
        return subprocess.Popen(  # noqa: S603  # our own program and arguments
            [
                binaries.program("postgres"),
                "-D",
                cluster_folder(data_dir),
                f"--port={_PORT}",
                f"--unix_socket_directories={socket_folder}",
                *(f"--{name}={value}" for name, value in settings.items()),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=cluster_folder(data_dir),
            env=_environment(),
            start_new_session=True,
            umask=0o077,
            **account.process_options(),
        )


def server_dsn(socket_folder: Path, database: str) -> str:
    """The DSN of ``database`` on the server whose socket is in ``socket_folder``."""
    query = urlencode({"host": str(socket_folder), "port": str(_PORT)})
    return f"postgresql://{_DATABASE_USER}@/{database}?{query}"


def _socket_folder(data_dir: Path) -> Path:
    folder = data_dir / "socket"
    if len(os.fsencode(folder / SOCKET_NAME)) <= _SOCKET_PATH_LIMIT_BYTES:
        return folder
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"clarion-{digest}"


def _environment() -> dict[str, str]:
    """A plain environment: no PG* variable of the user may lead the server astray."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "LANG": "C", "TZ": "UTC"}
