"""Groups and contacts.

Theory of operation.  ``ContactDetails`` is the phone number, by which a contact is known.  There is
no list of contacts on the wire, so what makes a contact answers its id.
"""

from __future__ import annotations

from typing import Any, Literal

import orjson

from clarion.cams.call import Answer, Call
from clarion.cams.files import import_file
from clarion.cams.refusals import missing, refuse_business
from clarion.cams.wire import id_of, time_text, zone_of
from clarion.domain.errors import ClarionError
from clarion.services import groups
from clarion.services.contact_upserts import find_by_written_phone, keep_contact
from clarion.services.contacts import ContactDraft, delete_contacts, update_contact
from clarion.services.groups import Group, MembershipChange
from clarion.store.pool import Connection

__all__ = [
    "add_contacts",
    "add_group",
    "delete_contacts_by_details",
    "delete_contacts_by_ids",
    "delete_group_by_id",
    "get_group_exist",
    "list_all_groups",
    "move_contact_to_group",
    "remove_contact_by_id",
    "update_contact_by_id",
    "update_group_name",
]

_GROUPS_AT_ONCE = 1_000
_DONE = {"Data": "true"}


async def add_group(call: Call) -> Answer:
    """Make a group, and maybe put one contact into it; the answer is the group's id."""
    async with call.transaction() as connection:
        made = await groups.create_group(connection, call.scope, call.text("GroupName"))
        if call.text("ContactDetails") or call.text("ContactName"):
            await keep_contact(
                connection, call.scope, _draft(call), mode="ignore", group_ids=[made.id]
            )
        await import_file(connection, call, "ignore", [made.id])
    return {"Data": str(made.id)}


async def list_all_groups(call: Call) -> Answer:
    """Every group of the workspace."""
    async with call.transaction() as connection:
        zone = await zone_of(connection, call.scope)
        found = await _all_groups(connection, call)
    return {
        "Data": [
            {
                "Id": str(group.id),
                "GroupName": group.name,
                "GmtCreate": time_text(group.created_at, zone),
            }
            for group in found
        ]
    }


async def get_group_exist(call: Call) -> Answer:
    """Whether there is a group of this name."""
    async with call.transaction() as connection:
        found = await groups.find_group(connection, call.scope, call.text("GroupName"))
    return {"Data": "false" if found is None else "true"}


async def update_group_name(call: Call) -> Answer:
    """Rename a group."""
    async with call.transaction() as connection:
        await groups.rename_group(
            connection, call.scope, id_of(call.text("GroupId")), call.text("GroupName")
        )
    return _DONE


async def delete_group_by_id(call: Call) -> Answer:
    """Delete a group; contacts of no other group go to "Ungrouped"."""
    async with call.transaction() as connection:
        await groups.delete_group(connection, call.scope, id_of(call.text("GroupId")))
    return _DONE


async def add_contacts(call: Call) -> Answer:
    """Add a contact to groups, or meet the one with its number; the answer is the contact's id."""
    ids, names = _references(call.text("Groups"))
    if not ids and not names:
        raise refuse_business("InvalidParameter.GroupsInvalid", "Groups names no group.")
    mode: Literal["overwrite", "ignore"] = "overwrite" if call.values["NeedUpdate"] else "ignore"
    async with call.transaction() as connection:
        import_id = await import_file(connection, call, mode, ids, names)
        if import_id is not None and not call.text("ContactDetails"):
            return {"Data": str(import_id)}
        kept = await keep_contact(
            connection,
            call.scope,
            _draft(call),
            mode=mode,
            group_ids=ids,
            group_names=names,
        )
    return {"Data": str(kept.contact.id)}


async def update_contact_by_id(call: Call) -> Answer:
    """Change a contact."""
    changes: dict[str, Any] = {
        ours: call.values[wire]
        for wire, ours in (
            ("ContactName", "name"),
            ("ContactDetails", "phone"),
            ("Country", "country"),
            ("Email", "email"),
            ("Remark", "remark"),
        )
        if wire in call.values
    }
    async with call.transaction() as connection:
        await update_contact(connection, call.scope, id_of(call.text("ContactId")), changes)
    return _DONE


async def delete_contacts_by_details(call: Call) -> Answer:
    """Delete the contact with this number, if it also has the name that was given; or a file's."""
    details, name = call.text("ContactDetails"), call.text("ContactName").strip()
    async with call.transaction() as connection:
        if await import_file(connection, call, "delete") is not None and not details:
            return _DONE
        if not details:
            raise missing("ContactDetails")
        found = await find_by_written_phone(
            connection, call.scope, details, call.text("Country") or None
        )
        if found is None or (name and found.name != name):
            raise ClarionError(
                "contact.not_found", f"There is no contact {name} {details} in this workspace."
            )
        await delete_contacts(connection, call.scope, [found.id])
    return _DONE


async def delete_contacts_by_ids(call: Call) -> Answer:
    """Delete contacts by their ids; those that are not there are no error."""
    ids, _ = _references(call.text("Contacts"))
    async with call.transaction() as connection:
        count = await delete_contacts(connection, call.scope, ids)
    return {"Model": {"DeletedCount": count}}


async def remove_contact_by_id(call: Call) -> Answer:
    """Take a contact out of a group that is not its last."""
    contacts, among = [id_of(call.text("ContactId"))], [id_of(call.text("GroupId"))]
    await _regroup(call, contacts, among, (), "remove")
    return _DONE


async def move_contact_to_group(call: Call) -> Answer:
    """Give contacts exactly these groups; new ones are made."""
    contacts, _ = _references(call.text("Contacts"))
    existing, names = _references(call.text("LinkExistGroups"))
    more, new_names = _references(call.text("LinkNewGroups"))
    if not (existing or names or more or new_names):
        raise missing("LinkExistGroups")
    await _regroup(call, contacts, existing + more, names + new_names, "replace")
    return {"Data": {"ContactCount": len(contacts)}}


async def _regroup(
    call: Call,
    contacts: list[int],
    group_ids: list[int],
    group_names: tuple[str, ...] | list[str],
    change: MembershipChange,
) -> None:
    async with call.transaction() as connection:
        among = await groups.find_or_create_groups(
            connection, call.scope, group_ids=group_ids, group_names=group_names
        )
        await groups.change_memberships(connection, call.scope, contacts, among, change)


async def _all_groups(connection: Connection, call: Call) -> list[Group]:
    found: list[Group] = []
    while True:
        above = found[-1].id if found else None
        more = await groups.list_groups(
            connection, call.scope, above_id=above, limit=_GROUPS_AT_ONCE
        )
        found += more
        if len(more) < _GROUPS_AT_ONCE:
            return found


def _draft(call: Call) -> ContactDraft:
    return ContactDraft(
        name=call.text("ContactName"),
        phone=call.text("ContactDetails") or None,
        country=call.text("Country") or None,
        email=call.text("Email"),
        remark=call.text("Remark"),
    )


def _references(text: str) -> tuple[list[int], list[str]]:
    """Ids and names in ``[{"id":1},{"groupName":"x"}]``, ``[1,"2"]`` or ``1,2``."""
    if not text.strip():
        return [], []
    try:
        items = orjson.loads(text)
    except orjson.JSONDecodeError:
        items = text.split(",")
    ids: list[int] = []
    names: list[str] = []
    for item in items if isinstance(items, list) else [items]:
        match item:
            case {"id": identity} | {"Id": identity} | (int() | str() as identity):
                ids.append(id_of(str(identity)))
            case {"groupName": str() as name} | {"GroupName": str() as name}:
                names.append(name)
            case _:
                raise refuse_business("InvalidParameter.GroupsInvalid")
    return ids, names
