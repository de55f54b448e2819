"""Hook: write what many sprints produced, in a handful of bulk statements of one transaction.

Theory of operation.  What each sprint means is decided purely (``engine.openings``).  New sessions and
continued ones differ only in how the session row is written; messages, reminders, participants and
outboxes are the same for both, and are written here once.  The order of the statements is the order of locks that
everybody keeps: contacts, sessions, messages, participants, occurrences, fires, outboxes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from clarion.domain.message import Channel
from clarion.engine.apply.answer_last import answering_last
from clarion.engine.apply.append_node_deltas import append_node_deltas
from clarion.engine.apply.append_traces import append_traces
from clarion.engine.apply.insert_calls import insert_calls
from clarion.engine.apply.insert_messages import NewMessage, append_to_outboxes, insert_messages
from clarion.engine.apply.move_participants import Move, move_participants
from clarion.engine.apply.open_conversations import HandOver, open_conversations
from clarion.engine.apply.set_fires import cancel_fires, set_fires
from clarion.engine.apply.update_contacts import merged, set_consents, update_contacts
from clarion.engine.choose_sender import SenderChoice
from clarion.engine.node_steps import tally
from clarion.engine.openings import Walk, messages_of, move_of, sender_of
from clarion.flow.sprint import ExitLeft, OpenConversation, StartCall, UpdateContact
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["Frame", "write_continued", "write_forwarded", "write_started"]

SESSIONS = load("sessions")


@dataclass(frozen=True, slots=True)
class Frame:
    """What all sprints of one batch share."""

    workspace_id: int
    channel: Channel
    senders: SenderChoice
    now: datetime


async def write_started(
    connection: Connection, frame: Frame, walks: Sequence[Walk], moves: Sequence[Move] = ()
) -> list[int]:
    """Write new sessions of one flow version and one occurrence, and apply ``moves`` with theirs.

    Returns the sessions' ids, in the order of the walks.
    """
    if not walks:
        await move_participants(connection, moves, frame.now)
        return []
    rows = await SESSIONS.fetch(connection, "take_session_ids", count=len(walks))
    ids: list[int] = [row["id"] for row in rows]
    messages = [messages_of(frame.senders, walk, id_) for walk, id_ in zip(walks, ids, strict=True)]
    sessions = [walk.sprint.session for walk in walks]
    first = walks[0]
    await SESSIONS.execute(
        connection,
        "insert_sessions",
        workspace_id=frame.workspace_id,
        flow_id=first.flow_id,
        flow_version_id=first.flow_version_id,
        campaign_id=first.campaign_id,
        occurrence_id=first.occurrence_id,
        channel=str(frame.channel),
        now=frame.now,
        ids=ids,
        contact_ids=[walk.person.contact_id for walk in walks],
        sender_ids=[sender_of(each, walk) for each, walk in zip(messages, walks, strict=True)],
        statuses=[session.status.value for session in sessions],
        reasons=[session.reason for session in sessions],
        states=[orjson.dumps(session.to_json()).decode() for session in sessions],
        wait_kinds=[session.wait and session.wait.kind for session in sessions],
        wake_ats=[session.wait and session.wait.deadline_at for session in sessions],
        ended_ats=[None if session.is_open else frame.now for session in sessions],
        forward_counts=[session.forward_count for session in sessions],
    )
    revisions = dict.fromkeys(ids, 1)
    await _write_rest(connection, frame, walks, ids, messages, revisions, moves)
    return ids


async def write_forwarded(connection: Connection, frame: Frame, walks: Sequence[Walk]) -> None:
    """Write the new sessions of contacts that other flows handed on, the earlier ones first."""
    groups: defaultdict[tuple[int, int, int | None], list[Walk]] = defaultdict(list)
    for walk in walks:
        forward_count = walk.sprint.session.forward_count
        groups[forward_count, walk.flow_version_id, walk.occurrence_id].append(walk)
    for each in groups.values():
        await write_started(connection, frame, each)


async def write_continued(connection: Connection, frame: Frame, walks: Sequence[Walk]) -> None:
    """Write where sessions stand after they were resumed.

    Sprints that changed nothing (a resume that fitted no wait) must not come here.
    """
    if not walks:
        return
    ids = [walk.session_id for walk in walks]
    messages = [messages_of(frame.senders, walk, walk.session_id) for walk in walks]
    sessions = [walk.sprint.session for walk in walks]
    rows = await SESSIONS.fetch(
        connection,
        "update_sessions",
        ids=ids,
        sender_ids=[sender_of(each, walk) for each, walk in zip(messages, walks, strict=True)],
        statuses=[session.status.value for session in sessions],
        reasons=[session.reason for session in sessions],
        states=[orjson.dumps(session.to_json()).decode() for session in sessions],
        wait_kinds=[session.wait and session.wait.kind for session in sessions],
        wake_ats=[session.wait and session.wait.deadline_at for session in sessions],
        ended_ats=[None if session.is_open else frame.now for session in sessions],
        stays=[_stays(walk) for walk in walks],
        now=frame.now,
    )
    revisions = {row["id"]: row["revision"] for row in rows}
    await _write_rest(connection, frame, walks, ids, messages, revisions, ())


async def _write_rest(
    connection: Connection,
    frame: Frame,
    walks: Sequence[Walk],
    session_ids: Sequence[int],
    messages: Sequence[Sequence[NewMessage]],
    revisions: dict[int, int],
    moves: Sequence[Move],
) -> None:
    changes = merged(
        (walk.person.contact_id, effect)
        for walk in walks
        for effect in walk.sprint.effects
        if isinstance(effect, UpdateContact)
    )
    await update_contacts(connection, frame.workspace_id, changes, frame.now)
    await open_conversations(
        connection,
        frame.workspace_id,
        frame.channel,
        [
            HandOver(walk.person.contact_id, sender_of(each, walk), session_id, effect.note)
            for walk, session_id, each in zip(walks, session_ids, messages, strict=True)
            for effect in walk.sprint.effects
            if isinstance(effect, OpenConversation)
        ],
        frame.now,
    )
    await insert_calls(
        connection,
        frame.workspace_id,
        [
            (session_id, effect)
            for walk, session_id in zip(walks, session_ids, strict=True)
            for effect in walk.sprint.effects
            if isinstance(effect, StartCall)
        ],
        frame.now,
    )
    flat = await answering_last(connection, [message for each in messages for message in each])
    message_ids = await insert_messages(
        connection, frame.workspace_id, frame.channel, flat, frame.now
    )
    openings = {
        message.session_id: (message_id, message.reason)
        for message, message_id in zip(flat, message_ids, strict=True)
        if message.is_opening
    }
    own_moves = [
        move
        for walk, session_id in zip(walks, session_ids, strict=True)
        if (move := move_of(walk, session_id, openings.get(session_id))) is not None
    ]
    await move_participants(connection, [*moves, *own_moves], frame.now)
    await set_consents(connection, frame.channel, changes, frame.now)
    await set_fires(
        connection,
        "session",
        [
            (session_id, walk.sprint.session.wait.deadline_at, revisions[session_id])
            for walk, session_id in zip(walks, session_ids, strict=True)
            if walk.sprint.session.wait is not None
        ],
    )
    await set_fires(
        connection,
        "delivery",
        [
            (session_id, frame.now, 0)
            for walk, session_id in zip(walks, session_ids, strict=True)
            if walk.sprint.session.wait is not None and walk.sprint.session.wait.kind == "delivery"
        ],
    )
    await cancel_fires(
        connection,
        "session",
        [walk.session_id for walk in walks if walk.session_id and walk.sprint.session.wait is None],
    )
    await append_node_deltas(connection, tally(walks, frame.now), frame.now)
    await append_traces(
        connection,
        frame.workspace_id,
        [
            (session_id, revisions[session_id], walk.flow_id, walk.flow_version_id, walk.sprint)
            for walk, session_id in zip(walks, session_ids, strict=True)
        ],
        frame.now,
    )
    await append_to_outboxes(
        connection,
        [
            (message.sender_id, message.lane.value, message_id, 1)
            for message, message_id in zip(flat, message_ids, strict=True)
            if message.reason is None and message.sender_id is not None
        ],
    )


def _stays(walk: Walk) -> bool:
    """Whether a session goes on waiting where it stood."""
    return not any(isinstance(event, ExitLeft) for event in walk.sprint.events)
