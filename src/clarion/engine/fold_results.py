"""Fold results: the ends of attempts become the states of messages, people and occurrences.

Theory of operation.  The owner of a sender only appends; this fold takes what was appended, a batch
in one transaction: results away, outbox rows away, messages settled, participants moved, retries and
doubts dated.  A crash in the middle undoes all of it, and the next fold begins again.  One fold works
at a time in the whole cluster.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from clarion.channels.contract import ReactionKind
from clarion.domain.message import Channel, MessageStatus
from clarion.engine.apply.move_participants import Move, move_participants
from clarion.engine.apply.set_fires import set_fires
from clarion.engine.apply.tell_events import tell_messages
from clarion.engine.breaker import trip_breakers
from clarion.engine.day_limit import give_back_places, look_again
from clarion.engine.deliveries import look_at_deliveries
from clarion.engine.parts import Parts
from clarion.engine.reactions import Demand, carry_out
from clarion.engine.receipts import apply_early_receipts
from clarion.engine.verdict import OUTCOME_OF_STATUS, Verdict, verdict_of
from clarion.store.pool import Connection, transaction
from clarion.store.queries import Row, load

__all__ = ["fold_results"]

RESULTS = load("results")
WEBHOOKS = load("webhooks")

_RESULTS_PART = 1
_Judged = Sequence[tuple[Row, Verdict]]


async def fold_results(parts: Parts) -> int:
    """Fold one batch; return how many results it held (0: nothing to do, or another folds)."""
    async with transaction(parts.pool) as connection:
        if not await RESULTS.fetchval(connection, "try_fold_lock", part=_RESULTS_PART):
            return 0
        await RESULTS.execute(connection, "wait_for_fold_turn")
        rows = await RESULTS.fetch(connection, "take_results", limit=parts.sizes.fold)
        if not rows:
            return 0
        judged = [(row, verdict_of(row)) for row in rows]
        await _keep_history(connection, rows)
        await _settle(connection, parts, judged)
        await give_back_places(connection, rows, parts.now())
        await _learn_addresses(connection, parts, rows)
        await _react(connection, parts, rows)
        await trip_breakers(connection, parts)
    return len(rows)


async def _keep_history(connection: Connection, rows: Sequence[Row]) -> None:
    on_the_wire = [row for row in rows if row["kind"] != "withheld"]
    await RESULTS.execute(
        connection,
        "insert_attempts",
        message_ids=[row["message_id"] for row in on_the_wire],
        numbers=[row["attempt"] for row in on_the_wire],
        sender_ids=[row["sender_id"] for row in on_the_wire],
        kinds=[row["kind"] for row in on_the_wire],
        reactions=[row["reaction"] for row in on_the_wire],
        reasons=[row["reason"] for row in on_the_wire],
        provider_ids=[row["provider_id"] for row in on_the_wire],
        error_codes=[row["error_code"] for row in on_the_wire],
        error_titles=[row["error_title"] for row in on_the_wire],
        http_statuses=[row["http_status"] for row in on_the_wire],
        ats=[row["at"] for row in on_the_wire],
    )


async def _settle(connection: Connection, parts: Parts, judged: _Judged) -> None:
    """Messages, participants, and what must be looked at again later."""
    alive = [(row, verdict) for row, verdict in judged if verdict.status is not None]
    ids = [row["message_id"] for row, _ in alive]
    await RESULTS.fetch(connection, "lock_messages", message_ids=ids)
    settled = await RESULTS.fetch(
        connection,
        "settle_messages",
        message_ids=ids,
        statuses=[str(verdict.status) for _, verdict in alive],
        reasons=[verdict.reason for _, verdict in alive],
        attempts=[row["attempt"] for row, _ in alive],
        provider_ids=[row["provider_id"] for row, _ in alive],
        error_codes=[row["error_code"] for row, _ in alive],
        error_titles=[row["error_title"] for row, _ in alive],
        ats=[row["at"] for row, _ in alive],
    )
    changed = {row["id"] for row in settled}
    alive = [(row, verdict) for row, verdict in alive if row["message_id"] in changed]
    now = parts.now()
    await move_participants(
        connection,
        [
            Move(
                row["occurrence_id"],
                row["contact_id"],
                OUTCOME_OF_STATUS[verdict.status],
                verdict.reason,
                message_id=row["message_id"],
            )
            for row, verdict in alive
            if row["is_opening"] and row["occurrence_id"] is not None and verdict.status
        ],
        now,
    )
    await set_fires(
        connection,
        "retry",
        [
            (row["message_id"], now + timedelta(seconds=verdict.retry_after_seconds), 0)
            for row, verdict in alive
            if verdict.retry_after_seconds is not None
        ],
    )
    await look_at_deliveries(
        connection,
        [row["message_id"] for row, verdict in alive if verdict.status is MessageStatus.FAILED],
        now,
    )
    waiting = [row["sender_id"] for row, verdict in alive if verdict.reason == "day_limit"]
    if waiting:
        await look_again(connection, waiting, parts, now)
    doubt_until = now + timedelta(seconds=parts.sizes.doubt_window_seconds)
    await set_fires(
        connection,
        "doubt",
        [
            (row["message_id"], doubt_until, 0)
            for row, verdict in alive
            if verdict.status is MessageStatus.IN_DOUBT
        ],
    )
    accepted = [
        (row["sender_id"], row["provider_id"])
        for row, verdict in alive
        if verdict.status is MessageStatus.ACCEPTED and row["provider_id"]
    ]
    await apply_early_receipts(connection, accepted, now)
    await tell_messages(connection, sorted(changed), now)


async def _learn_addresses(connection: Connection, parts: Parts, rows: Sequence[Row]) -> None:
    """A number may come back rewritten: answers will name the person by it."""
    rewritten = [row for row in rows if row["wa_id"]]
    by_place: defaultdict[tuple[int, str], list[Row]] = defaultdict(list)
    for row in rewritten:
        by_place[row["workspace_id"], row["channel"]].append(row)
    for (workspace_id, channel), batch in by_place.items():
        await WEBHOOKS.execute(
            connection,
            "learn_addresses",
            workspace_id=workspace_id,
            channel=channel,
            contact_ids=[row["contact_id"] for row in batch],
            kinds=["wa_id"] * len(batch),
            values=[row["wa_id"] for row in batch],
            now=parts.now(),
        )


async def _react(connection: Connection, parts: Parts, rows: Sequence[Row]) -> None:
    by_channel: defaultdict[str, list[Demand]] = defaultdict(list)
    for row in rows:
        reaction = ReactionKind(row["reaction"])
        if reaction is ReactionKind.NONE:
            continue
        by_channel[row["channel"]].append(
            Demand(
                reaction,
                row["contact_id"],
                row["campaign_id"],
                row["error_title"] or row["reason"] or str(reaction),
                row["delay_seconds"],
            )
        )
    for channel, demands in by_channel.items():
        await carry_out(connection, Channel(channel), demands, parts.now())
