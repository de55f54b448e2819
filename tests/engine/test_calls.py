"""A flow asks the world outside: over real HTTP, once as far as the other side can tell, safely."""

from __future__ import annotations

import json
from dataclasses import replace
from ipaddress import ip_network

import pytest
from aiohttp import web
from tests.engine.conftest import PHONE_NUMBER_ID, Shop
from tests.engine.elsewhere import Elsewhere, http
from tests.engine.talk import (
    LOOPBACK,
    publish,
    run_through,
    said,
    sessions,
    set_secret,
    texts_to,
    working_with,
)
from tests.flows import ask, offer, say

from clarion.engine.calls import Caller
from clarion.engine.flow_versions import FlowVersions
from clarion.engine.fold_webhooks import fold_webhooks
from clarion.engine.parts import CallSettings
from clarion.services.work import parts_of


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
    elsewhere.gate.clear()
    elsewhere.open_count = 1
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
        await run_through(shop, flow_id)
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
