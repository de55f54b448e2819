"""Rows out of CSV files of unknown origin.

Theory of operation.  Three questions are answered from the bytes themselves.  *Encoding*: a byte
order mark, else the pattern of zero bytes of UTF-16, else UTF-8 when the whole file is (nearly)
that, else charset-normalizer's judgement of a bounded sample, with our order of likelihood among
equals.  *Separator*: the one that makes the header row name most fields and keeps the rows equally
wide.  *Rows*: Python's csv reader in its strict form.  When it stumbles (a stray quote, a quote
that never closes), exactly the line on which the row began is given up and reported, and reading
goes on with the next line: one odd character never takes its neighbours along.

Characters that cannot be decoded become U+FFFD, and whoever judges rows rejects such a row.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import charset_normalizer

from clarion.imports.columns import synonym_of

__all__ = [
    "SEPARATORS",
    "TEXT_ENCODINGS",
    "RawRow",
    "detect_encoding",
    "detect_separator",
    "read_text_rows",
]

SAMPLE_BYTES = 64 * 1024
LINE_CHARACTERS = 128 * 1024  # the csv module's own limit of a cell
ROW_LINES = 100
SEPARATORS = (",", ";", "\t", "|")
# Most likely first: the order decides among encodings that explain the sample equally well.
ENCODINGS = ("gb18030", "cp1252", "big5", "shift_jis", "euc_kr", "cp1251")
# What may be named by hand.
TEXT_ENCODINGS = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "latin-1", *ENCODINGS)
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEPARATOR_LINE = re.compile(r"sep=([,;\t|])\r?\n?")
_EQUAL_CHAOS = 0.02
_BROKEN_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row as it stands in the file.

    ``number`` counts the rows of the file from 1 (the header), blank ones included, as a
    spreadsheet shows them.  ``fault`` says why the row could not be split into cells; ``cells``
    then holds its text unsplit.
    """

    number: int
    cells: Sequence[object]
    fault: str | None = None


# Encoding ----------------------------------------------------------------------------------------


def detect_encoding(file: BinaryIO) -> str:
    """The name of the codec that reads this file; its position is back at the start afterwards."""
    file.seek(0)
    head = file.read(SAMPLE_BYTES)
    encoding = _marked(head) or _wide(head) or _narrow(file)
    file.seek(0)
    return encoding


def _marked(head: bytes) -> str | None:
    return next((name for mark, name in BYTE_ORDER_MARKS if head.startswith(mark)), None)


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: ASCII text leaves every second byte zero."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) * 5 < len(head) // 2 or not head:
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _narrow(file: BinaryIO) -> str:
    sample = _first_odd_bytes(file)
    if sample is None or _is_nearly_utf8(sample):
        return "utf-8"
    matches = charset_normalizer.from_bytes(sample, cp_isolation=list(ENCODINGS), threshold=0.4)
    least = min((match.chaos for match in matches), default=0.0)
    likely = {match.encoding for match in matches if match.chaos <= least + _EQUAL_CHAOS}
    return next((name for name in ENCODINGS if name in likely), "cp1252")


def _first_odd_bytes(file: BinaryIO) -> bytes | None:
    """A sample around the first bytes that are not UTF-8, or None when all of the file is."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    while piece := file.read(SAMPLE_BYTES):
        try:
            decoder.decode(piece)
        except UnicodeDecodeError:
            file.seek(max(0, file.tell() - 2 * len(piece)))
            return _lines_with_high_bytes(file.read(3 * SAMPLE_BYTES))
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        file.seek(max(0, file.tell() - SAMPLE_BYTES))
        return _lines_with_high_bytes(file.read())
    return None


def _lines_with_high_bytes(piece: bytes) -> bytes:
    lines = [line for line in piece.splitlines(keepends=True) if not line.isascii()]
    return b"".join(lines)[:SAMPLE_BYTES]


def _is_nearly_utf8(sample: bytes) -> bool:
    """UTF-8 with a few broken characters: those cost their rows, not everybody's spelling."""
    text = sample.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    whole = sum(1 for character in text if character > "\x7f") - broken
    return broken <= _BROKEN_SHARE * whole


# Separator ---------------------------------------------------------------------------------------


def detect_separator(lines: Sequence[str]) -> str:
    """The separator of a file that begins with these lines (a comma, when nothing tells)."""
    if lines and (told := _SEPARATOR_LINE.fullmatch(lines[0])):
        return told[1]
    return max(SEPARATORS, key=lambda separator: _fitness(lines, separator))


def _fitness(lines: Sequence[str], separator: str) -> tuple[int, int, int]:
    rows = [row for row in csv.reader(lines, delimiter=separator) if row]
    if not rows:
        return (0, 0, 0)
    header, *others = rows
    known = len({field for name in header if (field := synonym_of(name))})
    width = len(header)
    same = sum(1 for row in others if len(row) == width) if width > 1 else 0
    return (known, same, width)


# Rows --------------------------------------------------------------------------------------------


def read_text_rows(
    file: BinaryIO, *, encoding: str | None = None, separator: str | None = None
) -> Iterator[RawRow]:
    """All rows of a CSV file, the header first.  Blank rows are counted but not given.

    A byte order mark is stronger than the ``encoding`` that somebody names.
    """
    detected = detect_encoding(file)
    has_mark = detected in dict(BYTE_ORDER_MARKS).values()
    encoding = detected if has_mark or encoding is None else encoding
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
    try:
        lines = _Lines(text)
        if separator is None:
            separator = detect_separator(lines.peek(20))
        yield from _split(lines, separator)
    finally:
        if not file.closed:
            text.detach()  # the file stays open: it belongs to the caller


class _Unfit(Exception):  # noqa: N818 - not an error: it leads the reader out of a lost row
    """The row that is being read has grown beyond every reasonable measure."""


class _Lines:
    """The lines of a text, which can be given back; it knows which ones the current row used."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._waiting: deque[str] = deque()
        self.used: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if len(self.used) >= ROW_LINES:
            raise _Unfit
        line = self._waiting.popleft() if self._waiting else self._read()
        if not line:
            raise StopIteration
        self.used.append(line)
        if len(line) >= LINE_CHARACTERS:
            raise _Unfit
        return line

    def _read(self) -> str:
        line = self._text.readline(LINE_CHARACTERS)
        if len(line) < LINE_CHARACTERS or line.endswith("\n"):
            return line
        while rest := self._text.readline(LINE_CHARACTERS):
            if rest.endswith(("\n", "\r")):
                break
        return line

    def peek(self, count: int) -> list[str]:
        """The next lines, left where they are."""
        while len(self._waiting) < count and (line := self._read()):
            self._waiting.append(line)
        return [line[:LINE_CHARACTERS] for line in list(self._waiting)[:count]]

    def start_row(self) -> None:
        self.used = []

    def give_back(self, lines: Sequence[str]) -> None:
        self._waiting.extendleft(reversed(lines))


def _split(lines: _Lines, separator: str) -> Iterator[RawRow]:
    number = 0
    strict = csv.reader(lines, delimiter=separator, strict=True)
    while True:
        lines.start_row()
        fault = None
        try:
            cells = next(strict)
        except StopIteration:
            return
        except (csv.Error, _Unfit) as error:
            first, *others = lines.used
            lines.give_back(others)
            cells, fault = _rescue(first, separator, str(error))
            strict = csv.reader(lines, delimiter=separator, strict=True)
        number += 1
        if number == 1 and _SEPARATOR_LINE.fullmatch(separator.join(cells) or ""):
            continue
        if fault or any(cell and not cell.isspace() for cell in cells):
            yield RawRow(number, cells, fault)


def _rescue(line: str, separator: str, reason: str) -> tuple[list[str], str | None]:
    """Read one line forgivingly; when even that leaves a quote open, give it whole, with a fault."""
    if len(line) >= LINE_CHARACTERS:
        return [line[:200]], "The row is too long."
    lenient = iter((line, ""))
    cells = next(csv.reader(lenient, delimiter=separator))
    if next(lenient, None) is None:
        return [line.rstrip("\r\n")], f"The quotes of the row do not fit ({reason})."
    return cells, None
