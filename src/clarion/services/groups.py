"""Groups: named sets of contacts, and the rule that a contact is always in one.

Theory of operation.  Membership is a row; a group's count is counted when asked for, in the index
alone, so that nothing has to be kept in step.  A contact that would be left without a group is
refused (``contact.last_group``) when a person takes it out, and goes to the system's group
"Ungrouped" when its last group is deleted; it leaves that one by itself when it joins another.
Rows of contacts are locked before they leave a group, so that two people cannot each take a
contact out of what the other believes to be its last-but-one group.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Literal, TypeAlias

import asyncpg

from clarion.domain.errors import ClarionError, FieldError
from clarion.domain.identity import Permission
from clarion.services import audit
from clarion.services.scope import Scope
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = [
    "UNGROUPED",
    "Group",
    "MembershipChange",
    "change_memberships",
    "create_group",
    "delete_group",
    "find_group",
    "find_or_create_groups",
    "link_contacts",
    "list_groups",
    "read_group",
    "rename_group",
    "require_groups",
    "ungrouped",
]

QUERIES = load("groups")
CONTACT_QUERIES = load("contacts")
UNGROUPED = "Ungrouped"
NAME_LIMIT = 60
SHOWN_IDS = 20

MembershipChange = Literal["add", "remove", "replace"]
_Step: TypeAlias = Callable[[Connection, Scope, Sequence[int], Sequence[int]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Group:
    """A group and how many contacts are in it."""

    id: int
    name: str
    is_system: bool
    created_at: datetime
    updated_at: datetime
    contact_count: int


async def create_group(connection: Connection, scope: Scope, name: str) -> Group:
    """Make an empty group.

    Raises ``request.invalid`` (a name of 1 to 60 characters), ``group.name_taken``.
    """
    scope.require(Permission.EDIT_AUDIENCE)
    name = _checked_name(name)
    group_id = await QUERIES.fetchval(
        connection,
        "insert_group",
        workspace_id=scope.workspace_id,
        name=name,
        is_system=False,
        now=scope.now,
    )
    if group_id is None:
        raise _name_taken(name)
    await audit.record(connection, scope, "created", "group", group_id, {"name": name})
    return await read_group(connection, scope, group_id)


async def rename_group(connection: Connection, scope: Scope, group_id: int, name: str) -> Group:
    """Give a group another name.

    Raises ``group.not_found``, ``group.is_system``, ``group.name_taken``, ``request.invalid``.
    """
    scope.require(Permission.EDIT_AUDIENCE)
    name = _checked_name(name)
    old_name = await _lock_own_group(connection, scope, group_id)
    try:
        await QUERIES.execute(
            connection,
            "rename_group",
            workspace_id=scope.workspace_id,
            group_id=group_id,
            name=name,
            now=scope.now,
        )
    except asyncpg.UniqueViolationError as error:
        raise _name_taken(name) from error
    details = {"name": name, "old_name": old_name}
    await audit.record(connection, scope, "renamed", "group", group_id, details)
    return await read_group(connection, scope, group_id)


async def read_group(connection: Connection, scope: Scope, group_id: int) -> Group:
    """One group.  Raises ``group.not_found``."""
    scope.require(Permission.READ)
    row = await QUERIES.fetchrow(
        connection, "read_group", workspace_id=scope.workspace_id, group_id=group_id
    )
    if row is None:
        raise _not_found([group_id])
    return Group(**dict(row))


async def list_groups(
    connection: Connection,
    scope: Scope,
    *,
    above_id: int | None,
    limit: int,
    name_part: str | None = None,
) -> list[Group]:
    """Up to ``limit`` groups above a cursor, the oldest first; ``name_part`` ignores case."""
    scope.require(Permission.READ)
    rows = await QUERIES.fetch(
        connection,
        "list_groups",
        workspace_id=scope.workspace_id,
        above_id=above_id,
        limit=limit,
        name_part=name_part or None,
    )
    return [Group(**dict(row)) for row in rows]


async def find_group(connection: Connection, scope: Scope, name: str) -> int | None:
    """The id of the group of exactly this name, or None."""
    scope.require(Permission.READ)
    row = await QUERIES.fetchrow(
        connection, "group_by_name", workspace_id=scope.workspace_id, name=name.strip()
    )
    return None if row is None else row["id"]


async def delete_group(connection: Connection, scope: Scope, group_id: int) -> int:
    """Delete a group; return how many contacts, having no other, are now in "Ungrouped".

    Raises ``group.not_found``, ``group.is_system``, and ``group.in_use`` while a campaign that is
    not over sends to the group or leaves it out.
    """
    scope.require(Permission.EDIT_AUDIENCE)
    name = await _lock_own_group(connection, scope, group_id)
    campaigns = await QUERIES.fetch(
        connection, "campaigns_using", workspace_id=scope.workspace_id, group_id=group_id
    )
    if campaigns:
        named = ", ".join(row["name"] for row in campaigns[:5])
        raise ClarionError(
            "group.in_use",
            f"The group {name} is used by {len(campaigns)} campaigns that are not over: {named}.",
            campaigns=[dict(row) for row in campaigns],
        )
    moved_count = 0
    if await QUERIES.fetchval(connection, "has_members_without_another_group", group_id=group_id):
        moved_count = await QUERIES.execute(
            connection,
            "move_members_without_another_group",
            group_id=group_id,
            to_group_id=await ungrouped(connection, scope),
            now=scope.now,
        )
    await QUERIES.execute(
        connection, "delete_group", workspace_id=scope.workspace_id, group_id=group_id
    )
    details = {"name": name, "moved_count": moved_count}
    await audit.record(connection, scope, "deleted", "group", group_id, details)
    return moved_count


async def ungrouped(connection: Connection, scope: Scope) -> int:
    """The id of the system's group, made when it is needed first."""
    return await _find_or_create(connection, scope, UNGROUPED, is_system=True)


async def find_or_create_groups(
    connection: Connection,
    scope: Scope,
    *,
    group_ids: Sequence[int] = (),
    group_names: Sequence[str] = (),
) -> list[int]:
    """The ids of existing groups and of named ones, which are made when they are missing.

    Raises ``group.not_found``, ``request.invalid``.
    """
    scope.require(Permission.EDIT_AUDIENCE)
    found = await require_groups(connection, scope, group_ids)
    for name in group_names:
        found.append(await _find_or_create(connection, scope, _checked_name(name), is_system=False))
    return list(dict.fromkeys(found))


async def require_groups(
    connection: Connection, scope: Scope, group_ids: Sequence[int]
) -> list[int]:
    """These ids, when the workspace has all of them; they cannot be deleted until the commit.

    Raises ``group.not_found`` naming the missing ones.
    """
    rows = await QUERIES.fetch(
        connection,
        "existing_groups",
        workspace_id=scope.workspace_id,
        group_ids=list(group_ids),
    )
    found = [row["id"] for row in rows]
    if missing := sorted(set(group_ids) - set(found)):
        raise _not_found(missing)
    return found


async def change_memberships(
    connection: Connection,
    scope: Scope,
    contact_ids: Sequence[int],
    group_ids: Sequence[int],
    change: MembershipChange,
) -> None:
    """Add contacts to groups, remove them from groups, or replace all their groups.

    All of them or none.  Raises ``contact.not_found``, ``group.not_found`` and
    ``contact.last_group`` (``details.contact_ids`` names up to 20 that would be left without one).
    """
    scope.require(Permission.EDIT_AUDIENCE)
    contacts = sorted(set(contact_ids))
    locked = await CONTACT_QUERIES.fetch(
        connection, "lock_contacts", workspace_id=scope.workspace_id, contact_ids=contacts
    )
    if missing := sorted(set(contacts) - {row["id"] for row in locked}):
        raise ClarionError(
            "contact.not_found",
            f"{len(missing)} of the contacts are not in this workspace: {missing[:SHOWN_IDS]}.",
            contact_ids=missing[:SHOWN_IDS],
        )
    groups = await require_groups(connection, scope, group_ids)
    for step in _STEPS[change]:
        await step(connection, scope, contacts, groups)
    left = await QUERIES.fetch(connection, "contacts_without_group", contact_ids=contacts)
    if left:
        raise ClarionError(
            "contact.last_group",
            f"{len(left)} of the contacts would be left without a group.",
            contact_ids=[row["id"] for row in left[:SHOWN_IDS]],
        )
    details = {"change": change, "group_ids": groups, "contact_count": len(contacts)}
    only = contacts[0] if len(contacts) == 1 else None
    await audit.record(connection, scope, "regrouped", "contact", only, details)


async def link_contacts(
    connection: Connection, scope: Scope, contacts: Sequence[int], groups: Sequence[int]
) -> None:
    """Make contacts members of groups, both known to exist; they leave "Ungrouped" thereby."""
    system = await QUERIES.fetchrow(
        connection, "group_by_name", workspace_id=scope.workspace_id, name=UNGROUPED
    )
    if system is not None and system["is_system"] and set(groups) - {system["id"]}:
        await QUERIES.execute(
            connection,
            "leave_system_group",
            workspace_id=scope.workspace_id,
            contact_ids=contacts,
        )
        groups = [group_id for group_id in groups if group_id != system["id"]]
    await QUERIES.execute(
        connection, "add_members", contact_ids=contacts, group_ids=groups, now=scope.now
    )


async def _remove(
    connection: Connection, _: Scope, contacts: Sequence[int], groups: Sequence[int]
) -> None:
    await QUERIES.execute(connection, "remove_members", contact_ids=contacts, group_ids=groups)


async def _remove_from_others(
    connection: Connection, _: Scope, contacts: Sequence[int], groups: Sequence[int]
) -> None:
    await QUERIES.execute(
        connection, "remove_members_from_others", contact_ids=contacts, group_ids=groups
    )


_STEPS: Mapping[MembershipChange, tuple[_Step, ...]] = MappingProxyType(
    {"add": (link_contacts,), "remove": (_remove,), "replace": (link_contacts, _remove_from_others)}
)


async def _find_or_create(
    connection: Connection, scope: Scope, name: str, *, is_system: bool
) -> int:
    found = await QUERIES.fetchrow(
        connection, "group_by_name", workspace_id=scope.workspace_id, name=name
    )
    if found is not None:
        return int(found["id"])
    made = await QUERIES.fetchval(
        connection,
        "insert_group",
        workspace_id=scope.workspace_id,
        name=name,
        is_system=is_system,
        now=scope.now,
    )
    if made is None:  # somebody else made it meanwhile
        return await _find_or_create(connection, scope, name, is_system=is_system)
    await audit.record(connection, scope, "created", "group", made, {"name": name})
    return int(made)


async def _lock_own_group(connection: Connection, scope: Scope, group_id: int) -> str:
    row = await QUERIES.fetchrow(
        connection, "lock_group", workspace_id=scope.workspace_id, group_id=group_id
    )
    if row is None:
        raise _not_found([group_id])
    if row["is_system"]:
        raise ClarionError(
            "group.is_system", f"The group {row['name']} belongs to the system.", group_id=group_id
        )
    return str(row["name"])


def _checked_name(name: str) -> str:
    name = name.strip()
    if not 1 <= len(name) <= NAME_LIMIT:
        message = f"A group's name has 1 to {NAME_LIMIT} characters; this has {len(name)}."
        code = "too_long" if name else "missing"
        raise ClarionError(
            "request.invalid", message, field_errors=(FieldError("name", code, message),)
        )
    return name


def _name_taken(name: str) -> ClarionError:
    return ClarionError("group.name_taken", f"There is already a group {name}.", name=name)


def _not_found(group_ids: Sequence[int]) -> ClarionError:
    listed = ", ".join(map(str, group_ids[:SHOWN_IDS]))
    return ClarionError(
        "group.not_found",
        f"There is no group {listed} in this workspace.",
        group_ids=list(group_ids[:SHOWN_IDS]),
    )
