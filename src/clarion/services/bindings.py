"""Bindings: which flows listen to which senders.

Theory of operation.  A flow whose trigger is a channel begins when somebody writes to a sender to
which it is bound.  Several flows may listen to one sender; they are asked in the order of their
priority (1 first), and the first whose conditions fit begins.  Who listens is changed only while the
flow is not published, so that nobody moves a flow away under running conversations by accident.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clarion.domain.errors import ClarionError
from clarion.domain.identity import Permission
from clarion.domain.message import Channel
from clarion.flow.trigger import TriggerKind
from clarion.services import audit
from clarion.services.flows import FlowSummary, read_flow
from clarion.services.scope import Scope
from clarion.services.senders import Sender, read_sender
from clarion.store.pool import Connection
from clarion.store.queries import Row, load

__all__ = ["USUAL_PRIORITY", "Binding", "bind_flow", "list_bindings", "rebind_flow", "unbind_flow"]

QUERIES = load("bindings")
FLOWS = load("flows")
USUAL_PRIORITY = 100


@dataclass(frozen=True, slots=True)
class Binding:
    """A flow that listens to a sender; the lowest ``priority`` of a sender is asked first.

    ``conditions`` are those of the trigger as they stand in the flow file: of the published
    version, or of the draft.  None at all: any message.
    """

    id: int
    flow_id: int
    flow_name: str
    trigger_kind: TriggerKind
    is_published: bool
    sender_id: int
    sender_name: str
    channel: Channel
    priority: int
    bound_at: datetime
    bound_by: str
    conditions: tuple[Any, ...]


async def list_bindings(
    connection: Connection,
    scope: Scope,
    *,
    flow_id: int | None = None,
    sender_id: int | None = None,
) -> list[Binding]:
    """Who listens to whom, by sender, in the order in which they are asked."""
    scope.require(Permission.READ)
    rows = await QUERIES.fetch(
        connection,
        "bindings",
        workspace_id=scope.workspace_id,
        flow_id=flow_id,
        sender_id=sender_id,
    )
    return [_binding_of(row) for row in rows]


async def bind_flow(
    connection: Connection,
    scope: Scope,
    flow_id: int,
    sender_id: int,
    *,
    priority: int = USUAL_PRIORITY,
) -> Binding:
    """Let a flow listen to a sender; when it does already, it gets the priority.

    Raises ``flow.not_found``, ``sender.not_found``, ``binding.flow_published``,
    ``binding.trigger_manual``, ``binding.channel_differs``.
    """
    scope.require(Permission.PUBLISH_FLOWS)
    flow = await _changeable(connection, scope, flow_id)
    sender = await read_sender(connection, scope, sender_id)
    _check_channel(flow, sender)
    await QUERIES.execute(
        connection,
        "bind",
        workspace_id=scope.workspace_id,
        flow_id=flow_id,
        sender_id=sender_id,
        priority=priority,
        now=scope.now,
        bound_by=scope.actor.name,
    )
    details = {"sender": sender.name, "priority": priority}
    await audit.record(connection, scope, "bound", "flow", flow_id, details)
    return await _binding(connection, scope, flow_id, sender_id)


async def rebind_flow(
    connection: Connection, scope: Scope, flow_id: int, sender_id: int, to_sender_id: int
) -> Binding:
    """Let a flow listen to another sender instead, with the same priority.

    Raises what ``bind_flow`` does, and ``binding.not_found``.
    """
    scope.require(Permission.PUBLISH_FLOWS)
    flow = await _changeable(connection, scope, flow_id)
    old = await _binding(connection, scope, flow_id, sender_id)
    to_sender = await read_sender(connection, scope, to_sender_id)
    _check_channel(flow, to_sender)
    if to_sender_id != sender_id:
        await _remove(connection, scope, flow_id, to_sender_id)
        await QUERIES.execute(
            connection,
            "move_binding",
            workspace_id=scope.workspace_id,
            flow_id=flow_id,
            sender_id=sender_id,
            to_sender_id=to_sender_id,
            now=scope.now,
            bound_by=scope.actor.name,
        )
        details = {"from": old.sender_name, "to": to_sender.name}
        await audit.record(connection, scope, "rebound", "flow", flow_id, details)
    return await _binding(connection, scope, flow_id, to_sender_id)


async def unbind_flow(connection: Connection, scope: Scope, flow_id: int, sender_id: int) -> None:
    """A flow listens to a sender no more.

    Raises ``flow.not_found``, ``binding.not_found``, ``binding.flow_published``.
    """
    scope.require(Permission.PUBLISH_FLOWS)
    await _changeable(connection, scope, flow_id)
    if not await _remove(connection, scope, flow_id, sender_id):
        raise _not_found(flow_id, sender_id)
    await audit.record(connection, scope, "unbound", "flow", flow_id, {"sender_id": sender_id})


async def _remove(connection: Connection, scope: Scope, flow_id: int, sender_id: int) -> int:
    removed_count: int = await QUERIES.execute(
        connection,
        "unbind",
        workspace_id=scope.workspace_id,
        flow_id=flow_id,
        sender_id=sender_id,
    )
    return removed_count


async def _changeable(connection: Connection, scope: Scope, flow_id: int) -> FlowSummary:
    """The flow, which nobody publishes until this transaction ends."""
    await FLOWS.execute(connection, "lock_flow", flow_id=flow_id)
    flow = await read_flow(connection, scope, flow_id)
    if flow.published_version_id is not None:
        raise ClarionError(
            "binding.flow_published",
            f"The flow {flow.name!r} is published; its senders stay as they are.",
            flow_id=flow_id,
        )
    return flow


def _check_channel(flow: FlowSummary, sender: Sender) -> None:
    if flow.trigger_kind == "manual":
        raise ClarionError(
            "binding.trigger_manual",
            f"The flow {flow.name!r} is started by hand; it listens to no sender.",
            flow_id=flow.id,
        )
    if flow.trigger_kind != sender.channel:
        raise ClarionError(
            "binding.channel_differs",
            f"The flow {flow.name!r} is started by {flow.trigger_kind}, "
            f"the sender {sender.name!r} is of {sender.channel}.",
            flow_id=flow.id,
            sender_id=sender.id,
        )


async def _binding(connection: Connection, scope: Scope, flow_id: int, sender_id: int) -> Binding:
    found = await list_bindings(connection, scope, flow_id=flow_id, sender_id=sender_id)
    if not found:
        raise _not_found(flow_id, sender_id)
    return found[0]


def _binding_of(row: Row) -> Binding:
    conditions = row["conditions"]
    # What stands in a draft may be of any shape.
    shown = tuple(conditions) if isinstance(conditions, list) else ()
    return Binding(**{**dict(row), "channel": Channel(row["channel"]), "conditions": shown})


def _not_found(flow_id: int, sender_id: int) -> ClarionError:
    return ClarionError(
        "binding.not_found",
        f"The flow {flow_id} does not listen to the sender {sender_id}.",
        flow_id=flow_id,
        sender_id=sender_id,
    )
