"""How many steps a second one core walks in the pure engine; prints a table and JSON.

    python bench/flow.py [--sessions N] [--json]

A step is a node entered. Nothing is stored and nothing is sent: this is the engine's own cost.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from clarion.domain.message import Reply
from clarion.flow import engine
from clarion.flow.check import check_flow
from clarion.flow.context import CampaignFields, ContactFields, Context, OccurrenceFields
from clarion.flow.definition import SCHEMA, Flow, parse_flow
from clarion.flow.engine import ReplyReceived, Triggered
from clarion.flow.expressions import Expression
from clarion.flow.samples import sample
from clarion.flow.session import Session

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
NOTHING = Triggered()
CAMPAIGN = CampaignFields(1, "Spring", "spring-1")
OCCURRENCE = OccurrenceFields(1, NOW)
YES = ReplyReceived(Reply("button", "Yes", NOW, payload="YES"))
ROUNDS = 5


def context_of(number: int, now: datetime = NOW) -> Context:
    contact = ContactFields(number, "Anna", "+436601234567", {"city": "Wien", "points": "120"})
    return Context(now, contact, CAMPAIGN, OCCURRENCE, "Europe/Vienna")


def chain(count: int) -> Flow:
    """A flow of so many simple nodes: rules and variables, no message."""
    nodes: list[dict[str, Any]] = [{"id": "start", "kind": "start", "exits": {"next": "n0"}}]
    for index in range(count):
        following = f"n{index + 1}" if index + 1 < count else "done"
        if index % 2:
            config: dict[str, Any] = {"variables": {"city": "{{ contact.attributes.city }}"}}
            node = {"kind": "set_variables", "exits": {"next": following}}
        else:
            rule = {"variable": "customerName", "operator": "stringEquals", "value": "Anna"}
            config = {"branches": [{"exit": "anna", "rules": [rule]}]}
            node = {"kind": "branch", "exits": {"anna": following, "else": "done"}}
        nodes.append({"id": f"n{index}", "config": config, **node})
    nodes.append({"id": "done", "kind": "end"})
    return parse_flow({"schema": SCHEMA, "name": "Chain", "nodes": nodes})


def large_file(count: int) -> dict[str, Any]:
    data: dict[str, Any] = sample("spring_offer")
    nodes = [dict(node) for node in data["nodes"]]
    offer = next(node for node in nodes if node["id"] == "offer")
    offer["exits"] = {"next": "extra0"}
    for index in range(count - len(nodes)):
        is_last = index == count - len(data["nodes"]) - 1
        nodes.append(
            {
                "id": f"extra{index}",
                "kind": "send_whatsapp_template",
                "config": {
                    "template": "more",
                    "language": "en",
                    "body": ["{{ contact.name | upcase }}", "{{ campaign.name }}"],
                },
                "exits": {"next": "answer" if is_last else f"extra{index + 1}"},
            }
        )
    return {**data, "nodes": nodes}


def best_us(count: int, act: Callable[[int], object]) -> float:
    """Microseconds of one act: the median of several rounds of so many."""
    rounds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for number in range(count):
            act(number)
        rounds.append((time.perf_counter() - started) / count * 1e6)
    return statistics.median(rounds)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=20_000)
    parser.add_argument("--json", action="store_true", help="print only JSON")
    options = parser.parse_args()
    count: int = options.sessions

    offer = parse_flow(sample("spring_offer"))
    waiting: Session = engine.start(offer, trigger=NOTHING, context=context_of(1)).session
    later = context_of(1, NOW + timedelta(hours=1))
    stored = waiting.to_json()
    simple = chain(90)
    file = large_file(200)
    plain = Expression("Dear {{ contact.name }}, {{ contact.attributes.city }} awaits you.")
    liquid = Expression("Dear {{ contact.name | upcase }}, {{ contact.attributes.city }} awaits.")
    context = context_of(1)

    measured = {
        "start: template, then wait": best_us(
            count, lambda number: engine.start(offer, trigger=NOTHING, context=context_of(number))
        ),
        "resume: button, text, end": best_us(
            count, lambda _number: engine.resume(offer, waiting, YES, context=later)
        ),
        "session to JSON": best_us(count, lambda _number: waiting.to_json()),
        "session from JSON": best_us(count, lambda _number: Session.from_json(stored)),
        "text with two plain holes": best_us(count, lambda _number: plain.render({}, context)),
        "the same through Liquid": best_us(count // 10, lambda _number: liquid.render({}, context)),
        "simple step": best_us(
            max(1, count // 100),
            lambda _number: engine.start(simple, trigger=NOTHING, context=context),
        )
        / 92,
        "check a flow of 200 nodes": best_us(3, lambda _number: check_flow(file)),
    }
    result = {
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "microseconds": {name: round(us, 2) for name, us in measured.items()},
        "simple_steps_per_second": round(1e6 / measured["simple step"]),
        "starts_per_second": round(1e6 / measured["start: template, then wait"]),
    }
    if not options.json:
        title = f"one core, {result['machine']}"
        print(f"{title:<44}{'us':>10}{'a second':>12}")
        for name, us in measured.items():
            print(f"{name:<44}{us:>10.2f}{1e6 / us:>12,.0f}")
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
