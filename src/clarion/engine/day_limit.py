"""The limit of people in 24 hours: who may be written to today, and who waits until the day has room.

Theory of operation.  A platform lets a business open conversations with so many different people in
any 24 hours, all numbers of an account together, and refuses the next one; a refusal would cost the
message and the sender's good name.  So we count ourselves, before anything leaves.  Whoever a message
opens a conversation with (a template, to somebody whose window is closed) takes a *place* in the
transaction that raises the intent mark; a place is free again a day after the person was last
reached.  A person who counts already needs no second place.  Who finds none is *held*; a fire of the
kind ``day_limit`` queues as many again as there are places, when the first is free.  A message that
the platform refused gives its place back.

Our day is longer than the platform's by a margin: it counts from when it took the message, which is
a little later than when we decided to send it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from clarion.channels.contract import OutcomeKind
from clarion.channels.whatsapp.tiers import day_limit_of
from clarion.engine.apply.set_fires import set_fires
from clarion.engine.parts import Parts
from clarion.engine.queue_again import queue_again
from clarion.store.pool import Connection
from clarion.store.queries import Row, load

__all__ = [
    "Asked",
    "DayLimit",
    "day_limit_for",
    "give_back_places",
    "look_again",
    "look_again_at_account",
    "look_again_at_forgotten",
    "people_count_for",
    "release_waiting",
    "take_places",
]

QUERIES = load("day_limits")

# What is counted afresh: at least so often, and not more often when it is used up.
_COUNTED_FOR = timedelta(seconds=60)
_COUNTED_AT_MOST_EVERY = timedelta(seconds=1)
# People are let go in lots; the first place that is free waits so long for others.
_LOOK_AGAIN = timedelta(seconds=5)
_BATCH = 1_000
_REFUSED = frozenset({OutcomeKind.REJECTED, OutcomeKind.THROTTLED, OutcomeKind.NOT_SENT})


@dataclass(frozen=True, slots=True)
class DayLimit:
    """So many people in one ``day`` (a duration), counted for one portfolio."""

    portfolio_id: int
    people_count: int
    day: timedelta


@dataclass(frozen=True, slots=True)
class Asked:
    """A message that would open a conversation; ``is_reached`` when the person counts already."""

    message_id: int
    contact_id: int
    is_reached: bool


async def people_count_for(connection: Connection, sender_id: int) -> int | None:
    """How many people a sender's account may reach in 24 hours; ``None``: no limit is known.

    Senders of one account share it; while they were told different limits the smallest holds.
    """
    rows = await QUERIES.fetch(connection, "limits_of_account", sender_id=sender_id)
    limits = [limit for row in rows if (limit := day_limit_of(row)) is not None]
    return min(limits, default=None)


async def day_limit_for(
    connection: Connection, sender_id: int, day_seconds: float, now: datetime
) -> DayLimit | None:
    """The limit of a sender, ready to be counted; ``None`` when none is known."""
    people_count = await people_count_for(connection, sender_id)
    if people_count is None:
        return None
    day = timedelta(seconds=day_seconds)
    made = await QUERIES.fetchval(connection, "insert_portfolio", sender_id=sender_id)
    if made is not None:
        await QUERIES.execute(connection, "seed_portfolio", portfolio_id=made, since=now - day)
    portfolio_id = made or await QUERIES.fetchval(connection, "find_portfolio", sender_id=sender_id)
    return DayLimit(portfolio_id, people_count, day)


async def take_places(
    connection: Connection, limit: DayLimit, asked: Sequence[Asked], now: datetime
) -> set[int]:
    """Take places in the order given; the ids of the messages for which there was none."""
    if not asked:
        return set()
    portfolio = await QUERIES.fetchrow(
        connection, "lock_portfolio", portfolio_id=limit.portfolio_id
    )
    if portfolio is None:
        return set()
    used_count, counted_at = portfolio["day_used_count"], portfolio["counted_at"]
    since = now - limit.day
    new_ids = {each.contact_id for each in asked if not each.is_reached}
    age = now - counted_at
    is_tight = used_count + len(new_ids) > limit.people_count and age >= _COUNTED_AT_MOST_EVERY
    if is_tight or not timedelta(0) <= age < _COUNTED_FOR:
        used_count = await QUERIES.fetchval(
            connection, "day_used_count", portfolio_id=limit.portfolio_id, since=since
        )
        counted_at = now
    free_count = max(0, limit.people_count - used_count)
    taken, refused = _share_out(asked, free_count)
    if taken:
        await QUERIES.execute(
            connection,
            "take_places",
            portfolio_id=limit.portfolio_id,
            contact_ids=list(taken),
            message_ids=list(taken.values()),
            now=now,
            since=since,
        )
    await QUERIES.execute(
        connection,
        "keep_used_count",
        portfolio_id=limit.portfolio_id,
        day_used_count=used_count + len(new_ids & taken.keys()),
        counted_at=counted_at,
    )
    return refused


def _share_out(asked: Sequence[Asked], free_count: int) -> tuple[dict[int, int], set[int]]:
    """Who of those who ask gets a place (contact to message), and which messages do not."""
    taken: dict[int, int] = {}
    refused: set[int] = set()
    for each in asked:
        if each.contact_id in taken:
            continue
        if not each.is_reached:
            if free_count == 0:
                refused.add(each.message_id)
                continue
            free_count -= 1
        taken[each.contact_id] = each.message_id
    return taken, refused


async def give_back_places(connection: Connection, rows: Sequence[Row], now: datetime) -> None:
    """Free the places of results whose messages the platform did not take; others may have them."""
    lost = [row for row in rows if row["kind"] in _REFUSED]
    if not lost:
        return
    freed = await QUERIES.fetch(
        connection,
        "give_back_places",
        message_ids=[row["message_id"] for row in lost],
        contact_ids=[row["contact_id"] for row in lost],
        sender_ids=[row["sender_id"] for row in lost],
    )
    await set_fires(connection, "day_limit", [(row["portfolio_id"], now, 0) for row in freed])


async def look_again(
    connection: Connection, sender_ids: Iterable[int], parts: Parts, now: datetime
) -> None:
    """Messages of these senders wait for a place: somebody must look again."""
    rows = await QUERIES.fetch(
        connection, "portfolios_of_senders", sender_ids=sorted(set(sender_ids))
    )
    soon = now + min(_LOOK_AGAIN, _day_of(parts))
    await set_fires(connection, "day_limit", [(row["id"], soon, 0) for row in rows])


async def look_again_at_account(
    connection: Connection,
    *,
    workspace_id: int,
    channel: str,
    sender_key: str | None,
    account_key: str,
    now: datetime,
) -> None:
    """What is known of an account's limits has changed: look again at once."""
    rows = await QUERIES.fetch(
        connection,
        "portfolios_of_account",
        workspace_id=workspace_id,
        channel=channel,
        sender_key=sender_key,
        account_key=account_key,
    )
    await set_fires(connection, "day_limit", [(row["id"], now, 0) for row in rows])


async def look_again_at_forgotten(connection: Connection, now: datetime) -> None:
    """For the sweep: nobody may wait without somebody who looks again."""
    rows = await QUERIES.fetch(connection, "portfolios_without_fire")
    await set_fires(connection, "day_limit", [(row["id"], now, 0) for row in rows])


async def release_waiting(connection: Connection, parts: Parts, portfolio_id: int) -> None:
    """Queue as many again as there are places now, and look again later if more wait."""
    now, day = parts.now(), _day_of(parts)
    sender_id = await QUERIES.fetchval(connection, "sender_of_portfolio", portfolio_id=portfolio_id)
    if sender_id is None:
        return
    free_count = _BATCH
    people_count = await people_count_for(connection, sender_id)
    if people_count is not None:
        used_count: int = await QUERIES.fetchval(
            connection, "day_used_count", portfolio_id=portfolio_id, since=now - day
        )
        free_count = min(_BATCH, max(0, people_count - used_count))
    rows = await QUERIES.fetch(
        connection, "waiting_messages", portfolio_id=portfolio_id, limit=free_count + 1
    )
    await queue_again(connection, parts, [row["id"] for row in rows[:free_count]], "held")
    if len(rows) <= free_count:
        return
    soon = now + min(_LOOK_AGAIN, day)
    if free_count == 0:
        first_at: datetime | None = await QUERIES.fetchval(
            connection, "next_place_at", portfolio_id=portfolio_id, since=now - day
        )
        soon = soon if first_at is None else max(soon, first_at + day)
    await set_fires(connection, "day_limit", [(portfolio_id, soon, 0)])


def _day_of(parts: Parts) -> timedelta:
    return timedelta(seconds=parts.sizes.day_limit_seconds)
