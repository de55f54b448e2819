"""The engine's vital signs, for Prometheus: read from the database, so that any process can tell.

A value is (name, help, labels, number); the metric's name is its meaning, with its unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["HELP", "Vital", "read_vitals"]

QUERIES = load("vitals")

HELP: Mapping[str, str] = MappingProxyType(
    {
        "clarion_webhooks_waiting": "Webhook bodies that are kept but not yet folded",
        "clarion_results_waiting": "Ends of attempts that are not yet folded",
        "clarion_early_receipts": "Receipts whose message is not known yet",
        "clarion_messages_in_doubt": "People whose message may or may not have left",
        "clarion_fire_lag_seconds": "How late the oldest due reminder is",
        "clarion_outbox_waiting": "Messages that wait in a sender's outbox",
        "clarion_sender_in_flight": "Requests of a sender that are under way",
        "clarion_sender_rate_per_second": "How fast a sender may go now",
        "clarion_sender_active": "1 when the sender may send, 0 when it is paused",
        "clarion_campaigns": "Campaigns by status",
    }
)


@dataclass(frozen=True, slots=True)
class Vital:
    """One number."""

    name: str
    value: float
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


async def read_vitals(connection: Connection, now: datetime) -> list[Vital]:
    """All vital signs, in the order of ``HELP``."""
    row = await QUERIES.fetchrow(connection, "vitals", now=now)
    if row is None:
        return []
    vitals = [
        Vital("clarion_webhooks_waiting", row["webhooks_waiting_count"]),
        Vital("clarion_results_waiting", row["results_waiting_count"]),
        Vital("clarion_early_receipts", row["early_receipt_count"]),
        Vital("clarion_messages_in_doubt", row["in_doubt_count"]),
        Vital("clarion_fire_lag_seconds", row["fire_lag_seconds"]),
    ]
    for sender in await QUERIES.fetch(connection, "vitals_of_senders"):
        labels = {"sender": sender["name"], "sender_id": str(sender["sender_id"])}
        vitals += [
            Vital("clarion_outbox_waiting", sender["waiting_count"], labels),
            Vital("clarion_sender_in_flight", sender["in_flight_count"], labels),
            Vital("clarion_sender_rate_per_second", sender["rate_per_second"], labels),
            Vital("clarion_sender_active", int(sender["is_active"]), labels),
        ]
    vitals += [
        Vital("clarion_campaigns", each["campaign_count"], {"status": each["status"]})
        for each in await QUERIES.fetch(connection, "vitals_of_campaigns")
    ]
    return vitals
