"""Claim: the next rows of a sender's outbox, each with the last look at whether it may leave.

``claim_rows`` asks the database; ``write_requests`` turns what may leave into bytes, purely, so that
nothing can go wrong between the commit of the marks and the write.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from clarion.channels.contract import Adapter, OutMessage, SenderAccount
from clarion.channels.wire import WireClient
from clarion.domain.message import Lane
from clarion.engine.day_limit import Asked, DayLimit, take_places
from clarion.engine.outbound import Result, Row, attempt_id_of, row_from_record, withheld
from clarion.store.content import content_from_json
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["Ready", "claim_rows", "write_requests"]

OUTBOX = load("outbox")

log = structlog.get_logger(__name__)

_LANES = (Lane.CONVERSATION, Lane.BULK)


async def claim_rows(
    connection: Connection,
    sender_id: int,
    marks: dict[Lane, int],
    limit: int,
    now: datetime,
    day_limit: DayLimit | None = None,
) -> tuple[list[Row], list[Result]]:
    """At most ``limit`` rows of both lanes, conversation first; ``marks`` is raised over them.

    Returns those that may leave, and the results of those that the last look refused, or for whom
    there is no place today.
    """
    rows: list[Row] = []
    refused: list[Result] = []
    asked: list[Asked] = []
    for lane in _LANES:
        if limit <= len(rows):
            break
        records = await OUTBOX.fetch(
            connection,
            "next_rows",
            sender_id=sender_id,
            lane=lane.value,
            after_position=marks[lane],
            limit=limit - len(rows),
            now=now,
            portfolio_id=None if day_limit is None else day_limit.portfolio_id,
            reached_since=None if day_limit is None else now - day_limit.day,
        )
        for record in records:
            if record["refusal"] is None:
                if record["opens_conversation"]:
                    person = record["contact_id"], record["is_reached"]
                    asked.append(Asked(record["message_id"], *person))
                rows.append(row_from_record(lane, record, content_from_json(record["content"])))
                continue
            refused.append(
                withheld(
                    lane,
                    record["position"],
                    record["message_id"],
                    record["attempt"],
                    record["refusal"],
                    now,
                )
            )
        if records:
            marks[lane] = records[-1]["position"]
    if day_limit is None:
        return rows, refused
    waiting = await take_places(connection, day_limit, asked, now)
    for row in rows:
        if row.message_id in waiting:
            place = row.lane, row.position, row.message_id, row.attempt
            refused.append(withheld(*place, "day_limit", now))
    return [row for row in rows if row.message_id not in waiting], refused


@dataclass(frozen=True, slots=True)
class Ready:
    """A row below the mark with its request as bytes."""

    row: Row
    payload: bytes


def write_requests(
    client: WireClient,
    adapter: Adapter,
    account: SenderAccount,
    rows: Sequence[Row],
    refused: list[Result],
    now: datetime,
) -> list[Ready]:
    """The requests of rows as bytes; what cannot be expressed joins the refused."""
    ready: list[Ready] = []
    for row in rows:
        message = OutMessage(
            attempt_id_of(row.message_id, row.attempt), row.to, row.content, row.reply_to
        )
        try:
            ready.append(Ready(row, client.payload_of(adapter.request_for(account, message))))
        except ValueError as error:
            log.warning("content_invalid", message_id=row.message_id, error=str(error))
            reason = "content_invalid"
            refused.append(
                withheld(row.lane, row.position, row.message_id, row.attempt, reason, now)
            )
    return ready
