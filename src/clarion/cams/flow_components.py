"""The components of the original's chat flows, and the kinds of nodes that do their work here.

Theory of operation.  How the original writes a flow (``FlowViewModel``) is not published, so no flow of
it can be read: names, purposes and exits of its components are all that there is to match.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["FLOW_COMPONENTS"]

FLOW_COMPONENTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Start": ("start",),
        "End": ("end",),
        "Branching by Conditions": ("branch",),
        "Jump to Another Step": ("jump",),
        "Set Variables": ("set_variables",),
        "Wait": ("wait", "wait_until"),
        "Recognize a Phone Number": ("recognise_phone_number",),
        "Recognize Language from Text": ("recognise_language",),
        "Recognize Entities in Text": ("recognise_entities",),
        "HTTP Request": ("http_request",),
        "Call a Function": ("call_function",),
        "Branching by Date/Time": ("date_time_branch",),
        "Random branch": ("random_branch",),
        "Forward to Flow": ("forward_to_flow",),
        "Send a WhatsApp Message": ("send_whatsapp_template", "send_whatsapp_message"),
        "Wait for a WhatsApp Response": ("wait_for_reply",),
        "Natural Language Dialogue": ("llm_dialogue",),
        "Transfer to human agent": ("hand_over",),
        "Send a WhatsApp Typing Indicator": (),
        "Send a Viber Message": (),
        "Send an Instagram Message": (),
        "Send a Messenger Message": (),
        "Send an SMS Message": (),
        "Send an Email": (),
    }
)
"""Component of the original -> our kinds of nodes; none: it has no counterpart here."""
