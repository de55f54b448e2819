"""Who wrote this?  Find contacts by the names that a channel gives them; make those who are new.

A person may be named by phone number, by the channel's own form of it, and by a business-scoped id;
any of them finds the contact, and all of them are learned.  Somebody we have never met becomes a
contact in the workspace's system group, so that nothing that people write is lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from clarion.domain.message import Address, AddressKind, Channel
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["find_contacts", "find_or_make_contacts"]

WEBHOOKS = load("webhooks")

_Names = Sequence[Address]


async def find_contacts(
    connection: Connection, workspace_id: int, channel: Channel, people: Sequence[_Names]
) -> list[int | None]:
    """The contact of each person (a person is all its names), ``None`` for strangers."""
    phones = {phone for names in people if (phone := _phone_of(names))}
    rows = await WEBHOOKS.fetch(
        connection, "contacts_by_phone", workspace_id=workspace_id, phones=sorted(phones)
    )
    by_phone = {row["phone"]: row["id"] for row in rows}
    names = sorted({(each.kind.value, each.value) for one in people for each in one})
    rows = await WEBHOOKS.fetch(
        connection,
        "contacts_by_address",
        workspace_id=workspace_id,
        channel=str(channel),
        kinds=[name[0] for name in names],
        values=[name[1] for name in names],
    )
    by_name = {(row["kind"], row["value"]): row["contact_id"] for row in rows}
    return [_match(one, by_phone, by_name) for one in people]


async def find_or_make_contacts(
    connection: Connection,
    workspace_id: int,
    channel: Channel,
    people: Sequence[tuple[_Names, str]],
    now: datetime,
) -> list[int]:
    """The contact of each (names, profile name); strangers are made, new names are learned."""
    found = await find_contacts(connection, workspace_id, channel, [one[0] for one in people])
    strangers: dict[tuple[Address, ...], str] = {}
    for (names, profile_name), contact_id in zip(people, found, strict=True):
        if contact_id is None:
            strangers.setdefault(tuple(names), profile_name)
    if strangers:
        rows = await WEBHOOKS.fetch(
            connection,
            "insert_strangers",
            workspace_id=workspace_id,
            names=list(strangers.values()),
            phones=[_phone_of(names) for names in strangers],
            now=now,
        )
        made = {names: row["id"] for names, row in zip(strangers, rows, strict=True)}
        await WEBHOOKS.execute(
            connection,
            "join_system_group",
            workspace_id=workspace_id,
            contact_ids=list(made.values()),
            now=now,
        )
        found = [
            made[tuple(names)] if contact_id is None else contact_id
            for (names, _), contact_id in zip(people, found, strict=True)
        ]
    contact_ids = [contact_id for contact_id in found if contact_id is not None]
    await _learn(connection, workspace_id, channel, [one[0] for one in people], contact_ids, now)
    return contact_ids


async def _learn(
    connection: Connection,
    workspace_id: int,
    channel: Channel,
    people: Sequence[_Names],
    contact_ids: Sequence[int],
    now: datetime,
) -> None:
    news = sorted(
        {
            (contact_id, each.kind.value, each.value)
            for names, contact_id in zip(people, contact_ids, strict=True)
            for each in names
            if each.kind is not AddressKind.PHONE
        }
    )
    if news:
        await WEBHOOKS.execute(
            connection,
            "learn_addresses",
            workspace_id=workspace_id,
            channel=str(channel),
            contact_ids=[each[0] for each in news],
            kinds=[each[1] for each in news],
            values=[each[2] for each in news],
            now=now,
        )


def _phone_of(names: _Names) -> str | None:
    """The E.164 number among a person's names, if there is one."""
    for each in names:
        if each.kind is AddressKind.PHONE:
            return each.value
        if each.kind is AddressKind.WA_ID:
            return f"+{each.value}"
    return None


def _match(
    names: _Names,
    by_phone: Mapping[str, int],
    by_name: Mapping[tuple[str, str], int],
) -> int | None:
    # The channel's own ids first: a number that was rewritten is known by them only.
    for each in names:
        contact_id = by_name.get((each.kind.value, each.value))
        if contact_id is not None:
            return contact_id
    phone = _phone_of(names)
    return by_phone.get(phone) if phone else None
