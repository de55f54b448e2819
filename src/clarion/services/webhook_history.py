"""Deliveries of webhooks out as people see them: what was told, once more, and as a test.

Theory of operation.  ``webhook_deliveries`` does the work; here a person looks at it and asks for
more.  A delivery that still waits is made due at once; one that is over is repeated as a new one, so
that the record of the old one stays.  A test is an event of its own kind for one endpoint, which goes
the way of all others: signed, in their order, tried again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clarion.domain.errors import ClarionError, FieldError
from clarion.domain.identity import Permission
from clarion.domain.webhook import TEST_KIND
from clarion.engine.jobs import defer_deliveries
from clarion.services import audit
from clarion.services.scope import Scope
from clarion.services.webhook_endpoints import QUERIES, read_endpoint
from clarion.store.pool import Connection

__all__ = ["Delivery", "list_deliveries", "replay_delivery", "send_test"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery; ``answer`` is what the receiver said last, or why it could not be asked."""

    id: int
    endpoint_id: int
    endpoint_name: str
    status: str
    attempt_count: int
    next_at: datetime | None
    http_status: int | None
    answer: str
    created_at: datetime
    finished_at: datetime | None
    replay_of_id: int | None
    event_count: int
    kinds: Sequence[str]


async def list_deliveries(
    connection: Connection,
    scope: Scope,
    *,
    endpoint_id: int | None = None,
    status: str | None = None,
    below_id: int | None,
    limit: int,
) -> list[Delivery]:
    """Deliveries, the newest first."""
    scope.require(Permission.MANAGE_SETTINGS)
    rows = await QUERIES.fetch(
        connection,
        "deliveries_page",
        workspace_id=scope.workspace_id,
        endpoint_id=endpoint_id,
        status=status,
        delivery_id=None,
        below_id=below_id,
        limit=limit,
    )
    return [Delivery(**dict(row)) for row in rows]


async def replay_delivery(connection: Connection, scope: Scope, delivery_id: int) -> Delivery:
    """Deliver the same events once more; one that waits for its next attempt is tried now.

    Raises ``webhook_delivery.not_found``.
    """
    scope.require(Permission.MANAGE_SETTINGS)
    what = {
        "workspace_id": scope.workspace_id,
        "delivery_id": delivery_id,
        "now": scope.now,
    }
    made = await QUERIES.fetchrow(connection, "hasten_delivery", **what) or await QUERIES.fetchrow(
        connection, "replay_delivery", **what
    )
    if made is None:
        raise ClarionError(
            "webhook_delivery.not_found", f"There is no delivery {delivery_id} in this workspace."
        )
    await defer_deliveries(connection, [made["endpoint_id"]], is_hurried=True)
    await audit.record(connection, scope, "replayed", "webhook_delivery", delivery_id)
    return await _read(connection, scope, made["id"])


async def send_test(connection: Connection, scope: Scope, endpoint_id: int) -> Delivery:
    """Send an event of the kind ``endpoint.test`` to one endpoint.

    Raises ``webhook_endpoint.not_found``, ``webhook_endpoint.invalid`` (it is switched off).
    """
    endpoint = await read_endpoint(connection, scope, endpoint_id)
    if not endpoint.is_active:
        message = "An endpoint that is switched off is told nothing."
        raise ClarionError(
            "webhook_endpoint.invalid",
            message,
            field_errors=(FieldError("is_active", "off", message),),
        )
    delivery_id = await QUERIES.fetchval(
        connection,
        "insert_test",
        workspace_id=scope.workspace_id,
        endpoint_id=endpoint_id,
        kind=TEST_KIND,
        now=scope.now,
    )
    await defer_deliveries(connection, [endpoint_id])
    await audit.record(
        connection, scope, "tested", "webhook_endpoint", endpoint_id, {"name": endpoint.name}
    )
    return await _read(connection, scope, delivery_id)


async def _read(connection: Connection, scope: Scope, delivery_id: int) -> Delivery:
    rows = await QUERIES.fetch(
        connection,
        "deliveries_page",
        workspace_id=scope.workspace_id,
        endpoint_id=None,
        status=None,
        delivery_id=delivery_id,
        below_id=None,
        limit=1,
    )
    return Delivery(**dict(rows[0]))
