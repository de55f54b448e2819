"""Show the person that somebody writes; only in an open conversation."""

from __future__ import annotations

from clarion.domain.message import Channel, TypingContent
from clarion.flow.nodes.config import Config, Senders, senders_of
from clarion.flow.nodes.kind import NEXT, Node, NodeKind, Result
from clarion.flow.state import State

__all__ = ["KIND", "TypingConfig"]


class TypingConfig(Config):
    """Nothing but who writes."""

    sender: Senders = None


def _run(node: Node[TypingConfig], state: State) -> Result:
    state.send(Channel.WHATSAPP, TypingContent(), senders_of(node.config.sender))
    return NEXT


KIND = NodeKind(
    name="send_whatsapp_typing_indicator",
    title="Show typing in WhatsApp",
    summary="Marks the person's last message as read and shows for up to 25 seconds, or until the next "
    "message, that somebody writes. Put it before a slow step, such as an HTTP request. Before the "
    "person has written anything it fails with `no_message_to_answer`, and the flow goes on.",
    config=TypingConfig,
    run=_run,
    example={
        "id": "writing",
        "kind": "send_whatsapp_typing_indicator",
        "exits": {"next": "done"},
    },
    sends="free_form",
)
