"""What people said last, and what they were told next: for whoever watches a workspace live."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["RecentReply", "recent_replies"]

QUERIES = load("replies")


@dataclass(frozen=True, slots=True)
class RecentReply:
    """One thing that a person said.

    ``text`` is what was written or tapped, empty for media; ``answer`` is the text of the next
    message to that person, None while there is none.
    """

    at: datetime
    name: str
    text: str
    answer: str | None
    has_opted_out: bool


async def recent_replies(
    connection: Connection, workspace_id: int, *, limit: int
) -> list[RecentReply]:
    """The last ``limit`` replies of a workspace, the newest first."""
    rows = await QUERIES.fetch(connection, "recent_replies", workspace_id=workspace_id, limit=limit)
    return [
        RecentReply(row["at"], row["name"], row["text"] or "", row["answer"], row["has_opted_out"])
        for row in rows
    ]
