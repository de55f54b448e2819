"""Contacts: make, read, search, change and delete them.

Theory of operation.  A contact is found by its phone (E.164) or by another address on a channel,
and has at least one of them.  Texts are checked by ``domain.contact`` and ``domain.phone``, the
same as in files; whether an address is free is decided by a unique key of the database, never by a
look beforehand.  Every list is read in two steps: the ids that fit, by the index of the ids, then
what those few contacts look like.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

import asyncpg

from clarion.domain.campaign import Outcome
from clarion.domain.contact import (
    ATTRIBUTE_COUNT_LIMIT,
    FieldFault,
    check_attribute,
    check_field,
)
from clarion.domain.errors import ClarionError, FieldError
from clarion.domain.identity import Permission
from clarion.domain.message import Address, AddressKind, Channel
from clarion.domain.phone import Phone, parse_phone
from clarion.engine.apply.end_sessions import end_sessions_of_contacts
from clarion.engine.apply.move_participants import Move, move_participants
from clarion.services import audit
from clarion.services.addresses import insert_address, no_address
from clarion.services.contact_search import ContactFilter, question_of
from clarion.services.groups import change_memberships, find_or_create_groups, ungrouped
from clarion.services.scope import Scope
from clarion.store.pool import Connection
from clarion.store.queries import Row, load

__all__ = [
    "Contact",
    "ContactAddress",
    "ContactDraft",
    "ContactFilter",
    "GroupOfContact",
    "contact_ids",
    "create_contact",
    "delete_contacts",
    "find_by_phone",
    "list_contacts",
    "read_contact",
    "read_contacts",
    "read_phone",
    "update_contact",
]

QUERIES = load("contacts")
PARTICIPANTS = load("participants")
DELETE_LIMIT = 10_000
_TEXT_FIELDS = ("name", "country", "email", "remark", "language", "zone")
_NULLABLE = frozenset({"country", "language", "zone"})


@dataclass(frozen=True, slots=True)
class GroupOfContact:
    """A group that a contact is in."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class ContactAddress:
    """A name of a contact on a channel, besides its phone."""

    id: int
    channel: Channel
    kind: AddressKind
    value: str


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact as it is shown.  ``consents`` is channel -> ``opted_in`` or ``opted_out``."""

    id: int
    name: str
    phone: str | None
    country: str | None
    email: str
    remark: str
    language: str | None
    zone: str | None
    attributes: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime
    groups: tuple[GroupOfContact, ...]
    addresses: tuple[ContactAddress, ...]
    consents: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ContactDraft:
    """A contact to be made.  ``phone`` as a person writes it; ``country`` helps to read it."""

    name: str = ""
    phone: str | None = None
    country: str | None = None
    email: str = ""
    remark: str = ""
    language: str | None = None
    zone: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    addresses: Sequence[Address] = ()


async def create_contact(
    connection: Connection,
    scope: Scope,
    draft: ContactDraft,
    *,
    group_ids: Sequence[int] = (),
    group_names: Sequence[str] = (),
) -> Contact:
    """Make a contact in some groups (named ones are made when missing), else in "Ungrouped".

    Raises ``contact.phone_invalid``, ``contact.no_address``, ``contact.address_taken``,
    ``group.not_found``, ``request.invalid``.
    """
    scope.require(Permission.EDIT_AUDIENCE)
    if draft.phone is None and not draft.addresses:
        raise no_address()
    values = _checked({name: getattr(draft, name) for name in _TEXT_FIELDS})
    values["attributes"] = _merged({}, draft.attributes)
    values["phone"] = None
    if draft.phone is not None:
        phone = await read_phone(connection, scope, draft.phone, values["country"])
        values |= {"phone": phone.e164, "country": values["country"] or phone.country}
    groups = await find_or_create_groups(
        connection, scope, group_ids=group_ids, group_names=group_names
    )
    contact_id = await QUERIES.fetchval(
        connection,
        "insert_contact",
        workspace_id=scope.workspace_id,
        now=scope.now,
        **values,
    )
    if contact_id is None:
        raise await _phone_taken(connection, scope, values["phone"])
    for address in draft.addresses:
        await insert_address(connection, scope, contact_id, address)
    await audit.record(connection, scope, "created", "contact", contact_id)
    await change_memberships(
        connection, scope, [contact_id], groups or [await ungrouped(connection, scope)], "add"
    )
    return await read_contact(connection, scope, contact_id)


async def read_contact(connection: Connection, scope: Scope, contact_id: int) -> Contact:
    """One contact.  Raises ``contact.not_found``."""
    found = await read_contacts(connection, scope, [contact_id])
    if not found:
        raise _not_found(contact_id)
    return found[0]


async def read_contacts(connection: Connection, scope: Scope, ids: Sequence[int]) -> list[Contact]:
    """Those of the contacts that there are, in the order of their ids."""
    scope.require(Permission.READ)
    rows = await QUERIES.fetch(
        connection, "contact_shapes", workspace_id=scope.workspace_id, contact_ids=list(ids)
    )
    return [_contact_of(row) for row in rows]


async def find_by_phone(connection: Connection, scope: Scope, phone: str) -> Contact | None:
    """The contact with this number (E.164), or None."""
    scope.require(Permission.READ)
    contact_id = await QUERIES.fetchval(
        connection, "contact_by_phone", workspace_id=scope.workspace_id, phone=phone
    )
    return None if contact_id is None else await read_contact(connection, scope, contact_id)


async def contact_ids(
    connection: Connection,
    scope: Scope,
    wanted: ContactFilter,
    *,
    above_id: int | None,
    limit: int,
) -> list[int]:
    """The ids of up to ``limit`` contacts that fit, above a cursor, in rising order."""
    scope.require(Permission.READ)
    query, values = question_of(scope, wanted, above_id=above_id, limit=limit)
    rows = await connection.fetch(query.sql, *query.arguments(values))
    return [row["id"] for row in rows]


async def list_contacts(
    connection: Connection,
    scope: Scope,
    wanted: ContactFilter,
    *,
    above_id: int | None,
    limit: int,
) -> list[Contact]:
    """Up to ``limit`` contacts that fit, above a cursor, in the order of their ids."""
    ids = await contact_ids(connection, scope, wanted, above_id=above_id, limit=limit)
    return await read_contacts(connection, scope, ids)


async def update_contact(
    connection: Connection, scope: Scope, contact_id: int, changes: Mapping[str, Any]
) -> Contact:
    """Change fields of a contact; what ``changes`` does not name stays.

    Keys: ``phone`` and the text fields (None clears), and ``attributes``, which are merged (a
    None takes one away).  Raises ``contact.not_found``, ``contact.phone_invalid``,
    ``contact.no_address``, ``contact.address_taken``, ``request.invalid``.
    """
    scope.require(Permission.EDIT_AUDIENCE)
    await QUERIES.fetch(
        connection, "lock_contacts", workspace_id=scope.workspace_id, contact_ids=[contact_id]
    )
    old = await read_contact(connection, scope, contact_id)
    values = {name: getattr(old, name) for name in (*_TEXT_FIELDS, "phone")}
    values |= _checked({name: changes[name] for name in _TEXT_FIELDS if name in changes})
    values["attributes"] = _merged(old.attributes, changes.get("attributes") or {})
    if "phone" in changes:
        written = changes["phone"]
        if written is None and not old.addresses:
            raise no_address()
        phone = written and await read_phone(connection, scope, written, values["country"])
        values["phone"] = phone.e164 if phone else None
        if phone and "country" not in changes:
            values["country"] = phone.country
    try:
        async with connection.transaction():
            await QUERIES.execute(
                connection,
                "update_contact",
                workspace_id=scope.workspace_id,
                contact_id=contact_id,
                now=scope.now,
                **values,
            )
    except asyncpg.UniqueViolationError as error:
        raise await _phone_taken(connection, scope, values["phone"]) from error
    await audit.record(
        connection, scope, "updated", "contact", contact_id, {"fields": sorted(changes)}
    )
    return await read_contact(connection, scope, contact_id)


async def delete_contacts(connection: Connection, scope: Scope, ids: Sequence[int]) -> int:
    """Delete contacts with their messages and history; return how many there were.

    Who waits in an occurrence is skipped there: the books of a campaign keep the place of a person
    who is gone.  Ids that are not there are no error.  Raises ``request.invalid`` for more than 10,000.
    """
    scope.require(Permission.EDIT_AUDIENCE)
    if len(ids) > DELETE_LIMIT:
        message = f"At most {DELETE_LIMIT:,} contacts are deleted at once; these are {len(ids):,}."
        raise _invalid("contact_ids", "too_long", message)
    await end_sessions_of_contacts(
        connection, scope.workspace_id, ids, "contact_deleted", scope.now
    )
    who = {"workspace_id": scope.workspace_id, "contact_ids": list(ids)}
    deleted_count = await QUERIES.execute(connection, "delete_contacts", **who)
    if deleted_count:
        waiting = await PARTICIPANTS.fetch(connection, "waiting_participants_of_contacts", **who)
        await move_participants(
            connection,
            [
                Move(row["occurrence_id"], row["contact_id"], Outcome.SKIPPED, "contact_deleted")
                for row in waiting
            ],
            scope.now,
        )
        only = ids[0] if len(ids) == 1 else None
        count = {"contact_count": deleted_count}
        await audit.record(connection, scope, "deleted", "contact", only, count)
    return deleted_count


async def read_phone(connection: Connection, scope: Scope, text: str, country: str | None) -> Phone:
    """A number as people write it, here or in ``country``.  Raises ``contact.phone_invalid``."""
    default = country or await QUERIES.fetchval(
        connection, "default_country", workspace_id=scope.workspace_id
    )
    found = parse_phone(text, default)
    if isinstance(found, Phone):
        return found
    raise ClarionError(
        "contact.phone_invalid",
        found.message,
        field_errors=(FieldError("phone", found.code, found.message),),
    )


async def _phone_taken(connection: Connection, scope: Scope, phone: str) -> ClarionError:
    owner = await QUERIES.fetchval(
        connection, "contact_by_phone", workspace_id=scope.workspace_id, phone=phone
    )
    return ClarionError(
        "contact.address_taken", f"The contact {owner} has the number {phone}.", contact_id=owner
    )


def _checked(values: Mapping[str, str | None]) -> dict[str, Any]:
    """The tidy values of text fields.  Raises ``request.invalid``, naming every faulty one."""
    tidy: dict[str, Any] = {}
    faults: list[FieldError] = []
    for name, value in values.items():
        text = (value or "").strip()
        checked = check_field(name, text) if text else (None if name in _NULLABLE else "")
        if isinstance(checked, FieldFault):
            faults.append(FieldError(name, checked.code, checked.message))
        tidy[name] = checked
    if faults:
        raise ClarionError("request.invalid", faults[0].message, field_errors=tuple(faults))
    return tidy


def _merged(old: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes after a change.  Raises ``request.invalid``."""
    for name, value in changes.items():
        fault = check_attribute(name, value if isinstance(value, str) else "")
        if isinstance(fault, FieldFault):
            raise _invalid(f"attributes.{name}", fault.code, fault.message)
    merged = {**old, **{name.strip(): value for name, value in changes.items()}}
    merged = {name: value for name, value in merged.items() if value is not None}
    if len(merged) > ATTRIBUTE_COUNT_LIMIT:
        message = f"A contact has at most {ATTRIBUTE_COUNT_LIMIT} attributes."
        raise _invalid("attributes", "too_long", message)
    return merged


def _contact_of(row: Row) -> Contact:
    groups = tuple(GroupOfContact(**group) for group in row["groups"])
    addresses = tuple(
        ContactAddress(
            each["id"], Channel(each["channel"]), AddressKind(each["kind"]), each["value"]
        )
        for each in row["addresses"]
    )
    return Contact(**{**dict(row), "groups": groups, "addresses": addresses})


def _invalid(path: str, code: str, message: str) -> ClarionError:
    return ClarionError("request.invalid", message, field_errors=(FieldError(path, code, message),))


def _not_found(contact_id: int) -> ClarionError:
    return ClarionError(
        "contact.not_found",
        f"There is no contact {contact_id} in this workspace.",
        contact_id=contact_id,
    )
