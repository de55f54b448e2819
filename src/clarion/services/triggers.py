"""Triggers: start a published flow for one person, by hand or from another program.

Theory of operation.  ``trigger_flow`` is the one way in for the REST API, the command line and the
CAMS endpoint.  What cannot be right (no such flow, wrong inputs, ...) is refused with an error and
leaves nothing behind; what the world decides (opted out, too late) is a ``Start`` with its reason.
A key makes repeats harmless, in any process and for ever: whoever asks again gets the first start,
whatever became of it.  The key is claimed by a unique index before anything is started, so two
processes that ask at the same instant wait for each other.

Who is messaged is a contact, by its id or by its phone; an unknown phone becomes a contact of the
system's group, as a stranger who writes does.  Consent is decided as for campaigns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, get_args

import orjson

from clarion.domain.campaign import Reentry
from clarion.domain.errors import ClarionError, FieldError
from clarion.domain.identity import Permission
from clarion.domain.message import Channel
from clarion.engine.flow_versions import FlowVersions
from clarion.engine.starts import carry_out_starts
from clarion.flow.definition import parse_flow
from clarion.flow.engine import check_inputs
from clarion.flow.limits import DEFAULT_LIMITS, Limits
from clarion.services.contact_upserts import find_by_written_phone, keep_contact
from clarion.services.contacts import ContactDraft, read_contact
from clarion.services.scope import Scope
from clarion.store.pool import Connection
from clarion.store.queries import Row, load

__all__ = [
    "START_STATUSES",
    "Start",
    "StartStatus",
    "TriggerRequest",
    "list_starts",
    "read_start",
    "trigger_flow",
]

STARTS = load("starts")

StartStatus = Literal["pending", "started", "skipped", "discarded"]
START_STATUSES: tuple[str, ...] = get_args(StartStatus)
MAX_KEY_CHARS = 200
MAX_INPUT_BYTES = 64_000


@dataclass(frozen=True, slots=True)
class TriggerRequest:
    """For whom a flow is started, and with what.

    Exactly one of ``contact_id`` and ``phone`` (as a person writes it; ``country`` helps to read
    it).  ``name`` is for a contact that is made.  ``sender_name`` None: as the flow and the contact
    choose.  ``discard_at`` (aware): not after this instant.  ``facts`` are further names for the
    flow, such as CAMS' ``OutId``.
    """

    contact_id: int | None = None
    phone: str | None = None
    country: str | None = None
    name: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None
    discard_at: datetime | None = None
    sender_name: str | None = None
    reentry: Reentry = Reentry.RESTART
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Start:
    """A wish to start a flow for a contact, and what became of it.

    ``reason`` is a code of ``domain.reasons``: why it was skipped or discarded, or what it waits
    for.  ``message_id`` is the inbound message that asked for it.  ``is_repeated``: the key was
    used before, and nothing new was started.
    """

    id: int
    flow_id: int
    contact_id: int
    channel: Channel
    key: str | None
    message_id: int | None
    asked_by: str
    asked_at: datetime
    discard_at: datetime | None
    sender_name: str | None
    reentry: Reentry
    inputs: Mapping[str, Any]
    status: StartStatus
    reason: str | None
    session_id: int | None
    decided_at: datetime | None
    is_repeated: bool = False


async def trigger_flow(
    connection: Connection,
    scope: Scope,
    flow_id: int,
    request: TriggerRequest,
    *,
    limits: Limits = DEFAULT_LIMITS,
) -> Start:
    """Start the published version of a manual flow for one person, once per key.

    ``limits`` are those that its session keeps.  Raises ``flow.not_found``, ``flow.not_published``, ``flow.trigger_not_manual``,
    ``flow.inputs_invalid``, ``contact.not_found``, ``contact.phone_invalid``, ``sender.not_found``,
    ``start.key_conflict``, ``request.invalid``.
    """
    scope.require(Permission.RUN_CAMPAIGNS)
    _check_form(request)
    known = await _of_key(connection, scope, request.key)
    if known is not None:
        return await _repeated(connection, scope, known, flow_id, request)
    await _check_flow(connection, scope, flow_id, request.inputs)
    channel = await _channel(connection, scope, request.sender_name)
    contact_id = await _contact(connection, scope, request)
    facts = dict(request.facts) if request.key is None else {"Uuid": request.key, **request.facts}
    start_id = await STARTS.fetchval(
        connection,
        "insert_start",
        workspace_id=scope.workspace_id,
        flow_id=flow_id,
        contact_id=contact_id,
        channel=str(channel),
        key=request.key,
        asked_by=scope.actor.name,
        now=scope.now,
        discard_at=request.discard_at,
        sender_name=request.sender_name,
        reentry=str(request.reentry),
        inputs=dict(request.inputs),
        facts=facts,
    )
    if start_id is None:
        return await trigger_flow(
            connection, scope, flow_id, request, limits=limits
        )  # the key was just claimed
    await carry_out_starts(connection, FlowVersions(limits, size=4), [start_id], scope.now)
    return await _read(connection, scope, start_id)


async def read_start(connection: Connection, scope: Scope, start_id: int) -> Start:
    """One start.  Raises ``start.not_found``."""
    scope.require(Permission.READ)
    return await _read(connection, scope, start_id)


async def list_starts(
    connection: Connection,
    scope: Scope,
    flow_id: int,
    *,
    status: StartStatus | None = None,
    below_id: int | None = None,
    limit: int = 50,
) -> list[Start]:
    """The starts of a flow outside of campaigns, the newest first.  Raises ``flow.not_found``."""
    scope.require(Permission.READ)
    await _flow(connection, scope, flow_id)
    found = await STARTS.fetch(
        connection,
        "starts_page",
        workspace_id=scope.workspace_id,
        flow_id=flow_id,
        status=status,
        below_id=below_id,
        limit=limit,
    )
    rows = await STARTS.fetch(
        connection,
        "read_starts",
        workspace_id=scope.workspace_id,
        ids=[row["id"] for row in found],
    )
    return [_start_of(row) for row in rows]


def _check_form(request: TriggerRequest) -> None:
    faults: list[FieldError] = []
    if (request.contact_id is None) == (request.phone is None):
        message = "Give either `contact_id` or `phone`."
        faults.append(FieldError("contact_id", "missing", message))
    if request.key is not None and not 0 < len(request.key) <= MAX_KEY_CHARS:
        message = f"A key has 1 to {MAX_KEY_CHARS} characters."
        faults.append(FieldError("key", "bad_length", message))
    if len(orjson.dumps(dict(request.inputs))) > MAX_INPUT_BYTES:
        message = f"All inputs together have at most {MAX_INPUT_BYTES:,} bytes."
        faults.append(FieldError("inputs", "too_long", message))
    if faults:
        raise ClarionError("request.invalid", faults[0].message, field_errors=tuple(faults))


async def _flow(connection: Connection, scope: Scope, flow_id: int) -> Row:
    row = await STARTS.fetchrow(
        connection, "flow_to_start", workspace_id=scope.workspace_id, flow_id=flow_id
    )
    if row is None:
        raise ClarionError(
            "flow.not_found", f"There is no flow {flow_id} in this workspace.", flow_id=flow_id
        )
    return row


async def _check_flow(
    connection: Connection, scope: Scope, flow_id: int, inputs: Mapping[str, Any]
) -> None:
    row = await _flow(connection, scope, flow_id)
    if row["published_version_id"] is None:
        raise ClarionError(
            "flow.not_published", f"The flow {row['name']!r} is not published.", flow_id=flow_id
        )
    flow = parse_flow(row["definition"])
    if flow.trigger.kind != "manual":
        raise ClarionError(
            "flow.trigger_not_manual",
            f"The flow {row['name']!r} is started by {flow.trigger.kind}, not by hand.",
            flow_id=flow_id,
        )
    errors = check_inputs(flow, inputs)
    if errors:
        raise ClarionError(
            "flow.inputs_invalid",
            f"The inputs do not fit the flow {row['name']!r}: {errors[0].message}",
            field_errors=errors,
        )


async def _channel(connection: Connection, scope: Scope, sender_name: str | None) -> Channel:
    """The channel of the named sender; WhatsApp when the flow is to choose."""
    if sender_name is None:
        return Channel.WHATSAPP
    row = await STARTS.fetchrow(
        connection, "sender_named", workspace_id=scope.workspace_id, name=sender_name
    )
    if row is None:
        raise ClarionError(
            "sender.not_found",
            f"There is no sender {sender_name!r} in this workspace.",
            sender=sender_name,
        )
    return Channel(row["channel"])


async def _contact(connection: Connection, scope: Scope, request: TriggerRequest) -> int:
    if request.contact_id is not None:
        return (await read_contact(connection, scope, request.contact_id)).id
    draft = ContactDraft(name=request.name, phone=request.phone, country=request.country)
    found = await find_by_written_phone(connection, scope, request.phone or "", request.country)
    if found is not None:
        return found.id
    return (await keep_contact(connection, scope, draft, mode="ignore")).contact.id


async def _of_key(connection: Connection, scope: Scope, key: str | None) -> Start | None:
    start_id = await STARTS.fetchval(
        connection, "start_of_key", workspace_id=scope.workspace_id, key=key
    )
    return None if start_id is None else await _read(connection, scope, start_id)


async def _repeated(
    connection: Connection, scope: Scope, known: Start, flow_id: int, request: TriggerRequest
) -> Start:
    """The first start of a key.  Raises ``start.key_conflict`` when it was about something else."""
    contact_id = request.contact_id
    if request.phone is not None:
        found = await find_by_written_phone(connection, scope, request.phone, request.country)
        contact_id = None if found is None else found.id
    asked = {"flow_id": flow_id, "contact_id": contact_id, "inputs": dict(request.inputs)}
    was = {"flow_id": known.flow_id, "contact_id": known.contact_id, "inputs": dict(known.inputs)}
    differing = [name for name in asked if asked[name] != was[name]]
    if differing:
        raise ClarionError(
            "start.key_conflict",
            f"The key {request.key!r} was used for a start with other {', '.join(differing)}.",
            start_id=known.id,
            differing=differing,
        )
    return replace(known, is_repeated=True)


async def _read(connection: Connection, scope: Scope, start_id: int) -> Start:
    rows = await STARTS.fetch(
        connection, "read_starts", workspace_id=scope.workspace_id, ids=[start_id]
    )
    if not rows:
        raise ClarionError(
            "start.not_found", f"There is no start {start_id} in this workspace.", start_id=start_id
        )
    return _start_of(rows[0])


def _start_of(row: Row) -> Start:
    return Start(
        **{**dict(row), "channel": Channel(row["channel"]), "reentry": Reentry(row["reentry"])}
    )
