"""What flows do: started for one person, counted, logged; and what they may be built of.

Theory of operation.  Whom ``TriggerChatFlow`` starts a flow for is told by ``Data``: the number in
``customerPhoneNumber``, or a contact in ``contactId``.  These two are passed on to the flow only when
it declares inputs of these names; everything else in ``Data`` is its inputs.  ``Uuid`` is the key under
which a start happens once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from clarion.cams.call import Answer, Call
from clarion.cams.flows import TRIGGERS, flow_of
from clarion.cams.refusals import invalid, missing, refuse_business
from clarion.cams.wire import compact_json, id_of, page_of
from clarion.domain.identity import Permission
from clarion.flow.nodes import NODE_KINDS
from clarion.flow.samples import SAMPLE_NAMES, sample
from clarion.reports.insight import FlowInsight, InsightFilter, NodeInsight, insight_of_flow
from clarion.services.flow_limits import limits_of
from clarion.services.flow_logs import FlowLog, read_log, switch_log
from clarion.services.triggers import TriggerRequest, trigger_flow

__all__ = [
    "create_chat_flow_log_setting",
    "get_chat_flow_metric",
    "get_chat_flow_template",
    "list_chat_flow_template",
    "list_flow_node_group",
    "list_flow_node_prototype",
    "read_chat_flow_log_setting",
    "trigger_chat_flow",
    "update_chat_flow_log_setting",
]

_METRICS = ("nodeUsageStatistics", "nodeErrorDetails")
_SWITCH: Mapping[str, bool] = MappingProxyType(
    {
        **dict.fromkeys(("on", "y", "true", "1", "open", "enable", "enabled", "online"), True),
        **dict.fromkeys(
            ("off", "n", "false", "0", "close", "disable", "disabled", "offline"), False
        ),
    }
)
_GROUPS = ("CORE", "MESSAGES")


async def trigger_chat_flow(call: Call) -> Answer:
    """Start a published manual flow for one person, once under a ``Uuid``."""
    data: dict[str, Any] = dict(call.values.get("Data") or {})
    async with call.transaction() as connection:
        flow = await flow_of(connection, call)
        declared = {each["name"] for each in flow.draft.get("trigger", {}).get("inputs") or ()}
        person: dict[str, Any] = {
            name: data[name] if name in declared else data.pop(name)
            for name in ("customerPhoneNumber", "contactId", "customerName")
            if name in data
        }
        if not person.get("customerPhoneNumber") and not person.get("contactId"):
            raise missing("Data.customerPhoneNumber")
        contact_id = None if person.get("customerPhoneNumber") else person.get("contactId")
        request = TriggerRequest(
            contact_id=None if contact_id is None else id_of(str(contact_id)),
            phone=_phone(person),
            name=str(person.get("customerName") or ""),
            inputs=data,
            key=call.text("Uuid") or None,
            discard_at=_instant("DiscardTimeMillis", call.values.get("DiscardTimeMillis")),
            facts={"OutId": call.text("OutId")} if call.text("OutId") else {},
        )
        limits = limits_of(call.place.settings)
        start = await trigger_flow(connection, call.scope, flow.id, request, limits=limits)
    return {
        "Data": {
            "FlowCode": str(flow.id),
            "Uuid": start.key or "",
            "OutId": call.text("OutId"),
            "StartId": str(start.id),
            "Status": start.status,
            "Reason": start.reason or "",
        }
    }


async def get_chat_flow_metric(call: Call) -> Answer:
    """How often each node was used, or what went wrong at one."""
    metric = call.text("MetricName")
    if metric not in _METRICS:
        raise invalid("MetricName", f"one of {', '.join(_METRICS)}")
    if not call.text("FlowCode"):
        raise missing("FlowCode")
    number = call.text("FlowVersion")
    wanted = InsightFilter(
        version_number=id_of(number) if number else None,
        from_at=_seconds("From", call.values.get("From")),
        until_at=_seconds("To", call.values.get("To")),
    )
    async with call.transaction() as connection:
        call.scope.require(Permission.READ)
        flow = await flow_of(connection, call)
        insight = await insight_of_flow(connection, call.scope.workspace_id, flow.id, wanted)
    shape = _usage(insight) if metric == _METRICS[0] else _errors(insight, call)
    return {"Data": {"FlowCode": str(flow.id), "FlowVersion": number, **shape}}


async def create_chat_flow_log_setting(call: Call) -> Answer:
    """Switch a flow's log on."""
    return await _switch(call, is_logging=True)


async def read_chat_flow_log_setting(call: Call) -> Answer:
    """How a flow's log is switched."""
    async with call.transaction() as connection:
        return {"Data": _log_shape(await read_log(connection, call.scope, _flow_id(call)))}


async def update_chat_flow_log_setting(call: Call) -> Answer:
    """Switch a flow's log on or off."""
    word = call.text("Status").strip().lower()
    if word not in _SWITCH:
        raise invalid("Status", "ON or OFF")
    return await _switch(call, is_logging=_SWITCH[word])


async def list_chat_flow_template(call: Call) -> Answer:
    """The sample flows, which can be imported as they are."""
    before_count, size = page_of(call)
    keyword, trigger = call.text("Keyword").lower(), call.text("TriggerType")
    if trigger and trigger not in TRIGGERS:
        raise invalid("TriggerType", f"one of {', '.join(TRIGGERS)}")
    shapes = [_template(number) for number in range(1, len(SAMPLE_NAMES) + 1)]
    fitting = [
        {name: value for name, value in each.items() if name != "FlowViewModel"}
        for each in shapes
        if keyword in each["Title"].lower() and trigger in ("", each["TriggerType"])
    ]
    page = fitting[before_count : before_count + size]
    return {"Data": {"Response": {"Data": page, "Total": len(fitting)}}}


async def get_chat_flow_template(call: Call) -> Answer:
    """One sample flow with its FlowViewModel."""
    number = call.values.get("Id")
    if number is None:
        raise missing("Id")
    if not 1 <= number <= len(SAMPLE_NAMES):
        raise refuse_business("Flow.TemplateNotExist")
    return {"Data": {"Response": _template(number)}}


async def list_flow_node_group(call: Call) -> Answer:
    """The groups of the palette."""
    before_count, size = page_of(call)
    groups = [{"Code": code, "PublicExtend": "{}"} for code in _GROUPS]
    return {"Data": {"Model": groups[before_count : before_count + size]}}


async def list_flow_node_prototype(call: Call) -> Answer:
    """The kinds of nodes."""
    before_count, size = page_of(call)
    keyword, group = call.text("Keyword").lower(), call.text("GroupCode").upper()
    kinds = [
        {
            "Code": name,
            "GroupCode": _group_of(name),
            "Status": "ONLINE",
            "PublicExtend": compact_json({"kind": name}),
        }
        for name in NODE_KINDS
        if keyword in name and group in ("", _group_of(name))
    ]
    return {"Data": {"Model": kinds[before_count : before_count + size]}}


async def _switch(call: Call, *, is_logging: bool) -> Answer:
    async with call.transaction() as connection:
        log = await switch_log(connection, call.scope, _flow_id(call), is_logging=is_logging)
    return {"Data": _log_shape(log)}


def _flow_id(call: Call) -> int:
    if not call.text("FlowCode"):
        raise missing("FlowCode")
    return id_of(call.text("FlowCode"))


def _log_shape(log: FlowLog) -> dict[str, Any]:
    status = "ON" if log.is_logging else "OFF"
    return {"Id": log.flow_id, "FlowCode": str(log.flow_id), "Status": status}


def _usage(insight: FlowInsight) -> dict[str, Any]:
    return {
        "StartedCount": insight.started_count,
        "WaitingCount": insight.waiting_count,
        "FailedCount": insight.failed_count,
        "Nodes": [
            {
                "NodeId": node.node_id,
                "EnteredCount": node.entered_count,
                "LeftCount": node.left_count,
                "WaitingCount": node.waiting_count,
                "EndedCount": node.ended_count,
                "FailedCount": node.failed_count,
            }
            for node in insight.nodes
        ],
    }


def _errors(insight: FlowInsight, call: Call) -> dict[str, Any]:
    asked = call.values.get("MetricParam") or {}
    number, size = (asked.get("pageNo") or 1, asked.get("pageSize") or 20)
    if not (isinstance(number, int) and isinstance(size, int) and number > 0 < size <= 100):
        raise refuse_business("InvalidParameter.PageInvalid")
    nodes = [each for each in insight.nodes if asked.get("nodeId") in (None, "", each.node_id)]
    rows = [row for node in nodes for row in _failures(node)]
    return {"Data": rows[(number - 1) * size : number * size], "Total": len(rows)}


def _failures(node: NodeInsight) -> list[dict[str, Any]]:
    return [
        {"NodeId": node.node_id, "Reason": each.reason, "Count": each.failed_count}
        for each in node.failures
    ]


def _template(number: int) -> dict[str, Any]:
    definition = sample(SAMPLE_NAMES[number - 1])
    words = {ours: wire for wire, ours in TRIGGERS.items()}
    return {
        "Id": number,
        "Title": definition["name"],
        "Remark": definition.get("description", ""),
        "TriggerType": words[definition["trigger"]["kind"]],
        "FlowViewModel": compact_json(definition),
    }


def _group_of(kind: str) -> str:
    return "MESSAGES" if kind.startswith(("send_", "wait_for_reply")) else "CORE"


def _phone(person: Mapping[str, Any]) -> str | None:
    text = str(person.get("customerPhoneNumber") or "").strip()
    if not text:
        return None
    return f"+{text}" if text.isascii() and text.isdigit() else text


def _instant(name: str, milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else _moment(name, milliseconds / 1000)


def _seconds(name: str, seconds: int | None) -> datetime | None:
    return None if seconds is None else _moment(name, float(seconds))


def _moment(name: str, seconds: float) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise invalid(name, "a time since 1970") from error
