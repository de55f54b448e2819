"""The places of a day in a dry run: how many are left, and who of the audience would need one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import datetime, timedelta

from clarion.domain.message import TemplateContent
from clarion.engine.day_limit import people_count_for
from clarion.engine.forecast import Forecast
from clarion.schedule.day_places import DayPlaces
from clarion.services.dry_run_summary import Day
from clarion.store.pool import Connection
from clarion.store.queries import Row, load

__all__ = ["days_of_senders", "without_conversation"]

QUERIES = load("day_limits")

_DAY = timedelta(days=1)


async def days_of_senders(
    reading: Connection, paces: Sequence[Row], now: datetime
) -> Mapping[int, Day]:
    """The day of each sender whose limit is known; those of one account share it.

    What waits for a place already is before everybody else.
    """
    by_account: dict[tuple[str, str], Day | None] = {}
    days: dict[int, Day] = {}
    for row in paces:
        account = row["channel"], row["account_key"]
        if account not in by_account:
            by_account[account] = await _day_of(reading, row, now)
        day = by_account[account]
        if day is not None:
            days[row["id"]] = day
            for _ in range(min(day.limit, row["day_waiting_count"])):
                day.places.take(now)
    return days


async def _day_of(reading: Connection, row: Row, now: datetime) -> Day | None:
    limit = await people_count_for(reading, row["id"])
    if limit is None:
        return None
    reached: list[datetime] = []
    if row["portfolio_id"] is not None:
        rows = await QUERIES.fetch(
            reading,
            "reached_ats",
            portfolio_id=row["portfolio_id"],
            since=now - _DAY,
            limit=limit,
        )
        reached = [each["reached_at"] for each in rows]
    return Day(limit, len(reached), DayPlaces(limit, reached))


async def without_conversation(
    reading: Connection, sender_ids: Set[int], chunk: Sequence[Forecast], now: datetime
) -> Set[int]:
    """The contacts with whom a template of these senders would open a conversation."""
    asked = [
        each
        for each in chunk
        if each.outcome == "send"
        and each.sender_id in sender_ids
        and isinstance(each.content, TemplateContent)
    ]
    if not asked:
        return frozenset()
    rows = await QUERIES.fetch(
        reading,
        "without_conversation",
        contact_ids=[each.contact_id for each in asked],
        sender_ids=[each.sender_id for each in asked],
        since=now - _DAY,
        at=max(each.due_at for each in asked),
    )
    return frozenset(row["contact_id"] for row in rows)
