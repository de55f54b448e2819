"""Claim: the next rows of a sender's outbox, each with the last look at whether it may leave."""

from __future__ import annotations

from datetime import datetime

from clarion.domain.message import Lane
from clarion.engine.outbound import Result, Row, row_from_record, withheld
from clarion.store.content import content_from_json
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["claim_rows"]

OUTBOX = load("outbox")

_LANES = (Lane.CONVERSATION, Lane.BULK)


async def claim_rows(
    connection: Connection, sender_id: int, marks: dict[Lane, int], limit: int, now: datetime
) -> tuple[list[Row], list[Result]]:
    """At most ``limit`` rows of both lanes, conversation first; ``marks`` is raised over them.

    Returns those that may leave, and the results of those that the last look refused.
    """
    rows: list[Row] = []
    refused: list[Result] = []
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
        )
        for record in records:
            if record["refusal"] is None:
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
    return rows, refused
