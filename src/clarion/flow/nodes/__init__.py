"""The table of node kinds: one module each, one row each.

A new kind is a new module with a ``KIND``, a row here, cases in ``tests/cases/flow/nodes`` and
nothing else: schema, checks, reference and engine read this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from clarion.flow.nodes import (
    branch,
    call_function,
    date_time_branch,
    delivery_branch,
    end,
    forward_to_flow,
    hand_over,
    http_request,
    jump,
    llm_dialogue,
    note,
    random_branch,
    recognise_entities,
    recognise_language,
    recognise_phone_number,
    send_email,
    send_page_message,
    send_sms,
    send_viber_message,
    send_whatsapp_message,
    send_whatsapp_template,
    send_whatsapp_typing_indicator,
    set_variables,
    start,
    update_contact,
    wait,
    wait_for_reply,
    wait_until,
)
from clarion.flow.nodes.kind import NodeKind

__all__ = ["NODE_KINDS"]

NODE_KINDS: Mapping[str, NodeKind[Any]] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            start.KIND,
            send_whatsapp_template.KIND,
            send_whatsapp_message.KIND,
            send_whatsapp_typing_indicator.KIND,
            send_viber_message.KIND,
            send_page_message.MESSENGER,
            send_page_message.INSTAGRAM,
            send_sms.KIND,
            send_email.KIND,
            wait_for_reply.KIND,
            branch.KIND,
            date_time_branch.KIND,
            random_branch.KIND,
            delivery_branch.KIND,
            set_variables.KIND,
            recognise_phone_number.KIND,
            recognise_language.KIND,
            recognise_entities.KIND,
            update_contact.KIND,
            http_request.KIND,
            call_function.KIND,
            llm_dialogue.KIND,
            wait.KIND,
            wait_until.KIND,
            jump.KIND,
            forward_to_flow.KIND,
            hand_over.KIND,
            end.KIND,
            note.KIND,
        )
    }
)
