"""The same seed and the same messages to each person: the same fates, in whatever order."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import aiohttp

from clarion.channels.simulator import (
    SAMPLE_TEMPLATES,
    FaultKind,
    FaultRule,
    Simulator,
    SimulatorSettings,
)

PEOPLE = [f"+1650555{position:04d}" for position in range(80)]
LIVELY = {
    "people": {
        "not_on_whatsapp_share": 0.2,
        "never_delivered_share": 0.1,
        "reads_share": 0.5,
        "personas": {"yes": 0.3, "text": 0.3, "silent": 0.4},
    }
}


async def played(seed: int, order: Sequence[str], receiver: Any) -> dict[str, list[Any]]:
    """What each person met: the answer's status, and the kinds of updates, in any order."""
    settings = SimulatorSettings.calm(seed=seed).merged(LIVELY)
    receiver.bodies.clear()
    met: dict[str, list[Any]] = {}
    async with Simulator(settings) as simulator, aiohttp.ClientSession() as client:
        simulator.add_fault(FaultRule(FaultKind.SERVER_ERROR, share=0.2))
        await simulator.add_number(
            phone_number_id="111",
            waba_id="222",
            token="tok",
            app_secret="s3cr3t",
            verify_token="only-we-know",
            callback_url=receiver.url,
        )
        simulator.add_templates("222", SAMPLE_TEMPLATES)

        async def send(to: str) -> None:
            parameter = {"type": "text", "text": "Ana"}
            message = {
                "messaging_product": "whatsapp",
                "to": to,
                "type": "template",
                "template": {
                    "name": "spring_offer",
                    "language": {"code": "en_US"},
                    "components": [{"type": "body", "parameters": [parameter]}],
                },
            }
            async with client.post(
                f"{simulator.base_url}/v25.0/111/messages",
                json=message,
                headers={"Authorization": "Bearer tok"},
            ) as answer:
                met[to.lstrip("+")] = [answer.status]

        await asyncio.gather(*(send(to) for to in order))
        await simulator.settle()
    for status in receiver.values("statuses"):
        met[status["recipient_id"]].append(status["status"] + status["id"])
    for message in receiver.values("messages"):
        met[message["from"]].append(str(message.get("text") or message.get("button")))
    return {phone: sorted(map(str, events)) for phone, events in met.items()}


async def test_the_order_of_sending_changes_nobodys_fate(receiver):
    forward = await played(7, PEOPLE, receiver)
    backward = await played(7, PEOPLE[::-1], receiver)

    assert forward == backward
    assert len({len(events) for events in forward.values()}) > 2


async def test_another_seed_is_another_world(receiver):
    assert await played(7, PEOPLE, receiver) != await played(8, PEOPLE, receiver)
