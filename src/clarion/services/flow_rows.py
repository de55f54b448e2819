"""A flow as the services read it: its row, locked or not, and the refusals about it.

Theory of operation.  Drafts (``flows``), versions (``flow_versions``) and checks (``flow_checks``)
are three nouns about the same rows; what they share stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clarion.domain.errors import ClarionError
from clarion.flow.trigger import TriggerKind
from clarion.services.scope import Scope
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = [
    "Flow",
    "FlowSummary",
    "FlowVersion",
    "demand_unused",
    "lock_flow",
    "name_taken",
    "not_found",
    "read_row",
    "stale",
]

QUERIES = load("flows")


@dataclass(frozen=True, slots=True)
class FlowSummary:
    """A flow without its draft.

    ``live_campaign_count`` campaigns use it and are not over; ``waiting_count`` sessions wait
    (10,001: more than 10,000).
    """

    id: int
    name: str
    trigger_kind: TriggerKind
    draft_revision: int
    published_version_id: int | None
    published_number: int | None
    published_at: datetime | None
    has_unpublished_changes: bool
    live_campaign_count: int
    binding_count: int
    waiting_count: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Flow(FlowSummary):
    """A flow with its draft."""

    draft: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FlowVersion:
    """A published version; ``definition`` is None in lists."""

    id: int
    flow_id: int
    number: int
    published_at: datetime
    published_by: str
    note: str
    definition: Mapping[str, Any] | None = None


def not_found(flow: int | str) -> ClarionError:
    """There is no such flow."""
    return ClarionError("flow.not_found", f"There is no flow {flow} in this workspace.", flow=flow)


def name_taken(name: str) -> ClarionError:
    """Another flow has the name."""
    return ClarionError("flow.name_taken", f"A flow named {name!r} exists.", name=name)


def stale(flow: FlowSummary, revision: int) -> ClarionError:
    """The draft was changed since it was read."""
    return ClarionError(
        "flow.stale",
        f"The draft is at revision {flow.draft_revision}, not {revision}.",
        draft_revision=flow.draft_revision,
    )


async def read_row(connection: Connection, scope: Scope, flow_id: int) -> Flow:
    """A flow with its draft.  Raises ``flow.not_found``."""
    row = await QUERIES.fetchrow(
        connection, "read_flow", workspace_id=scope.workspace_id, flow_id=flow_id
    )
    if row is None:
        raise not_found(flow_id)
    return Flow(**dict(row))


async def lock_flow(connection: Connection, scope: Scope, flow_id: int) -> Flow:
    """The flow as it stands when nobody else may change it any more in this transaction."""
    await QUERIES.execute(connection, "lock_flow", flow_id=flow_id)
    return await read_row(connection, scope, flow_id)


async def demand_unused(connection: Connection, flow: Flow) -> None:
    """Raises ``flow.in_use`` while a campaign that is not over starts the flow."""
    campaigns = await QUERIES.fetch(connection, "live_campaigns_of", flow_id=flow.id)
    if campaigns:
        names = ", ".join(row["name"] for row in campaigns)
        raise ClarionError(
            "flow.in_use",
            f"The flow {flow.name!r} is used by campaigns that are not over: {names}.",
            campaigns=[dict(row) for row in campaigns],
        )
