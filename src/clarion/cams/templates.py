"""Templates: handed in, read, listed and deleted.

Theory of operation.  A template's name is its ``TemplateCode``: it has several languages, and the two
together identify.  ``CustWabaId`` chooses the account when the workspace has several; without it the
first sender's account is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from clarion.cams.call import Answer, Call
from clarion.cams.refusals import missing, refuse_business
from clarion.cams.template_components import components_from_wire, components_to_wire, samples_of
from clarion.cams.wire import page_of_object
from clarion.domain.errors import ClarionError
from clarion.services import templates
from clarion.services.senders import list_senders
from clarion.services.template_switches import TemplateSwitches, switch_template
from clarion.services.templates import NewTemplate, Template, TemplateFilter
from clarion.store.pool import Connection

__all__ = [
    "AUDIT_STATUSES",
    "CATEGORIES",
    "create_chatapp_template",
    "delete_chatapp_template",
    "demand_whatsapp_template",
    "get_chatapp_template_detail",
    "list_chatapp_template",
    "modify_chatapp_template",
    "template_name_of",
    "template_named",
]

CATEGORIES = ("UTILITY", "MARKETING", "AUTHENTICATION")
# The provider's word -> how it is answered; what is in no row is being looked at.
AUDIT_STATUSES: Mapping[str, str] = MappingProxyType(
    {
        "approved": "pass",
        "rejected": "fail",
        "paused": "unaudit",
        "disabled": "unaudit",
        "deleted": "unaudit",
    }
)
_AUDITING = "auditing"
_DELETED = "deleted"
_TEMPLATES_AT_ONCE = 500


async def create_chatapp_template(call: Call) -> Answer:
    """Hand a template in for approval."""
    demand_whatsapp_template(call)
    category = call.text("Category").upper()
    if category not in CATEGORIES:
        raise refuse_business("InvalidParameter.CategoryNotSupport")
    new = NewTemplate(
        name=call.text("Name"),
        language=call.text("Language"),
        category=category.lower(),
        components=components_from_wire(
            call.values["Components"], call.values.get("Example") or {}
        ),
        parameter_format="named",
    )
    async with call.transaction() as connection:
        sender_id = await _sender_id(connection, call)
    made = await templates.create_template(call.place, call.scope, sender_id, new)
    return await _handed_in(call, made)


async def modify_chatapp_template(call: Call) -> Answer:
    """Replace what one language of a template says; it is looked at anew."""
    demand_whatsapp_template(call)
    category = call.text("Category").upper()
    if category and category not in CATEGORIES:
        raise refuse_business("InvalidParameter.CategoryNotSupport")
    components = components_from_wire(call.values["Components"], call.values.get("Example") or {})
    async with call.transaction() as connection:
        template = await template_named(connection, call, template_name_of(call))
    changed = await templates.edit_template(
        call.place, call.scope, template.id, components, category.lower() or None
    )
    return await _handed_in(call, changed)


async def get_chatapp_template_detail(call: Call) -> Answer:
    """One language of a template."""
    async with call.transaction() as connection:
        template = await template_named(connection, call, template_name_of(call))
    return {
        "Data": {
            "TemplateCode": template.name,
            "Name": template.name,
            "Language": template.language,
            "Category": template.category.upper(),
            "TemplateType": "WHATSAPP",
            "AuditStatus": AUDIT_STATUSES.get(template.status, _AUDITING),
            "Reason": template.rejected_reason or "",
            "QualityScore": (template.quality or "unknown").upper(),
            "Components": components_to_wire(template.components),
            "Example": samples_of(template.components),
            "AllowSend": template.is_sending_allowed and template.archived_at is None,
            "CategoryChangePaused": template.is_stopped_as_marketing,
        }
    }


async def list_chatapp_template(call: Call) -> Answer:
    """Search templates, by name and language."""
    before_count, size = page_of_object(call)
    audit_status = call.text("AuditStatus").lower()
    if audit_status and audit_status not in {*AUDIT_STATUSES.values(), _AUDITING}:
        raise refuse_business("InvalidParameter.AuditStatusNotSupport")
    if call.text("TemplateType"):
        demand_whatsapp_template(call)
    wanted = TemplateFilter(
        search=call.text("Name") or None,
        language=call.text("Language") or None,
        category=call.text("Category").lower() or None,
        account_key=call.text("CustWabaId") or None,
    )
    async with call.transaction() as connection:
        found = await _all(connection, call, wanted)
    rows = [_row(template) for template in found]
    fitting = [
        row
        for row in rows
        if audit_status in ("", row["AuditStatus"])
        and call.text("Code") in ("", row["TemplateCode"])
    ]
    return {"ListTemplate": fitting[before_count : before_count + size], "Total": len(fitting)}


async def delete_chatapp_template(call: Call) -> Answer:
    """Delete a template at the provider, in one language or all."""
    demand_whatsapp_template(call)
    name = template_name_of(call)
    async with call.transaction() as connection:
        found = await _named(connection, call, name, call.text("Language"))
    if not found:
        raise refuse_business("DelError.TemplateNotExist")
    for template in found:
        await templates.delete_template(call.place, call.scope, template.id)
    return {}


async def template_named(
    connection: Connection, call: Call, name: str, language: str | None = None
) -> Template:
    """The template of a name in a language, by default the call's ``Language``.

    Raises ``template.not_found``.
    """
    language = call.text("Language") if language is None else language
    found = await _named(connection, call, name, language)
    if not found:
        raise ClarionError("template.not_found", f"There is no template {name} in {language}.")
    return found[0]


def template_name_of(call: Call) -> str:
    """``TemplateCode``, else ``TemplateName``.  Raises ``MissingTemplateCode``."""
    name = call.text("TemplateCode") or call.text("TemplateName")
    if not name:
        raise missing("TemplateCode")
    return name


def demand_whatsapp_template(call: Call) -> None:
    """Raise ``InvalidParameter.TemplateTypeNotSupport`` for another ``TemplateType``."""
    if call.text("TemplateType").upper() not in ("", "WHATSAPP"):
        raise refuse_business("InvalidParameter.TemplateTypeNotSupport")


async def _handed_in(call: Call, template: Template) -> Answer:
    if "CategoryChangePaused" in call.values:
        switches = TemplateSwitches(is_stopped_as_marketing=call.values["CategoryChangePaused"])
        async with call.transaction() as connection:
            await switch_template(connection, call.scope, template.id, switches)
    return {"Data": {"TemplateCode": template.name, "TemplateName": template.name}}


async def _sender_id(connection: Connection, call: Call) -> int:
    account = call.text("CustWabaId")
    for sender in await list_senders(connection, call.scope):
        if account in ("", sender.account_key):
            return sender.id
    raise ClarionError(
        "sender.none_for_channel", "The workspace has no sender of this WhatsApp account."
    )


async def _named(connection: Connection, call: Call, name: str, language: str) -> list[Template]:
    wanted = TemplateFilter(
        search=name,
        language=language or None,
        account_key=call.text("CustWabaId") or None,
    )
    return [each for each in await _all(connection, call, wanted) if each.name == name]


async def _all(connection: Connection, call: Call, wanted: TemplateFilter) -> list[Template]:
    found: list[Template] = []
    after: tuple[str, str, int] | None = None
    while True:
        more = await templates.list_templates(
            connection, call.scope, wanted, after=after, limit=_TEMPLATES_AT_ONCE
        )
        found += more
        if len(more) < _TEMPLATES_AT_ONCE:
            return [template for template in found if template.status != _DELETED]
        after = (more[-1].name, more[-1].language, more[-1].id)


def _row(template: Template) -> dict[str, Any]:
    return {
        "TemplateCode": template.name,
        "TemplateName": template.name,
        "Language": template.language,
        "Category": template.category.upper(),
        "TemplateType": "WHATSAPP",
        "AuditStatus": AUDIT_STATUSES.get(template.status, _AUDITING),
        "Reason": template.rejected_reason or "",
        "LastUpdateTime": round(template.synced_at.timestamp() * 1000),
    }
