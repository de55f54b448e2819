"""How messages fared over time: those of a template, and those of senders.

Theory of operation.  Messages are counted in stretches of equal length by when they were written; a
stretch without messages is not answered.  A question looks at no more than a hundred days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from clarion.domain.errors import ClarionError, FieldError
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["MessageCounts", "Stretch", "counts_of_senders", "counts_of_template"]

QUERIES = load("message_counts")

_LONGEST = timedelta(days=100)


@dataclass(frozen=True, slots=True)
class Stretch:
    """From when to when (aware, the end excluded), and how long one count is."""

    first_at: datetime
    last_at: datetime
    width: timedelta

    def check(self) -> None:
        """Raise ``request.invalid`` unless it can be asked for."""
        if not timedelta(0) < self.last_at - self.first_at <= _LONGEST:
            message = f"The end must be later than the start, by at most {_LONGEST.days} days."
            raise ClarionError(
                "request.invalid", message, field_errors=(FieldError("until_at", "range", message),)
            )


@dataclass(frozen=True, slots=True)
class MessageCounts:
    """The messages that were written from ``from_at`` on, for one width."""

    from_at: datetime
    accepted_count: int
    delivered_count: int
    read_count: int
    failed_count: int


async def counts_of_template(
    connection: Connection, workspace_id: int, name: str, language: str | None, stretch: Stretch
) -> list[MessageCounts]:
    """The messages of a template in one or in all languages.  Raises ``request.invalid``."""
    stretch.check()
    rows = await QUERIES.fetch(
        connection,
        "counts_of_template",
        workspace_id=workspace_id,
        name=name,
        language=language,
        first_at=stretch.first_at,
        last_at=stretch.last_at,
        width_seconds=stretch.width.total_seconds(),
    )
    return [MessageCounts(**dict(row)) for row in rows]


async def counts_of_senders(
    connection: Connection, workspace_id: int, sender_ids: Sequence[int], stretch: Stretch
) -> list[MessageCounts]:
    """The messages of some senders together.  Raises ``request.invalid``."""
    stretch.check()
    rows = await QUERIES.fetch(
        connection,
        "counts_of_senders",
        workspace_id=workspace_id,
        sender_ids=list(sender_ids),
        first_at=stretch.first_at,
        last_at=stretch.last_at,
        width_seconds=stretch.width.total_seconds(),
    )
    return [MessageCounts(**dict(row)) for row in rows]
