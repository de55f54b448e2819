"""Occurrences: the planned firings of a campaign, and every person of each with an outcome."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from clarion.domain.campaign import OccurrenceStatus, Outcome
from clarion.domain.errors import ClarionError
from clarion.domain.identity import Permission
from clarion.domain.message import MessageStatus
from clarion.services.campaigns import Counts, read_campaign
from clarion.services.contacts import read_contact
from clarion.services.scope import Scope
from clarion.services.text_patterns import patterns_of
from clarion.store.pool import Connection
from clarion.store.queries import Row, load

__all__ = [
    "Occurrence",
    "Participant",
    "ParticipantFilter",
    "Participation",
    "ReasonCount",
    "list_occurrences",
    "list_participants",
    "list_participations",
    "read_occurrence",
    "reason_counts",
]

QUERIES = load("occurrences")
PARTICIPANTS = load("participants")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One planned firing; ``flow_version_id`` is pinned when its snapshot is taken."""

    id: int
    campaign_id: int
    campaign_name: str
    scheduled_at: datetime
    status: OccurrenceStatus
    reason: str | None
    flow_version_id: int | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    counts: Counts


@dataclass(frozen=True, slots=True)
class Participant:
    """One contact of an occurrence's snapshot, and what became of its opening message.

    ``name`` and ``phone`` are None for a contact that was deleted since.
    """

    contact_id: int
    name: str | None
    phone: str | None
    outcome: Outcome
    reason: str | None
    session_id: int | None
    message_id: int | None
    message_status: MessageStatus | None
    provider_id: str | None
    error_code: str | None
    error_title: str | None
    accepted_at: datetime | None
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    failed_at: datetime | None
    replied_at: datetime | None


@dataclass(frozen=True, slots=True)
class Participation:
    """An occurrence that a contact was in the audience of, and what became of it there."""

    occurrence_id: int
    campaign_id: int
    campaign_name: str
    scheduled_at: datetime
    outcome: Outcome
    reason: str | None
    message_id: int | None
    message_status: MessageStatus | None
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    replied_at: datetime | None


@dataclass(frozen=True, slots=True)
class ParticipantFilter:
    """A search: everything that is given must fit; ``text`` is a part of the name or phone."""

    outcome: Outcome | None = None
    reason: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many people have this outcome for this reason."""

    outcome: Outcome
    reason: str | None
    participant_count: int


async def list_occurrences(
    connection: Connection, scope: Scope, campaign_id: int, *, below_id: int | None, limit: int
) -> list[Occurrence]:
    """The occurrences of a campaign, the newest first.  Raises ``campaign.not_found``."""
    await read_campaign(connection, scope, campaign_id)
    rows = await QUERIES.fetch(
        connection,
        "occurrences_of",
        workspace_id=scope.workspace_id,
        campaign_id=campaign_id,
        below_id=below_id,
        limit=limit,
    )
    return [_occurrence_of(row) for row in rows]


async def read_occurrence(connection: Connection, scope: Scope, occurrence_id: int) -> Occurrence:
    """One occurrence, also of a deleted campaign.  Raises ``occurrence.not_found``."""
    scope.require(Permission.READ)
    row = await QUERIES.fetchrow(
        connection, "occurrence", workspace_id=scope.workspace_id, occurrence_id=occurrence_id
    )
    if row is None:
        raise ClarionError(
            "occurrence.not_found",
            f"There is no occurrence {occurrence_id} in this workspace.",
            occurrence_id=occurrence_id,
        )
    return _occurrence_of(row)


async def list_participants(
    connection: Connection,
    scope: Scope,
    occurrence_id: int,
    wanted: ParticipantFilter,
    *,
    above_id: int | None,
    limit: int,
) -> list[Participant]:
    """People of an occurrence that fit, in the order of their ids, above a cursor.

    Raises ``occurrence.not_found``.
    """
    await read_occurrence(connection, scope, occurrence_id)
    searched = patterns_of(wanted.text)
    rows = await PARTICIPANTS.fetch(
        connection,
        "participants_of",
        workspace_id=scope.workspace_id,
        occurrence_id=occurrence_id,
        above_id=above_id or 0,
        outcome=wanted.outcome,
        reason=wanted.reason,
        name_pattern=searched and searched.name_pattern,
        phone_pattern=searched and searched.phone_pattern,
        limit=limit,
    )
    return [_participant_of(row) for row in rows]


async def list_participations(
    connection: Connection, scope: Scope, contact_id: int, *, below_id: int | None, limit: int
) -> list[Participation]:
    """The occurrences that a contact was in, the newest first.  Raises ``contact.not_found``."""
    await read_contact(connection, scope, contact_id)
    rows = await PARTICIPANTS.fetch(
        connection,
        "participations_of",
        workspace_id=scope.workspace_id,
        contact_id=contact_id,
        below_id=below_id,
        limit=limit,
    )
    return [
        Participation(
            **{
                **dict(row),
                "outcome": Outcome(row["outcome"]),
                "message_status": row["message_status"] and MessageStatus(row["message_status"]),
            }
        )
        for row in rows
    ]


async def reason_counts(
    connection: Connection, scope: Scope, occurrence_id: int
) -> list[ReasonCount]:
    """How many people have which outcome for which reason, the most first.

    Raises ``occurrence.not_found``.
    """
    await read_occurrence(connection, scope, occurrence_id)
    rows = await PARTICIPANTS.fetch(
        connection,
        "outcome_reasons",
        workspace_id=scope.workspace_id,
        occurrence_id=occurrence_id,
    )
    return [
        ReasonCount(Outcome(row["outcome"]), row["reason"], row["participant_count"])
        for row in rows
    ]


def _occurrence_of(row: Row) -> Occurrence:
    return Occurrence(
        id=row["id"],
        campaign_id=row["campaign_id"],
        campaign_name=row["campaign_name"],
        scheduled_at=row["scheduled_at"],
        status=OccurrenceStatus(row["status"]),
        reason=row["reason"],
        flow_version_id=row["flow_version_id"],
        created_at=row["created_at"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        counts=Counts.of(row),
    )


def _participant_of(row: Row) -> Participant:
    status = row["message_status"]
    return Participant(
        **{
            **dict(row),
            "outcome": Outcome(row["outcome"]),
            "message_status": None if status is None else MessageStatus(status),
        }
    )
