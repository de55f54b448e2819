"""Plays: a flow, tried out on the server's own engine.

Theory of operation.  Nothing is sent and nothing is kept: who asks gives a definition (or names a
flow, whose draft is played), a person, and every move so far; the answer is the whole transcript.
The person is one of the contacts or an invented one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from clarion.domain.errors import ClarionError
from clarion.domain.identity import Permission
from clarion.flow.context import CampaignFields, ContactFields, Context, OccurrenceFields
from clarion.flow.definition import Flow, read_flow
from clarion.flow.engine import Triggered
from clarion.flow.play import Move, play
from clarion.flow.simulate import Transcript
from clarion.services.contacts import read_contact
from clarion.services.flows import read_flow as read_stored_flow
from clarion.services.scope import Scope
from clarion.services.workspaces import read_workspace
from clarion.store.pool import Connection

__all__ = ["InventedPerson", "PlayRequest", "play_flow"]


@dataclass(frozen=True, slots=True)
class InventedPerson:
    """Somebody who is no contact; ``phone`` is E.164."""

    name: str = "Ana"
    phone: str | None = "+4915112345678"
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlayRequest:
    """What is played: exactly one of ``definition`` and ``flow_id``.

    ``contact_id`` goes before ``person``; ``started_at`` (aware) is what the clock shows first, now
    when it is None.
    """

    definition: Any = None
    flow_id: int | None = None
    contact_id: int | None = None
    person: InventedPerson = InventedPerson()
    inputs: Mapping[str, Any] = field(default_factory=dict)
    started_at: datetime | None = None
    moves: Sequence[Move] = ()


async def play_flow(connection: Connection, scope: Scope, request: PlayRequest) -> Transcript:
    """Play and tell everything that happened.

    Raises ``flow.not_found``, ``contact.not_found``; ``flow.invalid`` with ``problems`` when the
    definition is broken in its form.
    """
    scope.require(Permission.READ)
    definition = request.definition
    if request.flow_id is not None:
        definition = (await read_stored_flow(connection, scope, request.flow_id)).draft
    flow = _playable(definition)
    started_at = request.started_at or scope.now
    context = Context(
        now=started_at,
        contact=await _contact(connection, scope, request),
        campaign=CampaignFields(0, flow.name),
        occurrence=OccurrenceFields(0, started_at),
        workspace_zone=(await read_workspace(connection, scope)).zone,
    )
    # A long play computes for a while; nobody else shall wait for it.
    return await asyncio.to_thread(
        play, flow, request.moves, context=context, trigger=Triggered(request.inputs)
    )


def _playable(definition: Any) -> Flow:
    flow, problems = read_flow(definition)
    if flow is None:
        raise ClarionError(
            "flow.invalid",
            f"The flow cannot be played: {problems[0].where}: {problems[0].message}",
            problems=[asdict(problem) for problem in problems],
        )
    return flow


async def _contact(connection: Connection, scope: Scope, request: PlayRequest) -> ContactFields:
    if request.contact_id is None:
        person = request.person
        return ContactFields(0, person.name, person.phone, person.attributes)
    contact = await read_contact(connection, scope, request.contact_id)
    return ContactFields(contact.id, contact.name, contact.phone, contact.attributes)
