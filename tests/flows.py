"""The flows of the stories on the real engine, and the words in which a story writes its own."""

from __future__ import annotations

from typing import Any

TEMPLATE: dict[str, Any] = {
    "template": "spring_offer",
    "language": "en_US",
    "body": ["{{ contact.name }}"],
    "buttons": [
        {"index": 0, "sub_type": "quick_reply", "value": "YES"},
        {"index": 1, "sub_type": "quick_reply", "value": "NO"},
    ],
}
ONE_HOUR = {"amount": 1, "unit": "hours"}


def step(kind: str, config: dict[str, Any] | None = None, **exits: str) -> dict[str, Any]:
    """A node without its id."""
    node: dict[str, Any] = {"kind": kind, "config": config or {}}
    return node | ({"exits": exits} if exits else {})


def offer(to: str) -> dict[str, Any]:
    """The template that opens a conversation."""
    return step("send_whatsapp_template", TEMPLATE, next=to)


def ask(to: str, **config: Any) -> dict[str, Any]:
    """Wait for any answer, an hour unless told otherwise."""
    exits = {"other": to, "timeout": "done"}
    if "expect" in config:
        exits["invalid"] = "done"
    return step("wait_for_reply", {"timeout": ONE_HOUR, **config}, **exits)


def say(text: str, to: str = "done") -> dict[str, Any]:
    """A text of ours."""
    return step("send_whatsapp_message", {"text": {"body": text}}, next=to)


def flow_file(name: str, **nodes: dict[str, Any]) -> dict[str, Any]:
    """A flow of these nodes; the first is where it begins, an end is named `done`."""
    return {
        "schema": "clarion.flow/1",
        "name": name,
        "trigger": {"kind": "manual"},
        "nodes": [
            {"id": "start", **step("start", next=next(iter(nodes)))},
            *({"id": node_id, **node} for node_id, node in nodes.items()),
            {"id": "done", "kind": "end"},
        ],
    }


ONE_MESSAGE = flow_file("offer", offer=offer("done"))
OFFER = flow_file(
    "offer",
    offer=offer("answer"),
    answer=step(
        "wait_for_reply",
        {"timeout": ONE_HOUR, "buttons": ["YES", "NO"], "save_as": "answer"},
        **{"button:YES": "thanks", "button:NO": "done", "other": "done", "timeout": "done"},
    ),
    thanks=say("Thank you, {{ contact.name }}!"),
)
