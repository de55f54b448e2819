"""Groups and contacts, told by the official SDK."""

from __future__ import annotations

from typing import Any

from clarion.commands.serve import Running
from clarion.services.contacts import ContactFilter, list_contacts
from clarion.services.groups import find_group
from clarion.services.scope import Scope
from clarion.store.pool import transaction

from .conftest import Cams


async def contacts_of(server: Running, scope: Scope) -> dict[str, Any]:
    """What the workspace holds, by phone: name, remark, names of groups."""
    async with transaction(server.place.pool) as connection:
        found = await list_contacts(connection, scope, ContactFilter(), above_id=None, limit=100)
    return {
        str(each.phone): (each.name, each.remark, sorted(group.name for group in each.groups))
        for each in found
    }


async def test_groups_are_made_renamed_and_deleted(
    cams: Cams, server: Running, scope: Scope
) -> None:
    vip = (await cams.done("AddGroup", group_name="VIP", biz_extend={"a": 1}))["Data"]
    assert (await cams.done("GetGroupExist", group_name="VIP"))["Data"] == "true"
    assert (await cams.done("GetGroupExist", group_name="vip"))["Data"] == "false"
    assert await cams.refused("AddGroup", group_name="VIP") == "Group.NameExist"
    await cams.done("UpdateGroupName", group_id=vip, group_name="Best customers")
    (only,) = (await cams.done("ListAllGroups"))["Data"]
    assert (only["Id"], only["GroupName"]) == (vip, "Best customers")
    assert only["GmtCreate"]

    await cams.done("AddContacts", groups=vip, need_update=True, contact_details="+8613012345678")
    await cams.done("DeleteGroupById", group_id=vip)
    # Nobody is lost with a group.
    assert await contacts_of(server, scope) == {"+8613012345678": ("", "", ["Ungrouped"])}
    assert await cams.refused("DeleteGroupById", group_id=vip) == "Group.NotExist"
    ungrouped = (await cams.done("ListAllGroups"))["Data"][0]["Id"]
    assert await cams.refused("DeleteGroupById", group_id=ungrouped) == "Group.System"


async def test_a_group_of_a_campaign_cannot_be_deleted(
    cams: Cams, wish: dict[str, Any], group_id: int
) -> None:
    await cams.done("AddMarketingFlow", **wish)
    assert await cams.refused("DeleteGroupById", group_id=str(group_id)) == "Group.InUse"


async def test_a_known_contact_is_overwritten_or_ignored_and_joins_in_both_cases(
    cams: Cams, server: Running, scope: Scope
) -> None:
    li = {"contact_details": "130 1234 5678", "country": "China"}
    first = await cams.done(
        "AddContacts",
        groups='[{"groupName":"VIP"}]',
        need_update=False,
        contact_name="Li",
        remark="r",
        **li,
    )
    again = await cams.done(
        "AddContacts", groups='[{"groupName":"B"}]', need_update=False, contact_name="Lu", **li
    )
    assert again["Data"] == first["Data"]
    assert await contacts_of(server, scope) == {"+8613012345678": ("Li", "r", ["B", "VIP"])}
    await cams.done(
        "AddContacts", groups='[{"groupName":"C"}]', need_update=True, contact_name="Lu", **li
    )
    assert await contacts_of(server, scope) == {"+8613012345678": ("Lu", "r", ["B", "C", "VIP"])}


async def test_a_contact_is_changed_moved_and_deleted(
    cams: Cams, server: Running, scope: Scope
) -> None:
    a = (await cams.done("AddGroup", group_name="A"))["Data"]
    b = (await cams.done("AddGroup", group_name="B"))["Data"]
    identity = (
        await cams.done(
            "AddContacts", groups=f"[{a}, {b}]", need_update=True, contact_details="+8613012345678"
        )
    )["Data"]
    await cams.done(
        "UpdateContactById",
        contact_id=identity,
        contact_name="Li Hua",
        contact_details="+8613012345679",
        country="CN",
        remark="met in May",
    )
    assert await contacts_of(server, scope) == {
        "+8613012345679": ("Li Hua", "met in May", ["A", "B"])
    }
    await cams.done("RemoveContactById", contact_id=identity, group_id=a)
    code = await cams.refused("RemoveContactById", contact_id=identity, group_id=b)
    assert code == "Contact.LastGroup"

    moved = await cams.done(
        "MoveContactToGroup",
        contacts=f'[{{"id":{identity}}}]',
        link_exist_groups=f'[{{"id":{a}}}]',
        link_new_groups='[{"groupName":"New"}]',
    )
    assert moved["Data"] == {"ContactCount": 1}
    assert (await contacts_of(server, scope))["+8613012345679"][2] == ["A", "New"]

    wrong_name = {"contact_details": "+8613012345679", "contact_name": "Somebody else"}
    assert await cams.refused("DeleteContacts", **wrong_name) == "Contact.NotExist"
    await cams.done("DeleteContacts", contact_details="13012345679", country="CN")
    assert await contacts_of(server, scope) == {}


async def test_contacts_are_deleted_by_their_ids(cams: Cams, server: Running, scope: Scope) -> None:
    ids = [
        (
            await cams.done(
                "AddContacts",
                groups='[{"groupName":"A"}]',
                need_update=True,
                contact_details=f"+861301234567{number}",
            )
        )["Data"]
        for number in range(3)
    ]
    gone = await cams.done("DeleteContactsByIds", contacts=",".join([*ids[:2], "999999"]))
    assert gone["Model"] == {"DeletedCount": 2}
    assert list(await contacts_of(server, scope)) == ["+8613012345672"]


async def test_faults_of_the_audience_have_names(cams: Cams, server: Running, scope: Scope) -> None:
    group = (await cams.done("AddGroup", group_name="A"))["Data"]
    add = {"groups": group, "need_update": True}
    other = (await cams.done("AddContacts", **add, contact_details="+8613012345678"))["Data"]
    identity = (await cams.done("AddContacts", **add, contact_details="+8613012345679"))["Data"]
    change = {"contact_name": "x", "country": "CN"}
    for name, parameters, code in (
        ("AddContacts", {**add, "contact_details": "12"}, "InvalidParameter.PhoneNumberError"),
        ("AddContacts", add, "Contact.DetailsMissing"),
        ("AddContacts", {**add, "groups": "[]"}, "InvalidParameter.GroupsInvalid"),
        ("AddContacts", {**add, "groups": "[{}]"}, "InvalidParameter.GroupsInvalid"),
        (
            "AddContacts",
            {**add, "groups": "4711", "contact_details": "+8613012345670"},
            "Group.NotExist",
        ),
        (
            "AddContacts",
            {**add, "contact_details": "+8613012345670", "email": "nobody"},
            "InvalidParameter.Value",
        ),
        (
            "UpdateContactById",
            {**change, "contact_id": identity, "contact_details": "+8613012345678"},
            "Contact.DetailsExist",
        ),
        (
            "UpdateContactById",
            {**change, "contact_id": "no-id", "contact_details": "+8613012345671"},
            "Contact.NotExist",
        ),
        ("UpdateGroupName", {"group_id": "4711", "group_name": "x"}, "Group.NotExist"),
        ("UpdateGroupName", {"group_id": group, "group_name": "x" * 61}, "InvalidParameter.Value"),
        (
            "MoveContactToGroup",
            {"contacts": f"[{other}]", "link_exist_groups": "[4711]"},
            "Group.NotExist",
        ),
    ):
        assert await cams.refused(name, **parameters) == code, (name, parameters)
    # A refused call leaves nothing behind.
    assert len(await contacts_of(server, scope)) == 2


async def test_a_refused_contact_leaves_no_group_behind(
    cams: Cams, server: Running, scope: Scope
) -> None:
    code = await cams.refused("AddGroup", group_name="Half", contact_details="12")
    assert code == "InvalidParameter.PhoneNumberError"
    async with transaction(server.place.pool) as connection:
        assert await find_group(connection, scope, "Half") is None
