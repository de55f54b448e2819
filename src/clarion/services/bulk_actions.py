"""Bulk actions: one thing done to every contact that fits a search, by a job that can be watched.

Theory of operation.  A person searches, sees how many fit, and asks for an action on all of them.
The search is written down with the highest id that there is now: contacts that come later are never
touched.  A worker walks the ids upwards in batches (``bulk_action_runs``), so an action that makes
contacts leave the search (an opt-out, a removal) still meets each of them exactly once.  The row
tells how far it is; what was refused, and the file of an export, can be downloaded when it is over.
Cancelling stops at the next batch; what is done stays done.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal

from clarion.domain.errors import ClarionError, FieldError
from clarion.domain.identity import Permission
from clarion.services import audit
from clarion.services.contact_counts import count_contacts
from clarion.services.contacts import ContactFilter
from clarion.services.groups import find_or_create_groups
from clarion.services.scope import Scope
from clarion.store.jobs import defer
from clarion.store.pool import Connection, Pool
from clarion.store.queries import Row, load

__all__ = [
    "BULK_QUEUE",
    "RESULT_LIFE",
    "RUN_BULK_ACTION",
    "BulkAction",
    "BulkKind",
    "BulkRequest",
    "cancel_bulk_action",
    "forget_old_results",
    "list_bulk_actions",
    "read_bulk_action",
    "request_bulk_action",
    "result_of",
]

QUERIES = load("bulk_actions")
RUN_BULK_ACTION = "run_bulk_action"
BULK_QUEUE = "bulk"
RESULT_LIFE = timedelta(days=7)

BulkStatus = Literal["waiting", "running", "finished", "failed", "cancelled"]


class BulkKind(StrEnum):
    """What is done to every contact of a search."""

    ADD = "add"
    REMOVE = "remove"
    REPLACE = "replace"
    OPT_OUT = "opt_out"
    DELETE = "delete"
    EXPORT = "export"


# What each kind needs: the permission, and whether groups must be named.
_NEEDS: Mapping[BulkKind, tuple[Permission, bool]] = MappingProxyType(
    {
        BulkKind.ADD: (Permission.EDIT_AUDIENCE, True),
        BulkKind.REMOVE: (Permission.EDIT_AUDIENCE, True),
        BulkKind.REPLACE: (Permission.EDIT_AUDIENCE, True),
        BulkKind.OPT_OUT: (Permission.EDIT_AUDIENCE, False),
        BulkKind.DELETE: (Permission.EDIT_AUDIENCE, False),
        BulkKind.EXPORT: (Permission.READ, False),
    }
)


@dataclass(frozen=True, slots=True)
class BulkRequest:
    """What shall be done to whom.  ``reason`` is kept with opt-outs."""

    kind: BulkKind
    wanted: ContactFilter
    group_ids: Sequence[int] = ()
    group_names: Sequence[str] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BulkAction:
    """A bulk action and how far it is.

    ``total_count`` contacts fitted when it was asked for (estimated unless ``is_total_exact``);
    ``done_count`` of them were looked at, ``changed_count`` changed or written to the file,
    ``refused_count`` left as they were, with a reason in the result file.
    """

    id: int
    kind: BulkKind
    wanted: ContactFilter
    options: Mapping[str, Any]
    status: BulkStatus
    reason: str | None
    total_count: int
    is_total_exact: bool
    done_count: int
    changed_count: int
    refused_count: int
    has_result: bool
    actor_name: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


async def request_bulk_action(
    connection: Connection, scope: Scope, asked: BulkRequest
) -> BulkAction:
    """Write down an action on all contacts that fit, and let a worker do it.

    Raises ``group.not_found``, ``request.invalid`` (a kind that needs groups has none).
    """
    permission, needs_groups = _NEEDS[asked.kind]
    scope.require(permission)
    group_ids: list[int] = []
    if needs_groups:
        group_ids = await find_or_create_groups(
            connection, scope, group_ids=asked.group_ids, group_names=asked.group_names
        )
        if not group_ids:
            message = "Name at least one group."
            raise ClarionError(
                "request.invalid", message, field_errors=(FieldError("groups", "missing", message),)
            )
    counted = await count_contacts(connection, scope, asked.wanted, is_exact=False)
    action_id = await QUERIES.fetchval(
        connection,
        "insert_bulk_action",
        workspace_id=scope.workspace_id,
        kind=asked.kind.value,
        filter=_written(asked.wanted),
        options={"group_ids": group_ids, "reason": asked.reason},
        total_count=counted.count,
        is_total_exact=counted.is_exact,
        actor_kind=scope.actor.kind,
        actor_id=scope.actor.id,
        actor_name=scope.actor.name,
        actor_role=scope.actor.role.value,
        now=scope.now,
    )
    details = {"kind": asked.kind.value, "contact_count": counted.count, "group_ids": group_ids}
    await audit.record(connection, scope, "created", "bulk_action", action_id, details)
    await defer(
        connection,
        RUN_BULK_ACTION,
        BULK_QUEUE,
        args={"bulk_action_id": action_id},
        lock=f"bulk action {action_id}",
    )
    return await read_bulk_action(connection, scope, action_id)


async def read_bulk_action(
    connection: Connection | Pool, scope: Scope, bulk_action_id: int
) -> BulkAction:
    """One bulk action.  Raises ``bulk_action.not_found``."""
    scope.require(Permission.READ)
    row = await QUERIES.fetchrow(
        connection,
        "read_bulk_action",
        workspace_id=scope.workspace_id,
        bulk_action_id=bulk_action_id,
    )
    if row is None:
        raise _not_found(bulk_action_id)
    return _action_of(row)


async def list_bulk_actions(
    connection: Connection, scope: Scope, *, below_id: int | None, limit: int
) -> list[BulkAction]:
    """Up to ``limit`` bulk actions below a cursor, the newest first."""
    scope.require(Permission.READ)
    rows = await QUERIES.fetch(
        connection,
        "list_bulk_actions",
        workspace_id=scope.workspace_id,
        below_id=below_id,
        limit=limit,
    )
    return [_action_of(row) for row in rows]


async def cancel_bulk_action(
    connection: Connection, scope: Scope, bulk_action_id: int
) -> BulkAction:
    """Stop at the next batch; nothing happens to one that is over.

    Raises ``bulk_action.not_found``.
    """
    found = await read_bulk_action(connection, scope, bulk_action_id)
    scope.require(_NEEDS[found.kind][0])
    if await QUERIES.execute(
        connection, "end_bulk_action", bulk_action_id=bulk_action_id, status="cancelled",
        reason=None, now=scope.now,
    ):  # fmt: skip
        await audit.record(connection, scope, "cancelled", "bulk_action", bulk_action_id)
    return await read_bulk_action(connection, scope, bulk_action_id)


async def result_of(pool: Pool, scope: Scope, bulk_action_id: int) -> AsyncIterator[bytes]:
    """The result file in pieces: the contacts of an export, or those that were refused, and why.

    Raises ``bulk_action.not_found``, ``bulk_action.no_result`` before the first piece.
    """
    found = await read_bulk_action(pool, scope, bulk_action_id)
    if not found.has_result:
        raise ClarionError(
            "bulk_action.no_result", f"The bulk action {bulk_action_id} left no file behind."
        )
    number = 0
    while piece := await QUERIES.fetchval(
        pool, "read_piece", bulk_action_id=bulk_action_id, number=number
    ):
        yield piece
        number += 1


async def forget_old_results(connection: Connection, now: datetime) -> int:
    """Delete result files that are older than ``RESULT_LIFE``; how many rows."""
    return await QUERIES.execute(connection, "delete_old_pieces", before=now - RESULT_LIFE)


def _written(wanted: ContactFilter) -> dict[str, Any]:
    values = {one.name: getattr(wanted, one.name) for one in fields(wanted)}
    return {**values, "attributes": dict(wanted.attributes)}


def _action_of(row: Row) -> BulkAction:
    values = dict(row)
    wanted = ContactFilter(**values.pop("filter"))
    return BulkAction(**{**values, "kind": BulkKind(row["kind"]), "wanted": wanted})


def _not_found(bulk_action_id: int) -> ClarionError:
    return ClarionError(
        "bulk_action.not_found",
        f"There is no bulk action {bulk_action_id} in this workspace.",
        bulk_action_id=bulk_action_id,
    )
