"""Everything that can go wrong between a request and its answer, and what was true afterwards."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from clarion.channels.simulator import FaultKind, FaultRule

PLAIN = [
    ("server_error", 503, 2),
    ("service_unavailable", 500, 131016),
    ("token_expired", 401, 190),
    ("permission_revoked", 403, 10),
    ("payment", 400, 131042),
    ("maintenance", 500, 131057),
    ("restricted", 403, 368),
    ("spam", 400, 131048),
    ("throttled", 400, 130429),
]


@pytest.mark.parametrize(("kind", "status", "code"), PLAIN)
async def test_an_error_of_the_platform_accepts_nothing(shop, kind, status, code):
    shop.simulator.add_fault(FaultRule(FaultKind(kind), count=1))

    answered, body = await shop.offer()
    again, _ = await shop.offer()

    assert (answered, body["error"]["code"]) == (status, code)
    assert again == 200
    assert len(shop.simulator.ledger()) == 1


@pytest.mark.parametrize(
    ("kind", "accepted_count"), [("reset_before_read", 0), ("reset_after_accept", 1)]
)
async def test_a_reset_tells_nothing_but_the_ledger_knows(shop, kind, accepted_count):
    shop.simulator.add_fault(FaultRule(FaultKind(kind), count=1))

    with pytest.raises(aiohttp.ClientError):
        await shop.offer()

    rows = shop.simulator.ledger()
    assert len(rows) == accepted_count
    assert all(row["is_answer_lost"] for row in rows)


@pytest.mark.parametrize(("kind", "accepted_count"), [("timeout_lost", 0), ("timeout_accepted", 1)])
async def test_a_silence_tells_nothing_but_the_ledger_knows(shop, kind, accepted_count):
    shop.simulator.add_fault(FaultRule(FaultKind(kind), count=1))

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await shop.offer()

    assert len(shop.simulator.ledger()) == accepted_count


async def test_a_silence_ends_with_a_closed_connection(shop):
    shop.simulator.add_fault(FaultRule(FaultKind.TIMEOUT_LOST, count=1, seconds=0.05))

    with pytest.raises(aiohttp.ClientError):
        await shop.offer()


@pytest.mark.parametrize(
    ("kind", "accepted_count"), [("bad_gateway", 0), ("bad_gateway_accepted", 1)]
)
async def test_a_gateway_answers_with_a_page_that_is_not_json(shop, kind, accepted_count):
    shop.simulator.add_fault(FaultRule(FaultKind(kind), count=1))
    url = f"{shop.simulator.base_url}/v25.0/111/messages"
    message = {
        "messaging_product": "whatsapp",
        "to": "+16505550001",
        "type": "template",
        "template": {
            "name": "appointment_reminder",
            "language": {"code": "en_US"},
            "components": [
                {
                    "type": "body",
                    "parameters": [
                        {"type": "text", "text": "Ana"},
                        {"type": "text", "text": "10:30"},
                    ],
                }
            ],
        },
    }

    async with shop.client.post(url, json=message, headers=shop.headers) as answer:
        page = await answer.text()

    assert answer.status == 502
    assert answer.content_type == "text/html"
    assert page.startswith("<!DOCTYPE")
    assert len(shop.simulator.ledger()) == accepted_count


async def test_an_answer_can_be_cut_in_half(shop):
    shop.simulator.add_fault(FaultRule(FaultKind.TRUNCATED, count=1))

    with pytest.raises(aiohttp.ClientError):
        await shop.offer()

    assert len(shop.simulator.ledger()) == 1


async def test_an_accepted_message_lives_on_though_its_answer_was_lost(shop, receiver):
    shop.simulator.add_fault(FaultRule(FaultKind.RESET_AFTER_ACCEPT, count=1))

    with pytest.raises(aiohttp.ClientError):
        await shop.offer(attempt_id="c9:1")

    await receiver.until(lambda: len(receiver.values("statuses")) == 3)
    assert {s["biz_opaque_callback_data"] for s in receiver.values("statuses")} == {"c9:1"}


async def test_a_rule_spares_skips_and_ends(shop):
    shop.simulator.add_fault(FaultRule(FaultKind.MAINTENANCE, count=2, skip_count=1))

    statuses = [(await shop.offer())[0] for _ in range(5)]

    assert statuses == [200, 500, 500, 200, 200]


async def test_a_condition_holds_for_one_person_until_it_is_removed(shop):
    rule_id = shop.simulator.add_fault(FaultRule(FaultKind.PAYMENT, to="+16505551234"))

    assert (await shop.offer("+16505551234"))[0] == 400
    assert (await shop.offer("+16505551234"))[0] == 400
    assert (await shop.offer("+16505559999"))[0] == 200
    status, _ = await shop.call("DELETE", f"/_sim/faults/{rule_id}")
    assert status == 200
    assert (await shop.offer("+16505551234"))[0] == 200


async def test_a_share_of_faults_leaves_the_ledger_exact(shop):
    for kind in ("reset_before_read", "reset_after_accept", "bad_gateway"):
        shop.simulator.add_fault(FaultRule(FaultKind(kind), share=0.2))
    learnt = 0
    for position in range(60):
        try:
            status, _ = await shop.offer(f"+1650555{position:04d}", f"c1:{position}")
            learnt += status == 200
        except (aiohttp.ClientError, ValueError):
            continue

    rows = shop.simulator.ledger()
    lost = [row for row in rows if row["is_answer_lost"]]
    struck = shop.simulator.world.faults.struck_counts
    assert len(lost) == struck["reset_after_accept"] > 0
    assert len(rows) == learnt + len(lost)
    assert struck["reset_before_read"] > 0
