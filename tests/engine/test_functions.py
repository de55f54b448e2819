"""A flow calls functions, signed ones elsewhere and registered ones here, and asks a language model."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from tests.engine.conftest import PHONE_NUMBER_ID, Shop
from tests.engine.elsewhere import Elsewhere
from tests.engine.talk import (
    ended,
    publish,
    run_through,
    said,
    set_secret,
    texts_to,
    working_with,
)
from tests.flows import ask, offer, say, step


async def test_an_endpoint_of_ones_own_gets_a_signed_request(
    shop: Shop, elsewhere: Elsewhere
) -> None:
    await set_secret(shop, "functions", "key")
    elsewhere.answers.append(web.json_response({"price": 12.5}))
    await shop.add_people(1)
    flow_id = await publish(
        shop,
        "Price",
        price=step(
            "call_function",
            {
                "url": elsewhere.origin + "/price",
                "signing_secret": "functions",
                "arguments": {"article": "Tea"},
                "save": {"price": "price"},
            },
            success="offer",
        ),
        offer=offer("done"),
    )
    async with working_with(shop):
        await run_through(shop, flow_id)
    [request] = elsewhere.requests
    headers, body = request["headers"], request["body"]
    expected = hmac.new(b"key", f"{headers['X-Clarion-Timestamp']}.{body}".encode(), hashlib.sha256)
    assert headers["X-Clarion-Signature"] == f"v1={expected.hexdigest()}"
    assert json.loads(body)["arguments"] == {"article": "Tea"}


FUNCTIONS = """
import time, os
def price(arguments, contact):
    print("this spoils nothing")
    return {"price": len(arguments["article"]) * 2, "key": os.environ.get("CLARION_SECRET_KEY")}
def sleep(arguments, contact):
    time.sleep(600)
def fail(arguments, contact):
    raise RuntimeError("no")
"""


async def test_a_registered_function_runs_in_a_process_of_its_own_with_a_time_limit(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "packages"
    info = folder / "shop_functions-1.dist-info"
    info.mkdir(parents=True)
    (folder / "shop_functions.py").write_text(FUNCTIONS, encoding="utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: shop-functions\nVersion: 1\n")
    (info / "entry_points.txt").write_text(
        "[clarion.functions]\n"
        + "".join(f"shop.{name} = shop_functions:{name}\n" for name in ("price", "sleep", "fail"))
    )
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.setenv("CLARION_SECRET_KEY", "must not be seen by functions")
    [phone] = await shop.add_people(1)

    def call(name: str, on: str, failed: str, **config: Any) -> dict[str, Any]:
        return step(
            "call_function", {"function": f"shop.{name}", **config}, success=on, failure=failed
        )

    flow_id = await publish(
        shop,
        "Functions",
        price=call(
            "price",
            "fail",
            "done",
            arguments={"article": "Tea"},
            save={"price": "price", "key": "key"},
        ),
        fail=call("fail", "done", "none"),
        none=call("nobody", "done", "sleep"),
        sleep=call("sleep", "done", "offer", timeout_seconds=1),
        offer=offer("answer"),
        answer=ask("tell"),
        tell=say("{{ price }}[{{ key }}]"),
    )
    async with working_with(shop):
        await run_through(shop, flow_id)
        shop.simulator.say(phone, phone_number_id=PHONE_NUMBER_ID, text="Well?")
        await shop.until(said(shop, phone, 1))
    assert texts_to(shop, phone) == ["6[]"]
    failures = await shop.pool.fetch("SELECT failure FROM calls ORDER BY number")
    assert [row["failure"] for row in failures] == [
        None, "function_failed", "function_missing", "timeout",
    ]  # fmt: skip


def model_says(text: str | None, intent: str | None = None) -> web.Response:
    message: dict[str, Any] = {"role": "assistant", "content": text}
    if intent is not None:
        arguments = json.dumps({"intent": intent})
        message["tool_calls"] = [
            {"type": "function", "function": {"name": "leave", "arguments": arguments}}
        ]
    return web.json_response({"choices": [{"message": message}]})


async def test_a_language_model_talks_until_it_leaves_by_an_intent(
    shop: Shop, elsewhere: Elsewhere
) -> None:
    elsewhere.answers += [
        model_says("Green or black?"),
        model_says("A good choice.", "buy"),
    ]
    [phone] = await shop.add_people(1)
    flow_id = await publish(
        shop,
        "Advice",
        offer=offer("answer"),
        answer=ask("talk"),
        talk=step(
            "llm_dialogue",
            {"system": "You sell tea to {{ contact.name }}.", "intents": {"buy": "To order."}},
            **{"intent:buy": "till", "limit": "done", "timeout": "done", "failure": "done"},
        ),
        till=say("To the till"),
    )
    async with working_with(
        shop, llm_base_url=elsewhere.origin + "/v1", llm_api_key="model key", llm_model="tea-1"
    ):
        await run_through(shop, flow_id)
        shop.simulator.say(phone, phone_number_id=PHONE_NUMBER_ID, text="Which tea?")
        await shop.until(said(shop, phone, 1))
        shop.simulator.say(phone, phone_number_id=PHONE_NUMBER_ID, text="The green one")
        await shop.until(said(shop, phone, 3))
    assert texts_to(shop, phone) == ["Green or black?", "A good choice.", "To the till"]
    last = elsewhere.requests[-1]
    assert last["path"] == "/v1/chat/completions"
    assert last["headers"]["Authorization"] == "Bearer model key"
    asked = json.loads(last["body"])
    assert asked["model"] == "tea-1"
    assert [each["content"] for each in asked["messages"]] == [
        "You sell tea to Person " + phone + ".", "Which tea?", "Green or black?", "The green one",
    ]  # fmt: skip


async def test_without_a_model_the_dialogue_goes_by_failure(shop: Shop) -> None:
    await shop.add_people(1)
    flow_id = await publish(
        shop,
        "No model",
        talk=step(
            "llm_dialogue",
            {"system": "Hm", "opening": "Hello"},
            limit="done", timeout="done", failure="offer",
        ),
        offer=offer("done"),
    )  # fmt: skip
    async with working_with(shop):
        await run_through(shop, flow_id)
        await ended(shop)
    assert await shop.pool.fetchval("SELECT failure FROM calls") == "no_model"
