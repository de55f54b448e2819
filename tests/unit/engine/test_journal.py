"""The journal survives its process, and is trusted only where it can be."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from clarion.domain.message import Lane
from clarion.engine import journal as module
from clarion.engine.journal import Journal, read_journal

MARKS = {Lane.CONVERSATION: 3, Lane.BULK: 40}


def test_what_was_noted_is_read_by_the_next_owner(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal", 7, fence=5, marks=MARKS)
    journal.note(Lane.BULK, 41)
    journal.note(Lane.CONVERSATION, 4)
    journal.close()
    written = read_journal(tmp_path / "journal", 7)
    assert written is not None
    assert written.fence == 5
    assert dict(written.positions) == {Lane.CONVERSATION: 4, Lane.BULK: 41}


def test_a_killed_process_leaves_its_journal(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path\n"
        "from clarion.domain.message import Lane; from clarion.engine.journal import Journal\n"
        "j = Journal(Path(sys.argv[1]), 7, 5, {Lane.CONVERSATION: 0, Lane.BULK: 0})\n"
        "j.note(Lane.BULK, 123); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)
    assert done.returncode == -signal.SIGKILL
    written = read_journal(tmp_path, 7)
    assert written is not None
    assert written.positions[Lane.BULK] == 123


def test_an_owner_that_was_replaced_notes_nothing_more(tmp_path: Path) -> None:
    old = Journal(tmp_path, 7, fence=5, marks=MARKS)
    new = Journal(tmp_path, 7, fence=6, marks={Lane.CONVERSATION: 10, Lane.BULK: 90})
    old.note(Lane.BULK, 55)
    written = read_journal(tmp_path, 7)
    assert written is not None
    assert (written.fence, written.positions[Lane.BULK]) == (6, 90)
    old.close()
    new.close()


def test_a_journal_of_another_boot_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Journal(tmp_path, 7, fence=5, marks=MARKS).close()
    other = tmp_path / "boot_id"
    other.write_text("6f1d6b0e-1111-4222-8333-944455566677\n")
    monkeypatch.setattr(module, "_BOOT_ID", other)
    assert read_journal(tmp_path, 7) is None


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 41])
def test_a_damaged_journal_is_not_trusted(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "sender-7").write_bytes(content)
    assert read_journal(tmp_path, 7) is None


def test_without_a_place_nothing_is_kept_and_nothing_breaks(tmp_path: Path) -> None:
    journal = Journal(None, 7, fence=5, marks=MARKS)
    journal.note(Lane.BULK, 41)
    journal.close()
    assert read_journal(None, 7) is None
    if os.geteuid() != 0:
        tmp_path.chmod(0o500)
        Journal(tmp_path / "closed", 7, fence=5, marks=MARKS).close()
