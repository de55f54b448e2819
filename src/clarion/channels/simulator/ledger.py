"""The ground truth: every message that was truly accepted.

Theory of operation.  A row is one line of JSON, written to the file (if there is one) by a plain ``write`` before the
answer leaves: whatever is killed, an answered message is on record.  In memory the lines are kept too, the old ones
deflated in blocks (about 50 bytes a row).  A ledger that opens an existing file continues it, so that a
simulator started again neither forgets nor hands out an id twice.

Refused requests are only counted, by code.  Marks (read, typing) are no messages; the newest are kept beside.
"""

from __future__ import annotations

import asyncio
import os
import zlib
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import orjson

__all__ = ["Ledger", "LedgerFilter", "summary_of"]

_BLOCK_ROWS = 1024
_SHOWN_DUPLICATES = 1_000
_KEPT_MARKS = 1_000


class LedgerFilter(NamedTuple):
    """Which rows to read: equal fields, and attempt ids that begin with ``attempt_prefix``."""

    equal: Mapping[str, str] = {}
    attempt_prefix: str = ""

    def is_open(self) -> bool:
        """Whether every row passes."""
        return not self.equal and not self.attempt_prefix

    def passes(self, row: Mapping[str, Any]) -> bool:
        """Whether a row is wanted."""
        if any(str(row.get(name)) != value for name, value in self.equal.items()):
            return False
        return str(row.get("attempt_id") or "").startswith(self.attempt_prefix)


_EVERYTHING = LedgerFilter()


class Ledger:
    """Append-only rows, on a file if a path is given.  ``OSError`` if the file cannot be opened."""

    def __init__(self, path: Path | None = None) -> None:
        self._blocks: list[bytes] = []
        self._tail: list[bytes] = []
        self._file: int | None = None
        self.accepted_count = 0
        self.refused_counts: Counter[int] = Counter()
        self.marks: deque[Mapping[str, Any]] = deque(maxlen=_KEPT_MARKS)
        if path is not None:
            self._open(path)

    def _open(self, path: Path) -> None:
        if path.exists():
            raw = path.read_bytes()
            whole, _, torn = raw.rpartition(b"\n")
            for line in whole.splitlines():
                self._remember(line)
            if torn:  # a row cut off by a kill was never answered
                os.truncate(path, len(raw) - len(torn))
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def append(self, row: Mapping[str, Any]) -> None:
        """Record an accepted message; on the file before this returns."""
        line = msgspec.json.encode(row)  # kept: see payloads on why not orjson
        if self._file is not None:
            os.write(self._file, line + b"\n")
        self._remember(line)

    def _remember(self, line: bytes) -> None:
        self._tail.append(line)
        self.accepted_count += 1
        if len(self._tail) >= _BLOCK_ROWS:
            self._blocks.append(zlib.compress(b"\n".join(self._tail), 1))
            self._tail.clear()

    def mark(self, phone_number_id: str, wamid: str, *, is_typing: bool) -> None:
        """Note that the business marked a message of a person as read; only the newest are kept."""
        mark = {"phone_number_id": phone_number_id, "wamid": wamid, "is_typing": is_typing}
        self.marks.append(mark)

    def refuse(self, code: int) -> None:
        """Count a refused request."""
        self.refused_counts[code] += 1

    def clear(self) -> None:
        """Forget all rows, on the file too."""
        self._blocks.clear()
        self._tail.clear()
        self.accepted_count = 0
        self.refused_counts.clear()
        self.marks.clear()
        if self._file is not None:
            os.ftruncate(self._file, 0)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _chunks(self) -> Iterator[bytes]:
        for block in list(self._blocks):
            yield zlib.decompress(block)
        if self._tail:
            yield b"\n".join(self._tail)

    def rows(self, wanted: LedgerFilter = _EVERYTHING) -> Iterator[dict[str, Any]]:
        """The accepted messages, oldest first."""
        for chunk in self._chunks():
            for line in chunk.split(b"\n"):
                row = orjson.loads(line)
                if wanted.passes(row):
                    yield row

    async def stream(self, wanted: LedgerFilter) -> AsyncIterator[bytes]:
        """The same as NDJSON, a block at a time, letting others run in between."""
        for chunk in self._chunks():
            if wanted.is_open():
                yield chunk + b"\n"
            else:
                lines = [line for line in chunk.split(b"\n") if wanted.passes(orjson.loads(line))]
                if lines:
                    yield b"\n".join(lines) + b"\n"
            await asyncio.sleep(0)

    def last_to(self, phone_number_id: str, phone: str) -> dict[str, Any] | None:
        """The newest message from a number to a person (digits)."""
        needle = b'"phone":"%s"' % phone.encode()
        recent = b"\n".join(self._tail)
        for chunk in [recent, *(zlib.decompress(block) for block in reversed(self._blocks))]:
            for line in reversed(chunk.split(b"\n")):
                if needle in line:
                    row: dict[str, Any] = orjson.loads(line)
                    if row["phone_number_id"] == phone_number_id:
                        return row
        return None


async def summary_of(ledger: Ledger, wanted: LedgerFilter, separator: str) -> dict[str, Any]:
    """Counts and repetitions over the rows.

    Three kinds of repetition: the same attempt id twice; the same person and content (template, or type of
    message) twice; the same person twice under one *stem*, the attempt id up to its last ``separator``.
    """
    attempts: Counter[str] = Counter()
    contents: Counter[tuple[str, str]] = Counter()
    stems: Counter[tuple[str, str]] = Counter()
    people: Counter[str] = Counter()
    by_content: Counter[str] = Counter()
    for position, row in enumerate(ledger.rows(wanted)):
        content = row["template"] or row["type"]
        attempt_id = row["attempt_id"]
        people[row["phone"]] += 1
        by_content[content] += 1
        contents[row["phone"], content] += 1
        if attempt_id is not None:
            attempts[attempt_id] += 1
            stems[row["phone"], attempt_id.rpartition(separator)[0]] += 1
        if position % _BLOCK_ROWS == 0:
            await asyncio.sleep(0)
    return {
        "accepted_count": sum(people.values()),
        "people_count": len(people),
        "without_attempt_id_count": sum(people.values()) - sum(attempts.values()),
        "counts_by_content": dict(by_content),
        "messages_per_person": {
            str(count): number for count, number in sorted(Counter(people.values()).items())
        },
        "refused_counts": {str(code): count for code, count in ledger.refused_counts.items()},
        "duplicate_attempt_count": sum(count - 1 for count in attempts.values()),
        "duplicate_content_count": sum(count - 1 for count in contents.values()),
        "duplicate_stem_count": sum(count - 1 for count in stems.values()),
        "duplicate_attempts": _repeated(attempts),
        "duplicate_contents": _repeated(contents),
        "duplicate_stems": _repeated(stems),
    }


def _repeated(counts: Mapping[Any, int]) -> list[dict[str, Any]]:
    repeated = ((key, count) for key, count in counts.items() if count > 1)
    return [
        {"key": [key] if isinstance(key, str) else list(key), "count": count}
        for key, count in sorted(repeated, key=lambda entry: -entry[1])[:_SHOWN_DUPLICATES]
    ]
