"""The routes of groups."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from clarion.services import groups
from clarion.web.access import Asking
from clarion.web.database import DB
from clarion.web.groups.schemas import (
    DeletedGroupAnswer,
    GroupAnswer,
    GroupBody,
    GroupExistsAnswer,
)
from clarion.web.paging import Page, Paging, page_of
from clarion.web.routing import ONCE, noun_router, refusals
from clarion.web.schemas import Id, SearchText

__all__ = ["router"]

router = noun_router("groups", prefix="/groups")


@router.post(
    "",
    operation_id="group_create",
    summary="Make a group",
    status_code=201,
    dependencies=ONCE,
    responses=refusals("group.name_taken"),
)
async def group_create(connection: DB, scope: Asking, body: GroupBody) -> GroupAnswer:
    """An empty one."""
    return GroupAnswer.model_validate(await groups.create_group(connection, scope, body.name))


@router.get("", operation_id="group_list", summary="List groups with their counts")
async def group_list(
    connection: DB,
    scope: Asking,
    paging: Paging,
    name: Annotated[
        SearchText | None, Query(max_length=60, description="Part of the name.")
    ] = None,
) -> Page[GroupAnswer]:
    """The oldest first."""
    rows = await groups.list_groups(
        connection, scope, above_id=paging.above_id, limit=paging.fetch_count, name_part=name
    )
    return page_of(rows, paging, GroupAnswer.model_validate, lambda group: (group.id,))


@router.get("/exists", operation_id="group_exists", summary="Ask whether a name is taken")
async def group_exists(
    connection: DB, scope: Asking, name: Annotated[SearchText, Query(max_length=200)]
) -> GroupExistsAnswer:
    """Names are compared exactly."""
    found = await groups.find_group(connection, scope, name)
    return GroupExistsAnswer(exists=found is not None)


@router.get(
    "/{group_id}",
    operation_id="group_read",
    summary="Read a group",
    responses=refusals("group.not_found"),
)
async def group_read(connection: DB, scope: Asking, group_id: Id) -> GroupAnswer:
    """Its contacts are listed by `GET /contacts?group_id=`."""
    return GroupAnswer.model_validate(await groups.read_group(connection, scope, group_id))


@router.patch(
    "/{group_id}",
    operation_id="group_rename",
    summary="Rename a group",
    responses=refusals("group.not_found", "group.name_taken", "group.is_system"),
)
async def group_rename(connection: DB, scope: Asking, group_id: Id, body: GroupBody) -> GroupAnswer:
    """Campaigns that use it go on."""
    renamed = await groups.rename_group(connection, scope, group_id, body.name)
    return GroupAnswer.model_validate(renamed)


@router.delete(
    "/{group_id}",
    operation_id="group_delete",
    summary="Delete a group, not its contacts",
    responses=refusals("group.not_found", "group.in_use", "group.is_system"),
)
async def group_delete(connection: DB, scope: Asking, group_id: Id) -> DeletedGroupAnswer:
    """Contacts without another group go to "Ungrouped"."""
    return DeletedGroupAnswer(moved_count=await groups.delete_group(connection, scope, group_id))
