"""Starts outside of campaigns: a flow begins for people because somebody asked, or they wrote.

Theory of operation.  An ``Order`` says for whom and with what.  ``start_people`` begins one version
of one flow for many people, in the caller's transaction and in bulk, and answers for each what
became of it (``Decision``): a session, or a reason why there is none.  The same decision on consent
is asked as for a campaign; the messages go in the conversation lane, because somebody waits.  The
contacts are held meanwhile (``apply.lock_people``), so of two starts at one instant the second sees
what the first began and obeys the reentry rule.

``carry_out_starts`` does it for rows of ``starts``: at once when they are made, and again when the
fire of one that has to wait is due.  Only a start that says until when it is of use
(``discard_at``) waits, for the end of a hold or for a sender that is active; after that instant it
is discarded with the reason that it waited for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from clarion.domain.campaign import Reentry
from clarion.domain.consent import Allow, Hold, Refuse, decide_consent
from clarion.domain.message import Channel, Lane, Reply
from clarion.engine.apply.end_sessions import end_sessions
from clarion.engine.apply.lock_people import lock_people
from clarion.engine.apply.set_fires import set_fires
from clarion.engine.apply.write_sprints import Frame, write_forwarded, write_started
from clarion.engine.choose_sender import SenderChoice
from clarion.engine.flow_versions import FlowVersions
from clarion.engine.forward import follow_forwards
from clarion.engine.openings import Walk
from clarion.engine.person import Person, consent_facts, person_from_row
from clarion.engine.runner import read_senders
from clarion.flow.context import Context
from clarion.flow.definition import Flow
from clarion.flow.engine import Triggered, start
from clarion.flow.limits import Limits
from clarion.store.pool import Connection
from clarion.store.queries import Row, load

__all__ = [
    "Begun",
    "Decision",
    "NotNow",
    "NotStarted",
    "Order",
    "Scene",
    "carry_out_starts",
    "start_people",
]

STARTS = load("starts")

# How soon a start looks again for a sender that is active.
_LOOK_AGAIN = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Order:
    """Start the flow for this contact.

    ``reply`` is the message that asked for it; ``facts`` is what the trigger knows by itself;
    ``discard_at`` allows the start to wait.
    """

    contact_id: int
    inputs: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    reply: Reply | None = None
    reentry: Reentry = Reentry.RESTART
    sender_id: int | None = None
    sender_name: str | None = None
    discard_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """There is a session."""

    session_id: int


@dataclass(frozen=True, slots=True)
class NotStarted:
    """There is none, and there will be none."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotNow:
    """Look again at ``at``; ``reason`` is what the start waits for."""

    reason: str
    at: datetime


Decision = Begun | NotStarted | NotNow


@dataclass(frozen=True, slots=True)
class Scene:
    """What all orders of one call share."""

    workspace_id: int
    channel: Channel
    flow_id: int
    flow_version_id: int
    workspace_zone: str
    now: datetime


async def start_people(
    connection: Connection, flow_versions: FlowVersions, scene: Scene, orders: Sequence[Order]
) -> dict[int, Decision]:
    """Start a flow version for people, each of them once; what became of it, by contact.

    A contact that is not there (any more) is ``NotStarted("contact_deleted")``.
    """
    by_contact = {order.contact_id: order for order in orders}
    if not by_contact:
        return {}
    await lock_people(connection, by_contact)
    rows = await STARTS.fetch(
        connection,
        "people_to_start",
        workspace_id=scene.workspace_id,
        flow_id=scene.flow_id,
        channel=str(scene.channel),
        contact_ids=sorted(by_contact),
    )
    flow = await flow_versions.get(connection, scene.flow_version_id)
    senders = await read_senders(connection, scene.workspace_id, scene.channel)
    decisions: dict[int, Decision] = {
        contact_id: NotStarted("contact_deleted") for contact_id in by_contact
    }
    walks: list[Walk] = []
    ended: list[int] = []
    for row in rows:
        order = by_contact[row["contact_id"]]
        person = person_from_row(row)
        refusal = _refusal(row, person, order, senders, scene.now)
        if refusal is not None:
            decisions[order.contact_id] = refusal
            continue
        if order.reentry is Reentry.RESTART:
            ended.extend(row["waiting_session_ids"] or ())
        walks.append(_walk(scene, flow, row, person, order, flow_versions.limits, senders.channels))
    await end_sessions(connection, ended, "superseded", "superseded", scene.now)
    frame = Frame(scene.workspace_id, scene.channel, senders, scene.now)
    followed = await follow_forwards(connection, flow_versions, scene.workspace_id, walks)
    ids = await write_started(connection, frame, followed.walks)
    await write_forwarded(connection, frame, followed.started)
    for walk, session_id in zip(followed.walks, ids, strict=True):
        decisions[walk.person.contact_id] = Begun(session_id)
    return decisions


def _refusal(
    row: Row, person: Person, order: Order, senders: SenderChoice, now: datetime
) -> NotStarted | NotNow | None:
    """Why the flow does not start for somebody now; ``None`` when it does.  Pure."""
    match decide_consent(consent_facts(row, person, now), now):
        case Refuse(reason):
            return NotStarted(reason)
        case Hold(until, reason):
            return NotStarted(reason) if order.discard_at is None else NotNow(reason, until)
        case Allow():
            pass
    if row["waiting_session_ids"] and order.reentry is Reentry.SKIP:
        return NotStarted("session_active")
    if order.discard_at is not None and _are_all_paused(senders, order.sender_name):
        return NotNow("sender_paused", now + _LOOK_AGAIN)
    return None


def _are_all_paused(senders: SenderChoice, name: str | None) -> bool:
    """Whether somebody could send, but not now."""
    ids = set(senders.ids_by_name.values()) if name is None else {senders.ids_by_name.get(name)}
    return bool(ids) and not ids & senders.active_ids


def _walk(
    scene: Scene,
    flow: Flow,
    row: Row,
    person: Person,
    order: Order,
    limits: Limits,
    channels: frozenset[Channel],
) -> Walk:
    context = Context(
        now=scene.now,
        contact=person.fields,
        workspace_zone=scene.workspace_zone,
        channels=channels,
        channel=scene.channel,
    )
    trigger = Triggered(inputs=order.inputs, reply=order.reply, facts=order.facts)
    return Walk(
        person=person,
        sprint=start(flow, trigger=trigger, context=context, limits=limits),
        context=context,
        flow_id=scene.flow_id,
        flow_version_id=scene.flow_version_id,
        lane=Lane.CONVERSATION,
        sender_id=order.sender_id or row["known_sender_id"],
        campaign_sender_name=order.sender_name,
    )


async def carry_out_starts(
    connection: Connection, flow_versions: FlowVersions, ids: Sequence[int], now: datetime
) -> None:
    """Decide about pending starts (by id) and write what became of them."""
    rows = await STARTS.fetch(connection, "pending_starts", ids=sorted(ids))
    await lock_people(connection, [row["contact_id"] for row in rows])
    decided: dict[int, tuple[str, str | None, int | None]] = {}
    waiting: list[tuple[int, datetime, int]] = []
    for scene, batch in _batches(rows, now):
        if scene.flow_version_id == 0:
            decided.update({row["id"]: ("skipped", "flow_not_published", None) for row in batch})
            continue
        late = [row for row in batch if _is_late(row, now)]
        decided.update({row["id"]: ("discarded", row["reason"] or "expired", None) for row in late})
        timely = [row for row in batch if not _is_late(row, now)]
        orders = [_order(row) for row in timely]
        decisions = await start_people(connection, flow_versions, scene, orders)
        for row in timely:
            match decisions[row["contact_id"]]:
                case Begun(session_id):
                    decided[row["id"]] = ("started", None, session_id)
                case NotStarted(reason):
                    decided[row["id"]] = ("skipped", reason, None)
                case NotNow(reason, at):
                    decided[row["id"]] = ("pending", reason, None)
                    waiting.append((row["id"], min(at, row["discard_at"]), 0))
    await set_fires(connection, "start", waiting)
    await STARTS.execute(
        connection,
        "decide_starts",
        now=now,
        ids=list(decided),
        statuses=[each[0] for each in decided.values()],
        reasons=[each[1] for each in decided.values()],
        session_ids=[each[2] for each in decided.values()],
    )


def _is_late(row: Row, now: datetime) -> bool:
    return row["discard_at"] is not None and now >= row["discard_at"]


def _order(row: Row) -> Order:
    return Order(
        contact_id=row["contact_id"],
        inputs=row["inputs"],
        facts=row["facts"],
        reentry=Reentry(row["reentry"]),
        sender_name=row["sender_name"],
        discard_at=row["discard_at"],
    )


def _batches(rows: Sequence[Row], now: datetime) -> list[tuple[Scene, list[Row]]]:
    """Rows that can be started together: one flow and channel, and each contact once."""
    batches: defaultdict[tuple[Any, ...], list[Row]] = defaultdict(list)
    seen_counts: defaultdict[tuple[int, int], int] = defaultdict(int)
    for row in rows:
        contact = row["flow_id"], row["contact_id"]
        key = (
            row["workspace_id"],
            row["channel"],
            row["flow_id"],
            row["flow_version_id"] or 0,
            row["workspace_zone"],
            seen_counts[contact],
        )
        seen_counts[contact] += 1
        batches[key].append(row)
    return [
        (Scene(key[0], Channel(key[1]), key[2], key[3], key[4], now), batch)
        for key, batch in batches.items()
    ]
