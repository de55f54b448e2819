"""Whether anything changed: a version for each topic that the console shows live.

A *version* is a short text that differs whenever the topic's pages would; it says nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clarion.store.pool import Connection, Pool
from clarion.store.queries import load

__all__ = ["TOPICS", "Versions", "versions_of"]

QUERIES = load("live")

# The beginnings of the console's query keys, and the columns of the query.
TOPICS = ("campaigns", "occurrences", "imports", "conversations")

# Topic to version.
Versions = Mapping[str, str]


async def versions_of(
    connection: Connection | Pool, workspace_ids: Sequence[int]
) -> dict[int, Versions]:
    """The versions of every topic, by workspace; a workspace that does not exist has none."""
    rows = await QUERIES.fetch(connection, "versions", workspace_ids=list(workspace_ids))
    return {row["workspace_id"]: {topic: row[topic] for topic in TOPICS} for row in rows}
