"""The breaker: a campaign that goes wrong suspends itself, and says why.

When most messages of a campaign fail, or many people opt out, sending on does harm: the number's
quality falls, and people are annoyed.  After each fold the campaigns at work are measured against
two shares; one above its limit is suspended with the figures as the reason.  Only a person resumes
it, and from then on only what comes after counts.
"""

from __future__ import annotations

from clarion.engine.parts import Parts
from clarion.engine.reactions import suspend_from_within
from clarion.store.pool import Connection
from clarion.store.queries import Row, load

__all__ = ["trip_breakers"]

OCCURRENCES = load("occurrences")


async def trip_breakers(connection: Connection, parts: Parts) -> None:
    """Suspend every campaign that is above a limit."""
    breaker = parts.sizes.breaker
    rows = await OCCURRENCES.fetch(
        connection,
        "tripped_breakers",
        minimum_count=breaker.minimum_count,
        failed_share=breaker.failed_share,
        opted_out_share=breaker.opted_out_share,
    )
    for row in rows:
        await suspend_from_within(connection, row["campaign_id"], _reason(row), parts.now())


def _reason(row: Row) -> str:
    ended_count = row["failed_count"] + row["accepted_count"]
    return (
        f"breaker_open: {row['failed_count']} of {ended_count} messages failed, "
        f"{row['opted_out_count']} people opted out"
    )
