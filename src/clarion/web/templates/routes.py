"""The routes of templates; the provider owns them, and `senders` synchronise the copies."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from clarion.reports.message_counts import counts_of_template
from clarion.services import templates
from clarion.services.template_switches import TemplateSwitches, switch_template
from clarion.services.templates import NewTemplate, TemplateFilter
from clarion.web.access import Asking, AskingBriefly
from clarion.web.database import DB, PlaceOf
from clarion.web.message_counts import AskedStretch, MessageCountsAnswer
from clarion.web.paging import Page, Paging, page_of
from clarion.web.routing import noun_router, refusals
from clarion.web.schemas import Id, SearchText
from clarion.web.templates.schemas import (
    NewTemplateBody,
    TemplateAnswer,
    TemplateChangeBody,
    TemplateSwitchesBody,
)

__all__ = ["router"]

router = noun_router("templates", prefix="/templates")

Word = Annotated[SearchText | None, Query(max_length=100)]


_ASKS_PROVIDER = ("provider.refused", "provider.unreachable", "secret.unreadable")


@router.post(
    "",
    operation_id="template_create",
    summary="Hand a template in for approval",
    status_code=201,
    responses=refusals(
        "template.invalid", "template.name_taken", "sender.not_found", *_ASKS_PROVIDER
    ),
)
async def template_create(
    scope: AskingBriefly, place: PlaceOf, body: NewTemplateBody
) -> TemplateAnswer:
    """The provider refuses a second one of the same name and language."""
    new = NewTemplate(
        body.name, body.language, body.category, body.components, body.parameter_format
    )
    return TemplateAnswer.model_validate(
        await templates.create_template(place, scope, body.sender_id, new)
    )


@router.patch(
    "/{template_id}",
    operation_id="template_update",
    summary="Hand another text of a template in for approval",
    responses=refusals(
        "template.not_found", "template.invalid", "sender.none_for_channel", *_ASKS_PROVIDER
    ),
)
async def template_update(
    scope: AskingBriefly, place: PlaceOf, template_id: Id, body: TemplateChangeBody
) -> TemplateAnswer:
    """It is in review, and cannot be sent, until the provider approves it."""
    changed = await templates.edit_template(
        place, scope, template_id, body.components, body.category
    )
    return TemplateAnswer.model_validate(changed)


@router.patch(
    "/{template_id}/switches",
    operation_id="template_switch",
    summary="Stop or allow the sending of a template, or put it away",
    responses=refusals("template.not_found"),
)
async def template_switch(
    connection: DB, scope: Asking, template_id: Id, body: TemplateSwitchesBody
) -> TemplateAnswer:
    """Campaigns in progress that send a stopped template are suspended."""
    return TemplateAnswer.model_validate(
        await switch_template(connection, scope, template_id, TemplateSwitches(**body.model_dump()))
    )


@router.get(
    "/{template_id}/counts",
    operation_id="template_counts_read",
    summary="How a template's messages fared over time",
    responses=refusals("template.not_found"),
)
async def template_counts_read(
    connection: DB, scope: Asking, template_id: Id, stretch: AskedStretch
) -> list[MessageCountsAnswer]:
    """Messages by when they were written; stretches without any are left out."""
    template = await templates.read_template(connection, scope, template_id)
    found = await counts_of_template(
        connection, scope.workspace_id, template.name, template.language, stretch
    )
    return [MessageCountsAnswer.model_validate(each) for each in found]


@router.delete(
    "/{template_id}",
    operation_id="template_delete",
    summary="Delete one language of a template at the provider",
    status_code=204,
    responses=refusals("template.not_found", "sender.none_for_channel", *_ASKS_PROVIDER),
)
async def template_delete(scope: AskingBriefly, place: PlaceOf, template_id: Id) -> None:
    """The copy stays as `deleted`, because messages name it."""
    await templates.delete_template(place, scope, template_id)


@router.get("", operation_id="template_list", summary="List templates by name and language")
async def template_list(
    connection: DB,
    scope: Asking,
    paging: Paging,
    search: Word = None,
    language: Word = None,
    status: Word = None,
    category: Word = None,
    account_key: Word = None,
) -> Page[TemplateAnswer]:
    """`search` is a part of the name; the others must fit exactly."""
    rows = await templates.list_templates(
        connection,
        scope,
        TemplateFilter(search, language, status, category, account_key),
        after=paging.key_of_types(str, str, int),
        limit=paging.fetch_count,
    )
    return page_of(
        rows,
        paging,
        TemplateAnswer.model_validate,
        lambda template: (template.name, template.language, template.id),
    )


@router.get(
    "/{template_id}",
    operation_id="template_read",
    summary="Read a template",
    responses=refusals("template.not_found"),
)
async def template_read(connection: DB, scope: Asking, template_id: Id) -> TemplateAnswer:
    """With its components as the provider has them."""
    return TemplateAnswer.model_validate(
        await templates.read_template(connection, scope, template_id)
    )
