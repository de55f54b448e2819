"""Resume sessions: replies, timeouts and ended delays, many at a time in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from clarion.domain.message import Channel, Lane
from clarion.engine.apply.lock_people import lock_people_of_sessions
from clarion.engine.apply.write_sprints import Frame, write_continued, write_forwarded
from clarion.engine.choose_sender import SenderChoice
from clarion.engine.flow_versions import FlowVersions
from clarion.engine.forward import follow_forwards
from clarion.engine.node_steps import Stood
from clarion.engine.openings import Walk
from clarion.engine.person import person_from_row
from clarion.engine.runner import read_senders
from clarion.flow.context import CampaignFields, Context, OccurrenceFields
from clarion.flow.engine import Resume, resume
from clarion.flow.session import Session
from clarion.flow.sprint import ResumeIgnored
from clarion.store.pool import Connection
from clarion.store.queries import Row, load

__all__ = ["Continuation", "resume_sessions"]

SESSIONS = load("sessions")


@dataclass(frozen=True, slots=True)
class Continuation:
    """What happened to a waiting session, and how urgent the answer is.

    ``revision`` is the session's when the reminder was written (a later one makes it stale);
    ``None`` for replies, which always count.
    """

    resume: Resume
    lane: Lane
    revision: int | None = None


async def resume_sessions(
    connection: Connection,
    flow_versions: FlowVersions,
    continuations: Mapping[int, Continuation],
    now: datetime,
) -> set[int]:
    """Resume waiting sessions (by id); return the ids of those that went on."""
    if not continuations:
        return set()
    await lock_people_of_sessions(connection, continuations)
    rows = await SESSIONS.fetch(connection, "lock_sessions", ids=sorted(continuations))
    by_place: defaultdict[tuple[int, str], list[Walk]] = defaultdict(list)
    senders_of: dict[tuple[int, str], SenderChoice] = {}
    for row in rows:
        continuation = continuations[row["id"]]
        if continuation.revision not in (None, row["revision"]):
            continue
        place = (row["workspace_id"], row["channel"])
        if place not in senders_of:
            senders_of[place] = await read_senders(connection, place[0], Channel(place[1]))
        channels = senders_of[place].channels
        walk = await _walk(connection, flow_versions, row, continuation, now, channels)
        if not any(isinstance(event, ResumeIgnored) for event in walk.sprint.events):
            by_place[place].append(walk)
    resumed: set[int] = set()
    for (workspace_id, channel), walks in by_place.items():
        senders = senders_of[workspace_id, channel]
        frame = Frame(workspace_id, Channel(channel), senders, now)
        followed = await follow_forwards(connection, flow_versions, workspace_id, walks)
        await write_continued(connection, frame, followed.walks)
        await write_forwarded(connection, frame, followed.started)
        resumed.update(walk.session_id for walk in walks)
    return resumed


async def _walk(
    connection: Connection,
    flow_versions: FlowVersions,
    row: Row,
    continuation: Continuation,
    now: datetime,
    channels: frozenset[Channel],
) -> Walk:
    flow = await flow_versions.get(connection, row["flow_version_id"])
    person = person_from_row(row)
    context = Context(
        now=now,
        contact=person.fields,
        campaign=_campaign(row),
        occurrence=_occurrence(row),
        workspace_zone=row["workspace_zone"],
        channels=channels,
        channel=Channel(row["channel"]),
    )
    session = Session.from_json(row["state"])
    sprint = resume(
        flow, session, continuation.resume, context=context, limits=flow_versions.limits
    )
    return Walk(
        person=person,
        sprint=sprint,
        context=context,
        flow_id=row["flow_id"],
        flow_version_id=row["flow_version_id"],
        lane=continuation.lane,
        session_id=row["id"],
        sender_id=row["sender_id"],
        campaign_id=row["campaign_id"],
        campaign_sender_name=row["sender_name"],
        occurrence_id=row["occurrence_id"],
        stood=Stood(session.node_id or "", row["wait_began_at"]),
    )


def _campaign(row: Row) -> CampaignFields | None:
    if row["campaign_id"] is None:
        return None
    return CampaignFields(
        row["campaign_id"], row["campaign_name"] or "", row["campaign_code"] or ""
    )


def _occurrence(row: Row) -> OccurrenceFields | None:
    if row["occurrence_id"] is None:
        return None
    return OccurrenceFields(row["occurrence_id"], row["scheduled_at"])
