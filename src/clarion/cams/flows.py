"""Chat flows: the flow itself; its versions have a file of their own.

Theory of operation.  ``FlowCode`` is our flow's id, ``FlowViewModel`` our flow file as a JSON text,
``Remark`` its description.  A flow here always has one draft; what is online is its published version.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from clarion.cams.call import Answer, Call
from clarion.cams.refusals import invalid, refuse_business
from clarion.cams.wire import compact_json, digits_of, id_of, page_of, time_text, zone_of
from clarion.domain.errors import ClarionError
from clarion.flow.definition import SCHEMA
from clarion.services import flows
from clarion.services.bindings import list_bindings
from clarion.services.flows import Flow, FlowFilter, FlowSummary
from clarion.services.senders import list_senders
from clarion.store.pool import Connection

__all__ = [
    "STATUS_ALIASES",
    "TRIGGERS",
    "create_chat_flow",
    "create_chat_flow_by_import",
    "delete_chat_flow",
    "flow_of",
    "list_chat_flow",
    "read_chat_flow",
    "read_view_model",
    "update_chat_flow",
]

TRIGGERS: Mapping[str, str] = MappingProxyType(
    {
        "TriggeredManually": "manual",
        "TriggeredByWhatsApp": "whatsapp",
        "TriggeredByViber": "viber",
        "TriggeredByMessenger": "messenger",
        "TriggeredByInstagram": "instagram",
    }
)
_TRIGGER_WORDS = {ours: wire for wire, ours in TRIGGERS.items()}
STATUS_ALIASES: Mapping[str, bool] = MappingProxyType(
    {"published": True, "online": True, "unpublished": False, "offline": False, "draft": False}
)


async def create_chat_flow(call: Call) -> Answer:
    """Make a flow: empty, or a copy of another flow's version."""
    title = call.text("Title")
    trigger = _trigger(call.text("FlowTriggerType")) or "manual"
    async with call.transaction() as connection:
        if call.text("CreateFromFlowCode"):
            definition = dict(await _original(connection, call))
        else:
            definition = {
                "schema": SCHEMA,
                "trigger": {"kind": trigger},
                "nodes": [
                    {"id": "start", "kind": "start", "exits": {"next": "end"}},
                    {"id": "end", "kind": "end"},
                ],
            }
        made = await flows.create_flow(
            connection, call.scope, _described(definition, call), name=title
        )
        shape = _shape(made, await zone_of(connection, call.scope))
    return {"Data": shape, "Response": shape}


async def create_chat_flow_by_import(call: Call) -> Answer:
    """Make a new flow of a flow file."""
    definition = _described(read_view_model(call.text("FlowViewModel")), call)
    async with call.transaction() as connection:
        made = await flows.create_flow(
            connection, call.scope, definition, name=call.text("Title") or None
        )
        shape = _shape(made, await zone_of(connection, call.scope))
    return {"Data": shape}


async def read_chat_flow(call: Call) -> Answer:
    """A flow with its draft."""
    async with call.transaction() as connection:
        flow = await flow_of(connection, call)
        shape = _shape(flow, await zone_of(connection, call.scope))
    return {"Response": {**shape, "FlowViewModel": compact_json(flow.draft)}}


async def update_chat_flow(call: Call) -> Answer:
    """Change a flow's title and remark, which its draft holds."""
    async with call.transaction() as connection:
        flow = await flow_of(connection, call)
        definition = _described(flow.draft, call)
        if call.text("Title"):
            definition["name"] = call.text("Title")
        changed = await flows.update_draft(
            connection, call.scope, flow.id, definition, revision=flow.draft_revision
        )
        shape = _shape(changed, await zone_of(connection, call.scope))
    return {"Response": shape}


async def list_chat_flow(call: Call) -> Answer:
    """Search flows, the newest first."""
    before_count, size = page_of(call)
    wanted = FlowFilter(
        search=call.text("Keyword") or call.text("Title") or None,
        trigger_kind=_trigger(call.text("FlowTriggerType")),
        is_published=_is_published(call),
    )
    async with call.transaction() as connection:
        found: list[FlowSummary]
        if call.text("FlowCode"):
            found = await _the_one(connection, call)
            count = len(found)
        elif call.text("PhoneNumber"):
            bound = await _listening(connection, call)
            found, count = bound[before_count : before_count + size], len(bound)
        else:
            found = await flows.list_flows(
                connection, call.scope, wanted, below_id=None, limit=size, offset_count=before_count
            )
            count = await flows.count_flows(connection, call.scope, wanted)
        zone = await zone_of(connection, call.scope)
    return {"Response": {"Data": [_shape(flow, zone) for flow in found], "Total": count}}


async def delete_chat_flow(call: Call) -> Answer:
    """Delete a flow that is neither online nor used by a campaign."""
    async with call.transaction() as connection:
        await flows.delete_flow(connection, call.scope, id_of(call.text("FlowCode")))
    return {"Response": {"FlowCode": call.text("FlowCode")}}


async def flow_of(connection: Connection, call: Call) -> Flow:
    """The flow of ``FlowCode``.  Raises ``flow.not_found``."""
    code = call.text("FlowCode")
    try:
        return await flows.read_flow(connection, call.scope, id_of(code))
    except ClarionError as error:
        if error.code != "flow.not_found":
            raise
        raise ClarionError(
            "flow.not_found", f"There is no flow {code} in this workspace.", flow=code
        ) from error


def read_view_model(text: str) -> dict[str, Any]:
    """The flow file in a ``FlowViewModel``.  Raises ``InvalidParameter.FlowViewModel``."""
    try:
        definition = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise refuse_business(
            "InvalidParameter.FlowViewModel", f"FlowViewModel is no JSON text: {error}."
        ) from error
    if not isinstance(definition, dict):
        raise refuse_business("InvalidParameter.FlowViewModel")
    return definition


async def _original(connection: Connection, call: Call) -> Mapping[str, Any]:
    """The definition to copy: the version asked for, else the draft."""
    flow_id, number = id_of(call.text("CreateFromFlowCode")), call.text("CreateFromFlowVersion")
    if number:
        version = await flows.read_version(connection, call.scope, flow_id, id_of(number))
        return version.definition or {}
    return (await flows.read_flow(connection, call.scope, flow_id)).draft


async def _the_one(connection: Connection, call: Call) -> list[FlowSummary]:
    try:
        return [await flow_of(connection, call)]
    except ClarionError as error:
        if error.code != "flow.not_found":
            raise
        return []


async def _listening(connection: Connection, call: Call) -> list[FlowSummary]:
    """The flows that listen to ``PhoneNumber``."""
    digits = digits_of(call.text("PhoneNumber"))
    bindings = await list_bindings(connection, call.scope)
    sender_ids = {
        sender.id
        for sender in await list_senders(connection, call.scope)
        if digits and digits in (digits_of(sender.display_address), sender.sender_key)
    }
    flow_ids = dict.fromkeys(each.flow_id for each in bindings if each.sender_id in sender_ids)
    return [await flows.read_flow(connection, call.scope, flow_id) for flow_id in flow_ids]


def _described(definition: Mapping[str, Any], call: Call) -> dict[str, Any]:
    described = dict(definition)
    if "Remark" in call.values:
        described["description"] = call.text("Remark")
    return described


def _trigger(text: str) -> str | None:
    if text and text not in TRIGGERS:
        raise invalid("FlowTriggerType", f"one of {', '.join(TRIGGERS)}")
    return TRIGGERS.get(text)


def _is_published(call: Call) -> bool | None:
    text = call.text("FlowStatus").strip().lower()
    if text and text not in STATUS_ALIASES:
        raise invalid("FlowStatus", "PUBLISHED or UNPUBLISHED")
    return STATUS_ALIASES.get(text)


def _shape(flow: FlowSummary, zone: ZoneInfo) -> dict[str, Any]:
    is_online = flow.published_number is not None
    shape = {
        "FlowCode": str(flow.id),
        "Title": flow.name,
        "FlowTriggerType": _TRIGGER_WORDS[flow.trigger_kind],
        "FlowStatus": "PUBLISHED" if is_online else "UNPUBLISHED",
        "OnlineVersion": str(flow.published_number) if is_online else "",
        "Status": "NORMAL",
        "GmtCreate": time_text(flow.created_at, zone),
        "GmtModified": time_text(flow.updated_at, zone),
    }
    if isinstance(flow, Flow):
        shape["Remark"] = str(flow.draft.get("description", ""))
    return shape
