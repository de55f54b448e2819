"""The runner: contacts of an occurrence become sessions and messages, a chunk at a time.

Theory of operation.  One transaction a chunk.  The chunk's row stays locked until commit, so no
other worker touches it, and a worker that dies leaves it untouched; a worker that froze is shut out
by the server's limit on idle transactions, and its commit fails.  The campaign's row is read with a
shared lock: a suspension waits for the running chunk and then sees everything that it wrote.

Back-pressure: before each chunk the runner looks how far the senders are behind, and when they are,
it asks to be woken a moment later instead of waiting with a worker in its hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from clarion.domain.campaign import CampaignStatus, Outcome, Reentry
from clarion.domain.consent import Allow, Hold, Refuse, decide_consent
from clarion.domain.message import Channel, Lane
from clarion.engine.apply.end_sessions import end_sessions
from clarion.engine.apply.lock_people import lock_people
from clarion.engine.apply.move_participants import Move
from clarion.engine.apply.set_fires import set_fires
from clarion.engine.apply.write_sprints import Frame, write_forwarded, write_started
from clarion.engine.choose_sender import SenderChoice
from clarion.engine.flow_versions import FlowVersions
from clarion.engine.forward import follow_forwards
from clarion.engine.openings import Walk
from clarion.engine.parts import Parts
from clarion.engine.person import Person, consent_facts, person_from_row
from clarion.flow.context import CampaignFields, Context, OccurrenceFields
from clarion.flow.definition import Flow
from clarion.flow.engine import Triggered, start
from clarion.flow.limits import DEFAULT_LIMITS, Limits
from clarion.store.pool import Connection, transaction
from clarion.store.queries import Row, load

__all__ = ["OPENING_CHANNEL", "Runner", "plan_chunk", "read_facts", "read_senders"]

OCCURRENCES = load("occurrences")
OUTBOX = load("outbox")
SESSIONS = load("sessions")

_ROOM_WAIT = timedelta(milliseconds=300)
# The channel on which a campaign opens; flows that open elsewhere come with those channels.
OPENING_CHANNEL = Channel.WHATSAPP


class Runner:
    """Works on the chunks of occurrences; see the module's theory of operation."""

    def __init__(self, parts: Parts, flow_versions: FlowVersions) -> None:
        self._parts = parts
        self._flow_versions = flow_versions

    async def run_chunks(self, occurrence_id: int) -> int:
        """Work on open chunks while there are any and the senders keep up; return how many.

        When work remains, a reminder (a fire of kind ``chunk``) is left that brings us back.
        """
        done_count = 0
        while await self._has_room(occurrence_id):
            async with transaction(self._parts.pool) as connection:
                if not await self._run_chunk(connection, occurrence_id):
                    return done_count
            done_count += 1
        return done_count

    async def _has_room(self, occurrence_id: int) -> bool:
        now = self._parts.now()
        async with transaction(self._parts.pool) as connection:
            occurrence = await OCCURRENCES.fetchrow(
                connection, "running_occurrence", occurrence_id=occurrence_id
            )
            if occurrence is None or not _may_run(occurrence):
                return False
            backlog = await OUTBOX.fetchrow(
                connection, "backlog", workspace_id=occurrence["workspace_id"]
            )
            sizes = self._parts.sizes
            if backlog is not None and backlog["waiting_count"] > max(
                sizes.backlog_floor, backlog["rate_per_second"] * sizes.backlog_seconds
            ):
                await set_fires(connection, "chunk", [(occurrence_id, now + _ROOM_WAIT, 0)])
                return False
        return True

    async def _run_chunk(self, connection: Connection, occurrence_id: int) -> bool:
        """Plan one chunk.  False when none is open now (a reminder is left for a later one)."""
        now = self._parts.now()
        occurrence = await OCCURRENCES.fetchrow(
            connection, "running_occurrence", occurrence_id=occurrence_id
        )
        if occurrence is None or not _may_run(occurrence):
            return False
        chunk = await OCCURRENCES.fetchrow(
            connection, "claim_chunk", occurrence_id=occurrence_id, now=now
        )
        if chunk is None:
            await self._remind(connection, occurrence_id, now)
            return False
        people = await OCCURRENCES.fetch(
            connection,
            "chunk_people",
            occurrence_id=occurrence_id,
            first_contact_id=chunk["first_contact_id"],
            last_contact_id=chunk["last_contact_id"],
            zone=chunk["zone"],
        )
        contact_ids = [each["contact_id"] for each in people]
        await lock_people(connection, contact_ids)
        rows = await read_facts(connection, occurrence, contact_ids)
        await OCCURRENCES.execute(
            connection,
            "finish_chunk",
            occurrence_id=occurrence_id,
            number=chunk["number"],
            now=now,
        )
        flow = await self._flow_versions.get(connection, occurrence["flow_version_id"])
        senders = await read_senders(connection, occurrence["workspace_id"], OPENING_CHANNEL)
        walks, moves, ended = plan_chunk(
            occurrence, flow, rows, now, self._flow_versions.limits, senders.channels
        )
        await end_sessions(connection, ended, "superseded", "superseded", now)
        frame = Frame(occurrence["workspace_id"], OPENING_CHANNEL, senders, now)
        followed = await follow_forwards(connection, self._flow_versions, frame.workspace_id, walks)
        await write_started(connection, frame, followed.walks, moves)
        await write_forwarded(connection, frame, followed.started)
        return True

    async def _remind(self, connection: Connection, occurrence_id: int, now: datetime) -> None:
        due_at = await OCCURRENCES.fetchval(
            connection, "next_chunk_due_at", occurrence_id=occurrence_id
        )
        if due_at is not None and due_at > now:
            await set_fires(connection, "chunk", [(occurrence_id, due_at, 0)])


def plan_chunk(
    occurrence: Row,
    flow: Flow,
    rows: Sequence[Row],
    now: datetime,
    limits: Limits = DEFAULT_LIMITS,
    channels: frozenset[Channel] | None = None,
) -> tuple[list[Walk], list[Move], list[int]]:
    """Decide for each person of a chunk: a walk, or an outcome with its reason.

    ``channels`` are those that the workspace has a sender of.

    Also returns the sessions that the walks replace.  Pure.
    """
    walks: list[Walk] = []
    moves: list[Move] = []
    ended: list[int] = []
    occurrence_id: int = occurrence["id"]
    campaign = CampaignFields(
        occurrence["campaign_id"], occurrence["campaign_name"], occurrence["campaign_code"]
    )
    occurrence_fields = OccurrenceFields(occurrence_id, occurrence["scheduled_at"])
    trigger = Triggered(inputs=occurrence["parameters"])
    for row in rows:
        waiting_ids = row["waiting_session_ids"] or []
        reason, person = _refusal(row, occurrence["reentry"], waiting_ids, now)
        if person is None:
            moves.append(Move(occurrence_id, row["contact_id"], Outcome.SKIPPED, reason))
            continue
        if occurrence["reentry"] == Reentry.RESTART:
            ended.extend(waiting_ids)
        context = Context(
            now=now,
            contact=person.fields,
            campaign=campaign,
            occurrence=occurrence_fields,
            workspace_zone=occurrence["workspace_zone"],
            channels=channels,
        )
        walks.append(
            Walk(
                person=person,
                sprint=start(flow, trigger=trigger, context=context, limits=limits),
                context=context,
                flow_id=occurrence["flow_id"],
                flow_version_id=occurrence["flow_version_id"],
                lane=Lane.BULK,
                sender_id=row["known_sender_id"],
                campaign_id=occurrence["campaign_id"],
                campaign_sender_name=occurrence["sender_name"],
                occurrence_id=occurrence_id,
            )
        )
    return walks, moves, ended


def _refusal(
    row: Row, reentry: str, waiting_ids: Sequence[int], now: datetime
) -> tuple[str, Person | None]:
    """Why somebody is not messaged, or the person who is."""
    if not row["is_present"]:
        return "contact_deleted", None
    person = person_from_row(row)
    match decide_consent(consent_facts(row, person, now), now):
        case Refuse(reason) | Hold(_, reason):
            return reason, None
        case Allow():
            pass
    if waiting_ids and reentry == Reentry.SKIP:
        return "session_active", None
    return "", person


def _may_run(occurrence: Row) -> bool:
    # A campaign that ended by itself finishes what it had begun.
    return (
        occurrence["status"] == "running"
        and occurrence["deleted_at"] is None
        and occurrence["campaign_status"] in (CampaignStatus.IN_PROGRESS, CampaignStatus.ENDED)
    )


async def read_facts(
    connection: Connection, occurrence: Row, contact_ids: Sequence[int]
) -> list[Row]:
    """All that ``plan_chunk`` must know about some people, in the order given."""
    return await OCCURRENCES.fetch(
        connection,
        "planning_facts",
        contact_ids=list(contact_ids),
        flow_id=occurrence["flow_id"],
        campaign_id=occurrence["campaign_id"],
        channel=str(OPENING_CHANNEL),
    )


async def read_senders(connection: Connection, workspace_id: int, channel: Channel) -> SenderChoice:
    """The senders of a workspace on a channel, for ``choose_sender``."""
    rows = await SESSIONS.fetch(connection, "senders_of_workspace", workspace_id=workspace_id)
    own = [row for row in rows if row["channel"] == channel]
    return SenderChoice(
        {row["name"]: row["id"] for row in own},
        frozenset(row["id"] for row in own if row["status"] == "active"),
        channel,
        frozenset(Channel(row["channel"]) for row in rows),
    )
