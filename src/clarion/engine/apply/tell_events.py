"""Hook: tell what happened to whoever asked for it (webhooks out), in the same transaction.

Theory of operation.  The fold that changes messages names them here; one statement finds what is new
about them and wanted by an endpoint, writes it down once, and queues it.  A job a endpoint then
delivers.  Where nobody has an endpoint, this costs one tiny question a fold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from clarion.engine.jobs import defer_deliveries
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["tell_fact", "tell_messages"]

WEBHOOK_ENDPOINTS = load("webhook_endpoints")


async def tell_messages(connection: Connection, message_ids: Sequence[int], now: datetime) -> None:
    """Tell what is new about these messages."""
    if not message_ids or not await WEBHOOK_ENDPOINTS.fetchval(connection, "is_told"):
        return
    rows = await WEBHOOK_ENDPOINTS.fetch(
        connection, "tell_messages", message_ids=list(message_ids), now=now
    )
    await defer_deliveries(connection, [row["endpoint_id"] for row in rows])


async def tell_fact(
    connection: Connection,
    workspace_id: int,
    kind: str,
    data: Mapping[str, Any],
    now: datetime,
    *,
    sender_id: int | None = None,
) -> None:
    """Tell something that is no message; ``kind`` is a key of ``EVENT_KINDS``."""
    rows = await WEBHOOK_ENDPOINTS.fetch(
        connection,
        "tell_fact",
        workspace_id=workspace_id,
        kind=kind,
        sender_id=sender_id,
        data=dict(data),
        now=now,
    )
    await defer_deliveries(connection, [row["endpoint_id"] for row in rows])
