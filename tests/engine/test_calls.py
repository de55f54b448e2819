"""A flow asks the world outside: over real HTTP, once as far as the other side can tell, safely."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from tests.engine.conftest import PHONE_NUMBER_ID, Shop
from tests.engine.test_effects import (
    ask,
    ended,
    offer,
    publish,
    run_through,
    said,
    say,
    sessions,
    step,
    texts_to,
)

from clarion.engine.calls import Caller, secret_context
from clarion.engine.flow_versions import FlowVersions
from clarion.engine.fold_webhooks import fold_webhooks
from clarion.engine.parts import CallSettings, Parts
from clarion.services.work import parts_of, working
from clarion.store.queries import load

LOOPBACK = (ip_network("127.0.0.0/8"),)
CALLS = load("calls")


@dataclass
class Elsewhere:
    """Somebody else's server: what it was asked, and what it answers next."""

    origin: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    answers: list[web.Response] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, request: web.Request) -> web.Response:
        self.requests.append(
            {
                "method": request.method,
                "path": request.raw_path,
                "headers": dict(request.headers),
                "body": await request.text(),
            }
        )
        await self.gate.wait()
        return self.answers.pop(0) if self.answers else web.json_response({})

    @property
    def keys(self) -> list[str]:
        return [each["headers"]["Idempotency-Key"] for each in self.requests]


@pytest.fixture
async def elsewhere() -> AsyncIterator[Elsewhere]:
    server = Elsewhere()
    server.gate.set()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", server.serve)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    server.gate.set()
    await runner.cleanup()


@contextlib.asynccontextmanager
async def working_with(shop: Shop, **settings: Any) -> AsyncIterator[Parts]:
    calls = CallSettings(**{"allowed_networks": LOOPBACK, **settings})
    parts = replace(parts_of(shop.place, shop.sizes), calls=calls)
    async with working(shop.place, shop.database_url, parts):
        yield parts


async def set_secret(shop: Shop, name: str, value: str) -> None:
    workspace_id = shop.scope.workspace_id
    sealed = shop.place.sealer.seal(value, context=secret_context(workspace_id, name))
    await CALLS.execute(
        shop.pool, "set_secret", workspace_id=workspace_id, name=name, sealed=sealed, now=shop.now
    )


def http(config: dict[str, Any], **exits: str) -> dict[str, Any]:
    return step("http_request", config, **exits)


async def test_an_answer_of_a_server_goes_into_the_next_message(
    shop: Shop, elsewhere: Elsewhere
) -> None:
    await set_secret(shop, "token", 'a "quoted" secret')
    elsewhere.answers.append(web.json_response({"order": {"state": "on its way", "number": 7}}))
    [phone] = await shop.add_people(1)
    flow_id = await publish(
        shop,
        "Order",
        offer=offer("answer"),
        answer=ask("order", save_as="order_number"),
        order=http(
            {
                "method": "POST",
                "url": elsewhere.origin + "/orders/{{ order_number }}?by=clarion",
                "headers": {"Authorization": "Bearer {{ secrets.token }}"},
                "body": {
                    "format": "json",
                    "text": '{"key": "{{ secrets.token }}", "said": {{ order_number }}}',
                },
                "save": {"state": "order.state"},
            },
            success="tell",
        ),
        tell=say("It is {{ state }}"),
    )
    async with working_with(shop):
        await run_through(shop, flow_id)
        shop.simulator.say(phone, phone_number_id=PHONE_NUMBER_ID, text='A/7", "admin": "yes')
        await shop.until(said(shop, phone, 1))
    assert texts_to(shop, phone) == ["It is on its way"]
    [request] = elsewhere.requests
    assert request["method"] == "POST"
    assert request["path"] == "/orders/A%2F7%22,%20%22admin%22:%20%22yes?by=clarion"
    assert request["headers"]["Authorization"] == 'Bearer a "quoted" secret'
    assert json.loads(request["body"]) == {
        "key": 'a "quoted" secret',
        "said": 'A/7", "admin": "yes',
    }
    kept = await shop.pool.fetchrow(
        "SELECT c.*, s.state AS session FROM calls c JOIN sessions s ON s.id = c.session_id"
    )
    assert kept["status"] == "done"
    assert kept["answer_body"] is None
    assert "quoted" not in str(dict(kept))


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:{port}/", "http://localhost:{port}/", "http://[::ffff:127.0.0.1]:{port}/"],
)
async def test_the_own_network_is_refused(shop: Shop, elsewhere: Elsewhere, url: str) -> None:
    port = elsewhere.origin.rpartition(":")[2]
    await shop.add_people(1)
    flow_id = await publish(
        shop,
        "Inside",
        ask=http(
            {"url": url.format(port=port), "save_status_as": "why"}, success="done", failure="offer"
        ),
        offer=offer("done"),
    )
    async with working_with(shop, allowed_networks=()):
        await run_through(shop, flow_id)
    assert elsewhere.requests == []
    assert await shop.pool.fetchval("SELECT failure FROM calls") == "refused_address"


async def test_a_redirect_into_the_own_network_is_refused(shop: Shop, elsewhere: Elsewhere) -> None:
    elsewhere.answers.append(web.Response(status=302, headers={"Location": "http://127.0.0.2:1/"}))
    await shop.add_people(1)
    flow_id = await publish(
        shop,
        "Away",
        ask=http({"url": elsewhere.origin}, success="done", failure="offer"),
        offer=offer("done"),
    )
    async with working_with(shop, allowed_networks=(ip_network("127.0.0.1/32"),)):
        await run_through(shop, flow_id)
    assert len(elsewhere.requests) == 1
    assert await shop.pool.fetchval("SELECT failure FROM calls") == "refused_address"


async def test_an_answer_that_is_too_large_or_too_late_goes_by_failure(
    shop: Shop, elsewhere: Elsewhere
) -> None:
    elsewhere.answers.append(web.Response(body=b"x" * 300_000))
    await shop.add_people(1)
    flow_id = await publish(
        shop,
        "Large",
        ask=http(
            {"url": elsewhere.origin, "save_status_as": "why"}, success="done", failure="late"
        ),
        late=http({"url": elsewhere.origin, "timeout_seconds": 1}, success="done", failure="offer"),
        offer=offer("done"),
    )
    async with working_with(shop):
        campaign = await shop.plan(flow_id=flow_id)

        async def asked() -> bool:
            return len(elsewhere.requests) == 1

        await shop.until(asked)
        elsewhere.gate.clear()
        await shop.until_settled(campaign.id)
    failures = await shop.pool.fetch("SELECT failure FROM calls ORDER BY number")
    assert [row["failure"] for row in failures] == ["too_large", "timeout"]


async def test_a_process_that_dies_at_any_step_loses_no_call(
    shop: Shop, elsewhere: Elsewhere
) -> None:
    """Three deaths: after the sprint, while asking, after the answer was kept."""
    elsewhere.answers += [web.json_response({"x": 1}), web.json_response({"x": 2})]
    [phone] = await shop.add_people(1)
    flow_id = await publish(
        shop,
        "Crash",
        offer=offer("answer"),
        answer=ask("ask"),
        ask=http(
            {"url": elsewhere.origin, "save": {"x": "x"}, "timeout_seconds": 1}, success="tell"
        ),
        tell=say("x is {{ x }}"),
    )
    async with shop.worker():
        await run_through(shop, flow_id)
    # The worker is gone when the person writes; a fold takes the reply, and its process dies.
    shop.simulator.say(phone, phone_number_id=PHONE_NUMBER_ID, text="Go")
    parts = replace(parts_of(shop.place, shop.sizes), calls=CallSettings(allowed_networks=LOOPBACK))
    versions = FlowVersions()

    async def is_queued() -> bool:
        await fold_webhooks(parts, versions)
        return await shop.pool.fetchval("SELECT count(*) FROM calls WHERE status = 'queued'") == 1

    await shop.until(is_queued)
    # A second process claims the call, asks, and dies before the answer: a task that is cut off.
    elsewhere.gate.clear()
    dying = Caller(parts, versions)
    await dying.turn()

    async def is_asked() -> bool:
        return len(elsewhere.requests) == 1

    await shop.until(is_asked)
    for task in list(dying._under_way.values()):
        task.cancel()
    assert await shop.pool.fetchval("SELECT status FROM calls") == "running"
    await shop.pool.execute("UPDATE calls SET lease_until = now() - interval '1 second'")
    elsewhere.gate.set()
    # A third asks again and keeps the answer, and dies before the session goes on.
    third = Caller(parts, versions)
    await third.turn()

    async def is_answered() -> bool:
        return bool(await shop.pool.fetchval("SELECT status FROM calls") == "answered")

    await shop.until(is_answered)
    async with working_with(shop):
        await shop.until(said(shop, phone, 1))
    assert len(elsewhere.requests) == 2
    assert len(set(elsewhere.keys)) == 1
    assert (await sessions(shop))[0][0] == "completed"
    assert len(texts_to(shop, phone)) == 1


async def test_what_is_written_during_a_call_answers_the_next_wait(
    shop: Shop, elsewhere: Elsewhere
) -> None:
    [phone] = await shop.add_people(1)
    flow_id = await publish(
        shop,
        "Meanwhile",
        offer=offer("ask"),
        ask=http({"url": elsewhere.origin}, success="answer"),
        answer=ask("tell"),
        tell=say("You said {{ reply.text }}"),
    )
    elsewhere.gate.clear()
    async with working_with(shop):
        campaign = await shop.plan(flow_id=flow_id)
        await shop.until_settled(campaign.id)
        shop.simulator.say(phone, phone_number_id=PHONE_NUMBER_ID, text="Early bird")

        async def is_kept() -> bool:
            return bool(await shop.pool.fetchval("SELECT state -> 'kept' FROM sessions"))

        await shop.until(is_kept)
        elsewhere.gate.set()
        await shop.until(said(shop, phone, 1))
    assert texts_to(shop, phone) == ["You said Early bird"]


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
