"""Sessions: where people are in flows, and what happened on their way.

Theory of operation.  A session's row tells where it stands; its messages tell what was said; its trace,
if the flow was logging, tells every event.  Variables at a moment are what the events up to it set:
an event carries the value, so nothing else has to be kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from clarion.domain.errors import ClarionError
from clarion.domain.identity import Permission
from clarion.observe.logging import Redactor
from clarion.services.messages import Message, messages_of_session
from clarion.services.scope import Scope
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = [
    "Session",
    "SessionFilter",
    "SessionStory",
    "TraceEvent",
    "list_sessions",
    "read_session",
]

TRACES = load("traces")
_MOST_SPRINTS = 500
_MOST_MESSAGES = 200
_REDACTOR = Redactor(hides_phones=False)


@dataclass(frozen=True, slots=True)
class Session:
    """One contact's walk through a version of a flow; ``node_id`` is where it stands or ended."""

    id: int
    contact_id: int
    contact_name: str
    contact_phone: str | None
    flow_id: int
    flow_name: str
    version_number: int
    campaign_id: int | None
    campaign_name: str | None
    occurrence_id: int | None
    channel: str
    status: str
    reason: str | None
    node_id: str | None
    wait_kind: str | None
    wait_began_at: datetime | None
    wake_at: datetime | None
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class SessionFilter:
    """Which sessions are wanted; None: any.  ``version_number`` and ``node_id`` go with ``flow_id``."""

    contact_id: int | None = None
    flow_id: int | None = None
    version_number: int | None = None
    node_id: str | None = None
    status: str | None = None
    campaign_id: int | None = None
    occurrence_id: int | None = None


@dataclass(frozen=True, slots=True)
class TraceEvent:
    """Something that happened: its word, its node, its other fields."""

    at: datetime
    event: str
    node_id: str | None
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SessionStory:
    """A session with its variables, its messages (oldest first) and what was traced of it.

    ``is_traced_whole`` tells that the trace begins with the session's beginning and has no gap.
    """

    session: Session
    variables: Mapping[str, Any]
    is_logging: bool
    is_traced_whole: bool
    events: tuple[TraceEvent, ...]
    messages: tuple[Message, ...]


async def list_sessions(
    connection: Connection,
    scope: Scope,
    wanted: SessionFilter,
    *,
    below_id: int | None,
    limit: int,
) -> list[Session]:
    """Sessions, the newest first.

    Raises ``request.invalid`` when neither contact, flow, campaign nor occurrence is named.
    """
    scope.require(Permission.READ)
    if wanted.contact_id is wanted.flow_id is wanted.campaign_id is wanted.occurrence_id:
        raise ClarionError(
            "request.invalid", "Name a contact, a flow, a campaign or an occurrence."
        )
    given = asdict(wanted)
    way = _way_to(wanted)
    values = {**given, "workspace_id": scope.workspace_id, "below_id": below_id, "limit": limit}
    asked = TRACES[way].parameter_names
    found = await TRACES.fetch(connection, way, **{name: values[name] for name in asked})
    rows = await TRACES.fetch(
        connection,
        "session_shapes",
        workspace_id=scope.workspace_id,
        session_ids=[row["id"] for row in found],
    )
    return [Session(**dict(row)) for row in rows]


def _way_to(wanted: SessionFilter) -> str:
    """The query with the narrowest way to what is wanted."""
    if wanted.contact_id is not None:
        return "session_ids_of_contact"
    if wanted.occurrence_id is not None:
        return "session_ids_of_occurrence"
    if wanted.flow_id is not None and wanted.status in ("waiting", "failed"):
        return "session_ids_standing"
    return "session_ids"


async def read_session(connection: Connection, scope: Scope, session_id: int) -> SessionStory:
    """One session and its story.  Raises ``session.not_found``."""
    scope.require(Permission.READ)
    row = await TRACES.fetchrow(
        connection, "read_session", workspace_id=scope.workspace_id, session_id=session_id
    )
    if row is None:
        raise ClarionError(
            "session.not_found",
            f"There is no session {session_id} in this workspace.",
            session_id=session_id,
        )
    data = dict(row)
    variables, is_logging = data.pop("variables"), data.pop("is_logging")
    sprints = await TRACES.fetch(
        connection,
        "trace_of_session",
        workspace_id=scope.workspace_id,
        session_id=session_id,
        limit=_MOST_SPRINTS,
    )
    messages = await messages_of_session(connection, scope, session_id, limit=_MOST_MESSAGES)
    numbers = [sprint["revision"] for sprint in sprints]
    return SessionStory(
        Session(**data),
        dict(_REDACTOR(None, "", dict(variables))),
        is_logging,
        bool(numbers) and numbers == list(range(1, len(numbers) + 1)),
        tuple(_event(sprint["at"], event) for sprint in sprints for event in sprint["events"]),
        tuple(messages),
    )


def _event(at: datetime, data: Mapping[str, Any]) -> TraceEvent:
    details = dict(data)
    return TraceEvent(at, details.pop("event"), details.pop("node_id", None), details)
