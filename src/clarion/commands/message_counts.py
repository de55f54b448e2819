"""How messages fared over time, at the shell: what the commands of templates and senders share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Literal

import typer

from clarion.commands.output import print_json, print_table
from clarion.reports.message_counts import MessageCounts, Stretch
from clarion.web.message_counts import WIDTHS, MessageCountsAnswer

__all__ = ["LastDays", "OfWidth", "print_counts", "stretch_of"]

LastDays = Annotated[int, typer.Option("--days", min=1, max=100, help="How far to look back.")]
OfWidth = Annotated[
    Literal["day", "half_hour"], typer.Option("--width", help="How long one count is.")
]


def stretch_of(now: datetime, days: int, width: Literal["day", "half_hour"]) -> Stretch:
    """The days up to ``now``."""
    return Stretch(now - timedelta(days=days), now, WIDTHS[width])


def print_counts(counts: Sequence[MessageCounts], *, as_json: bool) -> None:
    """A table, or a JSON document with ``items``."""
    rows = [MessageCountsAnswer.model_validate(each).model_dump(mode="json") for each in counts]
    if as_json:
        print_json({"items": rows})
    else:
        print_table(rows, nothing="Nothing was sent in this time.")
