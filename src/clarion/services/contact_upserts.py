"""Contacts that may be there already: add, overwrite or leave one, as imports do row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from clarion.domain.errors import ClarionError
from clarion.services.contacts import (
    Contact,
    ContactDraft,
    create_contact,
    find_by_phone,
    read_contact,
    read_phone,
    update_contact,
)
from clarion.services.groups import change_memberships, find_or_create_groups
from clarion.services.scope import Scope
from clarion.store.pool import Connection

__all__ = ["KeptContact", "find_by_written_phone", "keep_contact"]

_REPLACED_FIELDS = ("name", "country", "email", "remark", "language", "zone")


@dataclass(frozen=True, slots=True)
class KeptContact:
    """The contact as it stands now, and what was done."""

    contact: Contact
    change: Literal["added", "updated", "ignored"]


async def keep_contact(
    connection: Connection,
    scope: Scope,
    draft: ContactDraft,
    *,
    mode: Literal["overwrite", "ignore"],
    group_ids: Sequence[int] = (),
    group_names: Sequence[str] = (),
) -> KeptContact:
    """Make a contact, or meet the one that has its phone already.

    ``overwrite`` gives that one the draft's fields that are not empty, ``ignore`` leaves it; in both
    cases it joins the groups.  Raises what ``create_contact`` does.
    """
    try:
        # A part of the transaction: what the attempt made (a group) goes with its failure.
        async with connection.transaction():
            made = await create_contact(
                connection, scope, draft, group_ids=group_ids, group_names=group_names
            )
            return KeptContact(made, "added")
    except ClarionError as error:
        if error.code != "contact.address_taken":
            raise
        contact_id: int = error.details["contact_id"]
    if mode == "overwrite":
        changes = {name: getattr(draft, name) for name in _REPLACED_FIELDS if getattr(draft, name)}
        changes["attributes"] = draft.attributes
        await update_contact(connection, scope, contact_id, changes)
    groups = await find_or_create_groups(
        connection, scope, group_ids=group_ids, group_names=group_names
    )
    if groups:
        await change_memberships(connection, scope, [contact_id], groups, "add")
    contact = await read_contact(connection, scope, contact_id)
    return KeptContact(contact, "updated" if mode == "overwrite" else "ignored")


async def find_by_written_phone(
    connection: Connection, scope: Scope, text: str, country: str | None
) -> Contact | None:
    """The contact with a number as a person writes it; ``country`` helps to read it.

    Raises ``contact.phone_invalid``.
    """
    phone = await read_phone(connection, scope, text, country)
    return await find_by_phone(connection, scope, phone.e164)
