"""Which numbers a flow listens to.

Theory of operation.  A flow whose trigger is a channel is bound to senders while it is not published.
``PhoneNumbers`` name senders by their numbers; ``MultiWabaPhoneNumbers`` is the same, sorted by account.
Binding is adding, rebinding is having exactly these, unbinding without numbers is having none.
"""

from __future__ import annotations

from typing import Any

from clarion.cams.call import Answer, Call
from clarion.cams.flows import flow_of
from clarion.cams.messages import number_of
from clarion.cams.refusals import invalid, missing, refuse_business
from clarion.cams.wire import digits_of, time_text, zone_of
from clarion.domain.errors import ClarionError
from clarion.services.bindings import USUAL_PRIORITY, bind_flow, list_bindings, unbind_flow
from clarion.services.flows import Flow
from clarion.services.senders import Sender, list_senders
from clarion.store.pool import Connection

__all__ = [
    "flow_bind_phone",
    "flow_rebind_phone",
    "flow_unbind_phone",
    "list_binding_relations",
]


async def flow_bind_phone(call: Call) -> Answer:
    """Let a flow listen to numbers too."""
    async with call.transaction() as connection:
        flow, senders = await _named(connection, call)
        for sender in senders:
            await bind_flow(connection, call.scope, flow.id, sender.id, priority=USUAL_PRIORITY)
    return {"Model": True}


async def flow_rebind_phone(call: Call) -> Answer:
    """Let a flow listen to exactly these numbers."""
    async with call.transaction() as connection:
        flow, senders = await _named(connection, call)
        wanted = {sender.id for sender in senders}
        bound = await list_bindings(connection, call.scope, flow_id=flow.id)
        for each in bound:
            if each.sender_id not in wanted:
                await unbind_flow(connection, call.scope, flow.id, each.sender_id)
        for sender_id in sorted(wanted - {each.sender_id for each in bound}):
            await bind_flow(connection, call.scope, flow.id, sender_id, priority=USUAL_PRIORITY)
    return {"Model": True}


async def flow_unbind_phone(call: Call) -> Answer:
    """Let a flow listen to these numbers no more; without numbers, to none."""
    async with call.transaction() as connection:
        flow = await flow_of(connection, call)
        if call.values.get("PhoneNumbers"):
            _, senders = await _named(connection, call)
            sender_ids = [sender.id for sender in senders]
        else:
            bound = await list_bindings(connection, call.scope, flow_id=flow.id)
            sender_ids = [each.sender_id for each in bound]
        for sender_id in sender_ids:
            await unbind_flow(connection, call.scope, flow.id, sender_id)
    return {"Model": True}


async def list_binding_relations(call: Call) -> Answer:
    """The numbers that a flow listens to."""
    _demand_whatsapp(call)
    async with call.transaction() as connection:
        flow = await flow_of(connection, call)
        zone = await zone_of(connection, call.scope)
        bound = await list_bindings(connection, call.scope, flow_id=flow.id)
        senders = {sender.id: sender for sender in await list_senders(connection, call.scope)}
    version = "" if flow.published_number is None else str(flow.published_number)
    return {
        "Data": [
            {
                "FlowCode": str(flow.id),
                "FlowVersion": version,
                "ChannelType": str(each.channel).upper(),
                "WabaId": senders[each.sender_id].account_key,
                "PhoneNumber": number_of(senders[each.sender_id]),
                "GmtCreate": time_text(each.bound_at, zone),
            }
            for each in bound
            if each.sender_id in senders
        ]
    }


async def _named(connection: Connection, call: Call) -> tuple[Flow, list[Sender]]:
    """The flow, and the senders of the numbers that were given."""
    _demand_whatsapp(call)
    flow = await flow_of(connection, call)
    wanted = [(call.text("WabaId"), each) for each in call.values.get("PhoneNumbers") or []]
    for group in call.values.get("MultiWabaPhoneNumbers") or []:
        if not isinstance(group, dict) or not isinstance(group.get("PhoneNumbers"), list):
            raise invalid("MultiWabaPhoneNumbers", "a list of objects with PhoneNumbers")
        account = str(group.get("WabaId") or "")
        wanted += [(account, each) for each in group["PhoneNumbers"]]
    if not wanted:
        raise missing("PhoneNumbers")
    senders = await list_senders(connection, call.scope)
    return flow, [_sender(senders, account, str(number)) for account, number in wanted]


def _sender(senders: list[Sender], account: str, number: str) -> Sender:
    for sender in senders:
        if account in ("", sender.account_key) and (digits_of(number) or number) == number_of(
            sender
        ):
            return sender
    raise ClarionError("sender.not_found", f"There is no sender {number} in this workspace.")


def _demand_whatsapp(call: Call) -> None:
    kind: Any = call.text("ChannelType").upper()
    if kind not in ("", "WHATSAPP"):
        raise refuse_business("InvalidParameter.ChannelTypeNotSupport")
