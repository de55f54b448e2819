"""Hook: write what flows changed about contacts, in bulk, in the transaction of their sprints.

Theory of operation.  All changes of one contact become one (``merged``, the later wins), so each
statement touches a contact once.  Contacts are locked first, in the order of their ids, as everybody
who changes them does.  Attributes are merged in the database, so what somebody else wrote meanwhile
stays.  A contact is always in a group: whoever left the last one is in the system's.

A flow cannot make its own audience grow: an occurrence's people are frozen before the first of them
is messaged, and joining a group only counts for occurrences that come later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import orjson

from clarion.domain.message import Channel
from clarion.engine.apply.opt_out import OptOut, opt_in, opt_out
from clarion.flow.sprint import UpdateContact
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["ContactChange", "merged", "set_consents", "update_contacts"]

CHANGES = load("contact_changes")
GROUPS = load("groups")
WEBHOOKS = load("webhooks")


@dataclass(slots=True)
class ContactChange:
    """All that the sprints of one batch change about one contact.

    ``groups`` tells for each name whether the contact joins; ``None`` of an attribute removes it.
    ``consent`` is the last word, with the node that said it.
    """

    contact_id: int
    name: str | None = None
    language: str | None = None
    attributes: dict[str, str | None] = field(default_factory=dict)
    groups: dict[str, bool] = field(default_factory=dict)
    consent: tuple[str, str] | None = None


def merged(updates: Iterable[tuple[int, UpdateContact]]) -> list[ContactChange]:
    """One change a contact, in the order of ids, of (contact id, update) in the order of happening."""
    changes: dict[int, ContactChange] = {}
    for contact_id, update in updates:
        change = changes.setdefault(contact_id, ContactChange(contact_id))
        change.name = change.name if update.name is None else update.name
        change.language = change.language if update.language is None else update.language
        change.attributes.update(dict.fromkeys(update.removed_attributes))
        change.attributes.update(update.attributes)
        change.groups.update(dict.fromkeys(update.add_to_groups, True))
        change.groups.update(dict.fromkeys(update.remove_from_groups, False))
        if update.consent is not None:
            change.consent = (update.consent, update.node_id)
    return [changes[contact_id] for contact_id in sorted(changes)]


async def update_contacts(
    connection: Connection, workspace_id: int, changes: Sequence[ContactChange], now: datetime
) -> None:
    """Write fields, attributes and groups; consent is another matter (``set_consents``)."""
    if not changes:
        return
    rows = await CHANGES.fetch(
        connection,
        "lock_changed_contacts",
        workspace_id=workspace_id,
        contact_ids=[change.contact_id for change in changes],
    )
    present = {row["id"] for row in rows}
    changes = [change for change in changes if change.contact_id in present]
    await _change_fields(connection, changes, now)
    await _change_groups(connection, workspace_id, changes, now)


async def set_consents(
    connection: Connection, channel: Channel, changes: Sequence[ContactChange], now: datetime
) -> None:
    """Write what people agreed to.  Ends sessions, so it comes after those of the batch."""
    words: dict[str, list[OptOut]] = {"opted_in": [], "opted_out": []}
    for change in changes:
        if change.consent is not None:
            state, node_id = change.consent
            words[state].append(OptOut(change.contact_id, "flow", f"node {node_id}", now))
    await opt_in(connection, channel, words["opted_in"])
    await opt_out(connection, channel, words["opted_out"], now)


async def _change_fields(
    connection: Connection, changes: Sequence[ContactChange], now: datetime
) -> None:
    changes = [
        change
        for change in changes
        if change.name is not None or change.language is not None or change.attributes
    ]
    if not changes:
        return
    await CHANGES.execute(
        connection,
        "change_fields",
        now=now,
        contact_ids=[change.contact_id for change in changes],
        names=[change.name for change in changes],
        languages=[change.language for change in changes],
        attributes=[
            _json({k: v for k, v in c.attributes.items() if v is not None}) for c in changes
        ],
        removed=[_json([k for k, v in c.attributes.items() if v is None]) for c in changes],
    )


def _json(value: Mapping[str, str] | Sequence[str]) -> str:
    return orjson.dumps(value).decode()


async def _change_groups(
    connection: Connection, workspace_id: int, changes: Sequence[ContactChange], now: datetime
) -> None:
    names = sorted({name for change in changes for name in change.groups})
    if not names:
        return
    rows = await CHANGES.fetch(connection, "groups_named", workspace_id=workspace_id, names=names)
    ids = {row["name"]: row["id"] for row in rows}
    pairs = [
        (ids[name], change.contact_id, is_joined)
        for change in changes
        for name, is_joined in change.groups.items()
        if name in ids
    ]
    joined = [(group_id, contact_id) for group_id, contact_id, is_joined in pairs if is_joined]
    left = [(group_id, contact_id) for group_id, contact_id, is_joined in pairs if not is_joined]
    if joined:
        await CHANGES.execute(connection, "join_groups", now=now, **_columns(joined))
        await GROUPS.execute(
            connection,
            "leave_system_group",
            workspace_id=workspace_id,
            contact_ids=sorted({contact_id for _, contact_id in joined}),
        )
    if left:
        await CHANGES.execute(connection, "leave_groups", **_columns(left))
        alone = await GROUPS.fetch(
            connection,
            "contacts_without_group",
            contact_ids=sorted({contact_id for _, contact_id in left}),
        )
        if alone:
            await WEBHOOKS.execute(
                connection,
                "join_system_group",
                workspace_id=workspace_id,
                contact_ids=[row["id"] for row in alone],
                now=now,
            )


def _columns(pairs: Sequence[tuple[int, int]]) -> dict[str, list[int]]:
    return {
        "group_ids": [group_id for group_id, _ in pairs],
        "contact_ids": [contact_id for _, contact_id in pairs],
    }
