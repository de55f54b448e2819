"""Inbound messages: what people write is kept once, obeyed at once, and carries their session on.

Theory of operation.  A batch is worked in this order: who wrote (strangers become contacts); keep
each message once, by the provider's id (a repeated one does nothing more); open the 24 hour windows;
words like STOP opt out and end every session; every other message answers the session that waits
for it, and one that nobody waits for may start a flow that listens to its sender.  Several messages
of one person in one batch are played one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import orjson

from clarion.channels.contract import Inbound
from clarion.domain.message import Channel, Lane
from clarion.domain.opt_out import is_opt_in_text, is_opt_out_text
from clarion.engine.apply.lock_people import lock_people
from clarion.engine.apply.opt_out import OptOut, opt_in, opt_out
from clarion.engine.apply.tell_events import tell_messages
from clarion.engine.flow_versions import FlowVersions
from clarion.engine.resume import Continuation, resume_sessions
from clarion.engine.strangers import find_or_make_contacts
from clarion.engine.triggers import Unanswered, start_listeners
from clarion.flow.engine import ReplyReceived
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["RoutedInbound", "take_inbound"]

PARTICIPANTS = load("participants")
SESSIONS = load("sessions")
WEBHOOKS = load("webhooks")


@dataclass(frozen=True, slots=True)
class RoutedInbound:
    """An inbound message with the sender that received it."""

    sender_id: int
    inbound: Inbound


@dataclass(frozen=True, slots=True)
class _Said:
    sender_id: int
    contact_id: int
    inbound: Inbound
    message_id: int = 0

    @property
    def words(self) -> tuple[str, ...]:
        """What may be a word like STOP: the text, and the id of what was tapped."""
        reply = self.inbound.reply
        return tuple(each for each in (reply.text, reply.payload) if each)


async def take_inbound(
    connection: Connection,
    flow_versions: FlowVersions,
    workspace_id: int,
    channel: Channel,
    batch: Sequence[RoutedInbound],
    now: datetime,
) -> list[int]:
    """Keep, obey and answer a batch of one workspace's inbound messages on one channel.

    Returns the sender of each message that was new.
    """
    if not batch:
        return []
    contact_ids = await find_or_make_contacts(
        connection,
        workspace_id,
        channel,
        [(each.inbound.addresses, each.inbound.profile_name or "") for each in batch],
        now,
    )
    await lock_people(connection, contact_ids)
    said = [
        _Said(each.sender_id, contact_id, each.inbound)
        for each, contact_id in zip(batch, contact_ids, strict=True)
    ]
    said = await _keep(connection, workspace_id, channel, said, now)
    await WEBHOOKS.execute(
        connection,
        "open_windows",
        contact_ids=[each.contact_id for each in said],
        sender_ids=[each.sender_id for each in said],
        ats=[each.inbound.reply.at for each in said],
    )
    await _count_replied(connection, said, now)
    await _take_consent(connection, channel, said, now)
    await _answer(connection, flow_versions, workspace_id, channel, said, now)
    return [each.sender_id for each in said]


async def _keep(
    connection: Connection,
    workspace_id: int,
    channel: Channel,
    said: Sequence[_Said],
    now: datetime,
) -> list[_Said]:
    """Write the messages; return those that are new, in their order."""
    rows = await WEBHOOKS.fetch(
        connection,
        "insert_inbound",
        workspace_id=workspace_id,
        channel=str(channel),
        sender_ids=[each.sender_id for each in said],
        contact_ids=[each.contact_id for each in said],
        contents=[_content(each) for each in said],
        provider_ids=[each.inbound.provider_id for each in said],
        ats=[each.inbound.reply.at for each in said],
    )
    await tell_messages(connection, [row["id"] for row in rows], now)
    new = {(row["sender_id"], row["provider_id"]): row["id"] for row in rows}
    kept: list[_Said] = []
    for each in said:
        key = (each.sender_id, each.inbound.provider_id)
        if key in new:
            kept.append(replace(each, message_id=new.pop(key)))
    return kept


def _content(said: _Said) -> str:
    reply = said.inbound.reply
    return orjson.dumps(
        {
            "kind": "reply",
            "body": {
                "kind": reply.kind,
                "text": reply.text,
                "payload": reply.payload,
                "reply_to": reply.reply_to,
                "media": dict(reply.media),
            },
        }
    ).decode()


async def _count_replied(connection: Connection, said: Sequence[_Said], now: datetime) -> None:
    """Credit answers to the occurrence that messaged these people last."""
    first_at: dict[int, datetime] = {}
    for each in said:
        first_at.setdefault(each.contact_id, each.inbound.reply.at)
    rows = await WEBHOOKS.fetch(
        connection, "last_campaign_of_contacts", contact_ids=sorted(first_at), now=now
    )
    await PARTICIPANTS.execute(
        connection,
        "mark_replied",
        occurrence_ids=[row["occurrence_id"] for row in rows],
        contact_ids=[row["contact_id"] for row in rows],
        ats=[first_at[row["contact_id"]] for row in rows],
    )


async def _take_consent(
    connection: Connection,
    channel: Channel,
    said: Sequence[_Said],
    now: datetime,
) -> None:
    out = [each for each in said if any(is_opt_out_text(word) for word in each.words)]
    back = [each for each in said if any(is_opt_in_text(word) for word in each.words)]
    await opt_in(connection, channel, [_word(each) for each in back])
    await opt_out(connection, channel, [_word(each) for each in out], now)


def _word(said: _Said) -> OptOut:
    return OptOut(said.contact_id, "word", said.inbound.reply.text, said.inbound.reply.at)


async def _answer(
    connection: Connection,
    flow_versions: FlowVersions,
    workspace_id: int,
    channel: Channel,
    said: Sequence[_Said],
    now: datetime,
) -> None:
    """Resume sessions or start flows, a round for each person's first, second, ... message."""
    left = [each for each in said if not any(is_opt_out_text(word) for word in each.words)]
    while left:
        this_round: dict[int, _Said] = {}
        later: list[_Said] = []
        for each in left:
            if each.contact_id in this_round:
                later.append(each)
            else:
                this_round[each.contact_id] = each
        answered = list(this_round.values())
        rows = await SESSIONS.fetch(
            connection,
            "sessions_for_replies",
            channel=str(channel),
            contact_ids=[each.contact_id for each in answered],
            sender_ids=[each.sender_id for each in answered],
            reply_tos=[each.inbound.reply.reply_to for each in answered],
        )
        resumed = await resume_sessions(
            connection,
            flow_versions,
            {
                row["session_id"]: Continuation(
                    ReplyReceived(answered[row["n"] - 1].inbound.reply), Lane.CONVERSATION
                )
                for row in rows
                if row["session_id"] is not None
            },
            now,
        )
        heard = {row["n"] - 1 for row in rows if row["session_id"] in resumed}
        await start_listeners(
            connection,
            flow_versions,
            workspace_id,
            channel,
            [
                Unanswered(each.message_id, each.sender_id, each.contact_id, each.inbound.reply)
                for index, each in enumerate(answered)
                if index not in heard
            ],
            now,
        )
        left = later
