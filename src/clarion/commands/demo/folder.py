"""The demo's folder: known by a file of its own, used by one demo at a time.

Theory of operation.  ``demo.json`` marks a folder as a demo's and keeps what must outlive a run:
the sign-in, and whether the shop was filled.  A folder with anything in it but no such mark belongs
to somebody else and is refused.  A lock, which the kernel frees even after a kill, keeps a second
demo out.  Starting afresh deletes the files that a demo makes, by name, and nothing else.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import orjson

from clarion.domain.errors import ClarionError
from clarion.store.embedded import EmbeddedPostgres

__all__ = ["DemoFacts", "DemoFolder", "open_folder"]

MARK = "demo.json"
LOCK = "demo.lock"
# What a demo makes; "runtime" (programs, no data) stays, so that a fresh start is fast.
MADE = (
    "postgres",
    "postgres.unfinished",
    "postgres.log",
    "postgres.log.1",
    "users.lock",
    "start.lock",
    "secret_key",
    "ledger.ndjson",
    "simulator.json",
    "simulator.log",
    "customers.csv",
    "demo.log",
    MARK,
)


@dataclass(frozen=True, slots=True)
class DemoFacts:
    """What ``demo.json`` says.  ``simulator_port`` 0: none yet."""

    email: str
    password: str
    is_filled: bool = False
    simulator_port: int = 0


class DemoFolder:
    """An opened folder and its facts."""

    def __init__(self, path: Path, facts: DemoFacts) -> None:
        self.path = path
        self.facts = facts

    def keep(self, **changes: bool | int) -> None:
        """Change facts, on the disk too."""
        self.facts = replace(self.facts, **changes)  # type: ignore[arg-type]
        draft = self.path / f"{MARK}.draft"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(orjson.dumps(asdict(self.facts), option=orjson.OPT_INDENT_2))
        draft.replace(self.path / MARK)


@contextlib.contextmanager
def open_folder(
    path: Path, *, is_fresh: bool, email: str, mint_password: Callable[[], str]
) -> Iterator[DemoFolder]:
    """Use a demo's folder, made when missing; ``is_fresh`` empties it first.

    Raises ``data_dir.not_a_demo``, ``data_dir.in_use``, ``data_dir.unusable``.
    """
    try:
        _demand_demo(path)
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(path):
            if is_fresh and (path / MARK).exists():
                _delete_data(path)
            yield _opened(path, email, mint_password)
    except OSError as error:
        if error.filename is None or not Path(os.fsdecode(error.filename)).is_relative_to(path):
            raise
        raise ClarionError(
            "data_dir.unusable",
            f"The demo's folder {path} cannot be used: {error.strerror}.",
            data_dir=str(path),
        ) from error


def _demand_demo(path: Path) -> None:
    if not path.exists() or (path / MARK).exists():
        return
    others = sorted(entry.name for entry in path.iterdir() if entry.name not in (LOCK, "runtime"))
    if others:
        raise ClarionError(
            "data_dir.not_a_demo",
            f"{path} was not made by a demo (it holds {', '.join(others[:3])}); nothing in it was"
            " touched.",
            data_dir=str(path),
        )


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    descriptor = os.open(path / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ClarionError(
                "data_dir.in_use", f"A demo runs in {path} already.", data_dir=str(path)
            ) from error
        yield
    finally:
        os.close(descriptor)


def _opened(path: Path, email: str, mint_password: Callable[[], str]) -> DemoFolder:
    mark = path / MARK
    if mark.exists():
        return DemoFolder(path, DemoFacts(**orjson.loads(mark.read_bytes())))
    folder = DemoFolder(path, DemoFacts(email, mint_password()))
    folder.keep()
    return folder


def _delete_data(path: Path) -> None:
    if (path / "postgres" / "postmaster.pid").exists():
        # A server that outlived a killed demo: join it, and stop it as its last user.
        server = EmbeddedPostgres(path)
        server.start()
        server.stop()
    for name in MADE:  # the mark goes last: what is cut short here is still a demo's folder
        made = path / name
        if made.is_dir():
            shutil.rmtree(made)
        else:
            made.unlink(missing_ok=True)
