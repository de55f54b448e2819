"""Workspaces: the rooms in which everything else lives, each with its zone and language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import phonenumbers

from clarion.domain.errors import ClarionError, FieldError
from clarion.domain.identity import Permission
from clarion.services import audit
from clarion.services.scope import Scope
from clarion.store.pool import Connection
from clarion.store.queries import Row, load

__all__ = [
    "Language",
    "Workspace",
    "create_workspace",
    "first_workspace",
    "list_workspaces",
    "read_workspace",
    "update_workspace",
    "workspace_named",
]

QUERIES = load("workspaces")
Language = Literal["en", "zh"]


@dataclass(frozen=True, slots=True)
class Workspace:
    """``zone`` is an IANA name; ``default_country`` (ISO 3166, two letters) reads local phones."""

    id: int
    name: str
    zone: str
    language: Language
    default_country: str | None
    created_at: datetime


def _workspace_of(row: Row) -> Workspace:
    return Workspace(**dict(row))


def _faults(zone: str, default_country: str | None) -> tuple[FieldError, ...]:
    faults = []
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        faults.append(FieldError("zone", "unknown", f"There is no time zone {zone!r}."))
    else:
        if zone not in available_timezones():
            faults.append(FieldError("zone", "unknown", f"There is no time zone {zone!r}."))
    if default_country is not None and default_country not in phonenumbers.SUPPORTED_REGIONS:
        faults.append(
            FieldError("default_country", "unknown", f"There is no country {default_country!r}.")
        )
    return tuple(faults)


def _check(zone: str, default_country: str | None) -> None:
    faults = _faults(zone, default_country)
    if faults:
        raise ClarionError(
            "request.invalid",
            " ".join(fault.message for fault in faults),
            field_errors=faults,
        )


async def create_workspace(
    connection: Connection,
    *,
    name: str,
    now: datetime,
    zone: str = "UTC",
    language: Language = "en",
    default_country: str | None = None,
) -> Workspace:
    """Make a workspace; only a command or the first start does this, so nobody is asked who.

    Raises ``request.invalid``.
    """
    _check(zone, default_country)
    row = await QUERIES.fetchrow(
        connection,
        "insert_workspace",
        name=name,
        zone=zone,
        language=language,
        default_country=default_country,
        created_at=now,
    )
    assert row is not None  # noqa: S101 - INSERT ... RETURNING gives a row
    return _workspace_of(row)


async def first_workspace(connection: Connection, *, now: datetime) -> Workspace:
    """The oldest workspace; it is made when there is none."""
    row = await QUERIES.fetchrow(connection, "first_workspace")
    if row is not None:
        return _workspace_of(row)
    # Two processes may start at once; the lock lets one of them make it.
    await QUERIES.execute(connection, "lock_first_workspace")
    row = await QUERIES.fetchrow(connection, "first_workspace")
    if row is not None:
        return _workspace_of(row)
    return await create_workspace(connection, name="Main", now=now)


async def workspace_named(connection: Connection, name_or_id: str) -> Workspace:
    """A workspace by its id or its name.  Raises ``workspace.not_found``."""
    row = await QUERIES.fetchrow(connection, "workspace_named", name_or_id=name_or_id)
    if row is None:
        raise ClarionError(
            "workspace.not_found", f"There is no workspace {name_or_id!r}.", workspace=name_or_id
        )
    return _workspace_of(row)


async def read_workspace(connection: Connection, scope: Scope) -> Workspace:
    """The workspace of the scope."""
    scope.require(Permission.READ)
    row = await QUERIES.fetchrow(connection, "read_workspace", workspace_id=scope.workspace_id)
    if row is None:
        raise ClarionError("workspace.not_found", "The workspace was deleted.")
    return _workspace_of(row)


async def list_workspaces(connection: Connection) -> list[Workspace]:
    """Every workspace, for whoever runs the server."""
    return [_workspace_of(row) for row in await QUERIES.fetch(connection, "all_workspaces")]


async def update_workspace(
    connection: Connection,
    scope: Scope,
    *,
    name: str | None = None,
    zone: str | None = None,
    language: Language | None = None,
    default_country: str | None = None,
    clears_default_country: bool = False,
) -> Workspace:
    """Change what is given.  Raises ``request.invalid``."""
    scope.require(Permission.MANAGE_SETTINGS)
    before = await read_workspace(connection, scope)
    country = None if clears_default_country else (default_country or before.default_country)
    _check(zone or before.zone, country)
    row = await QUERIES.fetchrow(
        connection,
        "update_workspace",
        workspace_id=scope.workspace_id,
        name=name or before.name,
        zone=zone or before.zone,
        language=language or before.language,
        default_country=country,
    )
    assert row is not None  # noqa: S101 - it was read in this transaction
    after = _workspace_of(row)
    changes = {
        field: getattr(after, field)
        for field in ("name", "zone", "language", "default_country")
        if getattr(after, field) != getattr(before, field)
    }
    if changes:
        await audit.record(connection, scope, "updated", "workspace", scope.workspace_id, changes)
    return after
