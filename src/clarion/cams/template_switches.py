"""Sending of a template stopped and allowed, templates put away and fetched back."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from clarion.cams.call import Answer, Call
from clarion.cams.refusals import invalid, missing, refuse_business
from clarion.cams.templates import demand_whatsapp_template, template_name_of, template_named
from clarion.services.template_switches import TemplateSwitches, switch_template

__all__ = [
    "ARCHIVE_TYPES",
    "archive_chatapp_template",
    "modify_chatapp_template_properties",
]

# The original names no values; these are understood.
ARCHIVE_TYPES: Mapping[str, bool] = MappingProxyType({"ARCHIVE": True, "UNARCHIVE": False})


async def modify_chatapp_template_properties(call: Call) -> Answer:
    """Stop or allow the sending of one language of a template."""
    demand_whatsapp_template(call)
    switches = TemplateSwitches(
        is_sending_allowed=call.values.get("AllowSend"),
        is_stopped_as_marketing=call.values.get("CategoryChangePaused"),
    )
    if switches == TemplateSwitches():
        raise missing("AllowSend")
    async with call.transaction() as connection:
        template = await template_named(connection, call, template_name_of(call))
        await switch_template(connection, call.scope, template.id, switches)
    return {"Model": {"TemplateCode": template.name, "Language": template.language}}


async def archive_chatapp_template(call: Call) -> Answer:
    """Put templates away, or fetch them back; all or none."""
    if call.text("ChannelType").upper() != "WHATSAPP":
        raise refuse_business("InvalidParameter.ChannelTypeNotSupport")
    word = call.text("ArchiveType").strip().upper()
    if word not in ARCHIVE_TYPES:
        raise invalid("ArchiveType", f"one of {', '.join(ARCHIVE_TYPES)}")
    switches = TemplateSwitches(is_archived=ARCHIVE_TYPES[word])
    async with call.transaction() as connection:
        for item in call.values["TemplateList"]:
            if not isinstance(item, dict) or not item.get("TemplateCode"):
                raise invalid("TemplateList", "a list of objects with TemplateCode and Language")
            name, language = str(item["TemplateCode"]), str(item.get("Language") or "")
            template = await template_named(connection, call, name, language)
            await switch_template(connection, call.scope, template.id, switches)
    return {"Data": {"Code": "OK", "Message": "OK", "Success": True}}
