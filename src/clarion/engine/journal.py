"""The journal of a sender: how far its owner has truly written, in memory that outlives the process.

Theory of operation.  The intent mark is committed before any request is written, so a process that
is killed between the two leaves people below the mark to whom nothing was sent, and the database
alone cannot tell them from those who were.  The owner therefore notes the position of each request
*before* it writes it, in a small file that is mapped into memory: a store of eight bytes, no call of
the kernel.  The pages belong to the kernel and survive a ``kill -9``.  The next owner on the same
machine reads them: what lies below the mark and above the noted position has certainly not left, and
is sent; only the rest is in doubt.

A machine that lost power may have lost the newest pages, so a journal counts only within the same
boot of the same kernel, and only for the ownership (the fence) that ended last.  Where it cannot be
read, everything below the mark is in doubt, as ever: the journal makes the doubt smaller and is never
needed.
"""

from __future__ import annotations

import mmap
import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog

from clarion.domain.message import Lane

__all__ = ["Journal", "Written", "read_journal"]

log = structlog.get_logger(__name__)

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
# Eight bytes each: the boot (two), the fence, and the position of each lane.
_BOOT, _FENCE = slice(0, 2), 2
_SLOT_OF = {Lane.CONVERSATION: 3, Lane.BULK: 4}
_SLOTS = 5
_BYTES = 8 * _SLOTS


@dataclass(frozen=True, slots=True)
class Written:
    """What a former owner had written: the last position of each lane, under its fence."""

    fence: int
    positions: Mapping[Lane, int]


def read_journal(folder: Path | None, sender_id: int) -> Written | None:
    """What is known of the last owner on this machine; ``None`` if nothing can be trusted."""
    boot = _boot_words()
    if folder is None or boot is None:
        return None
    try:
        data = _path(folder, sender_id).read_bytes()
    except OSError:
        return None
    if len(data) != _BYTES:
        return None
    slots = memoryview(data).cast("q")
    if tuple(slots[_BOOT]) != boot:
        return None
    return Written(slots[_FENCE], {lane: slots[slot] for lane, slot in _SLOT_OF.items()})


class Journal:
    """The journal that an owner keeps; ``close`` it at the end."""

    def __init__(
        self, folder: Path | None, sender_id: int, fence: int, marks: Mapping[Lane, int]
    ) -> None:
        self._fence = fence
        self._map: mmap.mmap | None = None
        boot = _boot_words()
        if folder is None or boot is None:
            return
        try:
            self._map = _mapped(folder, sender_id)
        except OSError as error:
            log.warning("journal_not_kept", sender_id=sender_id, error=str(error))
            return
        self._slots = memoryview(self._map).cast("q")
        self._slots[_FENCE] = -1  # not to be trusted until it is whole
        self._slots[0], self._slots[1] = boot
        for lane, slot in _SLOT_OF.items():
            self._slots[slot] = marks[lane]
        self._slots[_FENCE] = fence

    def note(self, lane: Lane, position: int) -> None:
        """The request at this position is about to be written."""
        if self._map is not None and self._slots[_FENCE] == self._fence:
            self._slots[_SLOT_OF[lane]] = position

    def close(self) -> None:
        """Let go of the file; what was noted stays."""
        if self._map is not None:
            self._slots.release()
            self._map.close()
            self._map = None


def _mapped(folder: Path, sender_id: int) -> mmap.mmap:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(_path(folder, sender_id), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.ftruncate(descriptor, _BYTES)
        return mmap.mmap(descriptor, _BYTES)
    finally:
        os.close(descriptor)


def _path(folder: Path, sender_id: int) -> Path:
    return folder / f"sender-{sender_id}"


def _boot_words() -> tuple[int, int] | None:
    """The id of this boot as two words; ``None`` where the system does not tell it."""
    try:
        boot = uuid.UUID(_BOOT_ID.read_text().strip()).bytes
    except (OSError, ValueError):
        return None
    first, second = memoryview(boot).cast("q")
    return first, second
