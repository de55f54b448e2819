"""Stories of people who change groups at the same moment, and of what a group leaves behind."""

from __future__ import annotations

import asyncio

import pytest

from clarion.domain.errors import ClarionError
from clarion.services.contacts import (
    ContactDraft,
    create_contact,
    delete_contacts,
    read_contact,
    update_contact,
)
from clarion.services.groups import (
    UNGROUPED,
    change_memberships,
    create_group,
    delete_group,
    find_or_create_groups,
    list_groups,
    read_group,
)
from clarion.services.scope import Scope
from clarion.store.pool import Pool, transaction


async def code_of(action: object) -> str | None:
    try:
        await action  # type: ignore[misc]  # a coroutine
    except ClarionError as error:
        return error.code
    return None


async def test_two_people_cannot_each_take_the_last_but_one_group(pool: Pool, scope: Scope) -> None:
    async with transaction(pool) as connection:
        groups = await find_or_create_groups(connection, scope, group_names=["A", "B"])
        ann = await create_contact(
            connection, scope, ContactDraft(phone="+8613800138001"), group_ids=groups
        )

    async def take_out_of(group_id: int) -> None:
        async with transaction(pool) as connection:
            await change_memberships(connection, scope, [ann.id], [group_id], "remove")

    codes = await asyncio.gather(*(code_of(take_out_of(group_id)) for group_id in groups))
    assert sorted(codes, key=str) == sorted([None, "contact.last_group"], key=str)
    async with pool.acquire() as connection:
        assert len((await read_contact(connection, scope, ann.id)).groups) == 1


async def test_two_people_who_make_the_same_group_get_the_same_one(
    pool: Pool, scope: Scope
) -> None:
    async def make() -> list[int]:
        async with transaction(pool) as connection:
            return await find_or_create_groups(connection, scope, group_names=["New"])

    made = await asyncio.gather(*(make() for _ in range(4)))
    assert len({group_id for ids in made for group_id in ids}) == 1


async def test_whoever_has_another_group_just_leaves_the_deleted_one(
    pool: Pool, scope: Scope
) -> None:
    async with transaction(pool) as connection:
        gone, kept = await find_or_create_groups(connection, scope, group_names=["Gone", "Kept"])
        for number, groups in enumerate([[gone], [gone, kept], [kept]]):
            draft = ContactDraft(phone=f"+861380013800{number}")
            await create_contact(connection, scope, draft, group_ids=groups)
        assert await delete_group(connection, scope, gone) == 1
        listed = await list_groups(connection, scope, above_id=None, limit=10)
    assert {group.name: group.contact_count for group in listed} == {"Kept": 2, UNGROUPED: 1}


async def test_a_group_without_people_leaves_nothing_behind(pool: Pool, scope: Scope) -> None:
    async with transaction(pool) as connection:
        group = await create_group(connection, scope, "Empty")
        assert await delete_group(connection, scope, group.id) == 0
        assert await list_groups(connection, scope, above_id=None, limit=10) == []
        assert await code_of(read_group(connection, scope, group.id)) == "group.not_found"


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
async def test_a_group_needs_a_name_that_fits(pool: Pool, scope: Scope, name: str) -> None:
    async with transaction(pool) as connection:
        assert await code_of(create_group(connection, scope, name)) == "request.invalid"


async def test_a_phone_moves_to_nobody_who_has_it(pool: Pool, scope: Scope) -> None:
    async with transaction(pool) as connection:
        ann = await create_contact(connection, scope, ContactDraft(phone="+8613800138001"))
        bo = await create_contact(connection, scope, ContactDraft(phone="+8613800138002"))
        with pytest.raises(ClarionError) as taken:
            await update_contact(connection, scope, bo.id, {"phone": ann.phone})
        assert taken.value.code == "contact.address_taken"
        assert taken.value.details["contact_id"] == ann.id
        await delete_contacts(connection, scope, [ann.id])
        moved = await update_contact(connection, scope, bo.id, {"phone": ann.phone})
    assert moved.phone == "+8613800138001"


async def test_every_change_stands_in_the_audit_log(pool: Pool, scope: Scope) -> None:
    async with transaction(pool) as connection:
        ann = await create_contact(
            connection, scope, ContactDraft(phone="+8613800138001"), group_names=["A"]
        )
        await update_contact(connection, scope, ann.id, {"name": "Ann"})
        await delete_contacts(connection, scope, [ann.id])
    rows = await pool.fetch("SELECT noun, action, actor_name FROM audit_entries ORDER BY id")
    assert [(row["noun"], row["action"]) for row in rows] == [
        ("group", "created"),
        ("contact", "created"),
        ("contact", "regrouped"),
        ("contact", "updated"),
        ("contact", "deleted"),
    ]
    assert {row["actor_name"] for row in rows} == {"Ann"}
