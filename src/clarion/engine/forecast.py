"""The forecast: what an occurrence would do for each person, without doing it.

Theory of operation.  It asks what the planner and the runner ask (``audience_of``,
``zone_instants``, ``plan_chunk``, ``follow_forwards``, ``messages_of``, ``move_of``), on a
transaction that PostgreSQL itself keeps from writing, and turns each answer into a ``Forecast``
instead of rows.  So no rule stands here twice: what changes for the runner changes for the dry run.
Decisions are made as of the instant at which each person's turn is due.

People stream through in the order in which the runner would take them, a chunk at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from clarion.domain.campaign import CampaignDraft, Outcome, Reentry, ZoneMode
from clarion.domain.message import Content, TemplateContent
from clarion.engine.apply.insert_messages import NewMessage
from clarion.engine.choose_sender import SenderChoice
from clarion.engine.flow_versions import FlowVersions
from clarion.engine.forward import follow_forwards
from clarion.engine.openings import Walk, messages_of, move_of
from clarion.engine.planner import zone_instants
from clarion.engine.runner import OPENING_CHANNEL, plan_chunk, read_facts, read_senders
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["Forecast", "ForecastOutcome", "Frame", "forecast_people", "forecasts"]

QUERIES = load("dry_runs")
OUTBOX = load("outbox")

ForecastOutcome = Literal["send", "held", "skipped", "failed"]


@dataclass(frozen=True, slots=True)
class Frame:
    """The occurrence that is tried, ``campaign_id`` 0 for a campaign that is not saved yet.

    ``now`` is when it is tried: nobody's turn is earlier.
    """

    workspace_id: int
    workspace_zone: str
    campaign_id: int
    campaign_code: str
    flow_version_id: int
    draft: CampaignDraft
    scheduled_at: datetime
    now: datetime

    def occurrence(self) -> dict[str, Any]:
        """The occurrence as the runner would read it."""
        draft = self.draft
        return {
            "id": 0,
            "workspace_id": self.workspace_id,
            "campaign_id": self.campaign_id,
            "campaign_name": draft.name,
            "campaign_code": self.campaign_code,
            "scheduled_at": self.scheduled_at,
            "flow_id": draft.flow_id,
            "flow_version_id": self.flow_version_id,
            "reentry": draft.reentry.value,
            "sender_name": draft.sender_name,
            "parameters": dict(draft.parameters),
            "workspace_zone": self.workspace_zone,
        }


@dataclass(frozen=True, slots=True)
class Forecast:
    """What would become of one person.

    ``send``: the opening message ``content`` of the node ``node_id`` would be queued at ``due_at``
    for the sender.  Else ``reason`` tells why not (a code of ``REASONS``).  ``walks`` are the
    person's way through the flow, and through those that it forwards to; ``replaced_count`` waiting
    sessions of the flow would end for it.
    """

    contact_id: int
    outcome: ForecastOutcome
    reason: str | None
    due_at: datetime
    sender_id: int | None = None
    node_id: str | None = None
    content: Content | None = None
    walks: tuple[Walk, ...] = ()
    replaced_count: int = 0


async def forecasts(
    connection: Connection, flow_versions: FlowVersions, frame: Frame, chunk_size: int
) -> AsyncIterator[list[Forecast]]:
    """Everybody of the audience, a chunk at a time, in the order in which their turns come.

    The connection must be in a transaction that reads one snapshot throughout.
    """
    draft = frame.draft
    audience = {
        "workspace_id": frame.workspace_id,
        "include_group_ids": list(draft.include_group_ids),
        "exclude_group_ids": list(draft.exclude_group_ids),
    }
    zones: list[str | None] = [None]
    if draft.zone_mode is ZoneMode.CONTACT:
        rows = await QUERIES.fetch(
            connection, "audience_zones", workspace_zone=frame.workspace_zone, **audience
        )
        zones = [row["zone"] for row in rows]
    turn_at = max(frame.scheduled_at, frame.now)
    due_ats = zone_instants(frame.workspace_zone, frame.scheduled_at, zones, turn_at)
    senders = await read_senders(connection, frame.workspace_id, OPENING_CHANNEL)
    for zone in sorted(zones, key=lambda each: (due_ats[each], each or "")):
        people = QUERIES.batches(
            connection,
            "audience",
            chunk_size,
            zone=zone,
            workspace_zone=frame.workspace_zone,
            **audience,
        )
        async for batch in people:
            yield await forecast_people(
                connection,
                flow_versions,
                frame,
                senders,
                [row["contact_id"] for row in batch],
                due_ats[zone],
            )


async def forecast_people(
    connection: Connection,
    flow_versions: FlowVersions,
    frame: Frame,
    senders: SenderChoice,
    contact_ids: Sequence[int],
    due_at: datetime,
) -> list[Forecast]:
    """Some people whose turn is due at one instant, in the order given."""
    occurrence = frame.occurrence()
    flow = await flow_versions.get(connection, frame.flow_version_id)
    rows = await read_facts(connection, occurrence, contact_ids)
    walks, moves, _ = await asyncio.to_thread(
        plan_chunk, occurrence, flow, rows, due_at, channels=senders.channels
    )
    followed = await follow_forwards(connection, flow_versions, frame.workspace_id, walks)
    ways: dict[int, list[Walk]] = {}
    for walk in (*followed.walks, *followed.started):
        ways.setdefault(walk.person.contact_id, []).append(walk)
    found = {
        move.contact_id: Forecast(move.contact_id, "skipped", move.reason, due_at) for move in moves
    }
    replaced = {row["contact_id"]: len(row["waiting_session_ids"] or ()) for row in rows}
    is_restart = frame.draft.reentry is Reentry.RESTART
    for contact_id, way in ways.items():
        forecast = _forecast(senders, way, due_at)
        found[contact_id] = replace(
            forecast,
            replaced_count=replaced[contact_id] if is_restart else 0,
        )
    await _close_windows(connection, found, due_at)
    await _stop_templates(connection, frame.workspace_id, found)
    return [found[contact_id] for contact_id in contact_ids]


def _forecast(senders: SenderChoice, way: Sequence[Walk], due_at: datetime) -> Forecast:
    """What a person's sprints come to, the later ones deciding as they do for the runner."""
    contact_id = way[0].person.contact_id
    outcome: ForecastOutcome = "skipped"
    reason: str | None = None
    opening: NewMessage | None = None
    for walk in way:
        messages = messages_of(senders, walk, 0)
        first = next((each for each in messages if each.is_opening), None)
        opening = first or opening
        move = move_of(walk, 0, None if first is None else (0, first.reason))
        if move is not None:
            outcome, reason = _OUTCOMES[move.outcome], move.reason
    wait = way[-1].sprint.session.wait
    if outcome == "send" and opening is None:
        # The flow waits before it says anything.
        outcome, reason = "held", "flow_waits"
        due_at = wait.deadline_at if wait is not None and wait.kind == "delay" else due_at
    elif outcome == "send" and opening is not None and opening.sender_id not in senders.active_ids:
        outcome, reason = "held", "sender_paused"
    return Forecast(
        contact_id,
        outcome,
        reason,
        due_at,
        None if opening is None else opening.sender_id,
        None if opening is None else opening.node_id,
        None if opening is None else opening.content,
        tuple(way),
    )


_OUTCOMES: Mapping[Outcome, ForecastOutcome] = {
    Outcome.PENDING: "send",
    Outcome.SKIPPED: "skipped",
    Outcome.FAILED: "failed",
}


async def _close_windows(
    connection: Connection, found: dict[int, Forecast], due_at: datetime
) -> None:
    """The dispatcher's last look: what is no template needs a person who wrote lately."""
    free = [
        each
        for each in found.values()
        if each.outcome == "send" and not isinstance(each.content, TemplateContent)
    ]
    if not free:
        return
    rows = await QUERIES.fetch(
        connection,
        "closed_windows",
        contact_ids=[each.contact_id for each in free],
        sender_ids=[each.sender_id for each in free],
        at=due_at,
    )
    for row in rows:
        contact_id = row["contact_id"]
        found[contact_id] = replace(found[contact_id], outcome="failed", reason="window_closed")


async def _stop_templates(
    connection: Connection, workspace_id: int, found: dict[int, Forecast]
) -> None:
    """The dispatcher's last look: a template that somebody has stopped does not leave."""
    rows = await OUTBOX.fetch(connection, "stopped_templates", workspace_id=workspace_id)
    stopped = {(row["sender_id"], row["name"], row["language"]) for row in rows}
    for each in list(found.values()) if stopped else ():
        if each.outcome != "send" or not isinstance(each.content, TemplateContent):
            continue
        if (each.sender_id, each.content.name, each.content.language) in stopped:
            found[each.contact_id] = replace(each, outcome="skipped", reason="template_stopped")
