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
from clarion.domain.message import Channel
from clarion.flow.context import CampaignFields, ContactFields, Context, OccurrenceFields
from clarion.flow.definition import Flow, read_flow
from clarion.flow.engine import Triggered
from clarion.flow.flow_test import FlowTest, TestContact
from clarion.flow.limits import DEFAULT_LIMITS, Limits
from clarion.flow.moves import Move, RecordedAnswers
from clarion.flow.play import play
from clarion.flow.run_tests import TestReport, flow_test_of_play, run_tests
from clarion.flow.transcript import Transcript
from clarion.services.contacts import read_contact
from clarion.services.flows import read_flow as read_stored_flow
from clarion.services.scope import Scope
from clarion.services.workspaces import read_workspace
from clarion.store.pool import Connection

__all__ = [
    "InventedPerson",
    "PlayRequest",
    "PreparedPlay",
    "flow_test_from_play",
    "play_flow",
    "prepare_play",
    "prepared",
    "run_flow_tests",
]


@dataclass(frozen=True, slots=True)
class InventedPerson:
    """Somebody who is no contact; ``phone`` is E.164."""

    name: str = "Ana"
    phone: str | None = "+4915112345678"
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlayRequest:
    """What is played: exactly one of ``definition`` and ``flow_id``.

    ``answers`` are recorded answers of calls.  ``contact_id`` goes before ``person``; ``started_at`` (aware) is what the clock shows first, now
    when it is None.
    """

    definition: Any = None
    flow_id: int | None = None
    contact_id: int | None = None
    person: InventedPerson = InventedPerson()
    inputs: Mapping[str, Any] = field(default_factory=dict)
    started_at: datetime | None = None
    moves: Sequence[Move] = ()
    answers: RecordedAnswers = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PreparedPlay:
    """A flow and whoever walks through it: all that a play needs but its moves.

    ``limits`` are those of the server; a test is played with those of every server.
    """

    flow: Flow
    context: Context
    trigger: Triggered
    answers: RecordedAnswers = field(default_factory=dict)
    limits: Limits = DEFAULT_LIMITS

    def run(self, moves: Sequence[Move]) -> Transcript:
        """Play from the start through the moves."""
        return play(
            self.flow,
            moves,
            context=self.context,
            trigger=self.trigger,
            limits=self.limits,
            answers={
                node_id: [each.answer() for each in answers]
                for node_id, answers in self.answers.items()
            },
        )

    def as_test(self, name: str, moves: Sequence[Move]) -> FlowTest:
        """The test that expects what the play brings about now."""
        contact = self.context.contact
        return flow_test_of_play(
            self.flow,
            name,
            TestContact(
                name=contact.name or "",
                phone=contact.phone,
                attributes=dict(contact.attributes),
                groups=contact.groups,
                consents={Channel(name): state for name, state in contact.consents.items()},
            ),
            {key: str(value) for key, value in self.trigger.inputs.items()},
            self.context.workspace_zone,
            self.context.now,
            moves,
            self.answers,
        )


def prepared(
    definition: Any,
    contact: ContactFields,
    inputs: Mapping[str, Any],
    at: datetime,
    zone: str,
    *,
    answers: RecordedAnswers | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> PreparedPlay:
    """A play of a definition.  Raises ``flow.invalid`` with ``problems``.  Pure."""
    flow = _playable(definition)
    context = Context(
        now=at,
        contact=contact,
        campaign=CampaignFields(0, flow.name),
        occurrence=OccurrenceFields(0, at),
        workspace_zone=zone,
    )
    return PreparedPlay(flow, context, Triggered(inputs), answers or {}, limits)


async def prepare_play(
    connection: Connection,
    scope: Scope,
    request: PlayRequest,
    *,
    limits: Limits = DEFAULT_LIMITS,
) -> PreparedPlay:
    """What a request plays, with what the workspace knows.

    Raises ``flow.not_found``, ``contact.not_found``; ``flow.invalid`` with ``problems`` when the
    definition is broken in its form.
    """
    scope.require(Permission.READ)
    definition = request.definition
    if request.flow_id is not None:
        definition = (await read_stored_flow(connection, scope, request.flow_id)).draft
    zone = (await read_workspace(connection, scope)).zone
    contact = await _contact(connection, scope, request)
    return prepared(
        definition,
        contact,
        request.inputs,
        request.started_at or scope.now,
        zone,
        answers=request.answers,
        limits=limits,
    )


async def play_flow(
    connection: Connection,
    scope: Scope,
    request: PlayRequest,
    *,
    limits: Limits = DEFAULT_LIMITS,
) -> Transcript:
    """Play and tell everything that happened.  Raises what ``prepare_play`` raises."""
    prepared_play = await prepare_play(connection, scope, request, limits=limits)
    # A long play computes for a while; nobody else shall wait for it.
    return await asyncio.to_thread(prepared_play.run, request.moves)


async def run_flow_tests(
    connection: Connection, scope: Scope, *, definition: Any = None, flow_id: int | None = None
) -> TestReport:
    """Run the tests that stand in a definition, or in the draft of a flow.

    Raises ``flow.not_found``; ``flow.invalid`` with ``problems``.
    """
    scope.require(Permission.READ)
    if flow_id is not None:
        definition = (await read_stored_flow(connection, scope, flow_id)).draft
    return await asyncio.to_thread(run_tests, _playable(definition))


async def flow_test_from_play(
    connection: Connection, scope: Scope, request: PlayRequest, name: str
) -> FlowTest:
    """The test that expects what a play brings about now.  Nothing is kept.

    A contact that plays is copied into the test.  Raises what ``prepare_play`` raises.
    """
    prepared_play = await prepare_play(connection, scope, request)
    return await asyncio.to_thread(prepared_play.as_test, name, request.moves)


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
    return ContactFields(
        contact.id,
        contact.name,
        contact.phone,
        contact.attributes,
        tuple(each.name for each in contact.groups),
        contact.consents,
    )
