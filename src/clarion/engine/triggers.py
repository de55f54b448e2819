"""Inbound triggers: a message that no session waits for starts a flow that listens to its sender.

Theory of operation.  Runs inside the fold of inbound messages, after their sessions were resumed, in
the same transaction; each message comes here once, because it was kept once.  For each message the
flows bound to its sender are asked in the order of their priority, and the first whose trigger fits
begins.  Who is in the hands of a person is left in peace.  Somebody who is still inside a session of
that flow (in a delay, say) does not begin it a second time.  Every message that a flow wanted leaves
a start with its session or with the reason why there is none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from clarion.domain.campaign import Reentry
from clarion.domain.message import Channel, Reply
from clarion.engine.flow_versions import FlowVersions
from clarion.engine.starts import Begun, Decision, Order, Scene, start_people
from clarion.store.pool import Connection
from clarion.store.queries import Row, load

__all__ = ["Unanswered", "start_listeners"]

BINDINGS = load("bindings")
STARTS = load("starts")


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A message that answered no session."""

    message_id: int
    sender_id: int
    contact_id: int
    reply: Reply


async def start_listeners(
    connection: Connection,
    flow_versions: FlowVersions,
    workspace_id: int,
    channel: Channel,
    messages: Sequence[Unanswered],
    now: datetime,
) -> None:
    """Start the flows that fit; at most one message a contact may be given at a time."""
    if not messages:
        return
    listeners = await _listeners(connection, messages)
    if not listeners:
        return
    people = await STARTS.fetch(
        connection,
        "in_hands_of_people",
        channel=str(channel),
        contact_ids=sorted({each.contact_id for each in messages}),
    )
    attended = {(row["contact_id"], row["sender_id"]) for row in people}
    wanted: defaultdict[int, list[tuple[Unanswered, Row]]] = defaultdict(list)
    for each in messages:
        if {(each.contact_id, each.sender_id), (each.contact_id, None)} & attended:
            continue
        for row in listeners.get(each.sender_id, ()):
            flow = await flow_versions.get(connection, row["flow_version_id"])
            if flow.trigger.kind == channel and flow.trigger.fits(each.reply):
                wanted[row["flow_version_id"]].append((each, row))
                break
    for flow_version_id, pairs in sorted(wanted.items()):
        first = pairs[0][1]
        scene = Scene(
            workspace_id, channel, first["flow_id"], flow_version_id, first["workspace_zone"], now
        )
        orders = [_order(channel, each, row) for each, row in pairs]
        decisions = await start_people(connection, flow_versions, scene, orders)
        await _keep(connection, scene, [each for each, _ in pairs], orders, decisions)


async def _listeners(
    connection: Connection, messages: Sequence[Unanswered]
) -> Mapping[int, Sequence[Row]]:
    rows = await BINDINGS.fetch(
        connection,
        "listeners_of_senders",
        sender_ids=sorted({each.sender_id for each in messages}),
    )
    by_sender: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        by_sender[row["sender_id"]].append(row)
    return by_sender


def _order(channel: Channel, message: Unanswered, listener: Row) -> Order:
    facts = _facts(channel, listener)
    referral = message.reply.media.get("referral")
    if isinstance(referral, Mapping):
        facts["referral"] = {
            name: value[:500]
            for name, value in referral.items()
            if isinstance(name, str) and isinstance(value, str)
        }
    return Order(
        contact_id=message.contact_id,
        facts=facts,
        reply=message.reply,
        reentry=Reentry.SKIP,
        sender_id=message.sender_id,
    )


def _facts(channel: Channel, listener: Row) -> dict[str, object]:
    """The names that CAMS gives to the business's side of a conversation."""
    if channel is Channel.WHATSAPP:
        return {
            "wabaId": listener["account_key"],
            "wabaPhoneNumber": listener["display_address"],
        }
    name = {Channel.VIBER: "serviceId", Channel.MESSENGER: "pageId"}.get(channel, "accountId")
    return {name: listener["sender_key"]}


async def _keep(
    connection: Connection,
    scene: Scene,
    messages: Sequence[Unanswered],
    orders: Sequence[Order],
    decisions: Mapping[int, Decision],
) -> None:
    ends = [decisions[each.contact_id] for each in messages]
    await STARTS.execute(
        connection,
        "insert_decided_starts",
        workspace_id=scene.workspace_id,
        channel=str(scene.channel),
        now=scene.now,
        flow_ids=[scene.flow_id] * len(ends),
        contact_ids=[each.contact_id for each in messages],
        message_ids=[each.message_id for each in messages],
        facts=[orjson.dumps(order.facts).decode() for order in orders],
        statuses=["started" if isinstance(end, Begun) else "skipped" for end in ends],
        reasons=[None if isinstance(end, Begun) else end.reason for end in ends],
        session_ids=[end.session_id if isinstance(end, Begun) else None for end in ends],
    )
