"""The operating-system account under which the embedded server runs.

Theory of operation.  PostgreSQL refuses to run as root.  For an ordinary user the server runs as
that user.  For root it runs as an account that is already there: the owner of the data when there
is data, else an account named ``clarion`` if an administrator has made one, else ``nobody``.
Nothing is added to the machine and no permission of any existing folder is changed; when the
account has no way to the data folder, that is an error that names the folder in the way.

(``initdb`` looks its own user up by name, so the account must have an entry in the user database.)
"""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clarion.domain.errors import ClarionError

__all__ = ["Account", "choose_account", "demand_way_to"]

_ACCOUNT_NAMES = ("clarion", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """A user and group id; ``is_other`` tells whether it is not the account of this process."""

    user_id: int
    group_id: int
    is_other: bool

    def process_options(self) -> dict[str, Any]:
        """What ``subprocess`` needs so that a program runs as this account."""
        if not self.is_other:
            return {}
        return {"user": self.user_id, "group": self.group_id, "extra_groups": []}

    def give(self, path: Path, mode: int) -> None:
        """Make this account the owner of ``path``, with ``mode``."""
        if self.is_other:
            os.chown(path, self.user_id, self.group_id)
        path.chmod(mode)

    def can_run(self, program: Path) -> bool:
        """Whether this account can reach ``program`` and start it."""
        try:
            answer = subprocess.run(  # noqa: S603  # a program found by us
                [program, "--version"],
                capture_output=True,
                check=False,
                cwd="/",
                **self.process_options(),
            )
        except OSError:  # the account has no way to the file, or may not execute it
            return False
        return answer.returncode == 0


def choose_account(data_folder: Path) -> Account:
    """The account for the server whose files are, or will be, in ``data_folder``.

    Raises ``data_dir.unusable`` when this process is root and there is no account to run as.
    """
    own_user_id = os.geteuid()
    if own_user_id != 0:
        return Account(own_user_id, os.getegid(), is_other=False)
    if data_folder.is_dir():
        status = data_folder.stat()
        if status.st_uid != 0:
            return Account(status.st_uid, status.st_gid, is_other=True)
    for name in _ACCOUNT_NAMES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:  # no such account on this machine: try the next name
            continue
        return Account(entry.pw_uid, entry.pw_gid, is_other=True)
    raise ClarionError(
        "data_dir.unusable",
        "PostgreSQL does not run as root, and this machine has neither an account `clarion` nor"
        " `nobody`; start Clarion as an ordinary user, or set CLARION_DATABASE_URL.",
    )


def demand_way_to(folder: Path, account: Account) -> None:
    """Check that ``account`` can enter ``folder``; only another account can fail.

    Raises ``data_dir.unusable`` naming the first folder on the way that is closed to it.
    """
    if not account.is_other:
        return
    # Asked of the kernel by trying, since access lists and mounts decide too.
    answer = subprocess.run(  # noqa: S603  # a fixed command; the path is an argument, not text
        ["/bin/sh", "-c", 'cd -- "$0"', folder],
        capture_output=True,
        check=False,
        cwd="/",
        **account.process_options(),
    )
    if answer.returncode == 0:
        return
    closed = _first_closed_folder(folder, account) or folder
    raise ClarionError(
        "data_dir.unusable",
        f"The data directory {folder} cannot be used by root: the database runs as an"
        f" unprivileged account (user id {account.user_id}), to which {closed} is closed. Use a"
        " folder that everybody may pass through, for example /var/lib/clarion, or start Clarion"
        " as an ordinary user.",
        data_dir=str(folder),
        closed_folder=str(closed),
        user_id=account.user_id,
    )


def _first_closed_folder(folder: Path, account: Account) -> Path | None:
    for place in [*reversed(folder.parents), folder]:
        status = place.stat()
        if status.st_uid == account.user_id:
            needed = stat.S_IXUSR
        elif status.st_gid == account.group_id:
            needed = stat.S_IXGRP
        else:
            needed = stat.S_IXOTH
        if not status.st_mode & needed:
            return place
    return None
