"""Hook: write the messages of many sprints, and put them on their way, in two bulk statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clarion.domain.message import Channel, Content, Lane, MessageStatus
from clarion.engine.outbound import WITHHELD_STATUS
from clarion.store.content import content_to_json
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["NewMessage", "append_to_outboxes", "insert_messages"]

SESSIONS = load("sessions")
OUTBOX = load("outbox")


@dataclass(frozen=True, slots=True)
class NewMessage:
    """An outbound message before it has an id; ``reason`` is set when it never leaves.

    One outside of flows has no session, step and node.
    """

    contact_id: int
    session_id: int | None
    step: int | None
    node_id: str | None
    content: Content
    sender_id: int | None
    lane: Lane
    to_kind: str | None
    to_value: str | None
    campaign_id: int | None = None
    occurrence_id: int | None = None
    reason: str | None = None
    channel: Channel | None = None
    reply_to: str | None = None

    @property
    def is_opening(self) -> bool:
        """Whether it is the first of its session: the one that a campaign's numbers are about."""
        return self.step == 1


async def insert_messages(
    connection: Connection,
    workspace_id: int,
    channel: Channel,
    messages: Sequence[NewMessage],
    now: datetime,
) -> list[int]:
    """Write messages and return their ids, in order; those without a reason are queued.

    The caller appends them to the outboxes (``append_to_outboxes``) as the last thing it does.
    """
    if not messages:
        return []
    rows = await SESSIONS.fetch(connection, "take_message_ids", count=len(messages))
    ids: list[int] = [row["id"] for row in rows]
    await SESSIONS.execute(
        connection,
        "insert_messages",
        workspace_id=workspace_id,
        channels=[str(each.channel or channel) for each in messages],
        now=now,
        ids=ids,
        sender_ids=[each.sender_id for each in messages],
        contact_ids=[each.contact_id for each in messages],
        session_ids=[each.session_id for each in messages],
        steps=[each.step for each in messages],
        campaign_ids=[each.campaign_id for each in messages],
        occurrence_ids=[each.occurrence_id for each in messages],
        node_ids=[each.node_id for each in messages],
        are_opening=[each.is_opening for each in messages],
        lanes=[each.lane.value for each in messages],
        to_kinds=[each.to_kind for each in messages],
        to_values=[each.to_value for each in messages],
        contents=[content_to_json(each.content) for each in messages],
        statuses=[_status_of(each.reason) for each in messages],
        reasons=[each.reason for each in messages],
        replies_to=[each.reply_to for each in messages],
    )
    return ids


def _status_of(reason: str | None) -> str:
    if reason is None:
        return MessageStatus.QUEUED.value
    return WITHHELD_STATUS.get(reason, MessageStatus.FAILED.value)


async def append_to_outboxes(
    connection: Connection, rows: Sequence[tuple[int, str, int, int]]
) -> None:
    """Append (sender id, lane, message id, attempt) rows, in their order, and ring for the owners.

    Must be the last statements of a transaction: they hold the tails until commit.
    """
    by_lane: defaultdict[tuple[int, str], list[tuple[int, int]]] = defaultdict(list)
    for sender_id, lane, message_id, attempt in rows:
        by_lane[sender_id, lane].append((message_id, attempt))
    for (sender_id, lane), pairs in sorted(by_lane.items()):
        await OUTBOX.execute(
            connection,
            "append_to_outbox",
            sender_id=sender_id,
            lane=lane,
            message_ids=[pair[0] for pair in pairs],
            attempts=[pair[1] for pair in pairs],
        )
        await OUTBOX.execute(connection, "wake_sender", sender_id=sender_id)
